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

/* The case of a look in which all that answered have it. */
static enum case_id good_case(const struct tally *t)
{
	if (t->said[SIGHT_LAME])
		return CASE_D32;
	if (t->said[SIGHT_SILENT])
		return CASE_D30;
	if (t->said[SIGHT_UNREACHABLE])
		return CASE_D35;
	if (t->said[SIGHT_NO_ADDRESS])
		return CASE_D38;
	if (t->differs)
		return CASE_D37;
	if (t->reserved && t->public && t->check->profile->reserved != RESERVED_FINE)
		return CASE_D39;
	if (t->alias)
		return CASE_D18;
	if (t->split)
		return CASE_D06;
	return t->others ? CASE_D05 : CASE_D01;
}

/* The case of a look in which servers answered, and none has it. */
static enum case_id bad_case(const struct tally *t)
{
	if (t->wrong_at)
		return t->wrong;
	if (t->said[SIGHT_TXT] || t->said[SIGHT_NODATA])
		return CASE_D03;
	return t->alias ? CASE_D22 : CASE_D02;
}

/* The case of a look in which the servers of a place were not found: is that us, or the zone? */
static enum case_id lost_case(const struct tally *t)
{
	return t->lost_at->blind ? CASE_DNS_NO_SERVERS : CASE_D33_LOST;
}

/* The case of a look in which no server answered. */
static enum case_id mute_case(const struct tally *t)
{
	if (t->said[SIGHT_LOOP])
		return CASE_D23;
	if (t->said[SIGHT_TOO_LONG])
		return CASE_D24;
	if (t->finding || (t->said[SIGHT_PENDING] && !t->check->last))
		return CASE_DNS_WAITING;
	if (t->lost)
		return lost_case(t);
	if (t->said[SIGHT_LAME])
		return CASE_D33;
	if (t->said[SIGHT_SILENT] || t->said[SIGHT_PENDING])
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

static enum case_id absent_case(const struct tally *t, bool complete)
{
	if (t->have)
		return CASE_DNS_PRESENT;
	if (!t->answer)
		return mute_case(t);
	return complete ? CASE_DNS_ABSENT : CASE_DNS_WAITING;
}

static enum case_id find_case(const struct tally *t)
{
	bool waiting = t->said[SIGHT_PENDING] || t->finding;
	bool wrong_way = t->said[SIGHT_LOOP] || t->said[SIGHT_TOO_LONG];

	if (t->check->absent)
		return absent_case(t, !waiting && !t->lost && !t->mute);
	if (!t->have && (!t->answer || wrong_way))
		return mute_case(t);
	if (!t->have)
		return bad_case(t);
	if (t->have < t->answer && t->have - t->have_above == t->answer - t->answer_above &&
	    !wrong_way)
		return CASE_D37_STALE;
	if (t->have < t->answer || wrong_way)
		return CASE_D28;
	if (waiting)
		return CASE_DNS_WAITING;
	if (t->lost)
		return lost_case(t);
	return t->mute ? CASE_D28 : proven_case(t);
}

bool dns01_is_nothing(const struct dns01 *dns)
{
	struct tally t = dns01_tally(dns);
	enum case_id id = find_case(&t);

	return !t.alias && (id == CASE_D02 || id == CASE_D03);
}

bool dns01_is_good(const struct dns01 *dns)
{
	struct tally t = dns01_tally(dns);
	enum verdict verdict = catalogue_entry(find_case(&t))->verdict;

	return !t.check->absent && !t.check->authorities.n &&
	       (verdict == VERDICT_PASS || verdict == VERDICT_WARN);
}

bool dns01_may_turn_good(const struct dns01 *dns)
{
	struct tally t = dns01_tally(dns);

	return (t.have || t.check->absent) && find_case(&t) == CASE_DNS_WAITING;
}

/* A record without its signature, or with an old one, may be the work of a signer in progress. */
static bool is_to_be_signed(const struct dns01 *dns)
{
	uint64_t now = uv_now(dns->check->all->loop);

	return !dns->check->last && now - dns->validation.bogus_since < SIGNING_MS;
}

/* What a CA that asks one of the stale servers would say. */
static enum case_id stale_ca(const struct tally *t)
{
	if (t->wrong_at && !t->said[SIGHT_NODATA] && !t->said[SIGHT_NXDOMAIN])
		return CASE_D04;
	return t->said[SIGHT_NXDOMAIN] ? CASE_D02 : CASE_D03;
}

/* The CA knows nothing of that, and says what it would say anyway. */
static void take_elsewhere(struct outcome *o, const struct elsewhere *e)
{
	enum case_id ca = o->id;

	outcome_init(o, e->id);
	o->ca = ca;
	outcome_fact(o, FACT_TARGET, "%s", e->found);
}

void dns01_judge(const struct dns01 *dns, struct outcome *o)
{
	struct tally t = dns01_tally(dns);

	/* There is no more time for the resolvers. */
	if (t.validity == VALIDITY_PENDING && t.check->last)
		t.validity = VALIDITY_MUTE;
	if (t.check->last)
		t.looking_above = false;
	outcome_init(o, find_case(&t));
	if (dns->elsewhere.found && dns01_is_nothing(dns))
		take_elsewhere(o, &dns->elsewhere);
	/* Without a way even to an IPv4 address our own network may be down for a moment. */
	if (o->id == CASE_D35_ALL && t.v4_unreachable)
		o->verdict = VERDICT_RETRY;
	/* The public ones may still answer. */
	if (o->id == CASE_D39_ALL && !t.shut)
		o->verdict = VERDICT_RETRY;
	if (o->id == CASE_D40 && is_to_be_signed(dns))
		o->verdict = VERDICT_RETRY;
	if (o->id == CASE_D28 || o->id == CASE_D37_STALE)
		o->ca = stale_ca(&t);
	dns01_explain(o, dns, &t);
}
