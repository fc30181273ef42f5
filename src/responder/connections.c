/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "responder/connections.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"

struct connections {
	uv_tcp_t listener;
	const struct connection_kind *kind;
	void *service;
	struct crowd crowd;
	unsigned n; /* that are not freed yet, and the listener */
};

/* What could not be sent at once. */
struct pending {
	uv_write_t request;
	unsigned char data[];
};

/* --- Ending */

static void one_less(struct connections *all)
{
	if (--all->n)
		return;
	all->kind->over(all->service);
	free(all);
}

static void on_closed(uv_handle_t *handle)
{
	struct connection *c = handle->data;
	struct connections *all = c->all;

	if (--c->handles)
		return;
	if (all->kind->release)
		all->kind->release(c);
	free(c);
	one_less(all);
}

bool connection_is_open(const struct connection *c)
{
	return !uv_is_closing((const uv_handle_t *)&c->tcp);
}

void connection_end(struct connection *c)
{
	if (!connection_is_open(c))
		return;
	crowd_leave(&c->guest);
	uv_close((uv_handle_t *)&c->tcp, on_closed);
	uv_close((uv_handle_t *)&c->timer, on_closed);
}

static void on_timer(uv_timer_t *timer)
{
	connection_end(timer->data);
}

void connection_allow(struct connection *c, uint64_t ms)
{
	if (!connection_is_open(c))
		return;
	crowd_heard(&c->all->crowd, &c->guest);
	uv_timer_start(&c->timer, on_timer, ms, 0);
}

/* --- Sending */

size_t connection_unsent(const struct connection *c)
{
	return uv_stream_get_write_queue_size((const uv_stream_t *)&c->tcp);
}

static void on_written(uv_write_t *request, int status)
{
	struct connection *c = request->handle->data;

	free(request);
	if (status)
		connection_end(c);
	else if (connection_is_open(c) && c->all->kind->sent)
		c->all->kind->sent(c);
}

bool connection_send(struct connection *c, const void *data, size_t len)
{
	uv_stream_t *stream = (uv_stream_t *)&c->tcp;
	uv_buf_t buffer = uv_buf_init((char *)(uintptr_t)data, (unsigned)len);
	int sent = uv_try_write(stream, &buffer, 1);
	struct pending *p;

	if (sent == (int)len)
		return true;
	if (sent < 0 && sent != UV_EAGAIN) {
		connection_end(c);
		return false;
	}
	sent = sent > 0 ? sent : 0;
	len -= (size_t)sent;
	p = xcalloc(1, sizeof(*p) + len);
	memcpy(p->data, (const char *)data + sent, len);
	buffer = uv_buf_init((char *)p->data, (unsigned)len);
	if (!uv_write(&p->request, stream, &buffer, 1, on_written))
		return true;
	free(p);
	connection_end(c);
	return false;
}

/* --- Beginning */

static bool enter(struct connections *all, struct connection *c)
{
	union address from = {0};
	struct guest *leaves;
	int len = sizeof(from);

	if (uv_tcp_getpeername(&c->tcp, &from.sa, &len))
		return false;
	leaves = crowd_enter(&all->crowd, &c->guest, &from);
	if (leaves) /* the first member of a connection */
		connection_end((struct connection *)leaves);
	return true;
}

static void on_connection(uv_stream_t *listener, int status)
{
	struct connections *all = listener->data;
	struct connection *c;

	if (status < 0)
		return;
	c = xcalloc(1, all->kind->size);
	c->all = all;
	c->service = all->service;
	c->tcp.data = c->timer.data = c;
	uv_tcp_init(listener->loop, &c->tcp);
	uv_timer_init(listener->loop, &c->timer);
	c->handles = 2;
	all->n++;
	if (uv_accept(listener, (uv_stream_t *)&c->tcp) || !enter(all, c)) {
		connection_end(c);
		return;
	}
	uv_tcp_nodelay(&c->tcp, 1);
	all->kind->open(c);
}

struct connections *connections_start(
    uv_loop_t *loop, const struct listening *at, const struct connection_kind *kind, void *service)
{
	struct connections *all = xcalloc(1, sizeof(*all));
	int fd = fcntl(at->fd, F_DUPFD_CLOEXEC, 0);

	all->kind = kind;
	all->service = service;
	all->n = 1;
	crowd_init(&all->crowd, at->connections);
	uv_tcp_init(loop, &all->listener);
	all->listener.data = all;
	if (fd >= 0 && !uv_tcp_open(&all->listener, fd) &&
	    !uv_listen((uv_stream_t *)&all->listener, SOCKETS_BACKLOG, on_connection))
		return all;
	connections_stop(all);
	return NULL;
}

static void on_listener_closed(uv_handle_t *handle)
{
	one_less(handle->data);
}

void connections_stop(struct connections *all)
{
	if (!all)
		return;
	while (all->crowd.first)
		connection_end((struct connection *)all->crowd.first);
	uv_close((uv_handle_t *)&all->listener, on_listener_closed);
}
