/* SPDX-License-Identifier: MIT */
/*
 * Queries by UDP. Those of a turn of the loop go out together, and what came in meanwhile is read
 * together: most of what a query costs is the way into the system and back.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "buf.h"
#include "verify/dns/desk.h"

/* As many are not kept for the end of the turn. */
#define BATCH 64

/* It outlives its wires until libuv has closed it. */
struct udp_socket {
	struct wires *all;
	struct wire_way *way;
	struct udp_socket *next; /* that has something to send */
	bool due;
	struct desk desk;
	unsigned sent; /* those before that place at the desk are */
	int failure;   /* when they were; to be told at the end of the turn */
	uv_udp_t udp;
};

static void closed(uv_handle_t *handle)
{
	free(handle->data);
}

/* Nobody else may use it any more. */
static void retire(struct udp_socket *s)
{
	if (s->way->socket == s)
		s->way->socket = NULL;
}

static void socket_close(struct udp_socket *s)
{
	struct udp_socket **at = &s->all->due;

	retire(s);
	for (; s->due && *at; at = &(*at)->next) {
		if (*at == s) {
			*at = s->next;
			s->due = false;
			break;
		}
	}
	if (!uv_is_closing((uv_handle_t *)&s->udp))
		uv_close((uv_handle_t *)&s->udp, closed);
}

/* What is wrong with a socket is wrong for all who use it. */
static void socket_failed(struct udp_socket *s, int error)
{
	retire(s);
	desk_fail(&s->desk, error);
	socket_close(s);
}

/* --------------------------------------------------------------------------- sending */

/* A full buffer loses a datagram, as the net may; that is what timers are for. */
static bool is_loss(int error)
{
	return error == UV_EAGAIN || error == UV_ENOBUFS;
}

#if HAVE_SENDMMSG
/* Sends n of them; returns how many are done with, or a UV_E... code. */
static int send_some(struct udp_socket *s, uv_buf_t *queries, unsigned n)
{
	struct mmsghdr messages[BATCH] = {0};
	uv_os_fd_t fd;
	int sent = uv_fileno((uv_handle_t *)&s->udp, &fd);

	if (sent)
		return sent;
	/* A uv_buf_t is a struct iovec. */
	for (unsigned i = 0; i < n; i++)
		messages[i].msg_hdr =
		    (struct msghdr){.msg_iov = (struct iovec *)&queries[i], .msg_iovlen = 1};
	do
		sent = sendmmsg(fd, messages, n, MSG_DONTWAIT);
	while (sent < 0 && errno == EINTR);
	return sent < 0 ? uv_translate_sys_error(errno) : sent;
}
#else
static int send_some(struct udp_socket *s, uv_buf_t *queries, unsigned n)
{
	int error = uv_udp_try_send(&s->udp, queries, 1, NULL);

	(void)n;
	return error < 0 ? error : 1;
}
#endif

/* Sends what is due. */
static void send_due(struct udp_socket *s)
{
	uv_buf_t queries[BATCH];
	unsigned n = 0;
	int done;

	for (; s->sent < s->desk.used && n < BATCH; s->sent++) {
		const struct wire *w = s->desk.wires[s->sent];

		if (w)
			queries[n++] = uv_buf_init((char *)w->query.data, (unsigned)w->query.len);
	}
	for (unsigned i = 0; i < n && !s->failure; i += (unsigned)done) {
		done = send_some(s, queries + i, n - i);
		if (done < 0 && !is_loss(done))
			s->failure = done;
		if (done <= 0)
			done = 1;
	}
}

static void on_flush(uv_prepare_t *flush)
{
	struct wires *all = flush->data;
	struct udp_socket *s;

	while ((s = all->due)) {
		all->due = s->next;
		s->due = false;
		send_due(s);
		if (s->failure)
			socket_failed(s, s->failure);
	}
}

void wires_init(struct wires *all, uv_loop_t *loop)
{
	all->loop = loop;
	all->due = NULL;
	uv_prepare_init(loop, &all->flush);
	all->flush.data = all;
	uv_prepare_start(&all->flush, on_flush);
	uv_unref((uv_handle_t *)&all->flush);
}

void wires_free(struct wires *all)
{
	uv_close((uv_handle_t *)&all->flush, NULL);
}

/* ------------------------------------------------------------------------- receiving */

/* All sockets are read into the same buffer. */
static void give_buffer(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
	struct udp_socket *s = handle->data;

	(void)suggested;
	*buf = uv_buf_init(s->all->buffer[0], sizeof(s->all->buffer));
}

static void on_datagram(
    uv_udp_t *udp, ssize_t n, const uv_buf_t *buf, const struct sockaddr *from, unsigned flags)
{
	struct udp_socket *s = udp->data;
	const unsigned char *data = (const unsigned char *)buf->base;
	struct wire *w;

	if (n == 0 && !from)
		return;
	if (n < 0) {
		socket_failed(s, (int)n);
		return;
	}
	w = desk_find(&s->desk, data, (size_t)n);
	if (w)
		w->query.ears->heard(w->query.arg, data, (size_t)n, flags & UV_UDP_PARTIAL);
}

/* --------------------------------------------------------------------------- the wires */

static void on_close(struct wire *w)
{
	struct udp_socket *s = w->socket;

	desk_remove(&s->desk, w);
	free(w);
	if (!s->desk.waiting)
		socket_close(s);
}

static struct udp_socket *socket_open(struct wires *all, struct wire_way *way, int *error)
{
	struct udp_socket *s = xcalloc(1, sizeof(*s));

	s->all = all;
	s->way = way;
	uv_udp_init_ex(all->loop, &s->udp, UV_UDP_RECVMMSG);
	s->udp.data = s;
	*error = uv_udp_connect(&s->udp, &way->address.sa);
	if (!*error)
		*error = uv_udp_recv_start(&s->udp, give_buffer, on_datagram);
	if (!*error)
		return s;
	socket_close(s);
	return NULL;
}

struct wire *wire_udp(
    struct wires *all, struct wire_way *way, const struct wire_query *query, int *error)
{
	struct udp_socket *s = way->socket;
	struct wire *w;

	*error = 0;
	if (!s || !desk_takes(&s->desk, query))
		s = way->socket = socket_open(all, way, error);
	if (!s)
		return NULL;
	w = desk_add(&s->desk, query, s, on_close);
	if (s->desk.used - s->sent >= BATCH)
		send_due(s);
	if (!s->due) {
		s->due = true;
		s->next = all->due;
		all->due = s;
	}
	return w;
}
