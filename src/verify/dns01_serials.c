/* SPDX-License-Identifier: MIT */
/*
 * dns-01: some servers have it, some do not. Their serials tell whether the latter are behind, and
 * whether they move at all (RFC 1912 section 2.2). A server that says that there is nothing has
 * told its serial by that, and is asked whether it has signed this.
 */
#include "config.h"

#include "verify/dns01_tally.h"

#include <string.h>

static struct server *server_of(struct aside *aside)
{
	return (struct server *)((char *)aside - offsetof(struct server, side));
}

static void answered(struct aside *aside, const struct message *m)
{
	struct server *s = server_of(aside);

	for (size_t i = 0; m && m->authoritative && i < m->n; i++) {
		const struct record *r = &m->records[i];

		if (r->type == TYPE_SOA && !s->has_serial) {
			s->has_serial = true;
			s->serial = r->serial;
			if (s->first_serial < 0)
				s->first_serial = r->serial;
		}
		s->denied = s->denied || (r->section == SECTION_AUTHORITY &&
					     (r->type == TYPE_NSEC || r->type == TYPE_NSEC3));
	}
}

static bool ask(struct server *s)
{
	bool nothing = s->sight == SIGHT_NXDOMAIN;
	const char *zone = s->place->zone ? s->place->zone : s->place->apex;
	struct question question = {.type = TYPE_SOA, .name = zone};

	if ((s->sight != SIGHT_TXT && s->sight != SIGHT_NODATA && !nothing) ||
	    s->side.look == s->place->dns->look || (!zone && !nothing))
		return false;
	if (nothing)
		question =
		    (struct question){.type = TYPE_TXT, .name = s->place->name, .signatures = true};
	dns01_aside(s->place->dns, &s->side, &s->address, &question, true, answered);
	return true;
}

bool dns01_look_at_serials(struct dns01 *dns, const struct tally *t)
{
	bool more = false;

	if (t->id != CASE_D28 && t->id != CASE_D42 && t->id != CASE_D29)
		return false;
	for (struct place *p = dns->places; p; p = p->next)
		for (size_t i = 0; p->look == dns->look && i < p->n; i++)
			more = ask(&p->servers[i]) || more;
	return more;
}
