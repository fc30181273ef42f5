/* SPDX-License-Identifier: MIT */
/* dns-01: what a server's answer says about a name. */
#include "config.h"

#include "verify/dns01.h"

#include <stdlib.h>
#include <string.h>

static void take_alias(struct server *s, const char *target)
{
	s->target = xstrdup(target);
	s->reason = xasprintf("CNAME to %s", target);
	s->onward = dns01_alias_place(s->place, target, &s->sight);
	if (s->onward)
		dns01_visit(s->onward);
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
}

/* What an authoritative answer says about the name itself; the rest of it is hearsay. */
static void take_answer(struct server *s, const struct message *m)
{
	const char *target = NULL;

	for (size_t i = 0; i < m->n; i++) {
		const struct record *r = &m->records[i];

		if (r->section != SECTION_ANSWER || strcmp(r->owner, s->place->name))
			continue;
		if (r->type == TYPE_TXT)
			take_txt(s, r);
		else if (r->type == TYPE_CNAME)
			target = r->target;
	}
	if (target)
		take_alias(s, target);
	else if (s->n_txts)
		s->sight = SIGHT_TXT;
	else
		s->sight = m->rcode == RCODE_NXDOMAIN ? SIGHT_NXDOMAIN : SIGHT_NODATA;
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
	} else if (is_lame(m, s->place)) {
		rcode_name(m->rcode, rcode);
		s->sight = SIGHT_LAME;
		s->reason = m->rcode == RCODE_NOERROR || m->rcode == RCODE_NXDOMAIN
				? xstrdup("is not authoritative")
				: xasprintf("answered %s", rcode);
	} else {
		take_answer(s, m);
	}
}
