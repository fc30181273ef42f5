/* SPDX-License-Identifier: MIT */
/* CAA: what it means that these servers said this. The worst that any of them leads to counts. */
#include "config.h"

#include "verify/caa.h"

#include <stdlib.h>
#include <string.h>

#include "jsontext.h"

/* What one server, and all that it leads to, comes to. */
struct opinion {
	enum case_id id;
	unsigned rank; /* how bad it is */
	const struct caa_step *step;
	const struct caa_server *server; /* NULL if it is about the step */
	size_t culprit; /* of the server's records; n_records if it is none of them */
};

/* From well to forbidden; what is forbidden adds the rank of its answer. */
enum rank { RANK_FREE, RANK_ALLOWED, RANK_BLIND, RANK_FAILED, RANK_FORBIDDEN };

static const struct opinion *worse(const struct opinion *a, const struct opinion *b)
{
	return b->rank > a->rank ? b : a;
}

static struct opinion about_set(const struct caa_server *s)
{
	static const enum case_id ids[] = {
	    [CAA_ALLOWED] = CASE_C01_ALLOWED,
	    [CAA_ACCOUNT_UNKNOWN] = CASE_C05_UNKNOWN,
	    [CAA_ACCOUNT] = CASE_C05,
	    [CAA_METHOD] = CASE_C04,
	    [CAA_MALFORMED] = CASE_C06,
	    [CAA_OTHER] = CASE_C02,
	    [CAA_WILDCARD] = CASE_C03,
	    [CAA_CRITICAL] = CASE_C08,
	};
	const struct check *check = s->step->caa->check;
	struct caa_question question = {
	    &check->identities, check->method, check->account, check->wildcard};
	struct opinion o = {.step = s->step, .server = s};
	enum caa_answer answer = caa_judge(s->records, s->n_records, &question, &o.culprit);

	o.id = ids[answer];
	o.rank = RANK_FORBIDDEN + answer;
	if (answer == CAA_ALLOWED)
		o.rank = RANK_ALLOWED;
	else if (answer == CAA_ACCOUNT_UNKNOWN)
		o.rank = RANK_BLIND;
	else if (s->step->cnames)
		o.id = CASE_C09;
	return o;
}

static struct opinion about_step(const struct caa_step *step);

static bool is_top(const struct caa_step *step)
{
	return !strchr(step->level, '.');
}

static struct opinion about_server(const struct caa_server *s)
{
	struct opinion failed = {CASE_C07, RANK_FAILED, s->step, s, 0};

	switch (s->sight) {
	case CAA_SIGHT_SET:
		return about_set(s);
	case CAA_SIGHT_EMPTY:
		if (s->step->above)
			return about_step(s->step->above);
		/* Only for a top-level domain it is an error that there is no such name. */
		if (!is_top(s->step) || s->rcode == RCODE_NXDOMAIN)
			return failed;
		return (struct opinion){CASE_C01, RANK_FREE, s->step, s, 0};
	case CAA_SIGHT_ALIAS:
		return s->onward ? about_step(s->onward) : failed;
	case CAA_SIGHT_PENDING:
		return (struct opinion){CASE_CAA_WAITING, RANK_BLIND, s->step, NULL, 0};
	default:
		return failed;
	}
}

/* A step that nobody has answered for. */
static struct opinion about_silence(const struct caa_step *step)
{
	struct opinion o = {CASE_C07, RANK_FAILED, step, NULL, 0};
	bool reachable = false, pending = step->finding;

	for (size_t i = 0; i < step->n; i++) {
		reachable = reachable || step->servers[i].sight != CAA_SIGHT_UNREACHABLE;
		pending = pending || step->servers[i].sight == CAA_SIGHT_PENDING;
	}
	if (pending && !step->caa->check->last)
		o = (struct opinion){CASE_CAA_WAITING, RANK_BLIND, step, NULL, 0};
	else if (step->fault ? step->blind : !reachable)
		o = (struct opinion){CASE_CAA_BLIND, RANK_BLIND, step, NULL, 0};
	return o;
}

/* Servers that do not answer do not matter as long as others do: the CA's resolver asks those. */
static struct opinion about_step(const struct caa_step *step)
{
	struct opinion worst = {.rank = 0}, one;
	bool any = false;

	for (size_t i = 0; i < step->n; i++) {
		if (step->servers[i].sight >= CAA_SIGHT_LAME ||
		    step->servers[i].sight == CAA_SIGHT_PENDING)
			continue;
		one = about_server(&step->servers[i]);
		worst = any ? *worse(&worst, &one) : one;
		any = true;
	}
	return any ? worst : about_silence(step);
}

/* What a resolver rejects, if the servers leave the CA that far. */
static const struct caa_validator *find_bogus(const struct caa *caa, const struct opinion *opinion)
{
	for (size_t i = 0; i < caa->n_validators && opinion->rank < RANK_FAILED; i++)
		if (caa->validators[i].bogus)
			return &caa->validators[i];
	return NULL;
}

/* ------------------------------------------------------------------------------- facts */

