/* SPDX-License-Identifier: MIT */
/*
 * http-01: is the key authorization served (RFC 8555 section 8.3)? Every address that the DNS has
 * for the identifier is asked, because the CA may use any of them, and several times, because the
 * CA comes from several places and there may be several servers behind an address. A look is: the
 * addresses, then rounds of walks, one from each of them through redirects to a response.
 */
#include "config.h"

#include "verify/http01.h"

#include <stdlib.h>

#include "identifier.h"

/* The requests of a walk may take 19 s; a look is not repeated before they are through. */
#define PATIENCE 20000
/* As often as Let's Encrypt looks: once, and then from four other places. */
#define ROUNDS 5
/* A server as slow as this is not asked more than once. */
#define SLOW_MS 2000

static const char *fault(const struct check *check)
{
	if (!identifier_is_ip(check->domain) && identifier_dns_fault(check->domain, false))
		return "\"domain\" is neither a domain name nor an address";
	if (!check->token || token_fault(check->token))
		return "\"token\" is missing, or is none";
	return check->values.n == 1 ? NULL : "http-01 has exactly one of \"values\"";
}

static void clear_walks(struct http01 *http)
{
	for (size_t i = 0; i < http->n; i++)
		http01_walk_free(http->walks[i]);
	free(http->walks);
	http->walks = NULL;
	http->n = http->left = 0;
}

/* Ready for another look; what the last one came to remains. */
static void clear(struct http01 *http)
{
	clear_walks(http);
	host_free(http->host);
	outcome_free(&http->miss);
	http->host = NULL;
	http->miss = (struct outcome){0};
	http->round = 0;
	http->missed = http->returned = false;
}

static void end(struct check *check)
{
	struct http01 *http = check->work;

	if (http) {
		clear(http);
		outcome_free(&http->last);
	}
	free(http);
}

static void settle(struct check *check)
{
	struct http01 *http = check->work;
	struct outcome outcome;

	http01_judge(http, &outcome);
	clear(http);
	check_looked_again(check, &outcome, &http->last);
}

static void start_round(struct http01 *http)
{
	clear_walks(http);
	for (size_t i = 0; i < http->host->addresses.n; i++)
		http01_walk(http, &http->host->addresses.v[i]);
}

/* Is the round good, and soon enough over for another one? */
static bool round_is_good(const struct http01 *http, bool *slow)
{
	bool good = true;

	*slow = false;
	for (size_t i = 0; i < http->n; i++) {
		good = good && http01_is_good(http->walks[i]);
		*slow = *slow || http->walks[i]->ms > SLOW_MS;
	}
	return good;
}

static void end_round(struct http01 *http)
{
	bool slow, good = round_is_good(http, &slow), first = http->round == 0;

	if (!first && good)
		http->returned = http->missed;
	if (!first && !good) {
		http->missed = true;
		outcome_free(&http->miss);
		http01_judge_round(http, &http->miss);
	}
	if ((first && !good) || slow || http->check->absent || ++http->round == ROUNDS)
		settle(http->check);
	else
		start_round(http);
}

void http01_walk_done(struct walk *walk)
{
	struct http01 *http = walk->http;

	if (--http->left == 0)
		end_round(http);
}

static void on_host(void *arg)
{
	struct http01 *http = arg;

	if (http->host->addresses.n)
		start_round(http);
	else
		settle(http->check);
}

static void look(struct check *check)
{
	struct http01 *http = check->work;

	if (!http) {
		http = check->work = xcalloc(1, sizeof(*http));
		http->check = check;
	}
	http->host = host_find(check, check->domain, check_reserved(check), on_host, http);
	if (host_is_found(http->host))
		on_host(http);
}

const struct check_type check_http01 = {
    .name = "http-01",
    .patience = PATIENCE,
    .last_patience = PATIENCE,
    .fault = fault,
    .look = look,
    .settle = settle,
    .end = end,
};
