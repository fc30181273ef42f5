/* SPDX-License-Identifier: MIT */
/*
 * dns-01: what it means that these servers said this. All servers that answer must agree that the
 * values are there; the CA asks from several places, and each may ask another server.
 */
#include "config.h"

#include "verify/dns01_tally.h"

#include <stdlib.h>
#include <string.h>

/* Signatures that are wrong are given that many ms to become right. */
#define SIGNING_MS 60000

/* A value that was there before may be missing for so many ms, while another one is there: some
 * handlers remove all, and add one after the other. */
#define REPLACING_MS 5000

/* A TTL in seconds that lets what is replaced live on for too long. */
#define TTL_LONG 3600

/* The case of a look in which all that answered have it, but not all answered well. */
static enum case_id flawed_case(const struct tally *t)
{
	size_t unwell = t->said[SIGHT_LAME] + t->said[SIGHT_NO_TXT] + t->said[SIGHT_GARBAGE] +
			t->said[SIGHT_CUT];
	size_t silent = t->said[SIGHT_SILENT] + t->said[SIGHT_UNREACHABLE];

	if (unwell)
		return CASE_D32;
	if (silent && !t->said[SIGHT_NO_ADDRESS] && t->only_v6)
		return CASE_D34;
	if (t->said[SIGHT_SILENT])
		return CASE_D30;
	if (t->said[SIGHT_UNREACHABLE])
		return CASE_D35;
	return t->said[SIGHT_NO_ADDRESS] ? CASE_D38 : CASE_D01;
}

/* The case of a look in which all that answered have it, and answered in an odd way. */
static enum case_id odd_case(const struct tally *t)
{
	if (t->differs)
		return CASE_D37;
	if (t->reserved && t->public && t->check->profile->reserved != RESERVED_FINE)
		return CASE_D39;
	if (t->conflict)
		return CASE_D27_GOOD;
	if (t->cnames > t->check->profile->cnames_safe)
		return CASE_D24_LONG;
	if (t->parent_denied)
		return CASE_D58;
	if (t->check->profile->modern && (t->odd & ODD_NO_EDNS))
		return CASE_D45;
	if (t->check->profile->modern && (t->odd & ODD_LETTERS))
		return CASE_D47;
	return t->many ? CASE_D05_MANY : CASE_D01;
}

/* The case of a look in which all is well. */
static enum case_id good_case(const struct tally *t)
{
	enum case_id id = flawed_case(t);

	if (id == CASE_D01)
		id = odd_case(t);
	if (id != CASE_D01)
		return id;
	if (t->alias)
		return t->dname ? CASE_D25 : CASE_D18;
	if (t->split)
		return CASE_D06;
	if (t->others)
		return CASE_D05;
	if (t->memory)
		return t->memory == MEMORY_NOTHING ? CASE_D52 : CASE_D53;
	return t->ttl >= TTL_LONG ? CASE_D61 : CASE_D01;
}

/* The case of a look in which servers answered, and none has it. */
static enum case_id bad_case(const struct tally *t)
{
	if (t->misplaced)
		return CASE_D19;
	if (t->part)
		return CASE_D17;
	if (t->wrong_at)
		return t->wrong;
	if (t->said[SIGHT_TXT] || t->said[SIGHT_NODATA])
		return CASE_D03;
	return t->alias ? CASE_D22 : CASE_D02;
}

/* The case of a look in which some have it, and some do not. */
static enum case_id mixed_case(const struct tally *t)
{
	if (t->conflict)
		return CASE_D27;
	if (t->have < t->answer && t->have - t->have_above == t->answer - t->answer_above)
		return CASE_D37_STALE;
	if (t->part)
		return CASE_D17;
	if (t->denied)
		return CASE_D42;
	/* What has not moved since the check began will not do so in the blink of an eye. */
	return t->stuck && t->check->last && t->check->attempts ? CASE_D29 : CASE_D28;
}

/* Are there servers that we have not heard? */
static bool is_open(const struct tally *t)
{
	return t->said[SIGHT_PENDING] || t->finding;
}

/* The case of a look in which the servers of a place were not found: is that us, or the zone? */
static enum case_id lost_case(const struct tally *t)
{
	return t->lost_at->blind ? CASE_DNS_NO_SERVERS : CASE_D33_LOST;
}

