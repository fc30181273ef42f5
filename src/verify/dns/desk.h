/* SPDX-License-Identifier: MIT */
/*
 * Where the queries that share a socket wait for their answers, told apart by their ids. Internal
 * to the wires: udp.c and tcp.c.
 */
#ifndef ACMEHOOK_DNS_DESK_H
#define ACMEHOOK_DNS_DESK_H

#include <stdbool.h>
#include <stddef.h>

#include "verify/dns/wire.h"

/*
 * As many queries use a socket: few, as each of them lets whoever has found out its port try all
 * ids once more. An id is used once.
 */
#define DESK_MAX 64

struct wire {
	void (*close)(struct wire *wire);
	void *socket; /* NULL while it is told of its failure */
	struct wire_query query;
	unsigned place; /* at the desk */
	bool answered;	/* by a message with its id */
};

/* All zero in the beginning. */
struct desk {
	unsigned used, waiting;
	unsigned char ids[DESK_MAX][2];
	struct wire *wires[DESK_MAX]; /* NULL: nobody waits any more */
};

/* May the query come to the desk? */
bool desk_takes(const struct desk *desk, const struct wire_query *query);
/* A new wire that waits there; wire_close() will call close(), which is to free it. */
struct wire *desk_add(struct desk *desk, const struct wire_query *query, void *socket,
    void (*close)(struct wire *wire));
/* Another desk, which takes any query, is where it waits from now on. */
void desk_move(struct desk *desk, struct wire *wire, struct desk *to, void *socket);
/* It waits there no more. */
void desk_remove(struct desk *desk, struct wire *wire);
/*
 * Whom a message is for. What belongs to nobody is for one of those who wait, with answered unset:
 * somebody has to count such. NULL for the late answer to a query that nobody waits for.
 */
struct wire *desk_find(const struct desk *desk, const unsigned char *data, size_t len);
/* One of those who wait, in their order; NULL: nobody does. */
struct wire *desk_first(const struct desk *desk);
/* Tells those who wait of their failure, and frees them. */
void desk_fail(struct desk *desk, int error);

#endif
