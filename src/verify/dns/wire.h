/* SPDX-License-Identifier: MIT */
/*
 * One query on its way to one address, by UDP or TCP. Sockets have ports of their own, so that
 * nobody off the path can guess where we wait (RFC 5452), and are connected, so that ICMP errors
 * reach us at once. A socket for UDP is shared by a few queries that are under way together, if
 * there are so many, and is then closed.
 */
#ifndef ACMEHOOK_DNS_WIRE_H
#define ACMEHOOK_DNS_WIRE_H

#include <stdbool.h>
#include <stddef.h>

#include <uv.h>

#include "verify/dns/servers.h"

struct wire;
struct wire_socket;

/* What all wires of a loop share. */
struct wires {
	uv_loop_t *loop;
	char buffer[4096]; /* read into and used up within one callback */
};

/* Neither is called after wire_close(), which both may call, nor from within wire_open(). */
struct wire_ears {
	/* Something came: a whole message by TCP, or a datagram; cut: its end is missing. */
	void (*heard)(void *arg, const unsigned char *data, size_t len, bool cut);
	/* It is over: a UV_E... code. */
	void (*failed)(void *arg, int error);
};

/*
 * Sends a query by UDP. *shared, NULL in the beginning, is for this server only, and must stay
 * until all its wires are closed; it is NULL then. The ears must stay, too. NULL, with a UV_E...
 * code, if it cannot be sent.
 */
struct wire *wire_udp(struct wires *all, const union address *server, struct wire_socket **shared,
    const unsigned char *query, size_t len, const struct wire_ears *ears, void *arg, int *error);
/* The same by TCP; nothing is shared. */
struct wire *wire_tcp(struct wires *all, const union address *server, const unsigned char *query,
    size_t len, const struct wire_ears *ears, void *arg, int *error);
/* NULL is allowed. */
void wire_close(struct wire *wire);

#endif