/* The case of a look in which no server answered. */
static enum case_id mute_case(const struct tally *t)
{
	/* What they may do all alike. */
	static const struct {
		enum sight sight;
		enum case_id id;
	} alike[] = {
	    {SIGHT_NO_TXT, CASE_D50},
	    {SIGHT_GARBAGE, CASE_D49},
	    {SIGHT_CUT, CASE_D44},
	};

	if (t->circle)
		return CASE_D23;
	if (t->too_long)
		return CASE_D24;
	if (t->finding || (t->said[SIGHT_PENDING] && !t->check->last))
		return CASE_DNS_WAITING;
	if (t->lost)
		return lost_case(t);
	for (size_t i = 0; i < nitems(alike); i++)
		if (t->total && t->said[alike[i].sight] == t->total)
			return alike[i].id;
	if (t->said[SIGHT_LAME] || t->said[SIGHT_NO_TXT] || t->said[SIGHT_GARBAGE])
		return CASE_D33;
	if (t->said[SIGHT_SILENT] || t->said[SIGHT_CUT] || t->said[SIGHT_PENDING])
		return CASE_D31;
	return t->said[SIGHT_UNREACHABLE] ? CASE_D35_ALL : CASE_DNS_WAITING;
}

/* The same, and what the resolvers make of it. */
static enum case_id proven_case(const struct tally *t)
{
	enum case_id good = good_case(t);

	if (t->closed)
		return CASE_D39_ALL;
	if (t->looking_above)
		return CASE_DNS_WAITING;
	switch (t->validity) {
	case VALIDITY_PENDING:
		return CASE_DNS_WAITING;
	case VALIDITY_BOGUS:
		return t->not_yet ? CASE_D41 : CASE_D40;
	case VALIDITY_MUTE:
		return catalogue_entry(good)->verdict == VERDICT_PASS ? CASE_D62 : good;
	default:
		return good;
	}
}

static enum case_id absent_case(const struct tally *t)
{
	if (t->have || t->part)
		return t->have < t->answer ? CASE_D64 : CASE_D63;
	if (!t->answer && !t->circle)
		return mute_case(t);
	if (is_open(t) || t->lost || t->mute)
		return CASE_DNS_WAITING;
	return CASE_DNS_ABSENT;
}

enum case_id dns01_case(const struct tally *t)
{
	bool wrong_way = t->circle || t->too_long;

	if (t->check->absent)
		return absent_case(t);
	if (!t->have && (!t->answer || wrong_way))
		return mute_case(t);
	if (!t->have)
		return bad_case(t);
	if (t->have < t->answer || wrong_way || t->torn)
		return wrong_way ? CASE_D28 : mixed_case(t);
	if (is_open(t))
		return CASE_DNS_WAITING;
	if (t->lost)
		return lost_case(t);
	return t->mute ? CASE_D28 : proven_case(t);
}

bool dns01_is_good(const struct tally *t)
{
	enum verdict verdict = catalogue_entry(t->id)->verdict;

	return !t->check->absent && !t->check->authorities.n &&
	       (verdict == VERDICT_PASS || verdict == VERDICT_WARN);
}

bool dns01_may_turn_good(const struct tally *t)
{
	return (t->have || t->check->absent) && t->id == CASE_DNS_WAITING;
}

bool dns01_is_nothing(const struct tally *t)
{
	return !t->alias && (t->id == CASE_D02 || t->id == CASE_D03);
}

bool dns01_is_missing(const struct tally *t)
{
	return !t->check->absent && t->answer && !t->have;
}

/* A record without its signature, or with an old one, may be the work of a signer in progress. */
static bool is_to_be_signed(const struct dns01 *dns)
{
	uint64_t now = uv_now(dns->check->all->loop);

	return !dns->check->last && now - dns->validation.bogus_since < SIGNING_MS;
}

/* The servers of the zone are private, and those that the world knows are others. */
static bool is_private_view(const struct dns01 *dns, const struct tally *t)
{
	return dns01_is_missing(t) && t->differs && t->differs == dns->places &&
	       t->differs->disjoint && t->reserved == t->differs->n;
}

