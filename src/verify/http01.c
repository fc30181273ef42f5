/* SPDX-License-Identifier: MIT */
/*
 * http-01: is the key authorization served (RFC 8555 section 8.3)? Every address that the DNS has
 * for the identifier is asked, because the CA may use any of them. A look is: the addresses, then
 * for each a walk from the challenge's URL through redirects to the final response.
 */
#include "config.h"

#include "verify/http01.h"

#include <stdlib.h>
#include <string.h>

#include "identifier.h"

/* A request may take 15 s; a look is not repeated before its requests are through. */
#define PATIENCE 20000
#define LAST_PATIENCE 20000
/* RFC 8555 has no limit; Boulder's documentation says 10. */
#define REDIRECTS_MAX 10
#define HTTPS_PORT 443

static void walk_fetch(struct walk *walk);

static const char *fault(const struct check *check)
{
	if (!identifier_is_ip(check->domain) && identifier_dns_fault(check->domain, false))
		return "\"domain\" is neither a domain name nor an address";
	if (!check->token || token_fault(check->token))
		return "\"token\" is missing, or is none";
	return check->values.n == 1 ? NULL : "http-01 has exactly one of \"values\"";
}

static void walk_clear(struct walk *walk)
{
	fetch_cancel(walk->fetch);
	lookup_cancel(walk->v4);
	lookup_cancel(walk->v6);
	strlist_free(&walk->seen);
	addresses_free(&walk->peers);
	outcome_free(&walk->outcome);
	free(walk->url);
	free(walk->host);
	free(walk->body);
}

static void clear(struct http01 *http)
{
	lookup_cancel(http->v4);
	lookup_cancel(http->v6);
	addresses_free(&http->addresses);
	for (size_t i = 0; i < http->n; i++)
		walk_clear(&http->walks[i]);
	free(http->walks);
	free(http->v4_fault);
	free(http->v6_fault);
	*http = (struct http01){.check = http->check};
}

static void end(struct check *check)
{
	struct http01 *http = check->work;

	if (http)
		clear(http);
	free(http);
}

static void settle(struct check *check)
{
	struct http01 *http = check->work;
	struct outcome outcome;

	http01_judge(http, &outcome);
	clear(http);
	check_looked(check, &outcome);
}

/* The walk has its outcome. The check may end here. */
static void walk_done(struct walk *walk)
{
	walk->done = true;
	outcome_fact(&walk->outcome, FACT_URL, "%s", walk->url);
	if (--walk->http->left == 0)
		settle(walk->http->check);
}

/* The walk ends for a reason that is no response. */
static void walk_ends(struct walk *walk, enum case_id id, const char *target, const char *detail)
{
	outcome_init(&walk->outcome, id);
	outcome_fact(&walk->outcome, FACT_TARGET, "%s", target);
	if (*detail)
		outcome_fact(&walk->outcome, FACT_DETAIL, "%s", detail);
	walk_done(walk);
}

static const struct addresses *servers(const struct check *check)
{
	return check->authorities.n ? &check->authorities : &check->resolvers;
}

static struct lookup *look_up(const struct check *check, const char *name, enum record_type type,
    void (*done)(void *arg, const struct lookup_result *result), void *arg)
{
	struct question question = {.name = name, .type = type};

	return lookup_start(&check->all->exchanges, servers(check), &question, done, arg);
}

static void set_port(union address *a, uint16_t port)
{
	*(address_is_v6(a) ? &a->v6.sin6_port : &a->v4.sin_port) = htons(port);
}

/* Adds the addresses of an answer; returns why there are none because of the lookup, or NULL. */
static char *take_addresses(
    struct addresses *list, const struct lookup_result *result, uint16_t type, uint16_t port)
{
	union address a;

	if (!result->message)
		return xasprintf("%s: %s", type == TYPE_A ? "A" : "AAAA", result->reason);
	for (size_t i = 0; i < result->message->n; i++) {
		const struct record *r = &result->message->records[i];

		if (r->section != SECTION_ANSWER || r->type != type)
			continue;
		address_from_octets(&a, r->data, r->len, port);
		addresses_add(list, &a);
	}
	return NULL;
}

/* The host of a redirect: any of its addresses will do, IPv6 first as the CA does. */
static void hop_resolved(struct walk *walk)
{
	if (walk->v4 || walk->v6)
		return;
	for (size_t i = 0, k = 0; i < walk->peers.n; i++) {
		if (address_is_v6(&walk->peers.v[i])) {
			union address first = walk->peers.v[i];

			walk->peers.v[i] = walk->peers.v[k];
			walk->peers.v[k++] = first;
		}
	}
	if (!walk->peers.n) {
		walk_ends(walk, CASE_H27, walk->host, "");
		return;
	}
	walk->peer = walk->peers.v[walk->next_peer++];
	walk_fetch(walk);
}

static void hop_v4(void *arg, const struct lookup_result *result)
{
	struct walk *walk = arg;

	walk->v4 = NULL;
	free(take_addresses(&walk->peers, result, TYPE_A, 0));
	hop_resolved(walk);
}

static void hop_v6(void *arg, const struct lookup_result *result)
{
	struct walk *walk = arg;

	walk->v6 = NULL;
	free(take_addresses(&walk->peers, result, TYPE_AAAA, 0));
	hop_resolved(walk);
}

