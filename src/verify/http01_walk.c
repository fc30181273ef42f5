/* SPDX-License-Identifier: MIT */
/*
 * http-01: from one address of the identifier through redirects to a response. Where a redirect
 * leads to a host with several addresses the walk goes on at each of them.
 */
#include "config.h"

#include "verify/http01.h"

#include <stdlib.h>
#include <string.h>

/* The time that the CA has for all requests of a validation, in ms. */
#define WALK_MS 19000
/* More addresses than that are not looked at behind redirects. */
#define WALKS_MAX 256
#define HTTP_PORT 80
#define HTTPS_PORT 443

static void fetch(struct walk *walk);

void http01_walk_free(struct walk *walk)
{
	fetch_cancel(walk->fetch);
	host_free(walk->host);
	strlist_free(&walk->seen);
	outcome_free(&walk->outcome);
	free(walk->url);
	free(walk->name);
	free(walk->body);
	free(walk);
}

static struct walk *walk_new(struct http01 *http, const union address *address)
{
	struct walk *walk = xcalloc(1, sizeof(*walk));

	walk->http = http;
	walk->address = walk->peer = *address;
	http->walks = xrealloc(http->walks, (http->n + 1) * sizeof(*http->walks));
	http->walks[http->n++] = walk;
	http->left++;
	return walk;
}

/* The check may end here. */
static void walk_done(struct walk *walk)
{
	walk->done = true;
	outcome_text(&walk->outcome, FACT_URL, walk->url);
	http01_walk_done(walk);
}

/* The walk ends for a reason that is no response. */
static void walk_ends(struct walk *walk, enum case_id id, const char *target, const char *detail)
{
	outcome_init(&walk->outcome, id);
	outcome_text(&walk->outcome, FACT_TARGET, target);
	outcome_fact(
	    &walk->outcome, FACT_LIMIT, "%u", walk->http->check->profile->http.redirects_at);
	if (*detail)
		outcome_text(&walk->outcome, FACT_DETAIL, detail);
	walk_done(walk);
}

/* Goes on from here at another address, too. */
static void branch(const struct walk *walk, const union address *peer)
{
	struct http01 *http = walk->http;
	struct walk *other;

	if (http->n >= WALKS_MAX)
		return;
	other = walk_new(http, &walk->address);
	other->peer = *peer;
	other->url = xstrdup(walk->url);
	other->https = walk->https;
	other->port = walk->port;
	other->name = xstrdup(walk->name);
	for (size_t i = 0; i < walk->seen.n; i++)
		strlist_add(&other->seen, walk->seen.v[i]);
	other->hops = walk->hops;
	other->ms = walk->ms;
	fetch(other);
}

static size_t count_v6(const struct addresses *list)
{
	size_t n = 0;

	while (n < list->n && address_is_v6(&list->v[n]))
		n++;
	return n;
}

/* Goes on at all of these addresses of a host. */
static void go_to(struct walk *walk, const union address *v, size_t n)
{
	for (size_t i = 1; i < n; i++)
		branch(walk, &v[i]);
	walk->peer = v[0];
	fetch(walk);
}

/* Behind a redirect the CA uses the IPv6 addresses, if there are any. */
static void on_host(void *arg)
{
	struct walk *walk = arg;
	const struct addresses *all = &walk->host->addresses;
	size_t v6 = count_v6(all);

	if (all->n) {
		go_to(walk, all->v, v6 ? v6 : all->n);
		return;
	}
	host_judge(walk->host, &walk->outcome);
	if (walk->outcome.id == CASE_H29 || walk->outcome.id == CASE_H29_MISSING) {
		outcome_free(&walk->outcome);
		walk_ends(walk, CASE_H27, walk->name, "");
	} else {
		walk_done(walk);
	}
}

/* Behind a redirect, too, a CA whose own addresses are private goes to private ones. */
static enum reserved_policy hop_policy(const struct http01 *http)
{
	enum reserved_policy policy = check_reserved(http->check);

	if (policy != RESERVED_ALONE)
		return policy;
	return http->host->reserved.n || identifier_is_public(http->check->domain) ? RESERVED_NEVER
										   : RESERVED_FINE;
}

/* Goes on to the host of a redirect: known if it is the identifier, or an address. */
static void walk_to(struct walk *walk, const struct target *target)
{
	const struct check *check = walk->http->check;

	free(walk->name);
	walk->name = xstrdup(target->host);
	walk->https = target->https;
	walk->port = target->port;
	host_free(walk->host);
	walk->host = NULL;
	if (!strcmp(target->host, check->domain)) {
		walk->peer = walk->address;
		fetch(walk);
		return;
	}
	walk->host = host_find(check, target->host, hop_policy(walk->http), on_host, walk);
	if (host_is_found(walk->host))
		on_host(walk);
}

static bool was_there(const struct walk *walk, const char *url)
{
	return !walk->http->check->profile->http.any_redirect && strlist_has(&walk->seen, url);
}

