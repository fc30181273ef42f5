/* SPDX-License-Identifier: MIT */
/*
 * dns-01: is the TXT record there (RFC 8555 section 8.4)? Every address of every name server of the
 * zone is asked, because the CA may ask any of them. A look goes from place to place: the challenge
 * name at its zone's servers; then, where these answer with a CNAME, the target at the servers of
 * its zone; where they refer to a zone below theirs, the same name at that zone's servers.
 */
#include "config.h"

#include "verify/dns01.h"

#include <stdlib.h>
#include <string.h>

#include "identifier.h"

/*
 * So many ms a look waits for answers before the other servers are asked again; the last look, when
 * there is no other, waits for as long as an exchange can take.
 */
#define PATIENCE 2000
#define LAST_PATIENCE 15000
/* Name servers of which none was of use are looked for again after that many ms. */
#define FOUND_MAX_AGE 30000
#define PLACES_MAX 64

static void visit(struct place *place);

static const char *fault(const struct check *check)
{
	if (identifier_is_ip(check->domain))
		return "dns-01 is for domain names, not for addresses";
	return identifier_dns_fault(check->domain, false) ? "\"domain\" is not a domain name"
							  : NULL;
}

static void server_clear(struct server *s)
{
	for (size_t i = 0; i < s->n_txts; i++)
		free(s->txts[i].data);
	free(s->txts);
	free(s->reason);
	free(s->target);
	s->txts = NULL;
	s->n_txts = 0;
	s->reason = s->target = NULL;
	s->onward = NULL;
	s->rcode = -1;
	s->ms = 0;
}

static void place_clear(struct place *place)
{
	for (size_t i = 0; i < place->n; i++) {
		exchange_cancel(place->servers[i].asking);
		server_clear(&place->servers[i]);
		free(place->servers[i].name);
	}
	free(place->servers);
	free(place->fault);
	free(place->zone);
	place->servers = NULL;
	place->n = 0;
	place->fault = place->zone = NULL;
}

static void place_free(struct place *place)
{
	find_cancel(place->finding);
	delegation_cancel(place->delegation);
	place_clear(place);
	free(place->difference);
	free(place->name);
	free(place);
}

static void end(struct check *check)
{
	struct dns01 *dns = check->work;

	while (dns && dns->places) {
		struct place *place = dns->places;

		dns->places = place->next;
		place_free(place);
	}
	if (dns) {
		dns01_validate_end(dns);
		dns01_look_elsewhere_end(dns);
	}
	free(dns);
}

static void begun(struct dns01 *dns, unsigned *look)
{
	*look = dns->look;
	dns->pending++;
	dns->fresh++;
}

/* To be called before what came in is taken, as that may begin something new. */
static void done(struct dns01 *dns, unsigned look)
{
	dns->pending--;
	dns->fresh -= look == dns->look;
}

/*
 * A look ends when all that it began is done; the last one waits for what others began, too, if
 * that may change things for the better.
 */
static bool is_complete(const struct dns01 *dns)
{
	if (dns->fresh || !dns->check->last)
		return !dns->fresh;
	return !dns->pending || (dns->check->attempts && !dns01_may_turn_good(dns));
}

static struct place *place_add(struct dns01 *dns, struct place *parent, const char *name)
{
	struct place *place = xcalloc(1, sizeof(*place)), **last = &dns->places;
	size_t n = 0;

	for (; *last; last = &(*last)->next)
		n++;
	if (n >= PLACES_MAX) {
		free(place);
		return NULL;
	}
	*last = place;
	place->dns = dns;
	place->parent = parent;
	place->name = xstrdup(name);
	return place;
}

static void arrived(struct dns01 *dns);
static void found(void *arg, const struct find_result *result);

static void validated(struct dns01 *dns)
{
	done(dns, dns->validation.look);
	arrived(dns);
}

