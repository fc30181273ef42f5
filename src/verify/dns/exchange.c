/* SPDX-License-Identifier: MIT */
/*
 * One question to one server address. Those who ask have an exchange each; those who ask the same
 * share an inquiry, which sends it (RFC 5452 section 5: nothing is asked twice at a time). What
 * does not answer the question is ignored.
 */
#include "config.h"

#include "verify/dns/exchange.h"

#include <stdlib.h>
#include <string.h>

#include "buf.h"

#define QUICK_MAX 256
#define SLOW_MAX 1024
/* As many wrong answers in one attempt look like an attack: go on by TCP (RFC 5452 section 9.2). */
#define WRONG_MAX 8

/* What is tried, one after the other. */
static const struct attempt {
	bool tcp;
	bool plain; /* without what not every server understands; resolvers all do */
	uint64_t ms;
} attempts[] = {{false, false, 1500}, {false, true, 3000}, {true, false, 4000}};
#define TCP_ATTEMPT (nitems(attempts) - 1)

struct exchange {
	struct exchange *next;
	struct inquiry *inquiry; /* NULL while the answer is handed out */
	void (*done)(void *arg, const struct exchange_result *result);
	void *arg;
};

struct inquiry {
	struct inquiry *next; /* in its bucket */
	struct exchanges *all;
	struct exchange *askers;
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

static void attempt_begin(struct inquiry *q);
static void line_up(struct inquiry *q);

void exchanges_init(struct exchanges *all, uv_loop_t *loop)
{
	all->loop = all->wires.loop = loop;
	slots_init(&all->quick, QUICK_MAX);
	slots_init(&all->slow, SLOW_MAX);
}

void exchanges_free(struct exchanges *all)
{
	wires_free(&all->wires);
	peers_free(&all->peers);
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

static uint64_t now(const struct inquiry *q)
{
	return uv_now(q->all->loop);
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

static void inquiry_closed(uv_handle_t *timer)
{
	struct inquiry *q = timer->data;

	message_free(&q->message);
	free(q->name);
	free(q);
}

/* Nobody can join it any more. */
static void inquiry_close(struct inquiry *q)
{
	struct inquiry **at = bucket_of(q->all, q->peer, &q->question);

	while (*at != q)
		at = &(*at)->next;
	*at = q->next;
	wire_close(q->wire);
	q->wire = NULL;
	uv_close((uv_handle_t *)&q->timer, inquiry_closed);
	if (q->line)
		slots_leave(q->line, &q->slot);
	slots_leave(&q->peer->slots, &q->own);
	peer_put(q->peer);
}

/* Hands out the answer; what is done with it may cancel others who wait for it. */
static void deliver(struct inquiry *q)
{
	struct exchange *x;

	inquiry_close(q);
	while ((x = q->askers)) {
		q->askers = x->next;
		x->done(x->arg, &q->result);
		free(x);
	}
}

void exchange_cancel(struct exchange *x)
{
	struct inquiry *q = x ? x->inquiry : NULL;
	struct exchange **at = q ? &q->askers : NULL;

	if (!x)
		return;
	while (*at != x)
		at = &(*at)->next;
	*at = x->next;
	free(x);
	if (!q->askers && !uv_is_closing((uv_handle_t *)&q->timer))
		inquiry_close(q);
}

/* ------------------------------------------------------------------- the end of an inquiry */

static enum silence known_silence(const struct inquiry *q)
{
	return peer_silence(q->peer, now(q));
}

static enum silence suspect(struct inquiry *q, enum silence silence)
{
	return peer_suspect(q->peer, silence, q->sent, now(q));
}

/* What the end of an inquiry says about the server. */
static void learn(struct inquiry *q, enum exchange_end end)
{
	if (end == EXCHANGE_REPLY || end == EXCHANGE_GARBAGE || (q->result.odd & ODD_TRUNCATED))
		peer_heard(q->peer, now(q));
	else if (q->once && end == EXCHANGE_TIMEOUT)
		suspect(q, known_silence(q) ? known_silence(q) : SILENCE_SLOW);
	else if (end == EXCHANGE_TIMEOUT || q->attempt > 0)
		suspect(q, SILENCE_TOTAL);
}

static void finish(struct inquiry *q, enum exchange_end end, int error)
{
	q->result.end = end;
	q->result.error = error;
	q->result.ms = now(q) - q->started;
	if (q->peer->edns == ABILITY_NO)
		q->result.odd |= ODD_NO_EDNS;
	if (q->peer->letters == ABILITY_NO)
		q->result.odd |= ODD_LETTERS;
	learn(q, end);
	if (end == EXCHANGE_REPLY) {
		wire_done(q->wire);
		q->wire = NULL;
	}
	deliver(q);
}

static void on_timer(uv_timer_t *timer);

/* Ends the inquiry from the loop, for those who are still in the middle of something. */
static void finish_later(struct inquiry *q, enum exchange_end end, int error)
{
	if (q->result.end == EXCHANGE_REPLY)
		q->result.end = end;
	q->result.error = error;
	uv_timer_start(&q->timer, on_timer, 0, 0);
}

/* --------------------------------------------------------------------------- attempts */

static void next_attempt(struct inquiry *q)
{
	if (q->once || q->attempt == TCP_ATTEMPT) {
		finish(q, EXCHANGE_TIMEOUT, 0);
		return;
	}
	q->attempt++;
	if (attempts[q->attempt].plain && !q->question.recurse)
		q->edns = q->mixed = false;
	if (suspect(q, SILENCE_SLOW) == SILENCE_NONE || q->line == &q->all->slow) {
		attempt_begin(q);
		return;
	}
	wire_close(q->wire);
	q->wire = NULL;
	slots_leave(q->line, &q->slot);
	line_up(q);
}

static void by_tcp(struct inquiry *q)
{
	q->attempt = TCP_ATTEMPT;
	attempt_begin(q);
}

static void on_timer(uv_timer_t *timer)
{
	struct inquiry *q = timer->data;

	if (q->result.end == EXCHANGE_REPLY)
		next_attempt(q);
	else
		finish(q, q->result.end, q->result.error);
}

static bool no_edns_code(unsigned rcode)
{
	return rcode == RCODE_FORMERR || rcode == RCODE_NOTIMP || rcode == RCODE_BADVERS;
}

static bool has_answers(const struct message *m)
{
	return m->n && m->records[0].section == SECTION_ANSWER;
}

/*
 * What the reply says about the server. That it answers only the plain query means nothing if it
 * is known to do better: a datagram was lost.
 */
static void learn_abilities(struct inquiry *q, const struct message *m)
{
	struct peer *peer = q->peer;

	peer->learned = now(q);
	if (q->edns)
		peer->edns = ABILITY_YES;
	else if (peer->edns == ABILITY_UNKNOWN && !no_edns_code(m->rcode))
		peer->edns = ABILITY_NO;
	if (q->mixed)
		peer->letters = ABILITY_YES;
	else if (q->doubt >= 0 && peer->letters == ABILITY_UNKNOWN)
		peer->letters =
		    !has_answers(m) && (int)m->rcode == q->doubt ? ABILITY_YES : ABILITY_NO;
}

static void in_small_letters(struct inquiry *q)
{
	q->mixed = false;
	attempt_begin(q);
}

/*
 * There are servers that look for a name letter by letter, and find nothing. What the first of our
 * mixed questions does not find is therefore asked for once more.
 */
static bool is_doubtful(const struct inquiry *q, const struct message *m)
{
	return q->mixed && q->peer->letters == ABILITY_UNKNOWN && !has_answers(m);
}

/* A reply to the query: is it one to work with? data is a whole message. */
static void take_reply(struct inquiry *q, const unsigned char *data, size_t len, bool tcp)
{
	bool good;

	if (message_truncated(data) && !tcp) {
		q->result.odd |= ODD_TRUNCATED;
		by_tcp(q);
		return;
	}
	if (q->mixed && !message_same_letters(q->query, data)) {
		q->peer->letters = ABILITY_NO;
		in_small_letters(q);
		return;
	}
	good = message_parse(&q->message, data, len);
	if (q->edns && no_edns_code(good ? q->message.rcode : message_rcode(data))) {
		message_free(&q->message);
		q->edns = false;
		attempt_begin(q);
	} else if (good && is_doubtful(q, &q->message)) {
		q->doubt = (int)q->message.rcode;
		message_free(&q->message);
		in_small_letters(q);
	} else if (good) {
		learn_abilities(q, &q->message);
		q->result.message = &q->message;
		finish(q, EXCHANGE_REPLY, 0);
	} else if (!tcp) {
		q->result.end = EXCHANGE_GARBAGE;
		by_tcp(q);
	} else {
		finish(q, EXCHANGE_GARBAGE, 0);
	}
}

static void heard(void *arg, const unsigned char *data, size_t len, bool cut)
{
	struct inquiry *q = arg;
	bool tcp = attempts[q->attempt].tcp;

	if (message_answers(q->query, q->len, data, len)) {
		if (cut)
			by_tcp(q);
		else
			take_reply(q, data, len, tcp);
	} else if (tcp) {
		finish(q, EXCHANGE_GARBAGE, 0);
	} else if (++q->wrong >= WRONG_MAX && !q->once) {
		q->result.odd |= ODD_FORGED;
		by_tcp(q);
	}
	/* else the true answer may still be on its way */
}

/* An error of the socket ends all: another datagram would meet the same one. */
static void failed(void *arg, int error)
{
	struct inquiry *q = arg;

	if (q->result.end == EXCHANGE_GARBAGE)
		finish(q, EXCHANGE_GARBAGE, 0);
	else
		finish(q, EXCHANGE_ERROR, error);
}

/* Makes the query of an attempt and sends it; replaces the one before. */
static void attempt_begin(struct inquiry *q)
{
	static const struct wire_ears ears = {heard, failed};
	const struct attempt *attempt = &attempts[q->attempt];
	struct {
		uint16_t id;
		unsigned char letters[MESSAGE_LETTERS];
	} random;
	int error = uv_random(NULL, NULL, &random, sizeof(random), 0, NULL);

	wire_close(q->wire);
	q->wire = NULL;
	q->wrong = 0;
	q->sent = now(q);
	q->len = error ? 0 : message_build(&q->question, random.id, q->edns, q->query);
	if (!q->len) {
		finish_later(q, error ? EXCHANGE_ERROR : EXCHANGE_NAME, error);
		return;
	}
	if (q->mixed)
		message_mix_letters(q->query, random.letters);
	q->wire = wire_open(
	    &q->all->wires, &q->peer->address, attempt->tcp, q->query, q->len, &ears, q, &error);
	if (q->wire)
		uv_timer_start(&q->timer, on_timer, attempt->ms, 0);
	else
		finish_later(q, EXCHANGE_ERROR, error);
}

/* ------------------------------------------------------------------------------ turns */

static void on_turn(struct slot *slot)
{
	struct inquiry *q = (struct inquiry *)((char *)slot - offsetof(struct inquiry, slot));
	enum silence silence = known_silence(q);

	/* What was learned about the server while the inquiry was in line. */
	if (silence && q->line == &q->all->quick) {
		slots_leave(q->line, &q->slot);
		line_up(q);
		return;
	}
	/* A resolver that is silent may be at work; another datagram would only be more of it. */
	if (silence == SILENCE_TOTAL && !q->question.recurse)
		q->once = true;
	if (!q->started) {
		q->started = now(q);
		q->edns = q->peer->edns != ABILITY_NO;
		q->mixed = q->peer->letters != ABILITY_NO;
	}
	attempt_begin(q);
}

/* Waits for a turn, among those whose servers are like this one. */
static void line_up(struct inquiry *q)
{
	q->line = known_silence(q) ? &q->all->slow : &q->all->quick;
	slots_enter(q->line, &q->slot, on_turn);
}

static void on_own_turn(struct slot *slot)
{
	line_up((struct inquiry *)((char *)slot - offsetof(struct inquiry, own)));
}

static struct inquiry *inquiry_start(
    struct exchanges *all, struct peer *peer, const struct question *question, bool brief)
{
	struct inquiry *q = xcalloc(1, sizeof(*q)), **bucket = bucket_of(all, peer, question);

	q->all = all;
	q->peer = peer;
	q->name = xstrdup(question->name);
	q->question = *question;
	q->question.name = q->name;
	q->brief = q->once = brief;
	q->doubt = -1;
	q->next = *bucket;
	*bucket = q;
	uv_timer_init(all->loop, &q->timer);
	q->timer.data = q;
	slots_enter(&peer->slots, &q->own, on_own_turn);
	return q;
}

struct exchange *exchange_start(struct exchanges *all, const union address *server,
    const struct question *question, bool brief,
    void (*done)(void *arg, const struct exchange_result *result), void *arg)
{
	struct peer *peer = peer_get(&all->peers, server, uv_now(all->loop));
	struct inquiry *q = *bucket_of(all, peer, question);
	struct exchange *x = xcalloc(1, sizeof(*x));

	while (q && (q->peer != peer || q->brief != brief || !is_same(&q->question, question)))
		q = q->next;
	if (q)
		peer_put(peer);
	else
		q = inquiry_start(all, peer, question, brief);
	*x = (struct exchange){.next = q->askers, .inquiry = q, .done = done, .arg = arg};
	q->askers = x;
	return x;
}
