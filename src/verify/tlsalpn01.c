/* SPDX-License-Identifier: MIT */
/*
 * tls-alpn-01: is the certificate of the challenge presented to acme-tls/1 (RFC 8737)? A look is:
 * the addresses of the identifier, then a handshake with each. The CA tries IPv6 first, and IPv4
 * only if there was no handshake.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "dns/reverse.h"
#include "identifier.h"
#include "jsontext.h"
#include "verify/acme_certificate.h"
#include "verify/check.h"
#include "verify/host.h"
#include "verify/redirect.h"
#include "verify/tls_alert.h"
#include "verify/vantage.h"

/* A handshake may take 10 s. */
#define PATIENCE 12000

struct endpoint {
	struct tlsalpn01 *tls;
	union address address;
	struct handshake *handshake; /* NULL unless under way */
	bool done;
	struct outcome
	    outcome;	   /* when done: what would be said if this address were the only one */
	char *certificate; /* its names */
	uint64_t ms;
};

struct tlsalpn01 {
	struct check *check;
	char *identifier; /* the domain; an address if it is the reverse name of one */
	struct host *host;
	struct endpoint *peers; /* one per address */
	size_t n;
	size_t left;	     /* peers that are not done */
	struct outcome last; /* of a look that had time for all of them */
};

static const char *fault(const struct check *check)
{
	unsigned char digest[DIGEST_SIZE];

	if (!identifier_is_ip(check->domain) && identifier_dns_fault(check->domain, false))
		return "\"domain\" is neither a domain name nor an address";
	if (check->values.n != 1 || !digest_decode(check->values.v[0], digest))
		return "tls-alpn-01 has exactly one of \"values\", a digest";
	return NULL;
}

static void clear(struct tlsalpn01 *tls)
{
	for (size_t i = 0; i < tls->n; i++) {
		handshake_cancel(tls->peers[i].handshake);
		outcome_free(&tls->peers[i].outcome);
		free(tls->peers[i].certificate);
	}
	free(tls->peers);
	host_free(tls->host);
	*tls = (struct tlsalpn01){
	    .check = tls->check, .identifier = tls->identifier, .last = tls->last};
}

static void end(struct check *check)
{
	struct tlsalpn01 *tls = check->work;

	if (tls) {
		clear(tls);
		outcome_free(&tls->last);
		free(tls->identifier);
	}
	free(tls);
}

/* ---------------------------------------------------------------------------- one address */

/* dehydrated tells the reverse name instead of the address. The caller frees it. */
static char *identifier_of(const char *domain)
{
	char text[ADDRESS_TEXT];
	union address a;

	if (!reverse_address(&a, domain))
		return xstrdup(domain);
	address_print(&a, 0, text);
	return xstrdup(text);
}

static enum case_id failure_case(const struct handshake_result *r)
{
	static const enum case_id cases[FETCH__MAX] = {
	    [FETCH_REFUSED] = CASE_TLS_REFUSED,
	    [FETCH_UNREACHABLE] = CASE_HTTP_NO_ROUTE,
	    [FETCH_CONNECT_TIMEOUT] = CASE_TLS_TIMEOUT,
	    [FETCH_TIMEOUT] = CASE_TLS_STUCK,
	    [FETCH_RESET] = CASE_TLS_RESET,
	    [FETCH_NOT_TLS] = CASE_TLS_NOT,
	    [FETCH_TLS] = CASE_TLS_BROKEN,
	    [FETCH_BROKEN] = CASE_TLS_BROKEN,
	};

	if (r->alert == TLS_ALERT_NO_APPLICATION_PROTOCOL)
		return CASE_T01;
	return r->alert >= 0 ? CASE_TLS_ALERT : cases[r->end];
}

static enum case_id certificate_case(
    const struct endpoint *peer, const struct handshake_result *r, char **detail)
{
	const struct check *check = peer->tls->check;
	unsigned char digest[DIGEST_SIZE];

	digest_decode(check->values.v[0], digest);
	return r->acme ? acme_certificate_check(r->certificate, peer->tls->identifier, digest,
			     check->profile->tls.exact, detail)
		       : CASE_T01;
}

/* Not seen from within a private network. */
static void doubt(struct endpoint *peer)
{
	struct outcome *o = &peer->outcome;
	enum case_id seen = o->id;
	char *reason;

	if ((seen != CASE_TLS_REFUSED && seen != CASE_TLS_TIMEOUT) ||
	    peer->tls->check->connect_to.n || !vantage_is_behind(&peer->address))
		return;
	reason = outcome_reason(o);
	o->id = CASE_H57;
	o->ca = seen;
	outcome_fact(o, FACT_DETAIL, "%s", reason);
	free(reason);
}