/* The servers that only the zone above names become a place, which the look goes to as well. */
static void delegation_told(struct place *place, const struct strlist *names)
{
	struct dns01 *dns = place->dns;
	struct check *check = dns->check;
	struct place *above = names->n ? place_add(dns, place, place->name) : NULL;

	done(dns, place->above_look);
	if (above) {
		place->above = above;
		above->is_above = true;
		above->cnames = place->cnames;
		above->zone = xstrdup(place->zone);
		above->look = dns->look;
		above->finding = find_addresses(
		    &check->all->exchanges, &check->resolvers, place->zone, names, found, above);
		begun(dns, &above->find_look);
	}
	arrived(dns);
}

/*
 * With the servers content, the resolvers are asked whether the CA would believe them, and the
 * zones above whether there are more. False if that has been done.
 */
static bool look_closer(struct dns01 *dns)
{
	bool more = false;

	if (!dns01_is_good(dns))
		return false;
	if (dns->validation.validity == VALIDITY_NONE) {
		dns01_validate(dns, validated);
		begun(dns, &dns->validation.look);
		return true;
	}
	for (struct place *place = dns->places; place; place = place->next) {
		if (!dns01_look_above(place))
			continue;
		begun(dns, &place->above_look);
		more = true;
	}
	return more;
}

static void looked_elsewhere(struct dns01 *dns)
{
	done(dns, dns->elsewhere.look);
	arrived(dns);
}

/* With nothing at the name, others are looked at now and then. False if it is not time for that. */
static bool look_elsewhere(struct dns01 *dns)
{
	if (!dns01_is_nothing(dns) || !dns01_look_elsewhere(dns, looked_elsewhere))
		return false;
	begun(dns, &dns->elsewhere.look);
	return true;
}

static void settle(struct check *check)
{
	struct dns01 *dns = check->work;
	struct outcome outcome;

	if (look_closer(dns) || look_elsewhere(dns))
		return;
	dns01_judge(dns, &outcome);
	check_looked(check, &outcome);
}

/* What comes late, between two looks, may be the last that was missing. The check may end here. */
static void arrived(struct dns01 *dns)
{
	if (is_complete(dns) || !dns->check->looking)
		settle(dns->check);
}

static struct server *server_add(struct place *place, const char *name, const union address *a)
{
	struct server *s;

	place->servers = xrealloc(place->servers, (place->n + 1) * sizeof(*place->servers));
	s = &place->servers[place->n++];
	*s = (struct server){.place = place, .name = name ? xstrdup(name) : NULL, .rcode = -1};
	if (a)
		s->address = *a;
	else
		s->sight = SIGHT_NO_ADDRESS;
	return s;
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
		place = place_add(from->dns, from, target);
	if (!place) {
		*sight = SIGHT_TOO_LONG;
		return NULL;
	}
	if (!place->cnames)
		place->cnames = from->cnames + 1;
	*sight = SIGHT_ALIAS;
	return place;
}

static void take_alias(struct server *s, const char *target)
{
	s->target = xstrdup(target);
	s->reason = xasprintf("CNAME to %s", target);
	s->onward = alias_place(s->place, target, &s->sight);
	if (s->onward)
		visit(s->onward);
}

static void take_servers(struct place *place, const struct find_result *result)
{
	place_clear(place);
	place->zone = result->zone ? xstrdup(result->zone) : NULL;
	if (result->reason)
		place->fault = xstrdup(result->reason);
	place->blind = result->blind;
	for (size_t i = 0; !place->fault && i < result->n; i++) {
		const struct found_server *f = &result->servers[i];
		struct server *s = server_add(place, f->name, f->fault ? NULL : &f->address);

		s->reason = f->fault ? xstrdup(f->fault) : NULL;
	}
}

