/* SPDX-License-Identifier: MIT */
/* How one question to one server is asked. What does not answer the question is ignored. */
#include "config.h"

#include "verify/dns/inquiry.h"

#include <stdlib.h>
#include <string.h>

#include "buf.h"

/* As many wrong answers in one attempt look like an attack: go on by TCP (RFC 5452 section 9.2). */
#define WRONG_MAX 8

/* What is tried, one after the other. */
static const struct attempt {
	bool tcp;
	bool plain; /* without what not every server understands; resolvers all do */
	uint64_t ms;
} attempts[] = {{false, false, 1500}, {false, true, 3000}, {true, false, 4000}};
#define TCP_ATTEMPT (nitems(attempts) - 1)

static void attempt_begin(struct inquiry *q);
static void line_up(struct inquiry *q);

static uint64_t now(const struct inquiry *q)
{
	return uv_now(q->all->loop);
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
	q->ended(q);
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
	/* What is left out by TCP, too, cannot be had. */
	good = !message_truncated(data) && message_parse(&q->message, data, len);
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

/* Takes from a stock: the system is not asked each time. */
static int take_random(struct exchanges *all, void *out, size_t len)
{
	int error = 0;

	if (all->random_left < len) {
		error = uv_random(NULL, NULL, all->random, sizeof(all->random), 0, NULL);
		all->random_left = error ? 0 : sizeof(all->random);
	}
	if (error)
		return error;
	memcpy(out, all->random + all->random_left - len, len);
	memset(all->random + all->random_left - len, 0, len);
	all->random_left -= len;
	return 0;
}

/* Makes the query of an attempt and sends it; replaces the one before. */
static void attempt_begin(struct inquiry *q)
{
	static const struct wire_ears ears = {heard, failed};
	const struct attempt *attempt = &attempts[q->attempt];
	unsigned char random[2 + MESSAGE_LETTERS];
	struct wire_query query;
	/* A bit for each octet of the name. */
	size_t letters = (strlen(q->name) + 1) / 8 + 1;
	int error = take_random(
	    q->all, random, 2 + (letters < MESSAGE_LETTERS ? letters : MESSAGE_LETTERS));

	wire_close(q->wire);
	q->wire = NULL;
	q->wrong = 0;
	q->sent = now(q);
	q->len = error ? 0
		       : message_build(&q->question, (uint16_t)(random[0] << 8 | random[1]),
			     q->edns, q->query);
	if (!q->len) {
		finish_later(q, error ? EXCHANGE_ERROR : EXCHANGE_NAME, error);
		return;
	}
	if (q->mixed)
		message_mix_letters(q->query, random + 2);
	query = (struct wire_query){q->query, q->len, &ears, q};
	q->wire =
	    (attempt->tcp ? wire_tcp : wire_udp)(&q->all->wires, &q->peer->way, &query, &error);
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

/* ----------------------------------------------------------------------- begin and end */

struct inquiry *inquiry_start(struct exchanges *all, struct peer *peer,
    const struct question *question, bool brief, void (*ended)(struct inquiry *q))
{
	struct inquiry *q = xcalloc(1, sizeof(*q));

	q->all = all;
	q->peer = peer;
	q->ended = ended;
	q->name = xstrdup(question->name);
	q->question = *question;
	q->question.name = q->name;
	q->brief = q->once = brief;
	q->doubt = -1;
	uv_timer_init(all->loop, &q->timer);
	q->timer.data = q;
	slots_enter(&peer->slots, &q->own, on_own_turn);
	return q;
}

static void inquiry_closed(uv_handle_t *timer)
{
	struct inquiry *q = timer->data;

	message_free(&q->message);
	free(q->name);
	free(q);
}

void inquiry_close(struct inquiry *q)
{
	wire_close(q->wire);
	q->wire = NULL;
	uv_close((uv_handle_t *)&q->timer, inquiry_closed);
	if (q->line)
		slots_leave(q->line, &q->slot);
	slots_leave(&q->peer->slots, &q->own);
	peer_put(q->peer);
}

bool inquiry_is_closing(const struct inquiry *q)
{
	return uv_is_closing((const uv_handle_t *)&q->timer);
}
