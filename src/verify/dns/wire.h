/* SPDX-License-Identifier: MIT */
/*
 * One query on its way to one address, over a socket of its own: by UDP or TCP. Each has a port of
 * its own, so that nobody off the path can guess where we wait (RFC 5452), and the socket is
 * connected, so that ICMP errors reach us at once. One that has brought its answer by UDP may serve
 * a few more queries to the same address, one after the other, for a second.
 */
#ifndef ACMEHOOK_DNS_WIRE_H
#define ACMEHOOK_DNS_WIRE_H

#include <stdbool.h>
#include <stddef.h>

#include <uv.h>

#include "verify/dns/servers.h"

struct wire;

/* What all wires of a loop share. */
struct wires {
	uv_loop_t *loop;
	struct wire *spare; /* those that wait for another query, the youngest first */
	char buffer[4096];  /* read into and used up within one callback */
};

/* Neither is called after wire_close(), which both may call, nor from within wire_open(). */
struct wire_ears {
	/* Something came: a whole message by TCP, or a datagram; cut: its end is missing. */
	void (*heard)(void *arg, const unsigned char *data, size_t len, bool cut);
	/* It is over: a UV_E... code. */
	void (*failed)(void *arg, int error);
};

/* The ears must stay; the query is copied. NULL, with a UV_E... code, if it cannot be sent. */
struct wire *wire_open(struct wires *all, const union address *server, bool tcp,
    const unsigned char *query, size_t len, const struct wire_ears *ears, void *arg, int *error);
/* The query is given up; NULL is allowed. */
void wire_close(struct wire *wire);
/* The same when the answer has come. */
void wire_done(struct wire *wire);
/* Closes what waits for another query. */
void wires_free(struct wires *all);

#endif
