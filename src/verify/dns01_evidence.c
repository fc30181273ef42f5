/* SPDX-License-Identifier: MIT */
/* dns-01: the facts in the sentences of an outcome, and what each server said. */
#include "config.h"

#include "verify/dns01_tally.h"

#include <stdlib.h>
#include <string.h>

#include "jsontext.h"

/* As much of the evidence as is worth to be shown. */
#define SHOW_VALUES 10
#define SHOW_OCTETS 300
/* Boulder cuts what it quotes. */
#define QUOTE_MAX 100

/*
 * The value as Boulder's sentence has it: octets that are not visible ASCII as \DDD, '"' and '\'
 * with a backslash before them, cut; and then quoted again by Go's %q.
 */
static char *ca_quote(const struct txt *txt)
{
	struct buf shown = BUF_INIT(QUOTE_MAX + sizeof("\\DDD..."));
	char *quoted;

	for (size_t i = 0; i < txt->len && shown.len <= QUOTE_MAX; i++) {
		unsigned char c = txt->data[i];

		if (c < ' ' || c > '~')
			buf_printf(&shown, "\\%03u", c);
		else
			buf_printf(&shown, c == '"' || c == '\\' ? "\\%c" : "%c", c);
	}
	if (shown.len > QUOTE_MAX) {
		shown.len = QUOTE_MAX;
		buf_puts(&shown, "...");
	}
	quoted = go_quote(buf_text(&shown), shown.len);
	buf_free(&shown);
	return quoted;
}

/* "ns1.example.test (192.0.2.1: timed out)", with what is there of name, address and reason. */
static char *server_text(const struct server *s, const char *reason)
{
	char address[ADDRESS_TEXT];

	if (s->sight == SIGHT_NO_ADDRESS)
		return xasprintf("%s (%s)", s->name, reason ? reason : "no address");
	address_print(&s->address, DNS_PORT, address);
	if (!s->name)
		return reason ? xasprintf("%s (%s)", address, reason) : xstrdup(address);
	return xasprintf("%s (%s%s%s)", s->name, address, reason ? ": " : "", reason ? reason : "");
}

/* A server that answers, and does not have what it should. */
static bool is_without(const struct tally *t, const struct server *s)
{
	return s->sight < SIGHT_LAME && s->sight != SIGHT_ALIAS && s->sight != SIGHT_REFERRAL &&
	       !dns01_has_values(t, s);
}

/* Is the server one of those that a case speaks of? */
static bool is_meant(enum case_id id, const struct tally *t, const struct server *s)
{
	switch (id) {
	case CASE_DNS_WAITING:
		return s->sight == SIGHT_PENDING;
	case CASE_D63:
	case CASE_D64:
		return dns01_has_values(t, s);
	case CASE_D37_STALE:
	case CASE_D28:
	case CASE_D29:
		return (dns01_is_mute(s->place) && !s->place->is_above) || is_without(t, s);
	case CASE_D42:
		return is_without(t, s) && s->denied;
	case CASE_D39_ALL:
		return s->place == t->closed;
	case CASE_D39:
		return dns01_out_of_reach(t, s);
	case CASE_D31:
		return s->sight >= SIGHT_LAME || s->sight == SIGHT_PENDING;
	case CASE_D30:
	case CASE_D32:
	case CASE_D33:
	case CASE_D34:
	case CASE_D35:
	case CASE_D35_ALL:
	case CASE_D38:
	case CASE_D44:
	case CASE_D49:
	case CASE_D50:
		return s->sight >= SIGHT_LAME;
	default:
		return false;
	}
}

static void add_servers(struct outcome *o, const struct tally *t, const struct place *place)
{
	for (size_t i = 0; i < place->n; i++) {
		const struct server *s = &place->servers[i];
		char *text;

		if (!is_meant(o->id, t, s))
			continue;
		text = server_text(s, s->sight >= SIGHT_LAME ? s->reason : NULL);
		outcome_fact_add(o, FACT_SERVERS, text);
		free(text);
	}
}

