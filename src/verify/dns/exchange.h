/* SPDX-License-Identifier: MIT */
/* One question to one server address, by UDP and TCP, until there is an answer or a reason. */
#ifndef ACMEHOOK_DNS_EXCHANGE_H
#define ACMEHOOK_DNS_EXCHANGE_H

#include <stdbool.h>
#include <stdint.h>

#include <uv.h>

#include "verify/dns/message.h"
#include "verify/dns/servers.h"
#include "verify/dns/silence.h"
#include "verify/slots.h"

/* What all exchanges of a loop share. */
struct exchanges {
	uv_loop_t *loop;
	struct slots quick; /* servers that answer at once, as most do */
	struct slots slow;  /* those that do not: they must not keep the others waiting */
	struct silences silences;
	char datagram[4096]; /* read into and used up within one callback */
};

void exchanges_init(struct exchanges *all, uv_loop_t *loop);

enum exchange_end {
	EXCHANGE_REPLY,	  /* message is there, whatever its rcode says */
	EXCHANGE_TIMEOUT, /* no answer at all */
	EXCHANGE_ERROR,	  /* error: it could not be sent, or the other side refuses */
	EXCHANGE_GARBAGE, /* it answered, and the answer cannot be read, by TCP either */
	EXCHANGE_NAME,	  /* the name cannot be asked for, see message_build() */
};

struct exchange_result {
	enum exchange_end end;
	int error;		       /* EXCHANGE_ERROR: a UV_E... code, e.g. UV_ECONNREFUSED */
	const struct message *message; /* EXCHANGE_REPLY: valid during the callback */
	uint64_t ms;		       /* since the question was first sent */
};

/* "timed out", "connection refused", "answered with something unreadable" ... */
const char *exchange_reason(const struct exchange_result *result);

/* Is there no way from this host to the server? */
bool exchange_no_route(const struct exchange_result *result);

struct exchange;

/*
 * Asks. At most 256 exchanges with servers that answer are under way at once, and 1024 with servers
 * that were silent lately; the others wait their turn. Unless cancelled, done() is called exactly
 * once, never from within exchange_start(); the exchange is gone then.
 *
 * UDP is tried for 1.5 s and for 3 s, then TCP for 4 s. A brief exchange is one datagram and 1.5 s:
 * for servers that were silent before, and for all of those that have not answered anybody lately.
 */
struct exchange *exchange_start(struct exchanges *all, const union address *server,
    const struct question *question, bool brief,
    void (*done)(void *arg, const struct exchange_result *result), void *arg);
/* Ends it without calling done(); NULL is allowed. */
void exchange_cancel(struct exchange *x);

#endif
