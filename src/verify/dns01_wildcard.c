/* SPDX-License-Identifier: MIT */
/*
 * dns-01: what is at the challenge name, and is not the challenge, may come from a wildcard record
 * (RFC 4592). Then another name beside it, which nobody can have made, has the same.
 */
#include "config.h"

#include "verify/dns01_tally.h"

#include <stdlib.h>
#include <string.h>

/* Is it in the answer that the server gave for the challenge name? */
static bool is_like(const struct record *r, const struct server *s)
{
	if (r->type == TYPE_CNAME)
		return s->target && !strcmp(r->target, s->target);
	for (size_t i = 0; r->type == TYPE_TXT && i < s->n_txts; i++)
		if (r->len == s->txts[i].len && !memcmp(r->data, s->txts[i].data, r->len))
			return true;
	return false;
}

static void answered(struct aside *aside, const struct message *m)
{
	struct wildcard *w = &aside->dns->wildcard;

	for (size_t i = 0; m && m->authoritative && i < m->n; i++) {
		const struct record *r = &m->records[i];

		if (r->section == SECTION_ANSWER && !strcmp(r->owner, w->sibling) &&
		    is_like(r, w->like))
			w->id = r->type == TYPE_CNAME ? CASE_D20 : CASE_D21;
	}
}

/* Whoever answers for the name itself with an alias, or with a value that is not the right one. */
static const struct server *pick(const struct dns01 *dns, const struct tally *t)
{
	const struct place *first = dns->places;

	for (size_t i = 0; i < first->n; i++) {
		const struct server *s = &first->servers[i];

		if (s->sight == SIGHT_ALIAS && !s->dname)
			return s;
	}
	return t->wrong_at && t->wrong_at->place == first ? t->wrong_at : NULL;
}

bool dns01_look_for_wildcard(struct dns01 *dns, const struct tally *t)
{
	struct wildcard *w = &dns->wildcard;
	struct question question = {.type = TYPE_TXT};
	const struct server *s = dns01_is_missing(t) ? pick(dns, t) : NULL;
	uint32_t random = 0;

	if (!s || w->aside.look)
		return false;
	uv_random(NULL, NULL, &random, sizeof(random), 0, NULL);
	w->sibling = xasprintf("_acme-%08x.%s", random, dns->check->domain);
	w->like = s;
	question.name = w->sibling;
	dns01_aside(dns, &w->aside, &s->address, &question, true, answered);
	return true;
}

void dns01_look_for_wildcard_end(struct dns01 *dns)
{
	dns01_aside_end(&dns->wildcard.aside);
	free(dns->wildcard.sibling);
}
