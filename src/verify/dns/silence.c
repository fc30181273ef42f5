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

	return i < all->n && now < all->v[i].until ? all->v[i].silence : SILENCE_NONE;
}

static size_t oldest(const struct silences *all)
{
	size_t found = 0;

	for (size_t i = 1; i < all->n; i++)
		if (all->v[i].until < all->v[found].until)
			found = i;
	return found;
}

void silence_set(struct silences *all, const union address *a, enum silence silence, uint64_t now)
{
	size_t i = place_of(all, a);

	if (silence < silence_of(all, a, now))
		return;
	if (i == all->n)
		i = all->n < SILENCES_MAX ? all->n++ : oldest(all);
	all->v[i].address = *a;
	all->v[i].silence = silence;
	all->v[i].until = now + MEMORY;
}

void silence_clear(struct silences *all, const union address *a)
{
	size_t i = place_of(all, a);

	if (i < all->n)
		all->v[i] = all->v[--all->n];
}
