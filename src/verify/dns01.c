/* SPDX-License-Identifier: MIT */
/*
 * dns-01: is the TXT record there (RFC 8555 section 8.4)? Every address of every name server of the
 * zone is asked, because the CA may ask any of them. A look goes from place to place: the challenge
 * name at its zone's servers; then, where these answer with a CNAME, the target at the servers of
 * its zone; where they refer to a zone below theirs, the same name at that zone's servers.
 */
#include "config.h"

#include "verify/dns01_tally.h"

#include <stdlib.h>

#include "buf.h"
#include "record_name.h"

/*
 * So many ms a look waits for answers before the other servers are asked again; a look that is the
 * only one waits for as long as an exchange can take.
 */
#define PATIENCE 2000
#define LAST_PATIENCE 15000

static void end(struct check *check)
{
	struct dns01 *dns = check->work;

	if (!dns)
		return;
	dns01_validate_end(dns);
	free(dns->validation.known.text);
	dns01_look_elsewhere_end(dns);
	dns01_look_for_wildcard_end(dns);
	dns01_look_at_primary_end(dns);
	dns01_aside_end(&dns->parent);
	while (dns->places) {
		struct place *place = dns->places;

		dns->places = place->next;
		dns01_place_free(place);
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
	struct tally t;

	if (dns->fresh || !dns->check->last || !dns->pending)
		return !dns->fresh;
	t = dns01_tally(dns);
	return dns->check->attempts && !dns01_may_turn_good(&t);
}

/*
 * When the servers have said what they have to say, which is counted in t. False if there is
 * nothing more to look at, and t is still what they say.
 */
static bool look_closer(struct dns01 *dns, struct tally *t)
{
	static bool (*const looks[])(struct dns01 * dns, const struct tally *t) = {
	    dns01_validate,
	    dns01_look_above,
	    dns01_look_at_parent,
	    dns01_look_elsewhere,
	    dns01_look_for_wildcard,
	    dns01_look_at_primary,
	    dns01_look_at_serials,
	};
	bool more = false;

	*t = dns01_tally(dns);
	for (size_t i = 0; i < nitems(looks); i++)
		more = looks[i](dns, t) || more;
	return more;
}

/*
 * There is no more time for a server that is still to answer: if it did not have what it should
 * have when it was asked before, that is how it is. That it was fine then is not enough.
 */
static void fall_back(const struct tally *t, struct server *s)
{
	if (s->sight != SIGHT_PENDING)
		return;
	s->sight = s->before;
	if (!dns01_answers(t, s) || dns01_has_values(t, s) != t->check->absent)
		s->sight = SIGHT_PENDING;
}

static void settle(struct check *check)
{
	struct dns01 *dns = check->work;
	struct tally t = {.check = check};
	struct outcome outcome;

	for (struct place *p = dns->places; p && check->last; p = p->next)
		for (size_t i = 0; p->look == dns->look && i < p->n; i++)
			fall_back(&t, &p->servers[i]);

	t = dns01_tally(dns);
	dns01_judge(dns, &t, &outcome);
	check_looked(check, &outcome);
}

/* What comes late, between two looks, may be the last that was missing. */
void dns01_arrived(struct dns01 *dns)
{
	struct check *check = dns->check;
	struct outcome outcome;
	struct tally t;

	if ((!is_complete(dns) && check->looking) || look_closer(dns, &t))
		return;
	if (t.said[SIGHT_PENDING]) {
		settle(check);
	} else {
		dns01_judge(dns, &t, &outcome);
		check_looked(check, &outcome);
	}
}

static void look(struct check *check)
{
	struct dns01 *dns = check->work;
	char *name;

	if (!dns) {
		dns = check->work = xcalloc(1, sizeof(*dns));
		dns->check = check;
		dns->wildcard.id = CASE_D04;
		dns->validation.known.code = -1;
		name = record_name(check->type->name, check->domain, check->account);
		/* One stands for whatever record will do. */
		if (check->type->valueless)
			strlist_add(&check->values, name);
		dns01_place_add(dns, NULL, name);
		free(name);
	}
	dns->look++;
	dns->fresh = 0;
	if (dns->validation.validity != VALIDITY_PENDING)
		dns01_validate_end(dns);
	dns01_visit(dns->places);
	if (check->last)
		dns01_arrived(dns);
}

const struct check_type check_dns01 = {
    .name = "dns-01",
    .kind = &dns01_digest,
    .patience = PATIENCE,
    .last_patience = LAST_PATIENCE,
    .fault = dns01_fault,
    .look = look,
    .settle = settle,
    .end = end,
};

const struct check_type check_dns_account01 = {
    .name = "dns-account-01",
    .kind = &dns01_account,
    .patience = PATIENCE,
    .last_patience = LAST_PATIENCE,
    .fault = dns01_account_fault,
    .look = look,
    .settle = settle,
    .end = end,
};

const struct check_type check_dns_persist01 = {
    .name = "dns-persist-01",
    .words = WORDS_NONE,
    .kind = &dns01_persist,
    .valueless = true,
    .patience = PATIENCE,
    .last_patience = LAST_PATIENCE,
    .fault = dns01_persist_fault,
    .look = look,
    .settle = settle,
    .end = end,
};
