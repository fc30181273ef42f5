/* SPDX-License-Identifier: MIT */
/*
 * Who asks what. Those who ask have an exchange each; those who ask the same share an inquiry,
 * which sends it (RFC 5452 section 5: nothing is asked twice at a time).
 */
#include "config.h"

#include "verify/dns/exchange.h"

#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "verify/dns/inquiry.h"

#define QUICK_MAX 256
#define SLOW_MAX 1024

struct exchange {
	struct exchange *next;
	struct inquiry *inquiry; /* NULL while the answer is handed out */
	void (*done)(void *arg, const struct exchange_result *result);
	void *arg;
};

void exchanges_init(struct exchanges *all, uv_loop_t *loop)
{
	all->loop = loop;
	wires_init(&all->wires, loop);
	slots_init(&all->quick, QUICK_MAX);
	slots_init(&all->slow, SLOW_MAX);
}

void exchanges_free(struct exchanges *all)
{
	peers_free(&all->peers);
	wires_free(&all->wires);
}

static const char *end_text(const struct exchange_result *result)
{
	switch (result->end) {
	case EXCHANGE_REPLY:
		return "answered";
	case EXCHANGE_TIMEOUT:
		return "timed out";
	case EXCHANGE_GARBAGE:
		return "answered with something unreadable";
	case EXCHANGE_NAME:
		return "cannot be asked for that name";
	case EXCHANGE_ERROR:
		break;
	}
	if (result->error == UV_EOF)
		return "closed the connection";
	return uv_strerror(result->error);
}

bool exchange_no_route(const struct exchange_result *result)
{
	int error = result->error;

	/* EADDRNOTAVAIL: there is no address of that family to send from. */
	return result->end == EXCHANGE_ERROR &&
	       (error == UV_ENETUNREACH || error == UV_EHOSTUNREACH || error == UV_EADDRNOTAVAIL ||
		   error == UV_EAFNOSUPPORT);
}

char *exchange_reason(const struct exchange_result *result)
{
	const char *before = "";

	if (result->end != EXCHANGE_REPLY && (result->odd & ODD_TRUNCATED))
		before = "the answer by UDP is truncated; by TCP: ";
	else if (result->end != EXCHANGE_REPLY && (result->odd & ODD_FORGED))
		before = "answers by UDP that belong to no question; by TCP: ";
	return xasprintf("%s%s", before, end_text(result));
}

/* ------------------------------------------------------------------------- those who ask */

static struct inquiry **bucket_of(
    struct exchanges *all, const struct peer *peer, const struct question *question)
{
	size_t hash = (size_t)peer ^ question->type;

	for (const char *p = question->name; *p; p++)
		hash = hash * 33 ^ (unsigned char)*p;
	return &all->buckets[(hash ^ hash >> 15) % INQUIRY_BUCKETS];
}

static bool is_same(const struct question *a, const struct question *b)
{
	return a->type == b->type && a->recurse == b->recurse && a->unchecked == b->unchecked &&
	       a->signatures == b->signatures && !strcmp(a->name, b->name);
}

/* Nobody can join it any more. */
static void take_out(struct inquiry *q)
{
	struct inquiry **at = q->bucket;

	while (*at != q)
		at = &(*at)->next;
	*at = q->next;
	inquiry_close(q);
}

/* Hands out the answer; what is done with it may cancel others who wait for it. */
static void deliver(struct inquiry *q)
{
	struct exchange *x;

	take_out(q);
	while ((x = q->askers)) {
		q->askers = x->next;
		x->done(x->arg, &q->result);
		free(x);
	}
}

void exchange_cancel(struct exchange *x)
{
	struct exchange **at;
	struct inquiry *q;

	if (!x)
		return;
	q = x->inquiry;
	at = &q->askers;
	while (*at != x)
		at = &(*at)->next;
	*at = x->next;
	free(x);
	if (!q->askers && !inquiry_is_closing(q))
		take_out(q);
}

struct exchange *exchange_start(struct exchanges *all, const union address *server,
    const struct question *question, bool brief,
    void (*done)(void *arg, const struct exchange_result *result), void *arg)
{
	struct peer *peer = peer_get(&all->peers, server, uv_now(all->loop));
	struct inquiry **bucket = bucket_of(all, peer, question), *q = *bucket;
	struct exchange *x = xcalloc(1, sizeof(*x));

	while (q && (q->peer != peer || q->brief != brief || !is_same(&q->question, question)))
		q = q->next;
	if (q) {
		peer_put(peer);
	} else {
		q = inquiry_start(all, peer, question, brief, deliver);
		q->bucket = bucket;
		q->next = *bucket;
		*bucket = q;
	}
	*x = (struct exchange){.next = q->askers, .inquiry = q, .done = done, .arg = arg};
	q->askers = x;
	return x;
}
