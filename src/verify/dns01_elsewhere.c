/* SPDX-License-Identifier: MIT */
/*
 * dns-01: nothing is at the challenge name; is the value at a name near it? That is a mistake which
 * no waiting cures. One server of the zone is asked, another one each time.
 */
#include "config.h"

#include "verify/dns01_tally.h"

#include <stdlib.h>
#include <string.h>

/* Not before so many looks, and then once in so many ms. */
#define LOOKS 2
#define INTERVAL 5000

/* Where it may be: the prefix, the identifier, and what comes again after that. */
static const struct {
	const struct dns01_kind *kind;
	enum case_id id;
	const char *prefix;
	enum { NOTHING, DOMAIN, ZONE } again;
} places[] = {
    {&dns01_digest, CASE_D14, "_acme-challenge.", ZONE},
    {&dns01_digest, CASE_D14, "_acme-challenge.", DOMAIN},
    {&dns01_digest, CASE_D15, "", NOTHING},
    {&dns01_digest, CASE_D16, "_acme-challenge.*.", NOTHING},
    {&dns01_account, CASE_A01, "_acme-challenge.", NOTHING},
};
_Static_assert(nitems(places) == ELSEWHERE_MAX, "as many probes as places");

/* NULL if there is no such name, or another one is the same. */
static char *probe_name(size_t i, const struct check *check, const char *zone)
{
	const char *domain = check->domain;

	if (places[i].kind != check->type->kind)
		return NULL;
	switch (places[i].again) {
	case ZONE:
		if (!zone || !strcmp(zone, ".") || !strcmp(zone, domain))
			return NULL;
		return xasprintf("%s%s.%s", places[i].prefix, domain, zone);
	case DOMAIN:
		return xasprintf("%s%s.%s", places[i].prefix, domain, domain);
	default:
		return xasprintf("%s%s", places[i].prefix, domain);
	}
}

static bool is_ours(const struct check *check, const struct record *r, const char *name)
{
	return r->section == SECTION_ANSWER && r->type == TYPE_TXT && !strcmp(r->owner, name) &&
	       dns01_is_ours(check, r);
}

static void answered(struct aside *aside, const struct message *m)
{
	struct probe *p = (struct probe *)aside;
	struct elsewhere *e = &aside->dns->elsewhere;
	size_t place = (size_t)(p - e->probes);
	bool there = false;

	for (size_t i = 0; m && m->authoritative && i < m->n; i++)
		there = there || is_ours(aside->dns->check, &m->records[i], p->name);
	if (there && !e->found) {
		e->found = p->name;
		e->id = places[place].id;
	}
	if (places[place].id == CASE_D15)
		e->no_domain = m && m->authoritative && m->rcode == RCODE_NXDOMAIN;
}

/* The nth of the servers that say that nothing is there, or of those before if there are less. */
static const struct server *pick(const struct dns01 *dns, size_t nth)
{
	const struct server *s = NULL;

	for (const struct place *p = dns->places; p; p = p->next) {
		for (size_t i = 0; p->look == dns->look && i < p->n; i++) {
			enum sight sight = p->servers[i].sight;

			if (sight != SIGHT_NXDOMAIN && sight != SIGHT_NODATA)
				continue;
			s = &p->servers[i];
			if (nth-- == 0)
				return s;
		}
	}
	return s;
}

static void probe(struct dns01 *dns, size_t i, const struct server *s)
{
	struct probe *p = &dns->elsewhere.probes[i];
	struct question question = {.type = TYPE_TXT};

	free(p->name);
	p->name = probe_name(i, dns->check, s->place->zone);
	question.name = p->name;
	if (p->name)
		dns01_aside(dns, &p->aside, &s->address, &question, true, answered);
}

static bool is_under_way(const struct elsewhere *e)
{
	for (size_t i = 0; i < ELSEWHERE_MAX; i++)
		if (e->probes[i].aside.asking)
			return true;
	return false;
}

bool dns01_look_elsewhere(struct dns01 *dns, const struct tally *t)
{
	struct elsewhere *e = &dns->elsewhere;
	uint64_t now = uv_now(dns->check->all->loop);
	const struct server *s = dns01_is_nothing(t) ? pick(dns, e->times % 16) : NULL;
	bool last = dns->check->last;

	if (!s || e->found || e->look == dns->look || is_under_way(e))
		return false;
	if (!last && (dns->check->attempts < LOOKS || (e->times && now - e->asked_at < INTERVAL)))
		return false;
	e->look = dns->look;
	e->asked_at = now;
	e->times++;
	for (size_t i = 0; i < ELSEWHERE_MAX; i++)
		probe(dns, i, s);
	return is_under_way(e);
}

void dns01_look_elsewhere_end(struct dns01 *dns)
{
	for (size_t i = 0; i < ELSEWHERE_MAX; i++) {
		dns01_aside_end(&dns->elsewhere.probes[i].aside);
		free(dns->elsewhere.probes[i].name);
	}
}
