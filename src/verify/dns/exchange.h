/* SPDX-License-Identifier: MIT */
/* One question to one server address, by UDP and TCP, until there is an answer or a reason. */
#ifndef ACMEHOOK_DNS_EXCHANGE_H
#define ACMEHOOK_DNS_EXCHANGE_H

#include <stdbool.h>
#include <stdint.h>

#include <uv.h>

#include "verify/dns/message.h"
#include "verify/dns/peers.h"
#include "verify/dns/servers.h"
#include "verify/dns/wire.h"
#include "verify/slots.h"

struct inquiry;

#define INQUIRY_BUCKETS 4096

/* What all exchanges of a loop share. */
struct exchanges {
	uv_loop_t *loop;
	struct slots quick; /* servers that answer at once, as most do */
	struct slots slow;  /* those that do not: they must not keep the others waiting */
	struct peers peers;
	struct wires wires;
	struct inquiry *buckets[INQUIRY_BUCKETS]; /* under way */
};

void exchanges_init(struct exchanges *all, uv_loop_t *loop);
/* There must be no exchange any more. */
void exchanges_free(struct exchanges *all);

enum exchange_end {
	EXCHANGE_REPLY,	  /* message is there, whatever its rcode says */
	EXCHANGE_TIMEOUT, /* no answer at all */
	EXCHANGE_ERROR,	  /* error: it could not be sent, or the other side refuses */
	EXCHANGE_GARBAGE, /* it answered, and the answer cannot be read, by TCP either */
	EXCHANGE_NAME,	  /* the name cannot be asked for, see message_build() */
};

/* What was odd on the way, whatever came of it in the end. */
#define ODD_TRUNCATED 1u /* the answer by UDP was truncated */
#define ODD_FORGED 2u	 /* many answers by UDP that belong to no question of ours */
#define ODD_NO_EDNS 4u	 /* the server answers only queries without EDNS */
#define ODD_LETTERS 8u	 /* it does not keep the case of letters, or answers differently then */

struct exchange_result {
	enum exchange_end end;
	int error; /* EXCHANGE_ERROR: a UV_E... code, e.g. UV_ECONNREFUSED */
	unsigned odd;
	const struct message *message; /* EXCHANGE_REPLY: valid during the callback */
	uint64_t ms;		       /* since the question was first sent */
};

/* "timed out", "connection refused", "answered with something unreadable" ... The caller frees it.
 */
char *exchange_reason(const struct exchange_result *result);

/* Is there no way from this host to the server? */
bool exchange_no_route(const struct exchange_result *result);

struct exchange;

/*
 * Asks. Who asks what is being asked already hears the answer to that. At most 256 questions to
 * servers that answer are under way at once, 128 of them to the same one, and 1024 to servers that
 * were silent lately; the others wait their turn. Unless cancelled, done() is called exactly once,
 * never from within exchange_start(); the exchange is gone then.
 *
 * UDP is tried for 1.5 s with EDNS and letters of random case, and for 3 s in the plainest form,
 * then TCP for 4 s. A brief exchange is one datagram and 1.5 s: for servers that were silent
 * before, and for all of those that have not answered anybody lately.
 */
struct exchange *exchange_start(struct exchanges *all, const union address *server,
    const struct question *question, bool brief,
    void (*done)(void *arg, const struct exchange_result *result), void *arg);
/* Ends it without calling done(); NULL is allowed. */
void exchange_cancel(struct exchange *x);

#endif
