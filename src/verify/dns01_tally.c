/* SPDX-License-Identifier: MIT */
/* dns-01: what the servers of a look said, counted. */
#include "config.h"

#include "verify/dns01_tally.h"

#include <string.h>

#include "verify/dns/reserved.h"

/* More values than these, or more octets of them, are sooner or later too many for an answer. */
#define TXTS_MAX 10
#define TXT_OCTETS_MAX 1232

static bool is_there(const struct check *check, const struct server *s, size_t k)
{
	for (size_t i = 0; i < s->n_txts; i++)
		if (check->type->kind->is_value(check, &s->txts[i], k))
			return true;
	return false;
}

/* How many of the values the server has, and whether it lost one for another one: one that we have
 * seen there, or that is known to have been. */
static size_t count_values(struct tally *t, const struct server *s)
{
	const struct check *check = t->check;
	bool lost = false, known_lost = false;
	size_t present = 0;

	for (size_t k = 0; k < check->values.n; k++) {
		bool there = is_there(check, s, k);

		present += there;
		lost = lost || (!there && s->had && s->had[k]);
		known_lost =
		    known_lost || (!there && strlist_has(&check->known, check->values.v[k]));
	}
	t->replaced = t->replaced || (lost && present);
	t->known_lost += known_lost && present;
	return present;
}

/* A value that is none of ours: is it nearly one? */
static void tally_wrong(struct tally *t, const struct server *s, const struct txt *txt)
{
	enum case_id id = t->check->type->kind->mistake(t->check, txt);

	if (t->wrong_at && (t->wrong != CASE_D04 || id == CASE_D04))
		return;
	t->wrong = id;
	t->wrong_at = s;
	t->wrong_txt = txt;
}

static void tally_txt(struct tally *t, const struct server *s)
{
	const struct dns01_kind *kind = t->check->type->kind;
	const struct strlist *values = &t->check->values;
	size_t present = count_values(t, s), octets = 0;

	t->have += t->check->absent ? present > 0 : present == values->n;
	t->part += present && present < values->n;
	for (size_t i = 0; i < s->n_txts; i++) {
		const struct txt *txt = &s->txts[i];
		bool ours = false;

		octets += txt->len;
		for (size_t k = 0; k < values->n; k++)
			ours = ours || kind->is_value(t->check, txt, k);
		t->split = t->split || (ours && txt->strings > 1);
		t->others = t->others || !ours;
		if (!ours)
			tally_wrong(t, s, txt);
	}
	t->many = t->many || s->n_txts > TXTS_MAX || octets > TXT_OCTETS_MAX;
	if (!present && dns01_is_scattered(s->txts, s->n_txts, values)) {
		t->wrong = CASE_D07;
		t->wrong_at = s;
		t->wrong_txt = &s->txts[0];
	}
	if (present && s->ttl > t->ttl)
		t->ttl = s->ttl;
}

bool dns01_has_values(const struct tally *t, const struct server *s)
{
	struct tally one = {.check = t->check};

	if (s->sight == SIGHT_TXT)
		tally_txt(&one, s);
	return one.have > 0;
}

bool dns01_answers(const struct tally *t, const struct server *s)
{
	if (s->sight == SIGHT_LOOP || s->sight == SIGHT_TOO_LONG)
		return t->check->absent; /* there is no value to be had here */
	return s->sight == SIGHT_TXT || s->sight == SIGHT_NODATA || s->sight == SIGHT_NXDOMAIN;
}

/* Where all servers are at private addresses, the CA is private, too, or it is a test. */
bool dns01_out_of_reach(const struct tally *t, const struct server *s)
{
	return t->reserved && t->public && s->sight != SIGHT_NO_ADDRESS &&
	       address_is_reserved(&s->address);
}

/* Is there another address of the same name server, an IPv4 one, that answers? */
static bool answers_by_v4(const struct tally *t, const struct server *s)
{
	for (size_t i = 0; i < s->place->n; i++) {
		const struct server *other = &s->place->servers[i];

		if (!address_is_v6(&other->address) && s->name && other->name &&
		    !strcmp(s->name, other->name) &&
		    (dns01_answers(t, other) || other->sight == SIGHT_ALIAS))
			return true;
	}
	return false;
}

static void tally_server(struct tally *t, const struct server *s)
{
	bool answers = dns01_answers(t, s);

	t->said[s->sight]++;
	if (s->sight != SIGHT_NO_ADDRESS && !t->check->authorities.n)
		*(address_is_reserved(&s->address) ? &t->reserved : &t->public) += 1;
	t->total += s->sight != SIGHT_ALIAS && s->sight != SIGHT_REFERRAL;
	t->answer += answers;
	t->alias = t->alias || s->sight == SIGHT_ALIAS;
	t->dname = t->dname || s->dname;
	t->torn = t->torn || s->torn;
	if (s->sight < SIGHT_LAME && s->sight != SIGHT_PENDING)
		t->odd |= s->odd;
	else if (s->sight >= SIGHT_LAME)
		t->only_v6 = t->only_v6 && s->sight != SIGHT_NO_ADDRESS &&
			     address_is_v6(&s->address) && answers_by_v4(t, s);
	t->passive = t->passive || (s->sight == SIGHT_CUT && !s->refused);
	if (answers)
		t->last = s->place;
	if (answers && s->place->cnames > t->cnames)
		t->cnames = s->place->cnames;
	if (s->sight == SIGHT_UNREACHABLE)
		t->v4_unreachable += !address_is_v6(&s->address);
	if (s->sight == SIGHT_TXT)
		tally_txt(t, s);
	if (s->sight == SIGHT_ALIAS && s->n_txts) {
		t->conflict = true;
		t->misplaced = t->misplaced || is_there(t->check, s, 0);
	}
}

