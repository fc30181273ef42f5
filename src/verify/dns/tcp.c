/* SPDX-License-Identifier: MIT */
/*
 * Queries by TCP. Those to one server share a connection, one does not wait for the answer to
 * another, and answers may come in any order (RFC 7766 sections 6.2.1 and 7). A server may close it
 * at any time (6.2.4): who still waits is asked for again by another one.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "verify/dns/desk.h"

/* So many ms a connection is kept when all is answered. */
#define IDLE_MS 5000

/* It outlives its wires until libuv has closed it. */
struct tcp_connection {
	struct wires *all;
	struct wire_way *way;
	struct desk desk;
	bool open;
	bool proven;  /* it has brought an answer */
	bool retired; /* nobody else may use it */
	unsigned handles;
	uv_tcp_t tcp;
	uv_timer_t idle;
	uv_connect_t connect;
	struct buf in; /* what has come of the next message, and its length before it */
};

/* A query while it is written. */
struct packet {
	uv_write_t request;
	unsigned char data[];
};

static struct tcp_connection *connection_open(struct wires *all, struct wire_way *way, int *error);

static void closed(uv_handle_t *handle)
{
	struct tcp_connection *c = handle->data;

	if (--c->handles)
		return;
	buf_free(&c->in);
	free(c);
}

/* While it is idle its way may be gone. */
static void retire(struct tcp_connection *c)
{
	if (!c->retired && c->way->connection == c)
		c->way->connection = NULL;
	c->retired = true;
}

static void connection_close(struct tcp_connection *c)
{
	retire(c);
	if (uv_is_closing((uv_handle_t *)&c->tcp))
		return;
	uv_close((uv_handle_t *)&c->tcp, closed);
	uv_close((uv_handle_t *)&c->idle, closed);
}

void wire_way_close(struct wire_way *way)
{
	if (way->connection)
		connection_close(way->connection);
}

/* --------------------------------------------------------------------------- sending */

static void written(uv_write_t *request, int status)
{
	(void)status; /* whoever reads hears of it as well */
	free(request->data);
}

/* Length and message in one segment (RFC 7766 section 8). */
static int send_query(struct tcp_connection *c, const struct wire *w)
{
	size_t len = w->query.len;
	struct packet *packet = xcalloc(1, sizeof(*packet) + 2 + len);
	uv_buf_t out = uv_buf_init((char *)packet->data, (unsigned)(2 + len));
	int error;

	packet->request.data = packet;
	packet->data[0] = (unsigned char)(len >> 8);
	packet->data[1] = (unsigned char)len;
	memcpy(packet->data + 2, w->query.data, len);
	error = uv_write(&packet->request, (uv_stream_t *)&c->tcp, &out, 1, written);
	if (error)
		free(packet);
	return error;
}

/* ------------------------------------------------------------- when a connection is over */

/*
 * Those who wait go on elsewhere: with connections of their own if they were several; a single one
 * may only have come too late.
 */
static void start_again(struct tcp_connection *old)
{
	struct wire *w;
	int error;

	if (old->desk.waiting > 1)
		old->way->one_by_one = true;
	while ((w = desk_first(&old->desk))) {
		struct tcp_connection *c = connection_open(old->all, old->way, &error);

		if (!c) {
			desk_fail(&old->desk, error);
			return;
		}
		desk_move(&old->desk, w, &c->desk, c);
	}
}

/* A server that answers, but not several at a time, may be more patient with one. */
static bool is_worth_another(const struct tcp_connection *c)
{
	return c->open && (c->proven || c->desk.waiting > 1);
}

/* What is wrong with a connection is wrong for all who use it. */
static void connection_failed(struct tcp_connection *c, int error)
{
	retire(c);
	if (is_worth_another(c))
		start_again(c);
	else
		desk_fail(&c->desk, error);
	connection_close(c);
}

static void on_idle(uv_timer_t *timer)
{
	connection_close(timer->data);
}

/* It waits for the next query, and keeps nobody waiting. */
static void idle(struct tcp_connection *c)
{
	uv_unref((uv_handle_t *)&c->tcp);
	uv_timer_start(&c->idle, on_idle, IDLE_MS, 0);
}

