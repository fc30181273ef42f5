/* SPDX-License-Identifier: MIT */
/*
 * Sockets of others, watched on the libuv loop; they come, change and go with every fetch. Where
 * there is epoll(7) they are in one of ours, and only that is in the loop's: libuv would need more
 * than twice as many system calls for each.
 */
#ifndef ACMEHOOK_WATCH_H
#define ACMEHOOK_WATCH_H

#include <stdbool.h>

#include <uv.h>

struct watches {
	uv_loop_t *loop;
	uv_poll_t poll; /* of the epoll instance */
	int epoll;
	/* UV_READABLE, UV_WRITABLE; both if something is wrong with the socket. May be too early.
	 */
	void (*ready)(void *arg, int socket, int events);
	void *arg;
};

/* False with errno, if there are no more descriptors. */
bool watches_init(struct watches *all, uv_loop_t *loop,
    void (*ready)(void *arg, int socket, int events), void *arg);
/* There must be no socket any more. */
void watches_free(struct watches *all);

/*
 * Watches an open socket for these events, instead of those before. It does not keep the loop
 * alive. The mark is the socket's, NULL at first, and kept for it by the caller. A socket that the
 * system cannot watch is never ready.
 */
void watch_socket(struct watches *all, int socket, int events, void **mark);
/* Before it is closed. */
void watch_end(struct watches *all, int socket, void *mark);

#endif
