/* SPDX-License-Identifier: MIT */
/* DNS by TCP (RFC 7766). */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "responder/answer.h"
#include "responder/dns.h"

#define CONNECTIONS_MAX 512
#define CONNECTIONS_NETWORK 64
#define IDLE_MS 10000
/* The length of a message, before it. */
#define PREFIX 2
/* A longer query is none. */
#define QUERY_MAX 4096
/* Unsent answers, above which no other query is taken. */
#define UNSENT_MAX (2 * (PREFIX + ANSWER_TCP))

struct connection {
	uv_tcp_t tcp;
	uv_timer_t idle;
	struct tcp *server;
	struct connection *next, **at; /* in the list of its server; at NULL: it is being closed */
	uint32_t network;
	unsigned handles; /* that are not closed yet */
	size_t have;
	unsigned char in[PREFIX + QUERY_MAX];
};

struct tcp {
	uv_tcp_t listener;
	const struct names *names;
	struct connection *connections;
	unsigned n;
	uint32_t key;
	bool stopped;
	unsigned char out[PREFIX + ANSWER_TCP];
};

/* An answer that could not be sent at once. */
struct pending {
	uv_write_t request;
	unsigned char data[];
};

static void maybe_free(struct tcp *t)
{
	if (t->stopped && !t->n && !t->listener.data)
		free(t);
}

static void on_closed(uv_handle_t *handle)
{
	struct connection *c = handle->data;

	if (--c->handles)
		return;
	c->server->n--;
	maybe_free(c->server);
	free(c);
}

static void end(struct connection *c)
{
	if (!c->at)
		return;
	*c->at = c->next;
	if (c->next)
		c->next->at = c->at;
	c->at = NULL;
	uv_close((uv_handle_t *)&c->tcp, on_closed);
	uv_close((uv_handle_t *)&c->idle, on_closed);
}

static void on_idle(uv_timer_t *timer)
{
	end(timer->data);
}

static void take_queries(struct connection *c);

static void on_written(uv_write_t *request, int status)
{
	struct connection *c = request->handle->data;

	free(request);
	if (status)
		end(c);
	else if (c->at)
		take_queries(c);
}

static void send_answer(struct connection *c, const unsigned char *data, size_t len)
{
	uv_buf_t buffer = uv_buf_init((char *)data, (unsigned)len);
	int sent = uv_try_write((uv_stream_t *)&c->tcp, &buffer, 1);
	struct pending *p;

	if (sent == (int)len)
		return;
	if (sent < 0 && sent != UV_EAGAIN) {
		end(c);
		return;
	}
	len -= sent > 0 ? (size_t)sent : 0;
	p = xcalloc(1, sizeof(*p) + len);
	memcpy(p->data, data + (sent > 0 ? sent : 0), len);
	buffer = uv_buf_init((char *)p->data, (unsigned)len);
	if (uv_write(&p->request, (uv_stream_t *)&c->tcp, &buffer, 1, on_written)) {
		free(p);
		end(c);
	}
}

/* Answers the first query that is there completely. False if there is none, or it cannot be. */
static bool take_query(struct connection *c)
{
	size_t len = c->have < PREFIX ? 0 : (size_t)(c->in[0] << 8 | c->in[1]), n;
	struct tcp *t = c->server;

	if (len > QUERY_MAX) {
		end(c);
		return false;
	}
	if (c->have < PREFIX || c->have < PREFIX + len)
		return false;
	n = answer(t->names, c->in + PREFIX, len, t->out + PREFIX, ANSWER_TCP);
	c->have -= PREFIX + len;
	memmove(c->in, c->in + PREFIX + len, c->have);
	if (!n) {
		end(c);
		return false;
	}
	t->out[0] = (unsigned char)(n >> 8);
	t->out[1] = (unsigned char)n;
	uv_timer_again(&c->idle);
	send_answer(c, t->out, PREFIX + n);
	return c->at;
}

static void give_room(uv_handle_t *handle, size_t wanted, uv_buf_t *buffer)
{
	struct connection *c = handle->data;

	(void)wanted;
	*buffer = uv_buf_init((char *)c->in + c->have, (unsigned)(sizeof(c->in) - c->have));
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buffer)
{
	struct connection *c = stream->data;

	(void)buffer;
	if (n < 0) {
		end(c);
		return;
	}
	c->have += (size_t)n;
	take_queries(c);
}

/* As long as the other side reads what it asked for. */
static void take_queries(struct connection *c)
{
	uv_stream_t *stream = (uv_stream_t *)&c->tcp;

	while (uv_stream_get_write_queue_size(stream) < UNSENT_MAX)
		if (!take_query(c))
			break;
	if (!c->at)
		return;
	if (uv_stream_get_write_queue_size(stream) < UNSENT_MAX)
		uv_read_start(stream, give_room, on_read);
	else
		uv_read_stop(stream);
}

static bool welcome(struct connection *c)
{
	unsigned n = 0;
	union address a = {0};
	int len = sizeof(a);

	if (uv_tcp_getpeername(&c->tcp, &a.sa, &len))
		return false;
	c->network = network_of(c->server->key, &a);
	for (const struct connection *other = c->next; other; other = other->next)
		n += other->network == c->network;
	return n < CONNECTIONS_NETWORK && c->server->n <= CONNECTIONS_MAX;
}

static void on_connection(uv_stream_t *listener, int status)
{
	struct tcp *t = listener->data;
	struct connection *c;

	if (status < 0)
		return;
	c = xcalloc(1, sizeof(*c));
	c->server = t;
	c->handles = 2;
	c->tcp.data = c->idle.data = c;
	uv_timer_init(listener->loop, &c->idle);
	uv_tcp_init(listener->loop, &c->tcp);
	c->next = t->connections;
	if (c->next)
		c->next->at = &c->next;
	c->at = &t->connections;
	t->connections = c;
	t->n++;
	if (uv_accept(listener, (uv_stream_t *)&c->tcp) || !welcome(c)) {
		end(c);
		return;
	}
	uv_tcp_nodelay(&c->tcp, 1);
	uv_timer_start(&c->idle, on_idle, IDLE_MS, IDLE_MS);
	take_queries(c);
}

struct tcp *tcp_start(uv_loop_t *loop, const struct listening *at, const struct names *names)
{
	struct tcp *t = xcalloc(1, sizeof(*t));
	int fd = dup(at->fd);

	t->names = names;
	uv_random(NULL, NULL, &t->key, sizeof(t->key), 0, NULL);
	uv_tcp_init(loop, &t->listener);
	t->listener.data = t;
	if (fd >= 0 && !uv_tcp_open(&t->listener, fd) &&
	    !uv_listen((uv_stream_t *)&t->listener, CONNECTIONS_MAX, on_connection))
		return t;
	tcp_stop(t);
	return NULL;
}

static void on_listener_closed(uv_handle_t *handle)
{
	struct tcp *t = handle->data;

	handle->data = NULL;
	maybe_free(t);
}

void tcp_stop(struct tcp *t)
{
	if (!t)
		return;
	t->stopped = true;
	while (t->connections)
		end(t->connections);
	uv_close((uv_handle_t *)&t->listener, on_listener_closed);
}
