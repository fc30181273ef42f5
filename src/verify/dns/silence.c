/* SPDX-License-Identifier: MIT */
/* Addresses that did not answer a short while ago. */
#include "config.h"

#include "verify/dns/silence.h"

#define MEMORY 10000

static size_t place_of(const struct silences *all, const union address *a)
{
	size_t i = 0;

	while (i < all->n && !address_same(&all->v[i].address, a))
		i++;
	return i;
}

enum silence silence_of(const struct silences *all, const union address *a, uint64_t now)
{
	size_t i = place_of(all, a);

	return i < all->n && now < all->v[i].changed + MEMORY ? all->v[i].silence : SILENCE_NONE;
}

static size_t oldest(const struct silences *all)
{
	size_t found = 0;

	for (size_t i = 1; i < all->n; i++)
		if (all->v[i].changed < all->v[found].changed)
			found = i;
	return found;
}

/* The place of the address, made if there is none. */
static size_t make_place(struct silences *all, const union address *a)
{
	size_t i = place_of(all, a);

	if (i < all->n)
		return i;
	i = all->n < SILENCES_MAX ? all->n++ : oldest(all);
	all->v[i].address = *a;
	all->v[i].silence = SILENCE_NONE;
	all->v[i].heard = 0;
	return i;
}

void silence_heard(struct silences *all, const union address *a, uint64_t now)
{
	size_t i = make_place(all, a);

	all->v[i].silence = SILENCE_NONE;
	all->v[i].heard = all->v[i].changed = now;
}

enum silence silence_suspect(
    struct silences *all, const union address *a, enum silence silence, uint64_t sent, uint64_t now)
{
	enum silence known = silence_of(all, a, now);
	size_t i = make_place(all, a);

	if (all->v[i].heard >= sent || silence < known)
		return known;
	all->v[i].silence = silence;
	all->v[i].changed = now;
	return silence;
}
