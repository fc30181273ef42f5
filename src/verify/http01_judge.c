/* SPDX-License-Identifier: MIT */
/*
 * http-01: what it means that these addresses served this. The CA uses the first address of each
 * family it gets, and falls back from IPv6 to IPv4 only if it cannot connect.
 */
#include "config.h"

#include "verify/http01.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "identifier.h"

/* Boulder reads that much, and takes no content that fills it. */
#define CONTENT_MAX 128
#define SHOW_OCTETS 100

/* ------------------------------------------------------------------------------ content */

/* The length without what Unicode calls white space at the end, which Boulder does not mind. */
static size_t trimmed(const char *text, size_t len)
{
	static const char *const spaces[] = {"\t", "\n", "\v", "\f", "\r", " ", "\xc2\x85",
	    "\u00a0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005",
	    "\u2006", "\u2007", "\u2008", "\u2009", "\u200a", "\u2028", "\u2029", "\u202f",
	    "\u205f", "\u3000"};

	for (size_t i = 0; i < nitems(spaces); i++) {
		size_t n = strlen(spaces[i]);

		if (len >= n && !memcmp(text + len - n, spaces[i], n)) {
			len -= n;
			i = (size_t)-1;
		}
	}
	return len;
}

/* A response, with what it should be. */
struct content {
	const char *text;
	size_t len; /* without white space at the end */
	size_t all; /* with it */
	const char *expected;
	const char *token;
};

static bool begins(const struct content *c, const char *text)
{
	return c->len >= strlen(text) && !memcmp(c->text, text, strlen(text));
}

static bool is_exactly(const struct content *c, const char *text)
{
	return c->len == strlen(text) && begins(c, text);
}

static bool is_right(const struct content *c)
{
	return is_exactly(c, c->expected);
}

static bool has_mark(const struct content *c)
{
	return begins(c, "\xef\xbb\xbf") || begins(c, "\xff\xfe") || begins(c, "\xfe\xff");
}

static bool has_quotes(const struct content *c)
{
	size_t n = strlen(c->expected);

	return c->len == n + 2 && (c->text[0] == '"' || c->text[0] == '\'') &&
	       !memcmp(c->text + 1, c->expected, n);
}

static bool has_blanks(const struct content *c)
{
	size_t n = 0;

	while (n < c->len && strchr(" \t\r\n", c->text[n]))
		n++;
	return n && c->len - n == strlen(c->expected) &&
	       !memcmp(c->text + n, c->expected, c->len - n);
}

static bool is_html(const struct content *c)
{
	size_t n = 0;

	while (n < c->len && strchr(" \t\r\n", c->text[n]))
		n++;
	return !strncasecmp(c->text + n, "<!doctype", 9) || !strncasecmp(c->text + n, "<html", 5) ||
	       !strncasecmp(c->text + n, "<head", 5);
}

static bool is_token(const struct content *c)
{
	return is_exactly(c, c->token);
}

static bool is_digest(const struct content *c)
{
	char digest[DIGEST_TEXT + 1];

	digest_text(c->expected, digest);
	return is_exactly(c, digest);
}

static bool is_of_another_key(const struct content *c)
{
	size_t n = strlen(c->token);

	return begins(c, c->token) && c->len > n && c->text[n] == '.' &&
	       !memchr(c->text, '<', c->len);
}

/* What a response may be that the CA does not take; the first that fits. */
static const struct {
	enum case_id id;
	bool (*is)(const struct content *c);
	const char *detail;
} contents[] = {
    {CASE_H03, is_right, NULL},
    {CASE_H04, has_mark, "a byte order mark before it"},
    {CASE_H04, has_quotes, "quotation marks around it"},
    {CASE_H04, has_blanks, "blanks before it"},
    {CASE_H05, is_html, NULL},
    {CASE_H07, is_token, "the token only"},
    {CASE_H07, is_digest, "the digest that dns-01 wants"},
    {CASE_H07, is_of_another_key, "made with another account key"},
};

/* ----------------------------------------------------------------------------- response */

static const struct {
	long first, last;
	enum case_id id;
} statuses[] = {
    {200, 200, CASE_H40},
    {201, 299, CASE_H11},
    {303, 303, CASE_H14},
    {300, 399, CASE_H15},
    {404, 404, CASE_H08},
    {401, 401, CASE_H09},
    {403, 403, CASE_H09},
    {406, 406, CASE_H09},
    {410, 410, CASE_H09},
    {451, 451, CASE_H09},
    {429, 429, CASE_H10},
    {500, 599, CASE_H10},
};

static enum case_id status_case(long status)
{
	for (size_t i = 0; i < nitems(statuses); i++)
		if (status >= statuses[i].first && status <= statuses[i].last)
			return statuses[i].id;
	return CASE_HTTP_STATUS;
}

static enum case_id content_case(const struct content *c, const char **detail)
{
	if (is_right(c) && c->all < CONTENT_MAX)
		return c->all > c->len ? CASE_H02 : CASE_H01;
	for (size_t i = 0; i < nitems(contents); i++) {
		if (!contents[i].is(c))
			continue;
		*detail = contents[i].detail;
		return contents[i].id;
	}
	return CASE_H40;
}

