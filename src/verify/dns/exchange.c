/* SPDX-License-Identifier: MIT */
/*
 * One question to one server address. Each attempt has a socket, a port and an id of its own, so
 * that nobody off the path can guess what we wait for (RFC 5452), and the socket is connected, so
 * that ICMP errors reach us at once. What does not answer the question is ignored.
 */
#include "config.h"

#include "verify/dns/exchange.h"

#include <stdlib.h>
#include <string.h>

#include "buf.h"

#define QUICK_MAX 256
#define SLOW_MAX 1024
/* As many wrong answers in one attempt look like an attack: go on by TCP (RFC 5452 section 9.2). */
#define WRONG_MAX 8
#define REPLY_MAX 65535

struct wire;

/* What an exchange tries, one after the other. */
static const struct attempt {
	bool tcp;
	uint64_t ms;
} attempts[] = {{false, 1500}, {false, 3000}, {true, 4000}};
#define TCP_ATTEMPT (nitems(attempts) - 1)

struct exchange {
	struct exchanges *all;
	struct slot slot;
	struct slots *line; /* that the slot is in */
	uv_timer_t timer;
	struct wire *wire; /* of the present attempt */
	size_t attempt;
	bool brief;
	bool edns;
	unsigned wrong;
	union address server;
	struct question question;
	char *name;
	uint64_t started;	       /* ms; 0 while it waits for its first turn */
	uint64_t sent;		       /* ms; when the present attempt began */
	struct exchange_result result; /* its end is EXCHANGE_REPLY until there is another */
	struct message message;
	void (*done)(void *arg, const struct exchange_result *result);
	void *arg;
};

/* A socket and what is sent over it. It outlives the exchange until libuv has closed it. */
struct wire {
	struct exchange *x; /* NULL: nobody listens any more */
	union {
		uv_handle_t handle;
		uv_udp_t udp;
		uv_tcp_t tcp;
	} u;
	union {
		uv_udp_send_t udp;
		uv_connect_t connect;
		uv_write_t write;
	} request;
	struct buf in;				  /* TCP: length and message as far as read */
	unsigned char out[2 + MESSAGE_QUERY_MAX]; /* TCP: length and query */
	size_t len;				  /* of the query, at out + 2 */
};

static void attempt_begin(struct exchange *x);
static void line_up(struct exchange *x);

void exchanges_init(struct exchanges *all, uv_loop_t *loop)
{
	all->loop = loop;
	slots_init(&all->quick, QUICK_MAX);
	slots_init(&all->slow, SLOW_MAX);
}

const char *exchange_reason(const struct exchange_result *result)
{
	switch (result->end) {
	case EXCHANGE_REPLY:
		return "answered";
	case EXCHANGE_TIMEOUT:
		return "timed out";
	case EXCHANGE_GARBAGE:
		return "answered with something unreadable";
	case EXCHANGE_NAME:
		return "cannot be asked for that name";
	case EXCHANGE_ERROR:
		break;
	}
	if (result->error == UV_EOF)
		return "closed the connection";
	return uv_strerror(result->error);
}

bool exchange_no_route(const struct exchange_result *result)
{
	int error = result->error;

	/* EADDRNOTAVAIL: there is no address of that family to send from. */
	return result->end == EXCHANGE_ERROR &&
	       (error == UV_ENETUNREACH || error == UV_EHOSTUNREACH || error == UV_EADDRNOTAVAIL ||
		   error == UV_EAFNOSUPPORT);
}

static void wire_closed(uv_handle_t *handle)
{
	struct wire *w = handle->data;

	buf_free(&w->in);
	free(w);
}

/* Lets go of the present attempt's socket. */
static void wire_close(struct exchange *x)
{
	if (!x->wire)
		return;
	x->wire->x = NULL;
	uv_close(&x->wire->u.handle, wire_closed);
	x->wire = NULL;
}

static void exchange_closed(uv_handle_t *timer)
{
	struct exchange *x = timer->data;

	message_free(&x->message);
	free(x->name);
	free(x);
}

static void exchange_close(struct exchange *x)
{
	wire_close(x);
	x->done = NULL;
	uv_close((uv_handle_t *)&x->timer, exchange_closed);
	slots_leave(x->line, &x->slot);
}

void exchange_cancel(struct exchange *x)
{
	if (x && x->done)
		exchange_close(x);
}

static enum silence known_silence(const struct exchange *x)
{
	return silence_of(&x->all->silences, &x->server, uv_now(x->all->loop));
}

static enum silence suspect(struct exchange *x, enum silence silence)
{
	return silence_suspect(
	    &x->all->silences, &x->server, silence, x->sent, uv_now(x->all->loop));
}

