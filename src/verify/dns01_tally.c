/* SPDX-License-Identifier: MIT */
/* dns-01: what the servers of a look said, counted. */
#include "config.h"

#include "verify/dns01_tally.h"

#include <string.h>

#include "verify/dns/reserved.h"

static bool is_value(const struct txt *txt, const char *value)
{
	return txt->len == strlen(value) && !memcmp(txt->data, value, txt->len);
}

static void tally_txt(struct tally *t, const struct server *s)
{
	const struct strlist *values = &t->check->values;
	size_t present = 0;

	for (size_t k = 0; k < values->n; k++) {
		bool there = false;

		for (size_t i = 0; i < s->n_txts; i++)
			there = there || is_value(&s->txts[i], values->v[k]);
		present += there;
	}
	t->have += t->check->absent ? present > 0 : present == values->n;
	for (size_t i = 0; i < s->n_txts; i++) {
		const struct txt *txt = &s->txts[i];
		bool ours = false;

		for (size_t k = 0; k < values->n; k++)
			ours = ours || is_value(txt, values->v[k]);
		t->split = t->split || (ours && txt->strings > 1);
		t->others = t->others || !ours;
		if (ours || (t->wrong_at && t->wrong != CASE_D04))
			continue;
		if (t->wrong_at && dns01_mistake(txt, values) == CASE_D04)
			continue;
		t->wrong = dns01_mistake(txt, values);
		t->wrong_at = s;
		t->wrong_txt = txt;
	}
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

static void tally_server(struct tally *t, const struct server *s)
{
	t->said[s->sight]++;
	if (s->sight != SIGHT_NO_ADDRESS && !t->check->authorities.n)
		*(address_is_reserved(&s->address) ? &t->reserved : &t->public) += 1;
	t->total += s->sight != SIGHT_ALIAS && s->sight != SIGHT_REFERRAL;
	t->answer += dns01_answers(t, s);
	t->alias = t->alias || s->sight == SIGHT_ALIAS;
	if (dns01_answers(t, s))
		t->last = s->place;
	if (s->sight == SIGHT_UNREACHABLE)
		t->v4_unreachable += !address_is_v6(&s->address);
	if (s->sight == SIGHT_TXT)
		tally_txt(t, s);
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
	if (t->check->profile->reserved == RESERVED_NEVER && !t->check->authorities.n)
		tally_closed(t, place);
	if (place->is_above) {
		t->have_above += t->have - have;
		t->answer_above += t->answer - answer;
	}
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
	    .validity = dns->validation.validity};
	const struct extended_error *error;

	if (t.validity == VALIDITY_BOGUS) {
		dns01_validate_culprit(dns, &error);
		t.not_yet = error->code == EXTENDED_ERROR_NOT_YET;
	}
	for (const struct place *p = dns->places; p; p = p->next)
		if (p->look == dns->look)
			tally_place(&t, p);
	return t;
}
