/* SPDX-License-Identifier: MIT */
/*
 * How one question to one server is asked: attempts by UDP and TCP, one after the other, when it is
 * its turn. Internal to exchange.c, which knows who asks.
 */
#ifndef ACMEHOOK_DNS_INQUIRY_H
#define ACMEHOOK_DNS_INQUIRY_H

#include "verify/dns/exchange.h"

struct inquiry {
	struct inquiry *next, **bucket; /* where it can be joined */
	struct exchanges *all;
	struct exchange *askers;
	void (*ended)(struct inquiry *q); /* the result is there */
	struct peer *peer;
	struct slot own;    /* among the questions to this peer */
	struct slot slot;   /* then among all */
	struct slots *line; /* that the latter is in; NULL: it is not */
	uv_timer_t timer;
	struct wire *wire; /* of the present attempt */
	size_t attempt;
	bool brief; /* as was asked for */
	bool once;  /* only one attempt */
	bool edns, mixed;
	unsigned wrong;
	int doubt; /* the rcode of a reply that is checked with another question; -1: none */
	struct question question;
	char *name;
	unsigned char query[MESSAGE_QUERY_MAX]; /* of the present attempt */
	size_t len;
	uint64_t started;	       /* ms; 0 while it waits for its first turn */
	uint64_t sent;		       /* ms; when the present attempt began */
	struct exchange_result result; /* its end is EXCHANGE_REPLY until there is another */
	struct message message;
};

/*
 * Takes over the use of the peer. ended() is called once, never from within this; it is to call
 * inquiry_close().
 */
struct inquiry *inquiry_start(struct exchanges *all, struct peer *peer,
    const struct question *question, bool brief, void (*ended)(struct inquiry *q));
/* It is freed when the loop comes to it; its result stays until then. */
void inquiry_close(struct inquiry *q);
bool inquiry_is_closing(const struct inquiry *q);

#endif
