/* SPDX-License-Identifier: MIT */
/*
 * dns-01: names and the servers that are asked about them; how servers are found, and asked.
 */
#include "config.h"

#include "verify/dns01.h"

#include <stdlib.h>
#include <string.h>

/* Name servers of which none was of use are looked for again after that many ms. */
#define FOUND_MAX_AGE 30000

static void server_clear(struct server *s)
{
	for (size_t i = 0; i < s->n_txts; i++)
		free(s->txts[i].data);
	free(s->txts);
	free(s->reason);
	free(s->target);
	dns01_aside_end(&s->side);
	s->txts = NULL;
	s->n_txts = 0;
	s->reason = s->target = NULL;
	s->onward = NULL;
	s->rcode = -1;
	s->odd = 0;
	s->ttl = 0;
	s->dname = s->torn = s->refused = s->denied = s->has_serial = false;
	s->ms = 0;
}

static void place_clear(struct place *place)
{
	const struct server *like = place->dns->wildcard.like;

	if (like && like->place == place) {
		dns01_aside_end(&place->dns->wildcard.aside);
		place->dns->wildcard.like = NULL;
	}
	for (size_t i = 0; i < place->n; i++) {
		exchange_cancel(place->servers[i].asking);
		server_clear(&place->servers[i]);
		free(place->servers[i].name);
		free(place->servers[i].had);
	}
	free(place->servers);
	free(place->fault);
	free(place->zone);
	place->servers = NULL;
	place->n = 0;
	place->fault = place->zone = NULL;
}

void dns01_place_free(struct place *place)
{
	find_cancel(place->finding);
	delegation_cancel(place->delegation);
	place_clear(place);
	free(place->difference);
	free(place->apex);
	free(place->primary);
	free(place->name);
	free(place);
}

struct place *dns01_place_add(struct dns01 *dns, struct place *parent, const char *name)
{
	struct place *place = xcalloc(1, sizeof(*place)), **last = &dns->places;
	unsigned n = 0;

	for (; *last; last = &(*last)->next)
		n++;
	if (n >= PLACES_MAX) {
		free(place);
		return NULL;
	}
	*last = place;
	place->dns = dns;
	place->parent = parent;
	place->number = n;
	place->name = xstrdup(name);
	return place;
}

static struct server *server_add(struct place *place, const char *name, const union address *a)
{
	struct server *s;

	place->servers = xrealloc(place->servers, (place->n + 1) * sizeof(*place->servers));
	s = &place->servers[place->n++];
	*s = (struct server){
	    .place = place, .name = name ? xstrdup(name) : NULL, .rcode = -1, .first_serial = -1};
	if (a)
		s->address = *a;
	else
		s->sight = SIGHT_NO_ADDRESS;
	return s;
}

static void take_servers(struct place *place, const struct find_result *result)
{
	place_clear(place);
	place->zone = result->zone ? xstrdup(result->zone) : NULL;
	if (result->reason)
		place->fault = xstrdup(result->reason);
	place->blind = result->blind;
	place->orphan = result->orphan;
	for (size_t i = 0; !place->fault && i < result->n; i++) {
		const struct found_server *f = &result->servers[i];
		struct server *s = server_add(place, f->name, f->fault ? NULL : &f->address);

		s->reason = f->fault ? xstrdup(f->fault) : NULL;
	}
}

void dns01_found(void *arg, const struct find_result *result)
{
	struct place *place = arg;

	place->finding = NULL;
	dns01_done(place->dns, place->find_look);
	/* Old servers are better than none. */
	if (!place->n || !result->reason)
		take_servers(place, result);
	place->found_at = uv_now(place->dns->check->all->loop);
	/* Now the servers can be asked, if this place still is part of the look. */
	if (place->look == place->dns->look && place->n) {
		place->look = 0;
		dns01_visit(place);
	}
	dns01_arrived(place->dns);
}

/* Servers that were no good may not be the zone's servers any more. */
static bool is_outdated(const struct place *place)
{
	uint64_t age = uv_now(place->dns->check->all->loop) - place->found_at;

	if (place->dns->check->authorities.n || age < FOUND_MAX_AGE)
		return false;
	for (size_t i = 0; i < place->n; i++)
		if (place->servers[i].asking || place->servers[i].sight < SIGHT_LAME)
			return false;
	return true;
}

/*
 * The look comes to a place by a way with so many CNAMEs. The shortest counts, whichever was found
 * first: it may lead on from where there was a CNAME too many. dns01_ways() knows the longest.
 */