static void judge_peer(struct endpoint *peer, const struct handshake_result *r)
{
	struct outcome *o = &peer->outcome;
	const char *proxy = r->certificate ? acme_certificate_proxy(r->certificate) : NULL;
	char *detail = NULL, text[ADDRESS_TEXT];
	enum case_id id = r->end == FETCH_DONE ? certificate_case(peer, r, &detail)
					       : failure_case(r),
		     seen = id;

	if (proxy && (id == CASE_T01 || id == CASE_T02))
		id = CASE_T05;
	outcome_init(o, id);
	o->ca = seen;
	outcome_address(o, &peer->address);
	if (id == CASE_T05)
		outcome_fact(o, FACT_DETAIL, "%s", proxy);
	else if (r->alert >= 0)
		outcome_fact(o, FACT_DETAIL, "remote error: tls: %s", tls_alert_text(r->alert));
	else
		outcome_fact(o, FACT_DETAIL, "%s", detail ? detail : r->text);
	address_print(&peer->address, peer->tls->check->tls_port, text);
	outcome_fact(o, FACT_SERVERS, address_is_v6(&peer->address) ? "[%s]:%u" : "%s:%u",
	    o->facts[FACT_ADDRESS], peer->tls->check->tls_port);
	outcome_fact(o, FACT_DOMAIN, "%s", peer->tls->check->domain);
	doubt(peer);
	free(detail);
}

/* ------------------------------------------------------------------------------- together */

static bool is_good(const struct endpoint *peer)
{
	return peer->done && peer->outcome.id == CASE_TLS_GOOD;
}

/* The CA would go on with IPv4; after waiting for a connection it may have no time left for that.
 */
static bool is_handshake_error(const struct endpoint *peer)
{
	static const enum case_id errors[] = {CASE_TLS_REFUSED, CASE_TLS_STUCK, CASE_TLS_RESET,
	    CASE_TLS_NOT, CASE_TLS_ALERT, CASE_TLS_BROKEN};

	for (size_t i = 0; i < nitems(errors); i++)
		if (errors[i] == peer->outcome.id)
			return true;
	return false;
}

static bool v4_has_it(const struct tlsalpn01 *tls)
{
	size_t n = 0;

	for (size_t i = 0; i < tls->n; i++) {
		if (address_is_v6(&tls->peers[i].address))
			continue;
		if (!is_good(&tls->peers[i]))
			return false;
		n++;
	}
	return n > 0;
}

static enum case_id mixed_case(const struct tlsalpn01 *tls, const struct endpoint *bad)
{
	if (!v4_has_it(tls) || bad->outcome.id == CASE_HTTP_NO_ROUTE)
		return bad->outcome.id == CASE_HTTP_NO_ROUTE ? CASE_HTTP_NO_ROUTE : CASE_TLS_MIXED;
	if (tls->check->profile->tls.fallback && is_handshake_error(bad))
		return CASE_T06;
	return bad->outcome.verdict == VERDICT_FAIL ? CASE_T07 : CASE_TLS_MIXED;
}

/* Of those that do not have it the one with the most certain verdict. */
static struct endpoint *worst(struct tlsalpn01 *tls)
{
	struct endpoint *found = NULL;

	for (size_t i = 0; i < tls->n; i++) {
		struct endpoint *peer = &tls->peers[i];

		if (!is_good(peer) && (!found || peer->outcome.verdict == VERDICT_FAIL ||
					  (is_handshake_error(found) && !is_handshake_error(peer))))
			found = peer;
	}
	return found;
}

static void judge_peers(struct tlsalpn01 *tls, size_t good, struct outcome *o)
{
	struct endpoint *bad = worst(tls);
	char *reason;

	if (!bad) {
		outcome_init(o, CASE_TLS_GOOD);
		return;
	}
	if (!bad->done) {
		outcome_init(o, CASE_TLS_WAITING);
		outcome_address(o, &bad->address);
		return;
	}
	outcome_copy(o, &bad->outcome);
	if (!good)
		return;
	reason = outcome_reason(&bad->outcome);
	o->id = mixed_case(tls, bad);
	if (o->id != bad->outcome.id)
		outcome_fact(o, FACT_DETAIL, "%s", reason);
	if (o->id == CASE_T06)
		o->verdict = VERDICT_WARN;
	free(reason);
}