void http01_judge_response(struct walk *walk, const struct fetch_result *result)
{
	const struct check *check = walk->http->check;
	struct content c = {.text = result->body,
	    .all = result->len,
	    .expected = check->values.v[0],
	    .token = check->token};
	enum case_id id = status_case(result->status);
	const char *detail = NULL;
	char *found;

	c.len = trimmed(c.text, c.all);
	if (result->status == 200)
		id = content_case(&c, &detail);
	outcome_init(&walk->outcome, id);
	if (result->status == 200 && result->len >= CONTENT_MAX)
		walk->outcome.ca = CASE_H03;
	outcome_fact(&walk->outcome, FACT_STATUS, "%ld", result->status);
	if (detail)
		outcome_fact(&walk->outcome, FACT_DETAIL, "%s", detail);
	found = go_quote(result->body, result->len < CONTENT_MAX ? result->len : CONTENT_MAX);
	outcome_fact(&walk->outcome, FACT_FOUND, "%s", found);
	free(found);
	walk->body = clean_text(result->body, result->len, SHOW_OCTETS);
}

void http01_judge_failure(struct walk *walk, const struct fetch_result *result)
{
	static const enum case_id cases[] = {
	    [FETCH_DONE] = CASE_HTTP_STATUS,
	    [FETCH_REFUSED] = CASE_H34,
	    [FETCH_UNREACHABLE] = CASE_HTTP_NO_ROUTE,
	    [FETCH_CONNECT_TIMEOUT] = CASE_H35,
	    [FETCH_TIMEOUT] = CASE_H47,
	    [FETCH_RESET] = CASE_HTTP_RESET,
	    [FETCH_TLS] = CASE_H19,
	    [FETCH_BROKEN] = CASE_H46,
	};

	outcome_init(&walk->outcome, cases[result->end]);
	outcome_fact(&walk->outcome, FACT_DETAIL, "%s",
	    result->error ? strerror(result->error) : result->text);
}

/* ------------------------------------------------------------------------------ together */

static bool is_good(const struct walk *walk)
{
	return walk->done && (walk->outcome.id == CASE_H01 || walk->outcome.id == CASE_H02);
}

/* Could not even connect to the first hop: the CA would fall back from IPv6 to IPv4. */
static bool is_dial_error(const struct walk *walk)
{
	enum case_id id = walk->outcome.id;

	return walk->done && walk->hops == 0 &&
	       (id == CASE_H34 || id == CASE_H35 || id == CASE_HTTP_NO_ROUTE);
}

/* What counts for a check whether it is gone: an answer that is something else, or no server. */
static bool is_gone(const struct walk *walk)
{
	return walk->done && !is_good(walk) && walk->outcome.id != CASE_H35 &&
	       walk->outcome.id != CASE_H47 && walk->outcome.id != CASE_HTTP_NO_ROUTE &&
	       walk->outcome.id != CASE_H27;
}

/* The address that is to blame: of those that fail, the one with the most certain verdict. */
static struct walk *worst(struct http01 *http, bool (*fine)(const struct walk *walk))
{
	struct walk *found = NULL;

	for (size_t i = 0; i < http->n; i++) {
		struct walk *walk = &http->walks[i];

		if (fine(walk))
			continue;
		if (!found || (walk->done && walk->outcome.verdict == VERDICT_FAIL &&
				  found->outcome.verdict != VERDICT_FAIL))
			found = walk;
	}
	return found;
}

static bool v4_serves_it(const struct http01 *http)
{
	size_t n = 0;

	for (size_t i = 0; i < http->n; i++) {
		if (address_is_v6(&http->walks[i].address))
			continue;
		if (!is_good(&http->walks[i]))
			return false;
		n++;
	}
	return n > 0;
}

/* Some addresses serve it and this one does not: what becomes of it at the CA? */
static enum case_id mixed_case(const struct http01 *http, const struct walk *bad)
{
	bool v6_only = v4_serves_it(http);

	for (size_t i = 0; i < http->n; i++)
		v6_only = v6_only && (is_good(&http->walks[i]) || is_dial_error(&http->walks[i]));
	if (v6_only)
		return bad->outcome.id == CASE_H35 ? CASE_H37 : CASE_H36;
	return v4_serves_it(http) ? CASE_H38 : CASE_H39;
}

/* The outcome of no address, or of a look that ended before there were any. */
static void judge_addresses(const struct http01 *http, struct outcome *o)
{
	const char *v4 = http->v4_fault, *v6 = http->v6_fault;

	if (http->v4 || http->v6)
		outcome_init(o, CASE_HTTP_WAITING);
	else if (v4 || v6)
		outcome_init(o, CASE_HTTP_NO_DNS);
	else
		outcome_init(o, http->check->absent ? CASE_HTTP_ABSENT : CASE_H29);
	if (v4 || v6)
		outcome_fact(
		    o, FACT_DETAIL, "%s%s%s", v4 ? v4 : "", v4 && v6 ? "; " : "", v6 ? v6 : "");
}

