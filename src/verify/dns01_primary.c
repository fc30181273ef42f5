/* SPDX-License-Identifier: MIT */
/*
 * dns-01: no server has it; does the primary server of the zone have it, which is hidden behind
 * those that the zone names? Then it is on its way, or would be. Its answer never counts as one.
 */
#include "config.h"

#include "verify/dns01_tally.h"

#include <stdlib.h>
#include <string.h>

/* Not before so many looks, and then once in so many ms. */
#define LOOKS 2
#define INTERVAL 5000

static bool has_value(const struct check *check, const struct message *m)
{
	for (size_t i = 0; m && i < m->n; i++)
		if (m->records[i].type == TYPE_TXT && dns01_is_ours(check, &m->records[i]))
			return true;
	return false;
}

static void ask(struct dns01 *dns);

static void answered(struct aside *aside, const struct message *m)
{
	struct primary *p = &aside->dns->primary;

	p->has = has_value(aside->dns->check, m);
	if (!p->has)
		ask(aside->dns);
}

static void ask(struct dns01 *dns)
{
	struct question question = {.name = dns->places->name, .type = TYPE_TXT};
	struct primary *p = &dns->primary;

	if (p->next < p->addresses.n)
		dns01_aside(dns, &p->aside, &p->addresses.v[p->next++], &question, true, answered);
}

static bool is_server(const struct dns01 *dns, const union address *a)
{
	for (size_t i = 0; i < dns->places->n; i++)
		if (address_same(&dns->places->servers[i].address, a))
			return true;
	return false;
}

static void found(void *arg, const struct find_result *result)
{
	struct dns01 *dns = arg;
	struct primary *p = &dns->primary;

	p->finding = NULL;
	dns01_done(dns, p->find_look);
	for (size_t i = 0; i < result->n; i++)
		if (!result->servers[i].fault && !is_server(dns, &result->servers[i].address))
			addresses_add(&p->addresses, &result->servers[i].address);
	ask(dns);
	dns01_arrived(dns);
}

/* The primary's name, if none of the servers has it. */
static const char *hidden_primary(const struct place *place)
{
	for (size_t i = 0; place->primary && i < place->n; i++)
		if (place->servers[i].name && !strcmp(place->servers[i].name, place->primary))
			return NULL;
	return place->primary;
}

bool dns01_look_at_primary(struct dns01 *dns, const struct tally *t)
{
	struct check *check = dns->check;
	struct primary *p = &dns->primary;
	const char *name = hidden_primary(dns->places);
	uint64_t now = uv_now(check->all->loop);
	struct strlist names = {0};

	if (!dns01_is_missing(t) || check->authorities.n || !dns->places->zone || !name ||
	    p->look == dns->look || p->finding || p->aside.asking)
		return false;
	if (!check->last && (check->attempts < LOOKS || (p->look && now - p->asked_at < INTERVAL)))
		return false;
	p->look = dns->look;
	p->asked_at = now;
	if (p->name) {
		p->next = 0;
		ask(dns);
		return p->addresses.n;
	}
	p->name = xstrdup(name);
	strlist_add(&names, name);
	p->finding = find_addresses(
	    &check->all->exchanges, &check->resolvers, dns->places->zone, &names, found, dns);
	dns01_begun(dns, &p->find_look);
	strlist_free(&names);
	return true;
}

void dns01_look_at_primary_end(struct dns01 *dns)
{
	struct primary *p = &dns->primary;

	find_cancel(p->finding);
	dns01_aside_end(&p->aside);
	addresses_free(&p->addresses);
	free(p->name);
}