/* Whoever leaves without an answer may have been here in vain: others shall not be. */
static void on_close(struct wire *w)
{
	struct tcp_connection *c = w->socket;

	if (!w->answered)
		retire(c);
	desk_remove(&c->desk, w);
	free(w);
	if (c->desk.waiting)
		return;
	if (c->retired)
		connection_close(c);
	else
		idle(c);
}

/* ------------------------------------------------------------------------- receiving */

static void give_buffer(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
	struct tcp_connection *c = handle->data;

	(void)suggested;
	*buf = uv_buf_init(c->all->buffer[0], sizeof(c->all->buffer[0]));
}

/* One message; false if there is none. Afterwards the connection may be closing. */
static bool take_message(struct tcp_connection *c)
{
	const unsigned char *data = (const unsigned char *)buf_text(&c->in);
	size_t len = c->in.len < 2 ? 0 : (size_t)(data[0] << 8 | data[1]);
	struct wire *w;

	if (c->in.len < 2 || c->in.len < 2 + len)
		return false;
	w = desk_find(&c->desk, data + 2, len);
	if (w) {
		c->proven = c->proven || w->answered;
		w->query.ears->heard(w->query.arg, data + 2, len, false);
	}
	buf_drop(&c->in, 2 + len);
	return true;
}

static void on_stream(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	struct tcp_connection *c = stream->data;

	if (n < 0) {
		connection_failed(c, (int)n);
		return;
	}
	buf_add(&c->in, buf->base, (size_t)n);
	while (!uv_is_closing((uv_handle_t *)stream) && take_message(c))
		;
}

/* ----------------------------------------------------------------------- the connection */

static void on_connect(uv_connect_t *request, int status)
{
	struct tcp_connection *c = request->data;

	if (uv_is_closing((uv_handle_t *)&c->tcp))
		return;
	c->open = true;
	if (!status)
		status = uv_read_start((uv_stream_t *)&c->tcp, give_buffer, on_stream);
	for (unsigned i = 0; !status && i < c->desk.used; i++)
		if (c->desk.wires[i])
			status = send_query(c, c->desk.wires[i]);
	if (status)
		connection_failed(c, status);
}

static struct tcp_connection *connection_open(struct wires *all, struct wire_way *way, int *error)
{
	struct tcp_connection *c = xcalloc(1, sizeof(*c));

	*c = (struct tcp_connection){.all = all,
	    .way = way,
	    .handles = 2,
	    .retired = way->one_by_one,
	    .in = BUF_INIT(2 + 2 * WIRE_MESSAGE_MAX)};
	uv_tcp_init(all->loop, &c->tcp);
	uv_timer_init(all->loop, &c->idle);
	uv_unref((uv_handle_t *)&c->idle);
	c->tcp.data = c->idle.data = c->connect.data = c;
	*error = uv_tcp_connect(&c->connect, &c->tcp, &way->address.sa, on_connect);
	if (*error) {
		connection_close(c);
		return NULL;
	}
	if (!c->retired)
		way->connection = c;
	return c;
}

static struct tcp_connection *connection_for(
    struct wires *all, struct wire_way *way, const struct wire_query *query, int *error)
{
	struct tcp_connection *c = way->connection;

	if (c && desk_takes(&c->desk, query))
		return c;
	if (c && c->desk.waiting)
		retire(c);
	else if (c)
		connection_close(c);
	return connection_open(all, way, error);
}

struct wire *wire_tcp(
    struct wires *all, struct wire_way *way, const struct wire_query *query, int *error)
{
	struct tcp_connection *c;
	struct wire *w;

	*error = 0;
	c = connection_for(all, way, query, error);
	if (!c)
		return NULL;
	uv_ref((uv_handle_t *)&c->tcp);
	uv_timer_stop(&c->idle);
	w = desk_add(&c->desk, query, c, on_close);
	if (c->open)
		*error = send_query(c, w);
	if (!*error)
		return w;
	retire(c);
	on_close(w);
	return NULL;
}
