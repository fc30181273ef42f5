/* SPDX-License-Identifier: MIT */
/*
 * http-01: what it means that these addresses served this. The CA uses the first address of each
 * family it gets, and falls back from IPv6 to IPv4 only if it cannot connect.
 */
#include "config.h"

#include "verify/http01.h"

#include <stdlib.h>
#include <string.h>

#include "jsontext.h"

bool http01_is_good(const struct walk *walk)
{
	return walk->done &&
	       (walk->outcome.verdict == VERDICT_PASS || walk->outcome.verdict == VERDICT_WARN);
}

/* Could not even connect to the first hop: the CA would fall back from IPv6 to IPv4. */
static bool is_dial_error(const struct walk *walk)
{
	enum case_id id = walk->outcome.id;

	return walk->done && walk->hops == 0 && (id == CASE_H34 || id == CASE_H35);
}

/* What counts for a check whether it is gone: an answer that is something else, or no server. */
static bool is_gone(const struct walk *walk)
{
	return walk->done && !http01_is_good(walk) && walk->outcome.id != CASE_H35 &&
	       walk->outcome.id != CASE_H47 && walk->outcome.id != CASE_HTTP_NO_ROUTE &&
	       walk->outcome.id != CASE_H27 && walk->outcome.id != CASE_H57;
}

/* The address that is to blame: of those that fail, the one with the most certain verdict. */
static struct walk *worst(struct http01 *http, bool (*fine)(const struct walk *walk))
{
	struct walk *found = NULL;

	for (size_t i = 0; i < http->n; i++) {
		struct walk *walk = http->walks[i];

		if (fine(walk))
			continue;
		if (!found || (walk->done && walk->outcome.verdict == VERDICT_FAIL &&
				  found->outcome.verdict != VERDICT_FAIL))
			found = walk;
	}
	return found;
}

static size_t count(const struct http01 *http, bool (*is)(const struct walk *walk))
{
	size_t n = 0;

	for (size_t i = 0; i < http->n; i++)
		n += is(http->walks[i]);
	return n;
}

size_t http01_good(const struct http01 *http)
{
	return count(http, http01_is_good);
}

static bool v4_serves_it(const struct http01 *http)
{
	size_t n = 0;

	for (size_t i = 0; i < http->n; i++) {
		if (address_is_v6(&http->walks[i]->address))
			continue;
		if (!http01_is_good(http->walks[i]))
			return false;
		n++;
	}
	return n > 0;
}

/* Some addresses serve it and this one does not: what becomes of it at the CA? */
static enum case_id mixed_case(const struct http01 *http, const struct walk *bad)
{
	bool v6_only = v4_serves_it(http), dial = true;

	for (size_t i = 0; i < http->n; i++)
		dial = dial && (http01_is_good(http->walks[i]) || is_dial_error(http->walks[i]));
	if (!v6_only)
		return CASE_H39;
	if (!dial)
		return bad->outcome.id == CASE_HTTP_NO_ROUTE ? CASE_HTTP_NO_ROUTE : CASE_H38;
	if (bad->outcome.id == CASE_H35)
		return CASE_H37;
	return http->check->profile->http.fallback == FALLBACK_NEVER ? CASE_H36_NEVER : CASE_H36;
}

/* The outcome of no address, or of a look that ended before there were any. */
static void judge_addresses(const struct http01 *http, struct outcome *o)
{
	host_judge(http->host, o);
	if (http->check->absent && (o->id == CASE_H29 || o->id == CASE_H29_MISSING)) {
		outcome_free(o);
		outcome_init(o, CASE_HTTP_ABSENT);
	}
}

static void blame(struct outcome *o, const struct walk *walk)
{
	static const enum fact facts[] = {
	    FACT_TARGET, FACT_FOUND, FACT_DETAIL, FACT_URL, FACT_STATUS, FACT_PAGE, FACT_LIMIT};

	for (size_t i = 0; i < nitems(facts); i++)
		if (walk->outcome.facts[facts[i]])
			outcome_text(o, facts[i], walk->outcome.facts[facts[i]]);
	outcome_address(o, &walk->peer);
}

/* A warning before anything else, then what is most worth telling. */
static enum case_id good_case(const struct http01 *http)
{
	static const enum case_id telling[] = {CASE_H02, CASE_H12};
	enum case_id id = CASE_H01;

	for (size_t i = 0; i < http->n; i++)
		if (http->walks[i]->outcome.verdict == VERDICT_WARN)
			return http->walks[i]->outcome.id;
	for (size_t t = nitems(telling); t-- > 0;)
		for (size_t i = 0; i < http->n; i++)
			if (http->walks[i]->outcome.id == telling[t])
				id = telling[t];
	return id;
}

/* All walks are good; what there is besides them may not be. */
static void judge_good(struct http01 *http, struct outcome *o)
{
	enum case_id id = good_case(http);
	char *faults = host_faults(http->host), text[ADDRESS_TEXT];

	if (catalogue_entry(id)->verdict == VERDICT_PASS && faults)
		id = CASE_H32;
	else if (catalogue_entry(id)->verdict == VERDICT_PASS && http->host->reserved.n)
		id = CASE_H31;
	outcome_init(o, id);
	if (faults)
		outcome_text(o, FACT_DETAIL, faults);
	for (size_t i = 0; i < http->host->reserved.n; i++) {
		address_print(&http->host->reserved.v[i], 0, text);
		outcome_fact_add(o, FACT_SERVERS, text);
	}
	for (size_t i = 0; i < http->n; i++)
		if (http->walks[i]->outcome.id == id)
			blame(o, http->walks[i]);
	free(faults);
}

