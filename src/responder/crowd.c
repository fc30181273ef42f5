/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "responder/crowd.h"

#include <stddef.h>

#include <uv.h>

#include "responder/limit.h"

void crowd_init(struct crowd *crowd, unsigned max)
{
	*crowd = (struct crowd){.max = max};
	uv_random(NULL, NULL, &crowd->key, sizeof(crowd->key), 0, NULL);
}

static void put_first(struct crowd *crowd, struct guest *guest)
{
	guest->next = crowd->first;
	guest->at = &crowd->first;
	if (guest->next)
		guest->next->at = &guest->next;
	crowd->first = guest;
}

void crowd_leave(struct guest *guest)
{
	if (!guest->at)
		return;
	*guest->at = guest->next;
	if (guest->next)
		guest->next->at = guest->at;
	guest->at = NULL;
}

struct guest *crowd_enter(struct crowd *crowd, struct guest *guest, const union address *from)
{
	struct guest *last = NULL, *neighbour = NULL, *leaves = NULL;
	unsigned all = 0, near = 0;

	guest->network = network_of(crowd->key, from);
	for (struct guest *g = crowd->first; g; g = g->next) {
		last = g;
		all++;
		if (g->network != guest->network)
			continue;
		neighbour = g;
		near++;
	}
	if (near >= crowd->max / 8)
		leaves = neighbour;
	else if (all >= crowd->max)
		leaves = last;
	if (leaves)
		crowd_leave(leaves);
	put_first(crowd, guest);
	return leaves;
}

void crowd_heard(struct crowd *crowd, struct guest *guest)
{
	if (!guest->at)
		return;
	crowd_leave(guest);
	put_first(crowd, guest);
}
