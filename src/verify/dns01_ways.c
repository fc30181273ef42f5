/* SPDX-License-Identifier: MIT */
/*
 * dns-01: where the CNAMEs of a look lead. Each server has its own; the CA may follow that of one
 * server here, and that of another one there. What counts is what it can come to by all of them.
 */
#include "config.h"

#include "verify/dns01_tally.h"

struct walk {
	unsigned look;
	enum { NEW, ON_THE_WAY, DONE } state[PLACES_MAX];
	unsigned cnames[PLACES_MAX]; /* from there on; of those that are done */
	const struct place *circle;
};

static unsigned walk(struct walk *w, const struct place *p)
{
	unsigned most = 0;

	if (w->state[p->number] == ON_THE_WAY)
		w->circle = p;
	if (w->state[p->number] != NEW)
		return w->cnames[p->number];
	w->state[p->number] = ON_THE_WAY;
	if (p->above)
		most = walk(w, p->above);
	for (size_t i = 0; p->look == w->look && i < p->n; i++) {
		const struct server *s = &p->servers[i];
		bool leads = s->sight == SIGHT_ALIAS || s->sight == SIGHT_REFERRAL;
		unsigned n = leads && s->onward ? walk(w, s->onward) : 0;

		n += s->sight == SIGHT_ALIAS;
		if (n > most)
			most = n;
	}
	w->state[p->number] = DONE;
	return w->cnames[p->number] = most;
}

struct ways dns01_ways(const struct dns01 *dns)
{
	struct walk w;
	struct ways ways = {0};

	if (!dns->places->next)
		return ways;
	w = (struct walk){.look = dns->look};
	ways.cnames = walk(&w, dns->places);
	ways.circle = w.circle;
	return ways;
}
