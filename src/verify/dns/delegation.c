/* SPDX-License-Identifier: MIT */
/* What the zone above says. */
#include "config.h"

#include "verify/dns/delegation.h"

#include <stdlib.h>
#include <string.h>

#include "verify/dns/resolve.h"

/* All servers of a zone above, a top-level domain mostly, say the same. */
#define NAMES_MAX 2

struct delegation {
	struct exchanges *all;
	char *zone;
	struct find *finding;	  /* NULL unless under way */
	struct addresses servers; /* of the zone above */
	size_t next;		  /* to be asked */
	struct exchange *asking;  /* NULL unless under way */
	void (*done)(void *arg, const struct strlist *names);
	void *arg;
};

static void ask(struct delegation *d);

void delegation_cancel(struct delegation *d)
{
	if (!d)
		return;
	find_cancel(d->finding);
	exchange_cancel(d->asking);
	addresses_free(&d->servers);
	free(d->zone);
	free(d);
}

static void finish(struct delegation *d, const struct strlist *names)
{
	d->done(d->arg, names);
	delegation_cancel(d);
}

/*
 * In a referral the records are in the authority section. A server of both zones answers from the
 * zone itself, of which nothing can be learned; but if they were the same there, all is well.
 */
static void answered(void *arg, const struct exchange_result *result)
{
	const struct message *m = result->message;
	struct delegation *d = arg;
	struct strlist names = {0};

	d->asking = NULL;
	for (size_t i = 0; m && m->rcode == RCODE_NOERROR && i < m->n; i++) {
		const struct record *r = &m->records[i];

		if (r->section != SECTION_ADDITIONAL && r->type == TYPE_NS &&
		    !strcmp(r->owner, d->zone))
			strlist_add(&names, r->target);
	}
	if (names.n)
		finish(d, &names);
	else
		ask(d);
	strlist_free(&names);
}

static void ask(struct delegation *d)
{
	struct question question = {.name = d->zone, .type = TYPE_NS};
	struct strlist none = {0};

	if (d->next == d->servers.n) {
		finish(d, &none);
		return;
	}
	d->asking = exchange_start(d->all, &d->servers.v[d->next++], &question, true, answered, d);
}

static void found(void *arg, const struct find_result *result)
{
	struct delegation *d = arg;

	d->finding = NULL;
	for (size_t i = 0; i < result->n; i++)
		if (!result->servers[i].fault)
			addresses_add(&d->servers, &result->servers[i].address);
	ask(d);
}

struct delegation *delegation_start(struct exchanges *all, const struct addresses *resolvers,
    const char *zone, void (*done)(void *arg, const struct strlist *names), void *arg)
{
	struct delegation *d = xcalloc(1, sizeof(*d));

	*d = (struct delegation){.all = all, .zone = xstrdup(zone), .done = done, .arg = arg};
	d->finding = find_servers(all, resolvers, zone, NAMES_MAX, found, d);
	return d;
}
