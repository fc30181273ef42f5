/* SPDX-License-Identifier: MIT */
/* One query on its way. */
#include "config.h"

#include "verify/dns/wire.h"

#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "verify/dns/message.h"

#define REPLY_MAX 65535
/* As many queries share a socket: few, as who can guess its port could answer any of them. */
#define SHARED_MAX 16

/* A socket. It outlives its wires until libuv has closed it. */
struct wire_socket {
	struct wires *all;
	struct wire *wires;	     /* that wait here; by TCP there is one */
	struct wire_socket **shared; /* points here while there may be more */
	unsigned used;		     /* by that many so far, which had these ids */
	unsigned char ids[SHARED_MAX][2];
	union {
		uv_handle_t handle;
		uv_udp_t udp;
		uv_tcp_t tcp;
	} u;
	/* TCP */
	union {
		uv_connect_t connect;
		uv_write_t write;
	} request;
	struct buf in;				  /* length and message as far as read */
	unsigned char out[2 + MESSAGE_QUERY_MAX]; /* length and query */
	size_t len;
};

struct wire {
	struct wire *next;
	struct wire_socket *socket; /* NULL while it is told of its failure */
	const struct wire_ears *ears;
	void *arg;
	unsigned char id[2];
};

static void closed(uv_handle_t *handle)
{
	struct wire_socket *s = handle->data;

	buf_free(&s->in);
	free(s);
}

/* Nobody else may use it any more. */
static void retire(struct wire_socket *s)
{
	if (s->shared)
		*s->shared = NULL;
	s->shared = NULL;
}

static void socket_close(struct wire_socket *s)
{
	retire(s);
	if (!uv_is_closing(&s->u.handle))
		uv_close(&s->u.handle, closed);
}

void wire_close(struct wire *w)
{
	struct wire_socket *s = w ? w->socket : NULL;
	struct wire **at = s ? &s->wires : NULL;

	if (!s)
		return;
	while (*at != w)
		at = &(*at)->next;
	*at = w->next;
	free(w);
	if (!s->wires)
		socket_close(s);
}

/* What is wrong with a socket is wrong for all who use it. */
static void socket_failed(struct wire_socket *s, int error)
{
	struct wire *w;

	retire(s);
	while ((w = s->wires)) {
		s->wires = w->next;
		w->socket = NULL;
		w->ears->failed(w->arg, error);
		free(w);
	}
	socket_close(s);
}

static struct wire *wire_new(
    struct wire_socket *s, const unsigned char *query, const struct wire_ears *ears, void *arg)
{
	struct wire *w = xcalloc(1, sizeof(*w));

	*w = (struct wire){.next = s->wires, .socket = s, .ears = ears, .arg = arg};
	memcpy(w->id, query, sizeof(w->id));
	memcpy(s->ids[s->used++], query, sizeof(w->id));
	s->wires = w;
	return w;
}

static struct wire_socket *socket_new(struct wires *all)
{
	struct wire_socket *s = xcalloc(1, sizeof(*s));

	s->all = all;
	s->in = (struct buf)BUF_INIT(2 + REPLY_MAX + sizeof(all->buffer));
	s->u.handle.data = s;
	return s;
}

/* All sockets are read into the same buffer, which is used up at once. */
static void give_buffer(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
	struct wire_socket *s = handle->data;

	(void)suggested;
	*buf = uv_buf_init(s->all->buffer, sizeof(s->all->buffer));
}

static struct wire *wire_of(const struct wire_socket *s, const unsigned char *id)
{
	struct wire *w = s->wires;

	while (w && memcmp(w->id, id, sizeof(w->id)))
		w = w->next;
	return w;
}

/* Is the id that of a query which nobody waits for any more? */
static bool was_used(const struct wire_socket *s, const unsigned char *id)
{
	for (unsigned i = 0; i < s->used; i++)
		if (!memcmp(s->ids[i], id, sizeof(s->ids[i])))
			return true;
	return false;
}

