/* SPDX-License-Identifier: MIT */
/* Sockets of others, watched on the libuv loop. */
#include "config.h"

#include "verify/watch.h"

#include <stdlib.h>

#include "buf.h"

#ifdef HAVE_SYS_EPOLL_H

#include <sys/epoll.h>
#include <unistd.h>

/* As many events are taken at once; others of the loop may be in a hurry, too. */
#define BATCH 64

static void on_epoll(uv_poll_t *poll, int status, int events)
{
	struct watches *all = poll->data;
	struct epoll_event ready[BATCH];
	int n = epoll_wait(all->epoll, ready, BATCH, 0);

	(void)status;
	(void)events;
	for (int i = 0; i < n; i++) {
		bool odd = ready[i].events & (EPOLLERR | EPOLLHUP);

		/* What was closed meanwhile may be another one: that one is called too early. */
		all->ready(all->arg, ready[i].data.fd,
		    (odd || ready[i].events & EPOLLIN ? UV_READABLE : 0) |
			(odd || ready[i].events & EPOLLOUT ? UV_WRITABLE : 0));
	}
}

bool watches_init(struct watches *all, uv_loop_t *loop,
    void (*ready)(void *arg, int socket, int events), void *arg)
{
	*all = (struct watches){.loop = loop, .ready = ready, .arg = arg};
	all->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (all->epoll < 0)
		return false;
	if (uv_poll_init(loop, &all->poll, all->epoll)) {
		close(all->epoll);
		return false;
	}
	all->poll.data = all;
	uv_poll_start(&all->poll, UV_READABLE, on_epoll);
	uv_unref((uv_handle_t *)&all->poll);
	return true;
}

void watches_free(struct watches *all)
{
	uv_close((uv_handle_t *)&all->poll, NULL);
	close(all->epoll);
}

void watch_socket(struct watches *all, int socket, int events, void **mark)
{
	struct epoll_event e = {.data.fd = socket,
	    .events = (events & UV_READABLE ? EPOLLIN : 0) | (events & UV_WRITABLE ? EPOLLOUT : 0)};

	if (!epoll_ctl(all->epoll, *mark ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, socket, &e))
		*mark = all;
}

void watch_end(struct watches *all, int socket, void *mark)
{
	if (mark)
		epoll_ctl(all->epoll, EPOLL_CTL_DEL, socket, NULL);
}

#else /* each in the loop by itself */

struct watch {
	uv_poll_t poll;
	int socket;
	struct watches *all;
};

static void on_socket(uv_poll_t *poll, int status, int events)
{
	struct watch *w = poll->data;

	w->all->ready(w->all->arg, w->socket, status < 0 ? UV_READABLE | UV_WRITABLE : events);
}

static void free_watch(uv_handle_t *handle)
{
	free(handle->data);
}

bool watches_init(struct watches *all, uv_loop_t *loop,
    void (*ready)(void *arg, int socket, int events), void *arg)
{
	*all = (struct watches){.loop = loop, .ready = ready, .arg = arg};
	return true;
}

void watches_free(struct watches *all)
{
	(void)all;
}

static struct watch *watch_new(struct watches *all, int socket)
{
	struct watch *w = xcalloc(1, sizeof(*w));

	w->all = all;
	w->socket = socket;
	if (uv_poll_init_socket(all->loop, &w->poll, socket)) {
		free(w);
		return NULL;
	}
	w->poll.data = w;
	uv_unref((uv_handle_t *)&w->poll);
	return w;
}

void watch_socket(struct watches *all, int socket, int events, void **mark)
{
	struct watch *w = *mark ? *mark : watch_new(all, socket);

	*mark = w;
	if (w)
		uv_poll_start(&w->poll, events, on_socket);
}

void watch_end(struct watches *all, int socket, void *mark)
{
	struct watch *w = mark;

	(void)all;
	(void)socket;
	if (w)
		uv_close((uv_handle_t *)&w->poll, free_watch);
}

#endif
