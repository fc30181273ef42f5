/* SPDX-License-Identifier: MIT */
/*
 * dns-01: would the CA believe the zone? It validates DNSSEC (RFC 4035 section 5); we do not, but
 * may have a resolver that does. Such a resolver answers SERVFAIL for what is bogus, and answers
 * all the same when it is told not to check (CD). By now all servers have the record, so that to
 * ask a resolver for it leaves nothing bad in its cache; and what is old there does not matter.
 */
#include "config.h"

#include "verify/dns01_tally.h"

#include <stdlib.h>
#include <string.h>

struct validator {
	struct aside aside; /* first, so that it can be told from that */
	const union address *resolver;
	struct extended_error error;
};

static void ask(struct dns01 *dns, struct validator *v, bool unchecked);

static bool says_why(const struct extended_error *e)
{
	return e->code >= 0 && e->code != EXTENDED_ERROR_BOGUS;
}

/* Keeps the reason while the zone is bogus: the next answer may come from a cache, without it. */
static void keep_reason(struct validation *all)
{
	const struct extended_error *e = &all->validators[all->culprit].error;
	bool bogus = all->validity == VALIDITY_BOGUS;

	if (bogus && !says_why(e))
		return;
	free(all->known.text);
	all->known.code = bogus ? e->code : -1;
	all->known.text = bogus && e->text ? xstrdup(e->text) : NULL;
}

static void finish(struct dns01 *dns, struct validator *v, enum validity validity)
{
	struct validation *all = &dns->validation;

	all->left--;
	/* One that finds fault counts for more than one that does not look. */
	if (validity == VALIDITY_BOGUS && all->result != VALIDITY_BOGUS) {
		all->result = validity;
		all->culprit = (size_t)(v - all->validators);
	} else if (validity == VALIDITY_FINE && all->result == VALIDITY_MUTE) {
		all->result = validity;
	}
	if (all->left)
		return;
	all->validity = all->result;
	keep_reason(all);
	if (all->validity != VALIDITY_BOGUS)
		all->bogus_since = 0;
	else if (!all->bogus_since)
		all->bogus_since = uv_now(dns->check->all->loop);
}

/* Does the resolver have something from before, and for how long will it? */
static void remember(struct dns01 *dns, const struct validator *v, const struct message *m)
{
	struct validation *all = &dns->validation;
	enum memory memory = MEMORY_NOTHING;
	uint32_t seconds = 0;

	for (size_t i = 0; i < m->n; i++) {
		const struct record *r = &m->records[i];
		/* How long a denial is remembered: RFC 2308 section 5. */
		uint32_t least = r->minimum < r->ttl ? r->minimum : r->ttl;

		if (r->section == SECTION_ANSWER && r->type == TYPE_TXT) {
			if (dns01_is_ours(dns->check, r))
				return;
			memory = MEMORY_OTHER;
			seconds = r->ttl;
		} else if (r->section == SECTION_AUTHORITY && r->type == TYPE_SOA) {
			seconds = least;
		}
	}
	if (all->memory && seconds < all->remembers)
		return;
	all->memory = memory;
	all->remembers = seconds;
	all->rememberer = v->resolver;
}

static void unchecked_answered(struct aside *aside, const struct message *m)
{
	finish(aside->dns, (struct validator *)aside,
	    m && m->rcode == RCODE_NOERROR ? VALIDITY_BOGUS : VALIDITY_MUTE);
}

static void checked_answered(struct aside *aside, const struct message *m)
{
	struct validator *v = (struct validator *)aside;

	if (m && m->rcode == RCODE_SERVFAIL) {
		v->error.code = m->error.code;
		v->error.text = m->error.text ? xstrdup(m->error.text) : NULL;
		ask(aside->dns, v, true);
	} else if (m && (m->rcode == RCODE_NOERROR || m->rcode == RCODE_NXDOMAIN)) {
		remember(aside->dns, v, m);
		finish(aside->dns, v, VALIDITY_FINE);
	} else {
		finish(aside->dns, v, VALIDITY_MUTE);
	}
}

static void ask(struct dns01 *dns, struct validator *v, bool unchecked)
{
	struct question question = {
	    .name = dns->places->name, .type = TYPE_TXT, .recurse = true, .unchecked = unchecked};

	dns01_aside(dns, &v->aside, v->resolver, &question, dns->check->resolvers.n > 1,
	    unchecked ? unchecked_answered : checked_answered);
}

bool dns01_validate(struct dns01 *dns, const struct tally *t)
{
	const struct addresses *resolvers = &dns->check->resolvers;
	struct validation *all = &dns->validation;

	if (!dns01_is_good(t) || all->validity != VALIDITY_NONE)
		return false;
	all->validity = VALIDITY_PENDING;
	all->result = VALIDITY_MUTE;
	all->memory = MEMORY_NONE;
	all->validators = xcalloc(resolvers->n, sizeof(*all->validators));
	all->n = all->left = resolvers->n;
	for (size_t i = 0; i < all->n; i++) {
		all->validators[i].resolver = &resolvers->v[i];
		all->validators[i].error.code = -1;
		ask(dns, &all->validators[i], false);
	}
	return true;
}

void dns01_validate_end(struct dns01 *dns)
{
	struct validation *all = &dns->validation;

	for (size_t i = 0; i < all->n; i++) {
		dns01_aside_end(&all->validators[i].aside);
		free(all->validators[i].error.text);
	}
	free(all->validators);
	all->validators = NULL;
	all->n = 0;
	all->validity = VALIDITY_NONE;
}

const union address *dns01_validate_culprit(
    const struct dns01 *dns, const struct extended_error **error)
{
	const struct validator *v = &dns->validation.validators[dns->validation.culprit];

	*error = says_why(&dns->validation.known) ? &dns->validation.known : &v->error;
	return v->resolver;
}
