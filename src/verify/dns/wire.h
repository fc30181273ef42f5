/* SPDX-License-Identifier: MIT */
/*
 * One query on its way to one address, by UDP or TCP. Sockets have ports of their own, so that
 * nobody off the path can guess where we wait (RFC 5452), and are connected, so that ICMP errors
 * reach us at once. A socket is shared by a few queries to the same server: one for UDP by those
 * that are under way together, a connection also by those that come soon after (RFC 7766). Then it
 * is closed, and another port is next.
 */
#ifndef ACMEHOOK_DNS_WIRE_H
#define ACMEHOOK_DNS_WIRE_H

#include <stdbool.h>
#include <stddef.h>

#include <uv.h>

#include "dns/address.h"

/* As many datagrams are read at a time. */
#define WIRE_DATAGRAMS 16
#define WIRE_MESSAGE_MAX 65536

struct udp_socket;
struct tcp_connection;

/* What all wires of a loop share. */
struct wires {
	uv_loop_t *loop;
	uv_prepare_t flush;	/* sends what the turn of the loop has brought together */
	struct udp_socket *due; /* that have something to send */
	/* Read into and used up within one callback; little of it is ever touched. */
	char buffer[WIRE_DATAGRAMS][WIRE_MESSAGE_MAX];
};

void wires_init(struct wires *all, uv_loop_t *loop);
/* There must be no wire any more. */
void wires_free(struct wires *all);

/* Neither is called after wire_close(), which both may call, nor from within wire_udp/tcp(). */
struct wire_ears {
	/* Something came: a whole message by TCP, or a datagram; cut: its end is missing. */
	void (*heard)(void *arg, const unsigned char *data, size_t len, bool cut);
	/* It is over: a UV_E... code. */
	void (*failed)(void *arg, int error);
};

/* A query; it and the ears must stay until the wire is closed. */
struct wire_query {
	const unsigned char *data;
	size_t len;
	const struct wire_ears *ears;
	void *arg;
};

/* How a server is reached; all zero in the beginning, and to be kept until wire_way_close(). */
struct wire_way {
	union address address;
	struct udp_socket *socket;	   /* that others may share; NULL: none */
	struct tcp_connection *connection; /* the same */
	bool one_by_one; /* it closes connections when there is still something to answer */
};

void wire_way_close(struct wire_way *way);

struct wire;

/* Sends a query by UDP. NULL, with a UV_E... code, if it cannot be sent. */
struct wire *wire_udp(
    struct wires *all, struct wire_way *way, const struct wire_query *query, int *error);
struct wire *wire_tcp(
    struct wires *all, struct wire_way *way, const struct wire_query *query, int *error);
/* NULL is allowed. */
void wire_close(struct wire *wire);

#endif
