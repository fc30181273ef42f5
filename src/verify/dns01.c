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
 * So many ms a look waits for answers before the other servers are asked again; a look that is the
 * only one waits for as long as an exchange can take.
 */
#define PATIENCE 2000
#define LAST_PATIENCE 15000

static const char *fault(const struct check *check)
{
	if (identifier_is_ip(check->domain))
		return "dns-01 is for domain names, not for addresses";
	return identifier_dns_fault(check->domain, false) ? "\"domain\" is not a domain name"
							  : NULL;
}

static void end(struct check *check)
{
	struct dns01 *dns = check->work;

	while (dns && dns->places) {
		struct place *place = dns->places;

		dns->places = place->next;
		dns01_place_free(place);
	}
	if (dns) {
		dns01_validate_end(dns);
		dns01_look_elsewhere_end(dns);
	}
	free(dns);
}

void dns01_begun(struct dns01 *dns, unsigned *look)
{
	*look = dns->look;
	dns->pending++;
	dns->fresh++;
}

void dns01_done(struct dns01 *dns, unsigned look)
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

static void validated(struct dns01 *dns)
{
	dns01_done(dns, dns->validation.look);
	dns01_arrived(dns);
}

/* The servers that only the zone above names become a place, which the look goes to as well. */
static void delegation_told(struct place *place, const struct strlist *names)
{
	struct dns01 *dns = place->dns;
	struct check *check = dns->check;
	struct place *above = names->n ? dns01_place_add(dns, place, place->name) : NULL;

	dns01_done(dns, place->above_look);
	if (above) {
		place->above = above;
		above->is_above = true;
		above->cnames = place->cnames;
		above->zone = xstrdup(place->zone);
		above->look = dns->look;
		above->finding = find_addresses(&check->all->exchanges, &check->resolvers,
		    place->zone, names, dns01_found, above);
		dns01_begun(dns, &above->find_look);
	}
	dns01_arrived(dns);
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
		dns01_begun(dns, &dns->validation.look);
		return true;
	}
	for (struct place *place = dns->places; place; place = place->next) {
		if (!dns01_look_above(place))
			continue;
		dns01_begun(dns, &place->above_look);
		more = true;
	}
	return more;
}

static void looked_elsewhere(struct dns01 *dns)
{
	dns01_done(dns, dns->elsewhere.look);
	dns01_arrived(dns);
}

/* With nothing at the name, others are looked at now and then. False if it is not time for that. */
static bool look_elsewhere(struct dns01 *dns)
{
	if (!dns01_is_nothing(dns) || !dns01_look_elsewhere(dns, looked_elsewhere))
		return false;
	dns01_begun(dns, &dns->elsewhere.look);
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

/* What comes late, between two looks, may be the last that was missing. */
void dns01_arrived(struct dns01 *dns)
{
	if (is_complete(dns) || !dns->check->looking)
		settle(dns->check);
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
		dns01_place_add(dns, NULL, name);
		free(name);
	}
	dns->look++;
	dns->fresh = 0;
	if (dns->validation.validity != VALIDITY_PENDING)
		dns01_validate_end(dns);
	dns01_visit(dns->places);
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
