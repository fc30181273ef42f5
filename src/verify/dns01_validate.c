/* SPDX-License-Identifier: MIT */
/*
 * dns-01: would the CA believe the zone? It validates DNSSEC (RFC 4035 section 5); we do not, but
 * may have a resolver that does. Such a resolver answers SERVFAIL for what is bogus, and answers
 * all the same when it is told not to check (CD). By now all servers have the record, so that to
 * ask a resolver for it leaves nothing bad in its cache; and what is old there does not matter.
 */
#include "config.h"

#include "verify/dns01.h"

#include <stdlib.h>

struct validator {
	struct dns01 *dns;
	const union address *resolver;
	struct exchange *asking; /* NULL unless under way */
	struct extended_error error;
};

static void ask(struct validator *v, bool unchecked);

static void finish(struct validator *v, enum validity validity)
{
	struct validation *all = &v->dns->validation;
	size_t i = (size_t)(v - all->validators);

	all->left--;
	/* One that finds fault counts for more than one that does not look. */
	if (validity == VALIDITY_BOGUS && all->result != VALIDITY_BOGUS) {
		all->result = validity;
		all->culprit = i;
	} else if (validity == VALIDITY_FINE && all->result == VALIDITY_MUTE) {
		all->result = validity;
	}
	if (all->left)
		return;
	all->validity = all->result;
	if (all->validity != VALIDITY_BOGUS)
		all->bogus_since = 0;
	else if (!all->bogus_since)
		all->bogus_since = uv_now(v->dns->check->all->loop);
	all->done(v->dns);
}

static void unchecked_answered(void *arg, const struct exchange_result *result)
{
	struct validator *v = arg;
	const struct message *m = result->message;

	v->asking = NULL;
	finish(v, m && m->rcode == RCODE_NOERROR ? VALIDITY_BOGUS : VALIDITY_MUTE);
}

static void checked_answered(void *arg, const struct exchange_result *result)
{
	struct validator *v = arg;
	const struct message *m = result->message;

	v->asking = NULL;
	if (m && m->rcode == RCODE_SERVFAIL) {
		v->error.code = m->error.code;
		v->error.text = m->error.text ? xstrdup(m->error.text) : NULL;
		ask(v, true);
	} else if (m && (m->rcode == RCODE_NOERROR || m->rcode == RCODE_NXDOMAIN)) {
		finish(v, VALIDITY_FINE);
	} else {
		finish(v, VALIDITY_MUTE);
	}
}

static void ask(struct validator *v, bool unchecked)
{
	struct dns01 *dns = v->dns;
	struct question question = {
	    .name = dns->places->name, .type = TYPE_TXT, .recurse = true, .unchecked = unchecked};

	v->asking = exchange_start(&dns->check->all->exchanges, v->resolver, &question,
	    dns->check->resolvers.n > 1, unchecked ? unchecked_answered : checked_answered, v);
}

void dns01_validate(struct dns01 *dns, void (*done)(struct dns01 *dns))
{
	const struct addresses *resolvers = &dns->check->resolvers;
	struct validation *all = &dns->validation;

	dns01_validate_end(dns);
	all->validity = VALIDITY_PENDING;
	all->result = VALIDITY_MUTE;
	all->done = done;
	all->validators = xcalloc(resolvers->n, sizeof(*all->validators));
	all->n = all->left = resolvers->n;
	for (size_t i = 0; i < all->n; i++) {
		struct validator *v = &all->validators[i];

		*v = (struct validator){.dns = dns, .resolver = &resolvers->v[i]};
		v->error.code = -1;
		ask(v, false);
	}
}

void dns01_validate_end(struct dns01 *dns)
{
	struct validation *all = &dns->validation;

	for (size_t i = 0; i < all->n; i++) {
		exchange_cancel(all->validators[i].asking);
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

	*error = &v->error;
	return v->resolver;
}