/* What belongs to nobody is heard by one: somebody has to count such. */
static void on_datagram(
    uv_udp_t *udp, ssize_t n, const uv_buf_t *buf, const struct sockaddr *from, unsigned flags)
{
	struct wire_socket *s = udp->data;
	const unsigned char *data = (const unsigned char *)buf->base;
	struct wire *w;

	if (n == 0 && !from)
		return;
	if (n < 0) {
		socket_failed(s, (int)n);
		return;
	}
	w = n >= 2 ? wire_of(s, data) : NULL;
	if (!w && n >= 2 && was_used(s, data))
		return;
	w = w ? w : s->wires;
	if (w)
		w->ears->heard(w->arg, data, (size_t)n, flags & UV_UDP_PARTIAL);
}

/* The socket for a query: the shared one if it can be used once more, else a new one. */
static struct wire_socket *udp_socket(struct wires *all, const union address *server,
    struct wire_socket **shared, const unsigned char *id, int *error)
{
	struct wire_socket *s = *shared;

	*error = 0;
	if (s && s->used < SHARED_MAX && !was_used(s, id))
		return s;
	if (s)
		retire(s);
	s = socket_new(all);
	uv_udp_init(all->loop, &s->u.udp);
	s->u.handle.data = s;
	*error = uv_udp_connect(&s->u.udp, &server->sa);
	if (!*error)
		*error = uv_udp_recv_start(&s->u.udp, give_buffer, on_datagram);
	if (*error) {
		socket_close(s);
		return NULL;
	}
	s->shared = shared;
	*shared = s;
	return s;
}

struct wire *wire_udp(struct wires *all, const union address *server, struct wire_socket **shared,
    const unsigned char *query, size_t len, const struct wire_ears *ears, void *arg, int *error)
{
	uv_buf_t out = uv_buf_init((char *)query, (unsigned)len);
	struct wire_socket *s = udp_socket(all, server, shared, query, error);
	int sent;

	if (!s)
		return NULL;
	sent = uv_udp_try_send(&s->u.udp, &out, 1, NULL);
	/* A full buffer loses a datagram, as the net may; that is what timers are for. */
	if (sent >= 0 || sent == UV_EAGAIN || sent == UV_ENOBUFS)
		return wire_new(s, query, ears, arg);
	*error = sent;
	if (!s->wires)
		socket_close(s);
	return NULL;
}

static void on_stream(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	struct wire_socket *s = stream->data;
	struct wire *w = s->wires;
	const unsigned char *data;
	size_t len;

	if (!w || n == 0)
		return;
	if (n < 0) {
		socket_failed(s, (int)n);
		return;
	}
	buf_add(&s->in, buf->base, (size_t)n);
	data = (const unsigned char *)buf_text(&s->in);
	if (s->in.len < 2)
		return;
	len = (size_t)(data[0] << 8 | data[1]);
	if (s->in.len >= 2 + len)
		w->ears->heard(w->arg, data + 2, len, false);
}

/* Length and message in one segment (RFC 7766 section 8). */
static void on_connect(uv_connect_t *request, int status)
{
	struct wire_socket *s = request->data;
	uv_buf_t out = uv_buf_init((char *)s->out, (unsigned)(2 + s->len));

	if (!s->wires)
		return;
	if (!status)
		status = uv_read_start((uv_stream_t *)&s->u.tcp, give_buffer, on_stream);
	if (!status)
		status = uv_write(&s->request.write, (uv_stream_t *)&s->u.tcp, &out, 1, NULL);
	if (status < 0)
		socket_failed(s, status);
}

struct wire *wire_tcp(struct wires *all, const union address *server, const unsigned char *query,
    size_t len, const struct wire_ears *ears, void *arg, int *error)
{
	struct wire_socket *s = socket_new(all);

	s->len = len;
	s->out[0] = (unsigned char)(len >> 8);
	s->out[1] = (unsigned char)len;
	memcpy(s->out + 2, query, len);
	uv_tcp_init(all->loop, &s->u.tcp);
	s->u.handle.data = s;
	s->request.connect.data = s;
	*error = uv_tcp_connect(&s->request.connect, &s->u.tcp, &server->sa, on_connect);
	if (!*error)
		return wire_new(s, query, ears, arg);
	socket_close(s);
	return NULL;
}
