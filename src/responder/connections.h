/* SPDX-License-Identifier: MIT */
/* Connections by TCP at a socket, limited in number (crowd.h) and time. */
#ifndef ACMEHOOK_RESPONDER_CONNECTIONS_H
#define ACMEHOOK_RESPONDER_CONNECTIONS_H

#include <uv.h>

#include "responder/crowd.h"
#include "responder/sockets.h"

/* The first member of what a service has for each. */
struct connection {
	struct guest guest;
	struct connections *all;
	void *service;
	uv_tcp_t tcp;
	uv_timer_t timer;
	unsigned handles; /* that are not closed yet */
};

struct connection_kind {
	size_t size; /* of what begins with a struct connection; all zero in the beginning */
	/* It is there. Who reads from tcp calls connection_end() at the end. */
	void (*open)(struct connection *c);
	/* What connection_send() had to keep is sent; or NULL. */
	void (*sent)(struct connection *c);
	/* Frees what it has besides; or NULL. */
	void (*release)(struct connection *c);
	/* The same of the service, when there is no connection any more. */
	void (*over)(void *service);
};

/* Takes connections, until it is stopped; then the service is over. NULL if it cannot, and the
 * service is over, too. */
struct connections *connections_start(
    uv_loop_t *loop, const struct listening *at, const struct connection_kind *kind, void *service);
void connections_stop(struct connections *all);

/* It ends after so many ms, unless this is called again. */
void connection_allow(struct connection *c, uint64_t ms);
/* Sends it; what does not go at once is copied. False if it cannot be, and the connection ends. */
bool connection_send(struct connection *c, const void *data, size_t len);
/* Octets that could not be sent yet. */
size_t connection_unsent(const struct connection *c);
bool connection_is_open(const struct connection *c);
/* It is freed later. */
void connection_end(struct connection *c);

#endif