static void add_peer(struct buf *b, const struct endpoint *peer)
{
	char address[ADDRESS_TEXT];
	char *reason = peer->done && !is_good(peer) ? outcome_reason(&peer->outcome) : NULL;
	enum verdict verdict = peer->done ? outcome_final(&peer->outcome) : VERDICT_RETRY;

	address_print(&peer->address, 443, address);
	jsontext_open(b, NULL, '{');
	jsontext_string(b, "name", peer->tls->check->domain);
	jsontext_string(b, "address", address);
	jsontext_string(b, "verdict", verdict_name(verdict));
	jsontext_string(b, "certificate", peer->certificate);
	jsontext_string(b, "reason", peer->done ? reason : "no handshake yet");
	jsontext_integer(b, "ms", (long long)peer->ms);
	jsontext_close(b, '}');
	free(reason);
}

static void judge(struct tlsalpn01 *tls, struct outcome *o)
{
	struct buf servers = BUF_INIT(SIZE_MAX);
	const struct check *check = tls->check;
	size_t good = 0;

	*o = (struct outcome){0};
	for (size_t i = 0; i < tls->n; i++)
		good += is_good(&tls->peers[i]);
	if (!tls->n)
		host_judge(tls->host, o);
	else if (!check->absent)
		judge_peers(tls, good, o);
	else
		outcome_init(o, good ? CASE_T08 : tls->left ? CASE_TLS_WAITING : CASE_TLS_ABSENT);
	o->name = xstrdup(check->domain);
	outcome_fact(o, FACT_NAME, "%s", check->domain);
	outcome_fact(o, FACT_DOMAIN, "%s", check->domain);
	outcome_fact(o, FACT_HAVE, "%zu", good);
	outcome_fact(o, FACT_TOTAL, "%zu", tls->n);
	jsontext_open(&servers, NULL, '[');
	for (size_t i = 0; i < tls->n; i++)
		add_peer(&servers, &tls->peers[i]);
	jsontext_close(&servers, ']');
	o->servers = servers.data;
}

/* ------------------------------------------------------------------------------- looking */

static void settle(struct check *check)
{
	struct tlsalpn01 *tls = check->work;
	struct outcome outcome;

	judge(tls, &outcome);
	clear(tls);
	check_looked_again(check, &outcome, &tls->last);
}

static void on_handshake(void *arg, const struct handshake_result *result)
{
	struct endpoint *peer = arg;
	struct tlsalpn01 *tls = peer->tls;

	peer->handshake = NULL;
	peer->done = true;
	peer->ms = result->ms;
	if (result->certificate)
		peer->certificate = acme_certificate_names(result->certificate);
	judge_peer(peer, result);
	if (--tls->left == 0)
		settle(tls->check);
}

static void on_host(void *arg)
{
	struct tlsalpn01 *tls = arg;
	const struct addresses *all = &tls->host->addresses;
	struct check *check = tls->check;
	union address ip;
	char *name;

	if (!all->n) {
		settle(check);
		return;
	}
	name = address_parse(&ip, tls->identifier, 0) ? reverse_name(&ip) : xstrdup(check->domain);
	tls->n = tls->left = all->n;
	tls->peers = xcalloc(tls->n, sizeof(*tls->peers));
	for (size_t i = 0; i < tls->n; i++) {
		struct endpoint *peer = &tls->peers[i];

		peer->tls = tls;
		peer->address = all->v[i];
		address_set_port(&peer->address, check->tls_port);
		peer->handshake = handshake_start(
		    &check->all->handshakes, &peer->address, name, on_handshake, peer);
	}
	free(name);
}

static void look(struct check *check)
{
	struct tlsalpn01 *tls = check->work;

	if (!tls) {
		tls = check->work = xcalloc(1, sizeof(*tls));
		tls->check = check;
		tls->identifier = identifier_of(check->domain);
	}
	tls->host = host_find(check, tls->identifier, check_reserved(check), on_host, tls);
	if (host_is_found(tls->host))
		on_host(tls);
}

const struct check_type check_tlsalpn01 = {
    .name = "tls-alpn-01",
    .patience = PATIENCE,
    .last_patience = PATIENCE,
    .fault = fault,
    .look = look,
    .settle = settle,
    .end = end,
};
