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
/* As often as Let's Encrypt looks after the first time: from four other places, at once. */
#define AGAIN 4
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
	sharing_leave(http);
	clear_walks(http);
	host_free(http->host);
	outcome_free(&http->miss);
	http->host = NULL;
	http->miss = (struct outcome){0};
	http->round = ROUND_FIRST;
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

static void start_round(struct http01 *http, enum round round)
{
	clear_walks(http);
	http->round = round;
	for (int times = round == ROUND_FIRST ? 1 : AGAIN; times > 0; times--)
		for (size_t i = 0; i < http->host->addresses.n; i++)
			http01_walk(http, &http->host->addresses.v[i]);
}

void http01_repeat(struct http01 *http)
{
	start_round(http, ROUND_AGAIN);
}

void http01_heard(struct http01 *http, const struct http01 *from)
{
	http->missed = http->alone = from->missed;
	http->returned = from->returned;
	outcome_copy(&http->miss, &from->miss);
	settle(http->check);
}

static bool is_slow(const struct http01 *http)
{
	for (size_t i = 0; i < http->n; i++)
		if (http->walks[i]->ms > SLOW_MS)
			return true;
	return false;
}

static void end_round(struct http01 *http)
{
	size_t good = http01_good(http);

	switch (http->round) {
	case ROUND_FIRST:
		if (good == http->n && !is_slow(http) && !http->check->absent)
			sharing_enter(http);
		else
			settle(http->check);
		return;
	case ROUND_AGAIN:
		if (good == http->n)
			break;
		http->missed = true;
		http01_judge_miss(http);
		start_round(http, ROUND_MISSED);
		return;
	case ROUND_MISSED:
		http->returned = good > 0;
		break;
	}
	sharing_done(http);
	settle(http->check);
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
		start_round(http, ROUND_FIRST);
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
    .words = WORDS_KEY_AUTHORIZATION,
    .patience = PATIENCE,
    .last_patience = PATIENCE,
    .fault = fault,
    .look = look,
    .settle = settle,
    .end = end,
};