/* Serials are compared in a circle (RFC 1982). */
static bool is_lower(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}

static void tally_serials(struct tally *t, const struct place *place)
{
	bool moved = false;

	for (size_t i = 0; i < place->n; i++) {
		const struct server *s = &place->servers[i];

		if (s->has_serial && dns01_has_values(t, s) &&
		    (!t->ahead || is_lower(t->ahead->serial, s->serial)))
			t->ahead = s;
	}
	for (size_t i = 0; i < place->n; i++) {
		const struct server *s = &place->servers[i];

		if (dns01_answers(t, s) && !dns01_has_values(t, s))
			t->denied = t->denied || s->denied;
		t->same_serial =
		    t->same_serial || (t->ahead && s->has_serial && dns01_answers(t, s) &&
					  !dns01_has_values(t, s) && s->serial == t->ahead->serial);
		if (!dns01_is_behind(t, s))
			continue;
		t->behind = t->behind ? t->behind : s;
		moved = moved || s->first_serial != s->serial;
	}
	t->stuck = t->behind && !moved;
}

bool dns01_is_behind(const struct tally *t, const struct server *s)
{
	return t->ahead && dns01_answers(t, s) && !dns01_has_values(t, s) && s->has_serial &&
	       is_lower(s->serial, t->ahead->serial);
}

/* Some servers of the same zone have a CNAME, some have something else. */
static bool is_mixed(const struct place *place)
{
	size_t alias = 0, text = 0;

	for (size_t i = 0; i < place->n; i++) {
		alias += place->servers[i].sight == SIGHT_ALIAS;
		text += place->servers[i].sight == SIGHT_TXT;
	}
	return alias && text;
}

/* A place that a CA which asks only public addresses hears nothing from. */
static void tally_closed(struct tally *t, const struct place *place)
{
	size_t public = 0, heard = 0;

	for (size_t i = 0; i < place->n; i++) {
		const struct server *s = &place->servers[i];
		bool open = s->sight != SIGHT_NO_ADDRESS && !address_is_reserved(&s->address);

		public += open;
		heard += open && s->sight < SIGHT_LAME;
	}
	if (heard || !place->n || place->is_above)
		return;
	t->closed = place;
	t->shut = t->shut || !public;
}

static void tally_place(struct tally *t, const struct place *place)
{
	size_t have = t->have, answer = t->answer;

	if (place->difference)
		t->differs = place;
	t->looking_above = t->looking_above || place->delegation;
	if (place->finding) {
		t->finding++;
	} else if (!place->n && !place->is_above) {
		t->lost++;
		t->lost_at = place;
	}
	t->mute += !place->is_above && dns01_is_mute(place);
	for (size_t i = 0; i < place->n; i++)
		tally_server(t, &place->servers[i]);
	t->conflict = t->conflict || t->torn || is_mixed(place);
	if (t->have > have)
		tally_serials(t, place);
	if (t->check->profile->reserved == RESERVED_NEVER && !t->check->authorities.n)
		tally_closed(t, place);
	if (place->is_above) {
		t->have_above += t->have - have;
		t->answer_above += t->answer - answer;
	}
}

/* Servers that disagree may lead farther together than each of them does. */
static void tally_ways(struct tally *t, const struct dns01 *dns)
{
	struct ways ways = dns01_ways(dns);

	if (ways.cnames > t->cnames)
		t->cnames = ways.cnames;
	t->circle_at = ways.circle;
	t->circle = ways.circle || t->said[SIGHT_LOOP];
	t->too_long = ways.cnames > t->check->profile->cnames || t->said[SIGHT_TOO_LONG];
}

bool dns01_is_mute(const struct place *place)
{
	for (size_t i = 0; i < place->n; i++)
		if (place->servers[i].sight < SIGHT_LAME)
			return false;
	return true;
}

struct tally dns01_tally(const struct dns01 *dns)
{
	struct tally t = {.check = dns->check,
	    .look = dns->look,
	    .wrong = CASE_D04,
	    .only_v6 = true,
	    .parent_denied = dns->parent_denied,
	    .memory = dns->validation.memory,
	    .validity = dns->validation.validity};
	const struct extended_error *error;

	if (t.validity == VALIDITY_BOGUS) {
		dns01_validate_culprit(dns, &error);
		t.not_yet = error->code == EXTENDED_ERROR_NOT_YET;
	}
	for (const struct place *p = dns->places; p; p = p->next)
		if (p->look == dns->look)
			tally_place(&t, p);
	tally_ways(&t, dns);
	t.id = dns01_case(&t);
	return t;
}