static void found(void *arg, const struct find_result *result)
{
	struct place *place = arg;

	place->finding = NULL;
	done(place->dns, place->find_look);
	/* Old servers are better than none. */
	if (!place->n || !result->reason)
		take_servers(place, result);
	place->found_at = uv_now(place->dns->check->all->loop);
	/* Now the servers can be asked, if this place still is part of the look. */
	if (place->look == place->dns->look && place->n) {
		place->look = 0;
		visit(place);
	}
	arrived(place->dns);
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

/* The same name in a zone below: the servers named in the referral are asked from now on. */
static struct place *referral_place(struct place *from, const char *zone, const struct message *m)
{
	struct place *place = from->dns->places;
	struct check *check = from->dns->check;
	struct strlist servers = {0};

	while (
	    place && (strcmp(place->name, from->name) || !place->zone || strcmp(place->zone, zone)))
		place = place->next;
	if (!place)
		place = place_add(from->dns, from, from->name);
	if (!place || place->finding || (place->n && !is_outdated(place)))
		return place;
	place->cnames = from->cnames;
	free(place->zone);
	place->zone = xstrdup(zone);
	for (size_t i = 0; i < m->n; i++)
		if (m->records[i].type == TYPE_NS && !strcmp(m->records[i].owner, zone))
			strlist_add(&servers, m->records[i].target);
	place->finding =
	    find_addresses(&check->all->exchanges, &check->resolvers, zone, &servers, found, place);
	begun(place->dns, &place->find_look);
	strlist_free(&servers);
	return place;
}

/*
 * A referral names the servers of a zone below the one we asked for, down to the name itself.
 * Upward referrals, or those to the zone that is asked for, are the mark of a lame server.
 */
static const char *referral_in(const struct message *m, const struct place *place)
{
	if (m->authoritative || m->rcode != RCODE_NOERROR || !place->zone)
		return NULL;
	for (size_t i = 0; i < m->n; i++) {
		const struct record *r = &m->records[i];

		if (r->section == SECTION_ANSWER)
			return NULL;
		if (r->section == SECTION_AUTHORITY && r->type == TYPE_NS &&
		    name_within(place->name, r->owner) && name_within(r->owner, place->zone) &&
		    strcmp(r->owner, place->zone))
			return r->owner;
	}
	return NULL;
}

static bool is_lame(const struct message *m, const struct place *place)
{
	if (m->rcode != RCODE_NOERROR && m->rcode != RCODE_NXDOMAIN)
		return true;
	if (m->authoritative)
		return false;
	/* A server that was named to us may forget AA; but it must not be a resolver, nor refer. */
	if (!place->dns->check->authorities.n || m->recursion_available)
		return true;
	for (size_t i = 0; i < m->n; i++)
		if (m->records[i].section == SECTION_AUTHORITY && m->records[i].type == TYPE_NS)
			return true;
	return false;
}

static void take_txt(struct server *s, const struct record *r)
{
	struct txt *txt;

	s->txts = xrealloc(s->txts, (s->n_txts + 1) * sizeof(*s->txts));
	txt = &s->txts[s->n_txts++];
	txt->data = xcalloc(1, r->len + 1);
	memcpy(txt->data, r->data, r->len);
	txt->len = r->len;
	txt->strings = r->strings;
}

/* What an authoritative answer says about the name itself; the rest of it is hearsay. */
static void take_answer(struct server *s, const struct message *m)
{
	const char *target = NULL;

	for (size_t i = 0; i < m->n; i++) {
		const struct record *r = &m->records[i];

		if (r->section != SECTION_ANSWER || strcmp(r->owner, s->place->name))
			continue;
		if (r->type == TYPE_TXT)
			take_txt(s, r);
		else if (r->type == TYPE_CNAME)
			target = r->target;
	}
	if (target)
		take_alias(s, target);
	else if (s->n_txts)
		s->sight = SIGHT_TXT;
	else
		s->sight = m->rcode == RCODE_NXDOMAIN ? SIGHT_NXDOMAIN : SIGHT_NODATA;
}

static void take_message(struct server *s, const struct message *m)
{
	const char *zone = referral_in(m, s->place);
	char rcode[16];

	s->rcode = (int)m->rcode;
	if (zone) {
		s->sight = SIGHT_REFERRAL;
		s->reason = xasprintf("refers to the servers of %s", zone);
		s->onward = referral_place(s->place, zone, m);
		if (s->onward)
			visit(s->onward);
	} else if (is_lame(m, s->place)) {
		rcode_name(m->rcode, rcode);
		s->sight = SIGHT_LAME;
		s->reason = m->rcode == RCODE_NOERROR || m->rcode == RCODE_NXDOMAIN
				? xstrdup("is not authoritative")
				: xasprintf("answered %s", rcode);
	} else {
		take_answer(s, m);
	}
}

static bool no_route(int error)
{
	/* EADDRNOTAVAIL: there is no address of that family to send from. */
	return error == UV_ENETUNREACH || error == UV_EHOSTUNREACH || error == UV_EADDRNOTAVAIL ||
	       error == UV_EAFNOSUPPORT;
}

static enum sight failure_sight(const struct exchange_result *result)
{
	if (result->end == EXCHANGE_ERROR && no_route(result->error))
		return SIGHT_UNREACHABLE;
	return result->end == EXCHANGE_GARBAGE ? SIGHT_LAME : SIGHT_SILENT;
}

static void answered(void *arg, const struct exchange_result *result)
{
	struct server *s = arg;
	struct dns01 *dns = s->place->dns;

	s->asking = NULL;
	done(dns, s->look);
	server_clear(s);
	s->ms = result->ms;
	s->silent = result->end != EXCHANGE_REPLY;
	if (result->end == EXCHANGE_REPLY) {
		take_message(s, result->message);
	} else {
		s->sight = failure_sight(result);
		s->reason = xstrdup(exchange_reason(result));
	}
	arrived(dns);
}

static void ask(struct server *s)
{
	struct dns01 *dns = s->place->dns;
	struct question question = {.name = s->place->name, .type = TYPE_TXT, .recurse = false};

	if (s->asking || s->sight == SIGHT_NO_ADDRESS)
		return;
	s->sight = s->silent ? SIGHT_SILENT : SIGHT_PENDING;
	s->asking = exchange_start(
	    &dns->check->all->exchanges, &s->address, &question, s->silent, answered, s);
	begun(dns, &s->look);
}

static void find(struct place *place)
{
	struct check *check = place->dns->check;
	bool referred = place->parent && !strcmp(place->parent->name, place->name);

	/* The servers of a zone below are looked for when there is a referral to it. */
	if (place->finding || referred)
		return;
	place->finding = find_servers(
	    &check->all->exchanges, &check->resolvers, place->name, SERVERS_MAX, found, place);
	begun(place->dns, &place->find_look);
}

static void visit(struct place *place)
{
	struct check *check = place->dns->check;

	if (place->look == place->dns->look)
		return;
	place->look = place->dns->look;
	if (place->above)
		visit(place->above);
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

static void look(struct check *check)
{
	struct dns01 *dns = check->work;
	char *name;

	if (!dns) {
		dns = check->work = xcalloc(1, sizeof(*dns));
		dns->check = check;
		dns->delegation_told = delegation_told;
		name = xasprintf("_acme-challenge.%s", check->domain);
		place_add(dns, NULL, name);
		free(name);
	}
	dns->look++;
	dns->fresh = 0;
	if (dns->validation.validity != VALIDITY_PENDING)
		dns01_validate_end(dns);
	visit(dns->places);
	if (check->last && is_complete(dns))
		settle(check);
}

const struct check_type check_dns01 = {
    .name = "dns-01",
    .patience = PATIENCE,
    .last_patience = LAST_PATIENCE,
    .fault = fault,
    .look = look,
    .settle = settle,
    .end = end,
};