static void add_found(struct outcome *o, const struct tally *t)
{
	char *found;

	if (!t->wrong_at)
		return;
	found = ca_quote(t->wrong_txt);
	outcome_text(o, FACT_FOUND, found);
	if (t->wrong_at->n_txts > 1)
		outcome_number(o, FACT_MORE, t->wrong_at->n_txts - 1);
	free(found);
}

/* Where the CNAMEs led; most of all to where something is wrong. */
static void add_target(struct outcome *o, const struct dns01 *dns, const struct tally *t)
{
	const char *target = t->last && t->last->cnames ? t->last->name : NULL;

	if (t->circle_at)
		target = t->circle_at->name;
	for (const struct place *p = dns->places; p; p = p->next)
		for (size_t i = 0; p->look == dns->look && i < p->n; i++)
			if (p->servers[i].sight == SIGHT_LOOP)
				target = p->servers[i].target;
	if (o->id == CASE_D36)
		target = dns->primary.name;
	if (o->id == dns->elsewhere.id && dns->elsewhere.found)
		target = dns->elsewhere.found;
	if (target)
		outcome_text(o, FACT_TARGET, target);
}

/* The serials of one that is behind and of one that is not. */
static void add_serials(struct outcome *o, const struct tally *t)
{
	if (t->behind)
		outcome_fact(o, FACT_DETAIL, "its serial is %u, that of the others %u",
		    (unsigned)t->behind->serial, (unsigned)t->ahead->serial);
	else if (t->same_serial)
		outcome_fact(o, FACT_DETAIL,
		    "its serial is %u as that of the others, so that it has no reason to fetch the "
		    "zone",
		    (unsigned)t->ahead->serial);
}

/* A resolver that remembers what was there before. */
static void add_memory(struct outcome *o, const struct validation *v)
{
	char address[ADDRESS_TEXT];

	address_print(v->rememberer, DNS_PORT, address);
	outcome_text(o, FACT_ADDRESS, address);
	outcome_number(o, FACT_SECONDS, v->remembers);
}

/* The resolver that rejects it, and why. */
static void add_culprit(struct outcome *o, const struct dns01 *dns)
{
	const struct extended_error *error;
	char address[ADDRESS_TEXT];

	address_print(dns01_validate_culprit(dns, &error), DNS_PORT, address);
	outcome_text(o, FACT_ADDRESS, address);
	outcome_text(o, FACT_DETAIL, error->text ? error->text : "DNSSEC: Bogus");
}

static void add_facts(struct outcome *o, const struct dns01 *dns, const struct tally *t)
{
	outcome_text(o, FACT_NAME, dns->places->name);
	outcome_text(o, FACT_DOMAIN, dns->check->domain);
	outcome_number(o, FACT_TOTAL, t->total);
	outcome_number(o, FACT_LIMIT, dns->check->profile->cnames);
	outcome_number(o, FACT_ANSWER, t->answer);
	if (t->have || o->id == CASE_D28)
		outcome_number(o, FACT_HAVE, t->have);
	add_found(o, t);
	if (o->id == CASE_DNS_NO_SERVERS || o->id == CASE_D33_LOST) {
		outcome_text(o, FACT_TARGET, t->lost_at->name);
		outcome_text(o, FACT_DETAIL, t->lost_at->fault ? t->lost_at->fault : "?");
	} else {
		add_target(o, dns, t);
	}
	if (o->id == CASE_D37 || o->id == CASE_D54)
		outcome_text(o, FACT_DETAIL, t->differs->difference);
	if (o->id == CASE_D28 || o->id == CASE_D29)
		add_serials(o, t);
	if (o->id == CASE_D52 || o->id == CASE_D53)
		add_memory(o, &dns->validation);
	if (o->id == CASE_D61)
		outcome_number(o, FACT_SECONDS, t->ttl);
	if (t->validity == VALIDITY_BOGUS)
		add_culprit(o, dns);
	for (const struct place *p = dns->places; p; p = p->next)
		if (p->look == dns->look)
			add_servers(o, t, p);
	dns->check->type->kind->explain(dns->check, t->wrong_txt, o);
	if (o->id == CASE_DNS_WAITING && t->validity == VALIDITY_PENDING)
		outcome_fact_add(o, FACT_SERVERS, "the resolvers");
}