static void add_identities(struct outcome *o, const struct check *check)
{
	for (size_t i = 0; i < check->identities.n; i++)
		outcome_fact_add(o, FACT_EXPECTED, check->identities.v[i]);
}

/* The record that decides, or all of the set if it is none of them alone. */
static void add_records(struct outcome *o, const struct opinion *opinion)
{
	const struct caa_server *s = opinion->server;

	for (size_t i = 0; s && i < s->n_records; i++) {
		char *text = caa_record_text(&s->records[i]);

		if (opinion->culprit == i || opinion->culprit >= s->n_records)
			outcome_fact_add(o, FACT_FOUND, text);
		free(text);
	}
}

static void add_reasons(struct outcome *o, const struct caa_step *step)
{
	char address[ADDRESS_TEXT];

	if (step->fault)
		outcome_fact(o, FACT_DETAIL, "%s", step->fault);
	for (size_t i = 0; i < step->n; i++) {
		const struct caa_server *s = &step->servers[i];
		char *text;

		address_print(&s->address, DNS_PORT, address);
		text = xasprintf("%s%s%s%s %s", s->name ? s->name : "", s->name ? " (" : "",
		    s->sight == CAA_SIGHT_NO_ADDRESS ? "" : address, s->name ? ")" : "",
		    s->reason			       ? s->reason
		    : s->sight == CAA_SIGHT_NO_ADDRESS ? "has no address"
		    : s->rcode == RCODE_NXDOMAIN       ? "answered NXDOMAIN"
						       : "does not answer");
		outcome_fact_add(o, FACT_DETAIL, text);
		free(text);
	}
}

static void add_facts(struct outcome *o, const struct opinion *opinion, const struct check *check)
{
	const struct caa_step *step = opinion->step;

	outcome_fact(o, FACT_DOMAIN, "%s%s", check->wildcard ? "*." : "", check->domain);
	outcome_fact(o, FACT_NAME, "%s", step->level);
	if (step->cnames)
		outcome_fact(o, FACT_TARGET, "%s", step->name);
	add_identities(o, check);
	add_records(o, opinion);
	if (opinion->rank == RANK_FAILED || o->id == CASE_CAA_BLIND || o->id == CASE_CAA_WAITING)
		add_reasons(o, step);
	else if (o->id == CASE_C04)
		outcome_fact(o, FACT_DETAIL, "%s", check->method);
	else if (o->id == CASE_C05)
		outcome_fact(o, FACT_DETAIL, "%s", check->account);
}

static void add_bogus(struct outcome *o, const struct caa_validator *v)
{
	char address[ADDRESS_TEXT];

	address_print(v->resolver, DNS_PORT, address);
	outcome_fact(o, FACT_ADDRESS, "%s", address);
	outcome_fact(o, FACT_DETAIL, "%s", v->error.text ? v->error.text : "DNSSEC: Bogus");
}

/* ---------------------------------------------------------------------------- evidence */

static void add_server(struct buf *b, const struct caa_server *s)
{
	char address[ADDRESS_TEXT], rcode[16];
	struct opinion opinion = about_server(s);
	bool lame = s->sight == CAA_SIGHT_LAME || s->sight == CAA_SIGHT_SILENT;

	address_print(&s->address, DNS_PORT, address);
	if (s->rcode >= 0)
		rcode_name((unsigned)s->rcode, rcode);
	jsontext_open(b, NULL, '{');
	jsontext_string(b, "name", s->name);
	jsontext_string(b, "address", s->sight == CAA_SIGHT_NO_ADDRESS ? NULL : address);
	jsontext_string(b, "asked", s->step->name);
	jsontext_string(
	    b, "verdict", verdict_name(lame ? VERDICT_WARN : catalogue_entry(opinion.id)->verdict));
	jsontext_string(b, "rcode", s->rcode >= 0 ? rcode : NULL);
	jsontext_open(b, "values", '[');
	for (size_t i = 0; i < s->n_records; i++) {
		char *text = caa_record_text(&s->records[i]);

		jsontext_string(b, NULL, text);
		free(text);
	}
	jsontext_close(b, ']');
	jsontext_string(b, "reason", s->reason);
	jsontext_integer(b, "ms", (long long)s->ms);
	jsontext_close(b, '}');
}

void caa_conclude(const struct caa *caa, struct outcome *o)
{
	struct buf servers = BUF_INIT(SIZE_MAX);
	struct opinion opinion = about_step(caa->steps);
	const struct caa_validator *bogus = find_bogus(caa, &opinion);

	if (bogus)
		opinion = (struct opinion){CASE_C07_BOGUS, RANK_FAILED, bogus->step, NULL, 0};
	outcome_init(o, opinion.id);
	o->name = xstrdup(opinion.step->level);
	add_facts(o, &opinion, caa->check);
	if (bogus)
		add_bogus(o, bogus);
	jsontext_open(&servers, NULL, '[');
	for (const struct caa_step *step = caa->steps; step; step = step->next)
		for (size_t i = 0; i < step->n; i++)
			add_server(&servers, &step->servers[i]);
	jsontext_close(&servers, ']');
	o->servers = servers.data;
}
