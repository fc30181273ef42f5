/* SPDX-License-Identifier: MIT */
/* One query on its way. */
#include "config.h"

#include "verify/dns/wire.h"

#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "verify/dns/message.h"

#define REPLY_MAX 65535
/* As many queries one socket may carry, and for so many ms from its first. */
#define QUERIES_MAX 32
#define AGE_MAX 1000

/* It outlives wire_close() until libuv has closed the socket. */
struct wire {
	struct wires *all;
	const struct wire_ears *ears; /* NULL: nobody listens any more */
	void *arg;
	struct wire *next; /* that waits, too */
	union address server;
	bool tcp;
	unsigned queries; /* that it has carried */
	uint64_t opened;  /* ms */
	union {
		uv_handle_t handle;
		uv_udp_t udp;
		uv_tcp_t tcp;
	} u;
	union {
		uv_connect_t connect;
		uv_write_t write;
	} request;
	struct buf in;				  /* TCP: length and message as far as read */
	unsigned char out[2 + MESSAGE_QUERY_MAX]; /* TCP: length and query */
	size_t len;				  /* of the query, at out + 2 */
};

static void closed(uv_handle_t *handle)
{
	struct wire *w = handle->data;

	buf_free(&w->in);
	free(w);
}

void wire_close(struct wire *w)
{
	if (!w)
		return;
	w->ears = NULL;
	uv_close(&w->u.handle, closed);
}

/* Both kinds of sockets are read into the same buffer, which is used up at once. */
static void give_buffer(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
	struct wire *w = handle->data;

	(void)suggested;
	*buf = uv_buf_init(w->all->buffer, w->ears ? sizeof(w->all->buffer) : 0);
}

static void on_datagram(
    uv_udp_t *udp, ssize_t n, const uv_buf_t *buf, const struct sockaddr *from, unsigned flags)
{
	struct wire *w = udp->data;

	if (!w->ears || (n == 0 && !from))
		return;
	if (n < 0)
		w->ears->failed(w->arg, (int)n);
	else
		w->ears->heard(
		    w->arg, (const unsigned char *)buf->base, (size_t)n, flags & UV_UDP_PARTIAL);
}

/* What does not fit into the socket now is like a datagram that is lost on its way. */
static int send_udp(struct wire *w)
{
	uv_buf_t out = uv_buf_init((char *)w->out + 2, (unsigned)w->len);
	int error = 0;

	if (!w->queries)
		error = uv_udp_connect(&w->u.udp, &w->server.sa);
	if (!w->queries && !error)
		error = uv_udp_recv_start(&w->u.udp, give_buffer, on_datagram);
	if (!error)
		error = uv_udp_try_send(&w->u.udp, &out, 1, NULL);
	w->queries++;
	return error < 0 && error != UV_EAGAIN ? error : 0;
}

static void on_stream(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	struct wire *w = stream->data;
	const unsigned char *data;
	size_t len;

	if (!w->ears || n == 0)
		return;
	if (n < 0) {
		w->ears->failed(w->arg, (int)n);
		return;
	}
	buf_add(&w->in, buf->base, (size_t)n);
	data = (const unsigned char *)buf_text(&w->in);
	if (w->in.len < 2)
		return;
	len = (size_t)(data[0] << 8 | data[1]);
	if (w->in.len >= 2 + len)
		w->ears->heard(w->arg, data + 2, len, false);
}

/* Length and message in one segment (RFC 7766 section 8). */
static void on_connect(uv_connect_t *request, int status)
{
	struct wire *w = request->data;
	uv_buf_t out = uv_buf_init((char *)w->out, (unsigned)(2 + w->len));

	if (!w->ears)
		return;
	if (!status)
		status = uv_read_start((uv_stream_t *)&w->u.tcp, give_buffer, on_stream);
	if (!status)
		status = uv_write(&w->request.write, (uv_stream_t *)&w->u.tcp, &out, 1, NULL);
	if (status < 0)
		w->ears->failed(w->arg, status);
}

static int send_tcp(struct wire *w)
{
	w->request.connect.data = w;
	return uv_tcp_connect(&w->request.connect, &w->u.tcp, &w->server.sa, on_connect);
}

static bool is_worn(const struct wire *w)
{
	return w->queries >= QUERIES_MAX || uv_now(w->all->loop) - w->opened > AGE_MAX;
}

void wire_done(struct wire *w)
{
	if (!w || w->tcp || is_worn(w)) {
		wire_close(w);
		return;
	}
	w->ears = NULL;
	w->next = w->all->spare;
	w->all->spare = w;
	/* It must not keep the loop alive. */
	uv_unref(&w->u.handle);
}

void wires_free(struct wires *all)
{
	while (all->spare) {
		struct wire *w = all->spare;

		all->spare = w->next;
		wire_close(w);
	}
}

/* One that may carry a query to that address, or NULL. Those that are too old go. */
static struct wire *take_spare(struct wires *all, const union address *server)
{
	struct wire **at = &all->spare, *found = NULL;

	while (*at) {
		struct wire *w = *at;

		if (is_worn(w) || (!found && address_same(&w->server, server))) {
			*at = w->next;
			if (is_worn(w))
				wire_close(w);
			else
				found = w;
		} else {
			at = &w->next;
		}
	}
	if (found)
		uv_ref(&found->u.handle);
	return found;
}

static struct wire *wire_new(struct wires *all, const union address *server, bool tcp)
{
	struct wire *w = xcalloc(1, sizeof(*w));

	w->all = all;
	w->server = *server;
	w->tcp = tcp;
	w->opened = uv_now(all->loop);
	w->in = (struct buf)BUF_INIT(2 + REPLY_MAX + sizeof(all->buffer));
	if (tcp)
		uv_tcp_init(all->loop, &w->u.tcp);
	else
		uv_udp_init(all->loop, &w->u.udp);
	w->u.handle.data = w;
	return w;
}

struct wire *wire_open(struct wires *all, const union address *server, bool tcp,
    const unsigned char *query, size_t len, const struct wire_ears *ears, void *arg, int *error)
{
	struct wire *w = tcp ? NULL : take_spare(all, server);

	if (!w)
		w = wire_new(all, server, tcp);
	w->ears = ears;
	w->arg = arg;
	w->len = len;
	w->out[0] = (unsigned char)(len >> 8);
	w->out[1] = (unsigned char)len;
	memcpy(w->out + 2, query, len);
	*error = tcp ? send_tcp(w) : send_udp(w);
	if (!*error)
		return w;
	wire_close(w);
	return NULL;
}
