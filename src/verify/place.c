/* SPDX-License-Identifier: MIT */
/* Addresses and ports that something is under way to. */
#include "config.h"

#include "verify/place.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"

static int compare(const void *a, const void *b)
{
	/* All of them were cleared first. NOLINTNEXTLINE(*-memory-comparison,cert-*) */
	return memcmp(&((const struct place *)a)->address, &((const struct place *)b)->address,
	    sizeof(union address));
}

struct place *place_enter(void **places, const union address *address, size_t limit)
{
	struct place wanted = {.address = *address}, **found, *place;

	found = tfind(&wanted, places, compare);
	if (found) {
		(*found)->users++;
		return *found;
	}
	place = xcalloc(1, sizeof(*place));
	place->address = *address;
	place->users = 1;
	slots_init(&place->slots, limit);
	if (!tsearch(place, places, compare))
		abort();
	return place;
}

void place_leave(void **places, struct place *place)
{
	if (--place->users)
		return;
	tdelete(place, places, compare);
	free(place);
}
