/* SPDX-License-Identifier: MIT */
/*
 * dns-01: does the zone above name the same servers as the zone does? The CA may ask any of either.
 * Those that only the zone above names are asked too, as a place of their own.
 */
#include "config.h"

#include "verify/dns01.h"

#include <stdlib.h>
#include <string.h>

static bool has_server(const struct place *place, const char *name)
{
	for (size_t i = 0; i < place->n; i++)
		if (place->servers[i].name && !strcmp(place->servers[i].name, name))
			return true;
	return false;
}

static bool has_name(const struct strlist *names, const char *name)
{
	for (size_t i = 0; i < names->n; i++)
		if (!strcmp(names->v[i], name))
			return true;
	return false;
}

static void note(struct buf *b, const char *name, const char *where)
{
	buf_printf(b, "%s%s %s", b->len ? ", " : "", name, where);
}

static void compare(struct place *place, const struct strlist *names, struct strlist *above)
{
	struct buf b = BUF_INIT(512);
	const char *last = "";

	for (size_t i = 0; i < names->n; i++) {
		if (has_server(place, names->v[i]) || has_name(above, names->v[i]))
			continue;
		strlist_add(above, names->v[i]);
		note(&b, names->v[i], "only in the zone above");
	}
	/* The addresses of a server follow each other. */
	for (size_t i = 0; i < place->n; i++) {
		const char *name = place->servers[i].name;

		if (name && strcmp(name, last) && !has_name(names, name))
			note(&b, name, "only in the zone itself");
		last = name ? name : "";
	}
	place->difference = b.len ? xstrdup(b.data) : NULL;
	buf_free(&b);
}

static void delegation_told(void *arg, const struct strlist *names)
{
	struct place *place = arg;
	struct strlist above = {0};

	place->delegation = NULL;
	if (names->n)
		compare(place, names, &above);
	place->dns->delegation_told(place, &above);
	strlist_free(&above);
}

bool dns01_look_above(struct place *place)
{
	struct check *check = place->dns->check;

	if (place->looked_above || !place->zone || !strcmp(place->zone, ".") ||
	    place->look != place->dns->look)
		return false;
	/* Servers from a referral, or from here, are those of the zone above. */
	if (place->parent && !strcmp(place->parent->name, place->name))
		return false;
	place->looked_above = true;
	place->delegation = delegation_start(
	    &check->all->exchanges, &check->resolvers, place->zone, delegation_told, place);
	return true;
}