static enum verdict server_verdict(const struct tally *t, const struct server *s)
{
	static const enum verdict verdicts[] = {
	    [SIGHT_PENDING] = VERDICT_RETRY,
	    [SIGHT_TXT] = VERDICT_RETRY,
	    [SIGHT_NODATA] = VERDICT_RETRY,
	    [SIGHT_NXDOMAIN] = VERDICT_RETRY,
	    [SIGHT_ALIAS] = VERDICT_PASS,
	    [SIGHT_REFERRAL] = VERDICT_PASS,
	    [SIGHT_LOOP] = VERDICT_FAIL,
	    [SIGHT_TOO_LONG] = VERDICT_FAIL,
	    [SIGHT_LAME] = VERDICT_WARN,
	    [SIGHT_NO_TXT] = VERDICT_WARN,
	    [SIGHT_GARBAGE] = VERDICT_WARN,
	    [SIGHT_CUT] = VERDICT_WARN,
	    [SIGHT_SILENT] = VERDICT_WARN,
	    [SIGHT_UNREACHABLE] = VERDICT_UNKNOWN,
	    [SIGHT_NO_ADDRESS] = VERDICT_WARN,
	};
	_Static_assert(nitems(verdicts) == SIGHT__MAX, "a sight without verdict");

	if (dns01_answers(t, s))
		return dns01_has_values(t, s) != t->check->absent ? VERDICT_PASS : VERDICT_RETRY;
	return verdicts[s->sight];
}

static void add_values(struct buf *b, const struct server *s)
{
	jsontext_open(b, "values", '[');
	for (size_t i = 0; i < s->n_txts && i < SHOW_VALUES; i++) {
		char *text = clean_text(s->txts[i].data, s->txts[i].len, SHOW_OCTETS);

		jsontext_string(b, NULL, text);
		free(text);
	}
	jsontext_close(b, ']');
}

static void add_server(struct buf *b, const struct tally *t, const struct server *s)
{
	char address[ADDRESS_TEXT], rcode[16];
	const char *reason = s->reason;

	if (s->sight == SIGHT_PENDING)
		reason = "no answer yet";
	else if (!reason && dns01_out_of_reach(t, s))
		reason = "at a private or reserved address, which a public CA does not ask";

	if (s->sight != SIGHT_NO_ADDRESS)
		address_print(&s->address, DNS_PORT, address);
	if (s->rcode >= 0)
		rcode_name((unsigned)s->rcode, rcode);
	jsontext_open(b, NULL, '{');
	jsontext_string(b, "name", s->name);
	jsontext_string(b, "address", s->sight == SIGHT_NO_ADDRESS ? NULL : address);
	jsontext_string(b, "verdict", verdict_name(server_verdict(t, s)));
	jsontext_string(b, "rcode", s->rcode >= 0 ? rcode : NULL);
	add_values(b, s);
	jsontext_string(b, "reason", reason);
	jsontext_integer(b, "ms", (long long)s->ms);
	jsontext_close(b, '}');
}

void dns01_explain(struct outcome *o, const struct dns01 *dns, const struct tally *t)
{
	struct buf servers = BUF_INIT(SIZE_MAX);
	o->name = xstrdup(dns->places->name);
	add_facts(o, dns, t);
	jsontext_open(&servers, NULL, '[');
	for (const struct place *p = dns->places; p; p = p->next)
		for (size_t i = 0; p->look == dns->look && i < p->n; i++)
			add_server(&servers, t, &p->servers[i]);
	jsontext_close(&servers, ']');
	o->servers = servers.data;
}