/* What the end of an exchange says about the server. */
static void learn(struct exchange *x, enum exchange_end end)
{
	if (end == EXCHANGE_REPLY || end == EXCHANGE_GARBAGE)
		silence_heard(&x->all->silences, &x->server, uv_now(x->all->loop));
	else if (x->brief && end == EXCHANGE_TIMEOUT)
		suspect(x, known_silence(x) ? known_silence(x) : SILENCE_SLOW);
	else if (end == EXCHANGE_TIMEOUT || x->attempt > 0)
		suspect(x, SILENCE_TOTAL);
}

static void finish(struct exchange *x, enum exchange_end end, int error)
{
	void (*done)(void *, const struct exchange_result *) = x->done;

	x->result.end = end;
	x->result.error = error;
	x->result.ms = uv_now(x->all->loop) - x->started;
	learn(x, end);
	exchange_close(x);
	done(x->arg, &x->result);
}

/* An error of the socket ends all: another datagram would meet the same one. */
static void failed(struct exchange *x, int error)
{
	finish(x, EXCHANGE_ERROR, error);
}

static void next_attempt(struct exchange *x)
{
	if (x->brief || x->attempt == TCP_ATTEMPT) {
		finish(x, EXCHANGE_TIMEOUT, 0);
		return;
	}
	x->attempt++;
	if (suspect(x, SILENCE_SLOW) == SILENCE_NONE || x->line == &x->all->slow) {
		attempt_begin(x);
		return;
	}
	wire_close(x);
	slots_leave(x->line, &x->slot);
	line_up(x);
}

static void by_tcp(struct exchange *x)
{
	x->attempt = TCP_ATTEMPT;
	attempt_begin(x);
}

/* A datagram that does not answer the question. The true answer may still be on its way. */
static void ignore(struct exchange *x)
{
	if (++x->wrong >= WRONG_MAX && !x->brief)
		by_tcp(x);
}

/* A reply of the right id: is it one to work with? data is a whole message. */
static void take_reply(struct exchange *x, const unsigned char *data, size_t len, bool tcp)
{
	unsigned rcode = message_rcode(data);

	if (message_truncated(data) && !tcp) {
		by_tcp(x);
	} else if (x->edns && (rcode == RCODE_FORMERR || rcode == RCODE_NOTIMP)) {
		x->edns = false;
		attempt_begin(x);
	} else if (message_parse(&x->message, data, len)) {
		x->result.message = &x->message;
		finish(x, EXCHANGE_REPLY, 0);
	} else if (!tcp) {
		by_tcp(x);
	} else {
		finish(x, EXCHANGE_GARBAGE, 0);
	}
}

static void on_timer(uv_timer_t *timer)
{
	struct exchange *x = timer->data;

	if (x->result.end == EXCHANGE_REPLY)
		next_attempt(x);
	else
		finish(x, x->result.end, x->result.error);
}

/* Ends the exchange from the loop, for those who are still in the middle of something. */
static void finish_later(struct exchange *x, enum exchange_end end, int error)
{
	x->result.end = end;
	x->result.error = error;
	uv_timer_start(&x->timer, on_timer, 0, 0);
}

/* Both kinds of sockets are read into the same buffer, which is used up at once. */
static void give_buffer(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
	struct wire *w = handle->data;

	(void)suggested;
	*buf = w->x ? uv_buf_init(w->x->all->datagram, sizeof(w->x->all->datagram))
		    : uv_buf_init(NULL, 0);
}

static void on_datagram(
    uv_udp_t *udp, ssize_t n, const uv_buf_t *buf, const struct sockaddr *from, unsigned flags)
{
	struct wire *w = udp->data;
	struct exchange *x = w->x;
	const unsigned char *data = (const unsigned char *)buf->base;

	if (!x || (n == 0 && !from))
		return;
	if (n < 0)
		failed(x, (int)n);
	else if (!message_answers(w->out + 2, w->len, data, (size_t)n))
		ignore(x);
	else if (flags & UV_UDP_PARTIAL)
		by_tcp(x);
	else
		take_reply(x, data, (size_t)n, false);
}

/* The send buffer is part of the wire and stays; the kernel's answer comes with the reading. */
static void on_sent(uv_udp_send_t *request, int status)
{
	struct wire *w = request->data;

	if (w->x && status < 0)
		failed(w->x, status);
}