/* The servers of a zone directly below the root deny the domain: it is not registered. */
static bool is_not_registered(const struct dns01 *dns, const struct tally *t)
{
	const char *zone = dns->places->zone;

	return dns01_is_nothing(t) && dns->elsewhere.no_domain && zone && strcmp(zone, ".") &&
	       !strchr(zone, '.') && name_within(dns->check->domain, zone);
}

/* What the closer looks make of a case in which nothing is there. */
static enum case_id closer_case(const struct dns01 *dns, const struct tally *t)
{
	bool nothing = dns01_is_nothing(t);

	if (nothing && dns->elsewhere.found)
		return dns->elsewhere.id;
	if (is_not_registered(dns, t))
		return CASE_D55;
	if (dns01_is_missing(t) && dns->primary.has)
		return CASE_D36;
	if (is_private_view(dns, t))
		return CASE_D54;
	if (dns01_is_missing(t) && dns->wildcard.id != CASE_D04 && (t->alias || t->id == CASE_D04))
		return dns->wildcard.id;
	return t->id;
}

/* Have all servers had a value that they have no more, but another one? */
static bool is_replaced(const struct tally *t)
{
	return t->known_lost && t->known_lost == t->answer && check_age(t->check) >= REPLACING_MS;
}

/* Whether waiting can cure it, where that depends. */
static enum verdict refine(const struct dns01 *dns, const struct tally *t, enum case_id id)
{
	switch (id) {
	/* Only together they lead in a circle, or too far: some may be late. Others may lead
	 * elsewhere. */
	case CASE_D23:
		return t->said[SIGHT_LOOP] && !is_open(t) ? VERDICT_FAIL : VERDICT_RETRY;
	case CASE_D24:
		return t->said[SIGHT_TOO_LONG] && !is_open(t) ? VERDICT_FAIL : VERDICT_RETRY;
	case CASE_D17:
		return t->replaced || is_replaced(t) ? VERDICT_FAIL : VERDICT_RETRY;
	case CASE_D35_ALL:
		/* Without a way even to an IPv4 address our own network may be down for a moment.
		 */
		return t->v4_unreachable ? VERDICT_RETRY : VERDICT_UNKNOWN;
	case CASE_D39_ALL:
		/* The public ones may still answer. */
		return t->shut ? VERDICT_FAIL : VERDICT_RETRY;
	case CASE_D40:
		return is_to_be_signed(dns) ? VERDICT_RETRY : VERDICT_FAIL;
	case CASE_D44:
		return t->passive ? VERDICT_RETRY : VERDICT_FAIL;
	case CASE_D55:
		/* A private zone may be so high up; then nothing is known but that nothing is
		 * there. */
		return t->check->profile->public ? VERDICT_FAIL : VERDICT_RETRY;
	default:
		return catalogue_entry(id)->verdict;
	}
}

/* What a CA that asks one of the stale servers would say. */
static enum case_id stale_ca(const struct tally *t)
{
	if (t->wrong_at && !t->said[SIGHT_NODATA] && !t->said[SIGHT_NXDOMAIN])
		return CASE_D04;
	return t->said[SIGHT_NXDOMAIN] ? CASE_D02 : CASE_D03;
}

/* Whose words the CA would use: it knows nothing of what only we have looked at. */
static enum case_id ca_case(const struct tally *t, enum case_id id)
{
	switch (id) {
	case CASE_D27:
	case CASE_D28:
	case CASE_D29:
	case CASE_D37_STALE:
		return stale_ca(t);
	case CASE_D17:
		return t->wrong_at ? CASE_D04 : CASE_D03;
	case CASE_D19:
		return t->said[SIGHT_NXDOMAIN] ? CASE_D22 : stale_ca(t);
	default:
		return catalogue_entry(id)->ca ? id : t->id;
	}
}

void dns01_judge(const struct dns01 *dns, struct tally *t, struct outcome *o)
{
	/* There is no more time for the resolvers, nor for the zones above. */
	if (t->check->last && t->id == CASE_DNS_WAITING && !is_open(t)) {
		if (t->validity == VALIDITY_PENDING)
			t->validity = VALIDITY_MUTE;
		t->looking_above = false;
		t->id = dns01_case(t);
	}
	outcome_init(o, closer_case(dns, t));
	o->verdict = refine(dns, t, o->id);
	o->ca = ca_case(t, o->id);
	dns01_explain(o, dns, t);
}
