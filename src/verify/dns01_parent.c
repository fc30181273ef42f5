/* SPDX-License-Identifier: MIT */
/*
 * dns-01: the resolvers say that the name above the challenge does not exist, though the challenge
 * does, below it. A server that says so, too, is out of order (RFC 8020): resolvers that believe
 * it do not even ask for what is below. Let's Encrypt's does ask, others may not.
 */
#include "config.h"

#include "verify/dns01_tally.h"

static void answered(struct aside *aside, const struct message *m)
{
	aside->dns->parent_denied = m && m->authoritative && m->rcode == RCODE_NXDOMAIN;
}

bool dns01_look_at_parent(struct dns01 *dns, const struct tally *t)
{
	struct question question = {.type = TYPE_SOA};

	if (!dns01_is_good(t) || dns->parent.look)
		return false;
	for (const struct place *p = dns->places; p; p = p->next) {
		for (size_t i = 0; p->look == dns->look && p->orphan && i < p->n; i++) {
			if (p->servers[i].sight != SIGHT_TXT)
				continue;
			question.name = name_parent(p->name);
			dns01_aside(
			    dns, &dns->parent, &p->servers[i].address, &question, true, answered);
			return true;
		}
	}
	return false;
}
