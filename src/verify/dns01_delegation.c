/* SPDX-License-Identifier: MIT */
/*
 * dns-01: does the zone above name the same servers as the zone does? The CA may ask any of either.
 * Those that only the zone above names are asked too, as a place of their own.
 */
#include "config.h"

#include "verify/dns01_tally.h"

#include <stdlib.h>
#include <string.h>

/* What is private is not looked at from above before so many looks. */
#define LOOKS 2

static bool has_server(const struct place *place, const char *name)
{
	for (size_t i = 0; i < place->n; i++)
		if (place->servers[i].name && !strcmp(place->servers[i].name, name))
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
	size_t alone = 0, n = 0;

	for (size_t i = 0; i < names->n; i++) {
		if (has_server(place, names->v[i]) || strlist_has(above, names->v[i]))
			continue;
		strlist_add(above, names->v[i]);
		note(&b, names->v[i], "only in the zone above");
	}
	/* The addresses of a server follow each other. */
	for (size_t i = 0; i < place->n; i++) {
		const char *name = place->servers[i].name;

		if (name && strcmp(name, last)) {
			n++;
			if (!strlist_has(names, name)) {
				note(&b, name, "only in the zone itself");
				alone++;
			}
		}
		last = name ? name : "";
	}
	place->disjoint = alone == n;
	place->difference = b.len ? xstrdup(b.data) : NULL;
	buf_free(&b);
}

/* The servers that only the zone above names become a place, which the look goes to as well. */
static void delegation_told(void *arg, const struct strlist *names)
{
	struct place *place = arg, *above = NULL;
	struct dns01 *dns = place->dns;
	struct check *check = dns->check;
	struct strlist others = {0};

	place->delegation = NULL;
	dns01_done(dns, place->above_look);
	if (names->n)
		compare(place, names, &others);
	if (others.n)
		above = dns01_place_add(dns, place, place->name);
	if (above) {
		place->above = above;
		above->is_above = true;
		above->cnames = place->cnames;
		above->zone = xstrdup(place->zone);
		above->look = dns->look;
		above->finding = find_addresses(&check->all->exchanges, &check->resolvers,
		    place->zone, &others, dns01_found, above);
		dns01_begun(dns, &above->find_look);
	}
	strlist_free(&others);
	dns01_arrived(dns);
}

static bool look_above(struct place *place)
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
	dns01_begun(place->dns, &place->above_look);
	return true;
}

/*
 * Nothing is there, and all servers are private: the resolvers may have another view of the zone
 * than the rest of the world.
 */
static bool is_private_view(const struct dns01 *dns, const struct tally *t)
{
	return dns01_is_missing(t) && t->reserved && !t->public &&
	       dns->check->profile->reserved != RESERVED_FINE &&
	       (dns->check->attempts >= LOOKS || dns->check->last);
}

bool dns01_look_above(struct dns01 *dns, const struct tally *t)
{
	bool more = false;

	if (!dns01_is_good(t) && !is_private_view(dns, t))
		return false;
	for (struct place *place = dns->places; place; place = place->next)
		more = look_above(place) || more;
	return more;
}