/* What the walks of the round mean. */
static void judge_round(struct http01 *http, struct outcome *o)
{
	size_t good = http01_good(http);
	struct walk *bad = worst(http, http01_is_good);
	char *reason;

	if (!bad) {
		judge_good(http, o);
		return;
	}
	if (!bad->done)
		outcome_init(&bad->outcome, CASE_HTTP_WAITING);
	outcome_init(o, good && bad->done ? mixed_case(http, bad) : bad->outcome.id);
	o->ca = bad->outcome.ca;
	if (o->id == CASE_H38 || o->id == CASE_H39 || o->id == bad->outcome.id)
		o->verdict = bad->outcome.verdict;
	blame(o, bad);
	if (o->id == bad->outcome.id)
		return;
	outcome_address(&bad->outcome, &bad->peer);
	reason = outcome_reason(&bad->outcome);
	outcome_text(o, FACT_DETAIL, reason);
	free(reason);
}

/* All rounds are over, and one of them was not good: several servers, or gone again? */
static void judge_rounds(struct http01 *http, struct outcome *o)
{
	char *reason = outcome_reason(&http->miss);

	outcome_init(o, http->returned ? CASE_H59 : CASE_H60);
	o->ca = http->miss.ca;
	outcome_facts(o, &http->miss);
	outcome_text(o, FACT_DETAIL, reason);
	free(reason);
}

static void judge_absence(struct http01 *http, struct outcome *o)
{
	struct walk *bad = worst(http, is_gone);

	if (http01_good(http)) {
		outcome_init(o, CASE_H63);
	} else if (bad) {
		outcome_init(o, bad->done ? bad->outcome.id : CASE_HTTP_WAITING);
		blame(o, bad);
	} else {
		outcome_init(o, CASE_HTTP_ABSENT);
	}
}

/* ----------------------------------------------------------------------------- evidence */

static void add_walk(struct buf *b, struct walk *walk)
{
	const struct check *check = walk->http->check;
	char address[ADDRESS_TEXT], *reason = NULL;
	enum verdict verdict = VERDICT_RETRY;

	address_print(&walk->address, 80, address);
	if (walk->done) {
		outcome_address(&walk->outcome, &walk->peer);
		verdict = outcome_final(&walk->outcome);
		if (!http01_is_good(walk))
			reason = outcome_reason(&walk->outcome);
	}
	if (check->absent)
		verdict = is_gone(walk) ? VERDICT_PASS : VERDICT_RETRY;
	jsontext_open(b, NULL, '{');
	jsontext_string(b, "name", check->domain);
	jsontext_string(b, "address", address);
	jsontext_string(b, "verdict", verdict_name(verdict));
	if (walk->status)
		jsontext_integer(b, "status", walk->status);
	else
		jsontext_string(b, "status", NULL);
	jsontext_string(b, "body", walk->body);
	jsontext_string(b, "url", walk->url);
	jsontext_string(b, "reason", walk->done ? reason : "no response yet");
	jsontext_integer(b, "ms", (long long)walk->ms);
	jsontext_close(b, '}');
	free(reason);
}

/* The same walk was good before: what is good every time is told once. */
static bool is_repeated(const struct http01 *http, size_t i)
{
	const struct walk *walk = http->walks[i];

	for (size_t k = 0; k < i && http01_is_good(walk); k++)
		if (http01_is_good(http->walks[k]) &&
		    address_same(&http->walks[k]->address, &walk->address) &&
		    address_same(&http->walks[k]->peer, &walk->peer))
			return true;
	return false;
}

static char *evidence(const struct http01 *http)
{
	struct buf servers = BUF_INIT(SIZE_MAX);

	jsontext_open(&servers, NULL, '[');
	for (size_t i = 0; i < http->n; i++)
		if (!is_repeated(http, i))
			add_walk(&servers, http->walks[i]);
	jsontext_close(&servers, ']');
	return servers.data;
}

void http01_judge_miss(struct http01 *http)
{
	struct walk *bad = worst(http, http01_is_good);

	outcome_init(&http->miss, bad->outcome.id);
	http->miss.ca = bad->outcome.ca;
	blame(&http->miss, bad);
	http->miss.servers = evidence(http);
}

void http01_judge(struct http01 *http, struct outcome *o)
{
	const struct check *check = http->check;
	char *expected = go_quote(check->values.v[0], strlen(check->values.v[0]));
	size_t have = 0, total = 0;

	if (!http->n)
		judge_addresses(http, o);
	else if (check->absent)
		judge_absence(http, o);
	else if (http->missed)
		judge_rounds(http, o);
	else if (sharing_waits(http))
		outcome_init(o, CASE_HTTP_WAITING);
	else
		judge_round(http, o);
	o->name = xstrdup(check->domain);
	outcome_text(o, FACT_NAME, check->domain);
	outcome_text(o, FACT_DOMAIN, check->domain);
	outcome_text(o, FACT_EXPECTED, expected);
	for (size_t i = 0; i < http->n; i++) {
		total += !is_repeated(http, i);
		have += !is_repeated(http, i) && http01_is_good(http->walks[i]);
	}
	outcome_number(o, FACT_HAVE, have);
	outcome_number(o, FACT_TOTAL, total);
	o->servers = http->missed ? xstrdup(http->miss.servers) : evidence(http);
	free(expected);
}