static int send_udp(struct exchange *x, struct wire *w)
{
	uv_buf_t out = uv_buf_init((char *)w->out + 2, (unsigned)w->len);
	int error = uv_udp_connect(&w->u.udp, &x->server.sa);

	if (!error)
		error = uv_udp_recv_start(&w->u.udp, give_buffer, on_datagram);
	w->request.udp.data = w;
	if (!error)
		error = uv_udp_send(&w->request.udp, &w->u.udp, &out, 1, NULL, on_sent);
	return error;
}

static void on_stream(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	struct wire *w = stream->data;
	const unsigned char *data;
	size_t len;

	if (!w->x || n == 0)
		return;
	if (n < 0) {
		failed(w->x, (int)n);
		return;
	}
	buf_add(&w->in, buf->base, (size_t)n);
	data = (const unsigned char *)buf_text(&w->in);
	if (w->in.len < 2)
		return;
	len = (size_t)(data[0] << 8 | data[1]);
	if (w->in.overflow ||
	    (w->in.len >= 2 + len && !message_answers(w->out + 2, w->len, data + 2, len)))
		finish(w->x, EXCHANGE_GARBAGE, 0);
	else if (w->in.len >= 2 + len)
		take_reply(w->x, data + 2, len, true);
}

static void on_connect(uv_connect_t *request, int status)
{
	struct wire *w = request->data;
	uv_buf_t out = uv_buf_init((char *)w->out, (unsigned)(2 + w->len));

	if (!w->x)
		return;
	if (!status)
		status = uv_read_start((uv_stream_t *)&w->u.tcp, give_buffer, on_stream);
	if (!status)
		status = uv_write(&w->request.write, (uv_stream_t *)&w->u.tcp, &out, 1, NULL);
	if (status < 0)
		failed(w->x, status);
}

static int send_tcp(struct exchange *x, struct wire *w)
{
	w->request.connect.data = w;
	return uv_tcp_connect(&w->request.connect, &w->u.tcp, &x->server.sa, on_connect);
}

/* Makes the socket of an attempt and sends the query; replaces the one before. */
static void attempt_begin(struct exchange *x)
{
	const struct attempt *attempt = &attempts[x->attempt];
	struct wire *w = xcalloc(1, sizeof(*w));
	uint16_t id;
	int error = uv_random(NULL, NULL, &id, sizeof(id), 0, NULL);

	wire_close(x);
	x->wrong = 0;
	x->sent = uv_now(x->all->loop);
	w->in = (struct buf)BUF_INIT(2 + REPLY_MAX);
	w->len = error ? 0 : message_build(&x->question, id, x->edns, w->out + 2);
	if (!w->len) {
		free(w);
		finish_later(x, error ? EXCHANGE_ERROR : EXCHANGE_NAME, error);
		return;
	}
	w->out[0] = (unsigned char)(w->len >> 8);
	w->out[1] = (unsigned char)w->len;
	if (attempt->tcp)
		uv_tcp_init(x->all->loop, &w->u.tcp);
	else
		uv_udp_init(x->all->loop, &w->u.udp);
	w->u.handle.data = w;
	w->x = x;
	x->wire = w;
	uv_timer_start(&x->timer, on_timer, attempt->ms, 0);
	error = attempt->tcp ? send_tcp(x, w) : send_udp(x, w);
	if (error)
		finish_later(x, EXCHANGE_ERROR, error);
}

static void on_turn(struct slot *slot)
{
	struct exchange *x = (struct exchange *)((char *)slot - offsetof(struct exchange, slot));
	enum silence silence = known_silence(x);

	/* What was learned about the server while the exchange was in line. */
	if (silence && x->line == &x->all->quick) {
		slots_leave(x->line, &x->slot);
		line_up(x);
		return;
	}
	/* A resolver that is silent may be at work; another datagram would only be more of it. */
	if (silence == SILENCE_TOTAL && !x->question.recurse)
		x->brief = true;
	if (!x->started)
		x->started = uv_now(x->all->loop);
	attempt_begin(x);
}

/* Waits for a turn, among those whose servers are like this one. */
static void line_up(struct exchange *x)
{
	enum silence silence = known_silence(x);

	x->line = silence ? &x->all->slow : &x->all->quick;
	slots_enter(x->line, &x->slot, on_turn);
}

struct exchange *exchange_start(struct exchanges *all, const union address *server,
    const struct question *question, bool brief,
    void (*done)(void *arg, const struct exchange_result *result), void *arg)
{
	struct exchange *x = xcalloc(1, sizeof(*x));

	x->all = all;
	x->server = *server;
	x->name = xstrdup(question->name);
	x->question = *question;
	x->question.name = x->name;
	x->brief = brief;
	x->edns = true;
	x->done = done;
	x->arg = arg;
	uv_timer_init(all->loop, &x->timer);
	x->timer.data = x;
	line_up(x);
	return x;
}
