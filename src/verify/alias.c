/* SPDX-License-Identifier: MIT */
/*
 * Where a CNAME at the challenge name leads, before anything is deployed: who follows it knows
 * whose record is to be written. The servers of the zone are asked, and not the resolvers, which
 * would remember that there is no challenge yet. The first of them that says something counts: what
 * it is taken for is proven afterwards.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "identifier.h"
#include "record_name.h"
#include "verify/check.h"
#include "verify/dns/resolve.h"

/* So many ms a look waits for answers: who waits for them has something else to do. */
#define PATIENCE 5000
/* So many servers are asked about a name. */
#define ASKED 4

struct inquiry {
	struct alias *alias;
	struct exchange *asking; /* NULL unless under way */
};

struct alias {
	struct check *check;
	char *name; /* the challenge name, or where its CNAMEs led so far */
	unsigned cnames;
	struct find *finding; /* NULL unless under way */
	struct inquiry inquiries[ASKED];
	size_t pending; /* of these */
};

static const char *fault(const struct check *check)
{
	if (identifier_is_ip(check->domain) || identifier_dns_fault(check->domain, false))
		return "\"domain\" is not a domain name";
	return NULL;
}

static void stop_asking(struct alias *alias)
{
	find_cancel(alias->finding);
	alias->finding = NULL;
	for (size_t i = 0; i < ASKED; i++) {
		exchange_cancel(alias->inquiries[i].asking);
		alias->inquiries[i].asking = NULL;
	}
	alias->pending = 0;
}

static void end(struct check *check)
{
	struct alias *alias = check->work;

	if (!alias)
		return;
	stop_asking(alias);
	free(alias->name);
	free(alias);
}

/* The check is gone when this returns. */
static void conclude(struct alias *alias, enum case_id id, const char *detail)
{
	struct check *check = alias->check;
	char *first = record_name("dns-01", check->domain, NULL);
	struct outcome outcome;

	stop_asking(alias);
	outcome_init(&outcome, id);
	outcome.name = xstrdup(alias->name);
	outcome_fact(&outcome, FACT_NAME, "%s", first);
	outcome_fact(&outcome, FACT_TARGET, "%s", alias->name);
	if (detail)
		outcome_fact(&outcome, FACT_DETAIL, "%s", detail);
	free(first);
	check_looked(check, &outcome);
}

static void settle(struct check *check)
{
	conclude(check->work, CASE_ALIAS_UNKNOWN, "no answer in time");
}

static void follow(struct alias *alias);

/* Where an answer leads; NULL: nowhere. */
static const char *target_in(const struct message *m, const char *name)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->records[i].section == SECTION_ANSWER && m->records[i].type == TYPE_CNAME &&
		    !strcmp(m->records[i].owner, name))
			return m->records[i].target;
	return NULL;
}

static void take(struct alias *alias, const struct message *m)
{
	const char *target = target_in(m, alias->name);

	if (!target) {
		conclude(alias, alias->cnames ? CASE_ALIAS : CASE_ALIAS_NONE, NULL);
	} else if (++alias->cnames > alias->check->profile->cnames) {
		conclude(alias, CASE_ALIAS_UNKNOWN, "its CNAMEs lead in a circle, or too far");
	} else {
		free(alias->name);
		alias->name = xstrdup(target);
		stop_asking(alias);
		follow(alias);
	}
}

/* A server that was named to us may forget AA. */
static bool is_answer(const struct check *check, const struct exchange_result *result)
{
	const struct message *m = result->end == EXCHANGE_REPLY ? result->message : NULL;

	return m && (m->rcode == RCODE_NOERROR || m->rcode == RCODE_NXDOMAIN) &&
	       (m->authoritative || (check->authorities.n && !m->recursion_available));
}

static void answered(void *arg, const struct exchange_result *result)
{
	struct inquiry *inquiry = arg;
	struct alias *alias = inquiry->alias;

	inquiry->asking = NULL;
	alias->pending--;
	if (is_answer(alias->check, result))
		take(alias, result->message);
	else if (!alias->pending)
		conclude(alias, CASE_ALIAS_UNKNOWN, "no name server tells");
}

static void ask(struct alias *alias, const union address *server, bool brief)
{
	struct question question = {.name = alias->name, .type = TYPE_TXT};
	struct inquiry *inquiry = &alias->inquiries[alias->pending];

	if (alias->pending == ASKED)
		return;
	inquiry->alias = alias;
	inquiry->asking = exchange_start(
	    &alias->check->all->exchanges, server, &question, brief, answered, inquiry);
	alias->pending++;
}

static void found(void *arg, const struct find_result *result)
{
	struct alias *alias = arg;

	alias->finding = NULL;
	for (size_t i = 0; !result->reason && i < result->n; i++)
		if (!result->servers[i].fault)
			ask(alias, &result->servers[i].address, result->n > 1);
	if (!alias->pending)
		conclude(alias, CASE_ALIAS_UNKNOWN,
		    result->reason ? result->reason : "its name servers have no addresses");
}

/* Asks about the name that was come to. */
static void follow(struct alias *alias)
{
	struct check *check = alias->check;

	for (size_t i = 0; i < check->authorities.n; i++)
		ask(alias, &check->authorities.v[i], check->authorities.n > 1);
	if (!check->authorities.n)
		alias->finding = find_servers(
		    &check->all->exchanges, &check->resolvers, alias->name, ASKED, found, alias);
}

static void look(struct check *check)
{
	struct alias *alias = xcalloc(1, sizeof(*alias));

	alias->check = check;
	alias->name = record_name("dns-01", check->domain, NULL);
	check->work = alias;
	follow(alias);
}

const struct check_type check_alias = {
    .name = "alias",
    .words = WORDS_NONE,
    .valueless = true,
    .patience = PATIENCE,
    .last_patience = PATIENCE,
    .fault = fault,
    .look = look,
    .settle = settle,
    .end = end,
};
