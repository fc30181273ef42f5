/* SPDX-License-Identifier: MIT */
/* dns-01: what a server's answer says about a name. */
#include "config.h"

#include "verify/dns01_tally.h"

#include <stdlib.h>
#include <string.h>

static void take_alias(struct server *s, const char *target)
{
	s->target = xstrdup(target);
	s->reason = xasprintf("CNAME to %s", target);
	dns01_follow(s);
}

/*
 * A referral names the servers of a zone below the one we asked for, down to the name itself.
 * Upward referrals, or those to the zone that is asked for, are the mark of a lame server.
 */
static const char *referral_in(const struct message *m, const struct place *place)
{
	if (m->authoritative || m->rcode != RCODE_NOERROR || !place->zone)
		return NULL;
	for (size_t i = 0; i < m->n; i++) {
		const struct record *r = &m->records[i];

		if (r->section == SECTION_ANSWER)
			return NULL;
		if (r->section == SECTION_AUTHORITY && r->type == TYPE_NS &&
		    name_within(place->name, r->owner) && name_within(r->owner, place->zone) &&
		    strcmp(r->owner, place->zone))
			return r->owner;
	}
	return NULL;
}

static bool is_lame(const struct message *m, const struct place *place)
{
	if (m->rcode != RCODE_NOERROR && m->rcode != RCODE_NXDOMAIN)
		return true;
	if (m->authoritative)
		return false;
	/* A server that was named to us may forget AA; but it must not be a resolver, nor refer. */
	if (!place->dns->check->authorities.n || m->recursion_available)
		return true;
	for (size_t i = 0; i < m->n; i++)
		if (m->records[i].section == SECTION_AUTHORITY && m->records[i].type == TYPE_NS)
			return true;
	return false;
}

static void take_txt(struct server *s, const struct record *r)
{
	struct txt *txt;

	s->txts = xrealloc(s->txts, (s->n_txts + 1) * sizeof(*s->txts));
	txt = &s->txts[s->n_txts++];
	txt->data = xcalloc(1, r->len + 1);
	memcpy(txt->data, r->data, r->len);
	txt->len = r->len;
	txt->strings = r->strings;
	if (r->ttl > s->ttl)
		s->ttl = r->ttl;
}

/*
 * Where a DNAME sends the name (RFC 6672): what is before its owner stays, the end is replaced.
 * NULL if it is not above the name.
 */
static char *redirected(const char *name, const struct record *dname)
{
	size_t n = strlen(name), end = strlen(dname->owner);

	if (!strcmp(name, dname->owner) || !name_within(name, dname->owner))
		return NULL;
	return xasprintf("%.*s%s", (int)(n - end), name, dname->target);
}

/* Who made the zone, of which a denial tells. */
static void take_soa(struct server *s, const struct record *r)
{
	struct place *place = s->place;

	s->has_serial = true;
	s->serial = r->serial;
	if (s->first_serial < 0)
		s->first_serial = r->serial;
	free(place->apex);
	free(place->primary);
	place->apex = xstrdup(r->owner);
	place->primary = xstrdup(r->target);
}

/* Which of the values the server has had so far. */
static void remember(struct server *s)
{
	const struct check *check = s->place->dns->check;

	for (size_t i = 0; i < s->n_txts; i++) {
		for (size_t k = 0; k < check->values.n; k++) {
			if (!check->type->kind->is_value(check, &s->txts[i], k))
				continue;
			if (!s->had)
				s->had = xcalloc(check->values.n, sizeof(*s->had));
			s->had[k] = true;
		}
	}
}

/*
 * What an authoritative answer says about the name itself; the rest of it is hearsay. Resolvers go
 * by the DNAME where a CNAME beside it says something else, and by the code where it says that
 * there is no such name.
 */
static void take_answer(struct server *s, const struct message *m)
{
	char *target = NULL, *dname = NULL;

	for (size_t i = 0; i < m->n; i++) {
		const struct record *r = &m->records[i];
		bool ours = r->section == SECTION_ANSWER && !strcmp(r->owner, s->place->name);

		if (r->section == SECTION_ANSWER && r->type == TYPE_DNAME && !dname)
			dname = redirected(s->place->name, r);
		else if (r->section == SECTION_AUTHORITY && r->type == TYPE_SOA)
			take_soa(s, r);
		else if (ours && r->type == TYPE_TXT)
			take_txt(s, r);
		else if (ours && r->type == TYPE_CNAME) {
			s->torn = s->torn || (target && strcmp(target, r->target));
			target = r->target;
		}
	}
	s->dname = dname != NULL;
	if (target || dname)
		take_alias(s, dname ? dname : target);
	else if (m->rcode == RCODE_NXDOMAIN)
		s->sight = SIGHT_NXDOMAIN;
	else
		s->sight = s->n_txts ? SIGHT_TXT : SIGHT_NODATA;
	remember(s);
	free(dname);
}

/* A server of no use answers something: what? */
static enum sight lame_sight(unsigned rcode)
{
	return rcode == RCODE_NOTIMP || rcode == RCODE_FORMERR ? SIGHT_NO_TXT : SIGHT_LAME;
}

void dns01_take(struct server *s, const struct message *m)
{
	const char *zone = referral_in(m, s->place);
	char rcode[16];

	s->rcode = (int)m->rcode;
	if (zone) {
		s->sight = SIGHT_REFERRAL;
		s->reason = xasprintf("refers to the servers of %s", zone);
		s->onward = dns01_referral_place(s->place, zone, m);
		if (s->onward)
			dns01_visit(s->onward);
		else
			s->sight = SIGHT_TOO_LONG;
	} else if (is_lame(m, s->place)) {
		rcode_name(m->rcode, rcode);
		s->sight = lame_sight(m->rcode);
		s->reason = m->rcode == RCODE_NOERROR || m->rcode == RCODE_NXDOMAIN
				? xstrdup("is not authoritative")
				: xasprintf("answered %s", rcode);
	} else {
		take_answer(s, m);
	}
}