static void redirected(struct walk *walk, const char *url, const char *location)
{
	const struct check *check = walk->http->check;
	struct target target;
	char detail[REDIRECT_DETAIL] = "";
	enum case_id id;

	if (walk->hops == check->profile->http.redirects_at) {
		walk_ends(walk, CASE_H13, url, "");
		return;
	}
	id = redirect_check(
	    url, location, check, hop_policy(walk->http) == RESERVED_FINE, &target, detail);
	if (id == CASE__MAX && was_there(walk, url))
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

static bool is_redirect(const struct walk *walk, long status)
{
	return status == 301 || status == 302 || status == 307 || status == 308 ||
	       (status == 303 && walk->http->check->profile->http.any_redirect);
}

static bool is_dial_error(const struct fetch_result *result)
{
	return result->end == FETCH_REFUSED || result->end == FETCH_CONNECT_TIMEOUT ||
	       result->end == FETCH_UNREACHABLE;
}

/* IPv6 behind a redirect, and there is IPv4 as well. */
static bool has_fallback(const struct walk *walk)
{
	const struct addresses *all = walk->host ? &walk->host->addresses : NULL;

	return all && address_is_v6(&walk->peer) && count_v6(all) < all->n;
}

static void fall_back(struct walk *walk)
{
	const struct addresses *all = &walk->host->addresses;
	size_t v6 = count_v6(all);

	walk->fell_back = true;
	go_to(walk, all->v + v6, all->n - v6);
}

/* The identifier has both families: Boulder then begins again by IPv4, and meets the same URL. */
static void no_fallback(struct walk *walk, const struct fetch_result *result)
{
	const struct addresses *first = &walk->http->host->addresses;
	size_t v6 = count_v6(first);
	char *reason;

	http01_judge_failure(walk, result);
	reason = outcome_reason(&walk->outcome);
	walk->outcome.ca = v6 && v6 < first->n ? CASE_H16 : walk->outcome.id;
	walk->outcome.id = CASE_H28;
	walk->outcome.verdict = catalogue_entry(CASE_H28)->verdict;
	outcome_text(&walk->outcome, FACT_DETAIL, reason);
	free(reason);
	walk_done(walk);
}

static void on_failure(struct walk *walk, const struct fetch_result *result)
{
	bool known = result->end != FETCH_UNREACHABLE;

	if (!is_dial_error(result) || !known || !has_fallback(walk)) {
		http01_judge_failure(walk, result);
		walk_done(walk);
	} else if (walk->http->check->profile->http.fallback == FALLBACK_ALWAYS) {
		fall_back(walk);
	} else {
		no_fallback(walk, result);
	}
}

static void on_fetched(void *arg, const struct fetch_result *result)
{
	struct walk *walk = arg;

	walk->fetch = NULL;
	walk->ms += result->ms;
	walk->status = result->status;
	if (result->end != FETCH_DONE) {
		on_failure(walk, result);
	} else if (is_redirect(walk, result->status) && result->redirect) {
		redirected(walk, result->redirect, result->location);
	} else {
		http01_judge_response(walk, result);
		walk_done(walk);
	}
}

/* Where a port of a URL is, seen from here. */
static uint16_t real_port(const struct check *check, uint16_t port)
{
	if (check->profile->http.real_ports)
		return port;
	return port == HTTP_PORT ? check->http_port : port == HTTPS_PORT ? check->tls_port : port;
}

/* Fetches walk->url from walk->peer, with the port that the URL has. */
static void fetch(struct walk *walk)
{
	const struct check *check = walk->http->check;
	struct fetch_request request = {
	    .url = walk->url,
	    .address = &walk->peer,
	    .referer = walk->seen.n > 1 ? walk->seen.v[walk->seen.n - 2] : NULL,
	    .timeout = walk->ms < WALK_MS ? WALK_MS - walk->ms : 1,
	    .begun = walk->hops || walk->http->round,
	};

	address_set_port(&walk->peer, real_port(check, walk->port));
	/* No secrets from https to http (RFC 9110 section 10.1.3). */
	if (request.referer && !walk->https && !strncmp(request.referer, "https:", 6))
		request.referer = NULL;
	walk->fetch = fetch_start(&check->all->fetches, &request, on_fetched, walk);
}

static uint16_t challenge_port(const struct check *check)
{
	return check->profile->http.real_ports ? check->http_port : HTTP_PORT;
}

static char *challenge_url(const struct check *check)
{
	bool v6 = strchr(check->domain, ':');
	char port[8] = "";

	if (challenge_port(check) != HTTP_PORT)
		snprintf(port, sizeof(port), ":%u", challenge_port(check));
	return xasprintf("http://%s%s%s%s/.well-known/acme-challenge/%s", v6 ? "[" : "",
	    check->domain, v6 ? "]" : "", port, check->token);
}

void http01_walk(struct http01 *http, const union address *address)
{
	struct walk *walk = walk_new(http, address);

	address_set_port(&walk->address, http->check->http_port);
	walk->name = xstrdup(http->check->domain);
	walk->url = challenge_url(http->check);
	walk->port = challenge_port(http->check);
	strlist_add(&walk->seen, walk->url);
	fetch(walk);
}