/* Goes on to the host of a redirect: known if it is the identifier, or an address. */
static void walk_to(struct walk *walk, const struct target *target)
{
	struct check *check = walk->http->check;

	free(walk->host);
	walk->host = xstrdup(target->host);
	addresses_free(&walk->peers);
	walk->next_peer = 0;
	if (!strcmp(target->host, check->domain))
		walk->peer = walk->address;
	else if (!address_parse(&walk->peer, target->host, target->port)) {
		walk->v4 = look_up(check, walk->host, TYPE_A, hop_v4, walk);
		walk->v6 = look_up(check, walk->host, TYPE_AAAA, hop_v6, walk);
		return;
	}
	walk_fetch(walk);
}

static void redirected(struct walk *walk, const char *url)
{
	struct target target;
	char detail[REDIRECT_DETAIL] = "";
	enum case_id id;

	if (walk->hops == REDIRECTS_MAX) {
		walk_ends(walk, CASE_H13, url, "");
		return;
	}
	id = redirect_check(url, walk->http->check->http_port, &target, detail);
	for (size_t i = 0; id == CASE__MAX && i < walk->seen.n; i++)
		if (!strcmp(walk->seen.v[i], url))
			id = CASE_H16;
	if (id != CASE__MAX) {
		walk_ends(walk, id, url, detail);
	} else {
		walk->hops++;
		free(walk->url);
		walk->url = xstrdup(url);
		strlist_add(&walk->seen, url);
		walk_to(walk, &target);
	}
	target_free(&target);
}

static bool is_redirect(long status)
{
	return status == 301 || status == 302 || status == 307 || status == 308;
}

static void fetched(void *arg, const struct fetch_result *result)
{
	struct walk *walk = arg;
	bool connected = result->end != FETCH_REFUSED && result->end != FETCH_UNREACHABLE &&
			 result->end != FETCH_CONNECT_TIMEOUT;

	walk->fetch = NULL;
	walk->ms += result->ms;
	walk->status = result->status;
	if (result->end == FETCH_DONE && is_redirect(result->status) && result->redirect) {
		redirected(walk, result->redirect);
	} else if (!connected && walk->next_peer < walk->peers.n) {
		walk->peer = walk->peers.v[walk->next_peer++];
		walk_fetch(walk);
	} else {
		if (result->end == FETCH_DONE)
			http01_judge_response(walk, result);
		else
			http01_judge_failure(walk, result);
		if (walk->hops)
			outcome_fact(&walk->outcome, FACT_TARGET, "%s", walk->url);
		walk_done(walk);
	}
}

/* Fetches walk->url from walk->peer, with the port that the URL has. */
static void walk_fetch(struct walk *walk)
{
	const char *referer = walk->seen.n > 1 ? walk->seen.v[walk->seen.n - 2] : NULL;
	struct target target;
	char detail[REDIRECT_DETAIL] = "";

	redirect_check(walk->url, walk->http->check->http_port, &target, detail);
	set_port(&walk->peer, target.port);
	/* No secrets from https to http (RFC 9110 section 10.1.3). */
	if (referer && !target.https && !strncmp(referer, "https:", 6))
		referer = NULL;
	target_free(&target);
	walk->fetch = fetch_start(
	    &walk->http->check->all->fetches, walk->url, &walk->peer, referer, fetched, walk);
}

static char *challenge_url(const struct check *check)
{
	const char *v6 = strchr(check->domain, ':');
	char port[8] = "";

	if (check->http_port != 80)
		snprintf(port, sizeof(port), ":%u", check->http_port);
	return xasprintf("http://%s%s%s%s/.well-known/acme-challenge/%s", v6 ? "[" : "",
	    check->domain, v6 ? "]" : "", port, check->token);
}

/* The addresses are known, or not to be had: the walks begin. */
static void walk_all(struct http01 *http)
{
	if (!http->addresses.n) {
		settle(http->check);
		return;
	}
	http->n = http->left = http->addresses.n;
	http->walks = xcalloc(http->n, sizeof(*http->walks));
	for (size_t i = 0; i < http->n; i++) {
		struct walk *walk = &http->walks[i];

		walk->http = http;
		walk->address = walk->peer = http->addresses.v[i];
		walk->host = xstrdup(http->check->domain);
		walk->url = challenge_url(http->check);
		strlist_add(&walk->seen, walk->url);
		walk_fetch(walk);
	}
}

static void v4_found(void *arg, const struct lookup_result *result)
{
	struct http01 *http = arg;

	http->v4 = NULL;
	http->v4_fault = take_addresses(&http->addresses, result, TYPE_A, http->check->http_port);
	if (!http->v6)
		walk_all(http);
}

static void v6_found(void *arg, const struct lookup_result *result)
{
	struct http01 *http = arg;

	http->v6 = NULL;
	http->v6_fault =
	    take_addresses(&http->addresses, result, TYPE_AAAA, http->check->http_port);
	if (!http->v4)
		walk_all(http);
}

static void look(struct check *check)
{
	struct http01 *http = check->work;
	union address a;

	if (!http) {
		http = check->work = xcalloc(1, sizeof(*http));
		http->check = check;
	}
	if (address_parse(&a, check->domain, check->http_port)) {
		addresses_add(&http->addresses, &a);
		walk_all(http);
		return;
	}
	http->v4 = look_up(check, check->domain, TYPE_A, v4_found, http);
	http->v6 = look_up(check, check->domain, TYPE_AAAA, v6_found, http);
}

const struct check_type check_http01 = {
    .name = "http-01",
    .patience = PATIENCE,
    .last_patience = LAST_PATIENCE,
    .fault = fault,
    .look = look,
    .settle = settle,
    .end = end,
};