static void reach(struct place *place, unsigned cnames)
{
	bool again = place->look == place->dns->look;

	if (again && place->cnames <= cnames)
		return;
	place->cnames = cnames;
	if (place->above)
		reach(place->above, cnames);
	for (size_t i = 0; again && i < place->n; i++) {
		struct server *s = &place->servers[i];

		if (s->sight == SIGHT_ALIAS || (s->sight == SIGHT_REFERRAL && s->onward))
			reach(s->onward, cnames + (s->sight == SIGHT_ALIAS));
		else if (s->sight == SIGHT_TOO_LONG && s->target)
			dns01_follow(s);
	}
}

/* The place that a CNAME leads to, or NULL with the sight that says why there is none. */
static struct place *alias_place(struct place *from, const char *target, enum sight *sight)
{
	struct place *place = from->dns->places;

	for (const struct place *p = from; p; p = p->parent) {
		if (!strcmp(p->name, target)) {
			*sight = SIGHT_LOOP;
			return NULL;
		}
	}
	while (place && strcmp(place->name, target))
		place = place->next;
	if (!place && from->cnames < from->dns->check->profile->cnames)
		place = dns01_place_add(from->dns, from, target);
	*sight = place ? SIGHT_ALIAS : SIGHT_TOO_LONG;
	return place;
}

void dns01_follow(struct server *s)
{
	s->onward = alias_place(s->place, s->target, &s->sight);
	if (!s->onward)
		return;
	reach(s->onward, s->place->cnames + 1);
	dns01_visit(s->onward);
}

struct place *dns01_referral_place(struct place *from, const char *zone, const struct message *m)
{
	struct place *place = from->dns->places;
	struct check *check = from->dns->check;
	struct strlist servers = {0};

	while (
	    place && (strcmp(place->name, from->name) || !place->zone || strcmp(place->zone, zone)))
		place = place->next;
	if (!place)
		place = dns01_place_add(from->dns, from, from->name);
	if (!place)
		return NULL;
	reach(place, from->cnames);
	if (place->finding || (place->n && !is_outdated(place)))
		return place;
	free(place->zone);
	place->zone = xstrdup(zone);
	for (size_t i = 0; i < m->n; i++)
		if (m->records[i].type == TYPE_NS && !strcmp(m->records[i].owner, zone))
			strlist_add(&servers, m->records[i].target);
	place->finding = find_addresses(
	    &check->all->exchanges, &check->resolvers, zone, &servers, dns01_found, place);
	dns01_begun(place->dns, &place->find_look);
	strlist_free(&servers);
	return place;
}

static enum sight failure_sight(const struct exchange_result *result)
{
	if (exchange_no_route(result))
		return SIGHT_UNREACHABLE;
	if (result->end == EXCHANGE_GARBAGE)
		return SIGHT_GARBAGE;
	return result->odd & ODD_TRUNCATED ? SIGHT_CUT : SIGHT_SILENT;
}

static void answered(void *arg, const struct exchange_result *result)
{
	struct server *s = arg;
	struct dns01 *dns = s->place->dns;

	s->asking = NULL;
	dns01_done(dns, s->look);
	server_clear(s);
	s->ms = result->ms;
	s->odd = result->odd;
	s->silent = result->end != EXCHANGE_REPLY && !(result->odd & ODD_TRUNCATED);
	if (result->end == EXCHANGE_REPLY) {
		dns01_take(s, result->message);
	} else {
		s->sight = failure_sight(result);
		s->reason = exchange_reason(result);
		s->refused = result->end == EXCHANGE_ERROR;
	}
	dns01_arrived(dns);
}

static void ask(struct server *s)
{
	struct dns01 *dns = s->place->dns;
	struct question question = {.name = s->place->name, .type = TYPE_TXT, .recurse = false};

	if (s->asking || s->sight == SIGHT_NO_ADDRESS)
		return;
	s->before = s->sight;
	s->sight = s->silent ? SIGHT_SILENT : SIGHT_PENDING;
	s->asking = exchange_start(
	    &dns->check->all->exchanges, &s->address, &question, s->silent, answered, s);
	dns01_begun(dns, &s->look);
}

static void find(struct place *place)
{
	struct check *check = place->dns->check;
	bool referred = place->parent && !strcmp(place->parent->name, place->name);

	/* The servers of a zone below are looked for when there is a referral to it. */
	if (place->finding || referred)
		return;
	place->finding = find_servers(&check->all->exchanges, &check->resolvers, place->name,
	    SERVERS_MAX, dns01_found, place);
	dns01_begun(place->dns, &place->find_look);
}

void dns01_visit(struct place *place)
{
	struct check *check = place->dns->check;

	if (place->look == place->dns->look)
		return;
	place->look = place->dns->look;
	if (place->above)
		dns01_visit(place->above);
	if (!place->n)
		for (size_t i = 0; i < check->authorities.n; i++)
			server_add(place, NULL, &check->authorities.v[i]);
	if (!place->n || is_outdated(place)) {
		find(place);
		return;
	}
	for (size_t i = 0; i < place->n; i++)
		ask(&place->servers[i]);
}