static size_t count(const struct http01 *http, bool (*is)(const struct walk *walk))
{
	size_t n = 0;

	for (size_t i = 0; i < http->n; i++)
		n += is(&http->walks[i]);
	return n;
}

static void blame(struct outcome *o, const struct walk *walk)
{
	static const enum fact facts[] = {
	    FACT_TARGET, FACT_FOUND, FACT_DETAIL, FACT_URL, FACT_STATUS};
	char address[ADDRESS_TEXT];

	for (size_t i = 0; i < nitems(facts); i++)
		if (walk->outcome.facts[facts[i]])
			outcome_fact(o, facts[i], "%s", walk->outcome.facts[facts[i]]);
	address_print(&walk->peer, ntohs(walk->peer.v4.sin_port), address);
	outcome_fact(o, FACT_ADDRESS, "%s", address);
}

static void judge_walks(struct http01 *http, struct outcome *o)
{
	size_t good = count(http, is_good);
	struct walk *bad = worst(http, is_good);
	char *reason;

	if (!bad) {
		outcome_init(o, http->walks[0].outcome.id);
		for (size_t i = 0; i < http->n; i++)
			if (http->walks[i].outcome.id == CASE_H02)
				o->id = o->ca = CASE_H02;
		/* A family whose addresses we could not learn may hold another surprise. */
		if (http->v4_fault || http->v6_fault) {
			outcome_init(o, CASE_H32);
			outcome_fact(
			    o, FACT_DETAIL, "%s", http->v4_fault ? http->v4_fault : http->v6_fault);
		}
		return;
	}
	if (!bad->done)
		outcome_init(&bad->outcome, CASE_HTTP_WAITING);
	outcome_init(o, good && bad->done ? mixed_case(http, bad) : bad->outcome.id);
	o->ca = bad->outcome.ca;
	if (o->id == CASE_H38 || o->id == CASE_H39)
		o->verdict = bad->outcome.verdict;
	blame(o, bad);
	if (o->id == bad->outcome.id)
		return;
	blame(&bad->outcome, bad);
	reason = outcome_reason(&bad->outcome);
	outcome_fact(o, FACT_DETAIL, "%s", reason);
	free(reason);
}

static void judge_absence(struct http01 *http, struct outcome *o)
{
	struct walk *bad = worst(http, is_gone);

	if (count(http, is_good)) {
		outcome_init(o, CASE_HTTP_PRESENT);
	} else if (bad) {
		outcome_init(o, bad->done ? bad->outcome.id : CASE_HTTP_WAITING);
		blame(o, bad);
	} else {
		outcome_init(o, CASE_HTTP_ABSENT);
	}
}

/* ----------------------------------------------------------------------------- evidence */

static struct json_object *walk_json(struct walk *walk)
{
	struct json_object *o = json_object_new_object();
	const struct check *check = walk->http->check;
	char address[ADDRESS_TEXT], *reason = NULL;
	enum verdict verdict = VERDICT_RETRY;

	address_print(&walk->address, 80, address);
	if (walk->done) {
		blame(&walk->outcome, walk);
		verdict = outcome_final(&walk->outcome);
		if (!is_good(walk))
			reason = outcome_reason(&walk->outcome);
	}
	if (check->absent)
		verdict = is_gone(walk) ? VERDICT_PASS : VERDICT_RETRY;
	jsonline_set(o, "name", check->domain);
	jsonline_set(o, "address", address);
	jsonline_set(o, "verdict", verdict_name(verdict));
	if (walk->status)
		jsonline_set_integer(o, "status", walk->status);
	else
		jsonline_set(o, "status", NULL);
	jsonline_set(o, "body", walk->body);
	jsonline_set(o, "url", walk->url);
	jsonline_set(o, "reason", walk->done ? reason : "no response yet");
	jsonline_set_integer(o, "ms", (long long)walk->ms);
	free(reason);
	return o;
}

void http01_judge(struct http01 *http, struct outcome *o)
{
	const struct check *check = http->check;
	char *expected = go_quote(check->values.v[0], strlen(check->values.v[0]));

	if (!http->n)
		judge_addresses(http, o);
	else if (check->absent)
		judge_absence(http, o);
	else
		judge_walks(http, o);
	o->name = xstrdup(check->domain);
	outcome_fact(o, FACT_NAME, "%s", check->domain);
	outcome_fact(o, FACT_DOMAIN, "%s", check->domain);
	outcome_fact(o, FACT_EXPECTED, "%s", expected);
	outcome_fact(o, FACT_HAVE, "%zu", count(http, is_good));
	outcome_fact(o, FACT_TOTAL, "%zu", http->n);
	o->servers = json_object_new_array();
	for (size_t i = 0; i < http->n; i++)
		json_object_array_add(o->servers, walk_json(&http->walks[i]));
	free(expected);
}
