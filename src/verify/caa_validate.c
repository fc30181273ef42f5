/* SPDX-License-Identifier: MIT */
/*
 * CAA: would the CA believe the servers? A resolver that validates answers SERVFAIL for what is
 * bogus, and answers all the same when it is told not to check (CD).
 */
#include "config.h"

#include "verify/caa.h"

#include <stdlib.h>

static void ask(struct caa_validator *v, bool unchecked);

static void unchecked_answered(void *arg, const struct exchange_result *result)
{
	struct caa_validator *v = arg;
	const struct message *m = result->message;

	v->asking = NULL;
	v->bogus = m && (m->rcode == RCODE_NOERROR || m->rcode == RCODE_NXDOMAIN);
	v->caa->validated(v->caa);
}

static void checked_answered(void *arg, const struct exchange_result *result)
{
	struct caa_validator *v = arg;
	const struct message *m = result->message;

	v->asking = NULL;
	if (m && m->rcode == RCODE_SERVFAIL) {
		v->error.code = m->error.code;
		v->error.text = m->error.text ? xstrdup(m->error.text) : NULL;
		ask(v, true);
	}
	v->caa->validated(v->caa);
}

static void ask(struct caa_validator *v, bool unchecked)
{
	struct check *check = v->caa->check;
	struct question question = {
	    .name = v->step->name, .type = TYPE_CAA, .recurse = true, .unchecked = unchecked};

	v->caa->pending++;
	v->asking = exchange_start(&check->all->exchanges, v->resolver, &question,
	    check->resolvers.n > 1, unchecked ? unchecked_answered : checked_answered, v);
}

void caa_validate(struct caa *caa, void (*done)(struct caa *caa))
{
	const struct addresses *resolvers = &caa->check->resolvers;
	size_t n = 0;

	for (const struct caa_step *step = caa->steps; step; step = step->next)
		n += resolvers->n;
	caa->validated = done;
	caa->validators = xcalloc(n, sizeof(*caa->validators));
	for (const struct caa_step *step = caa->steps; step; step = step->next) {
		for (size_t i = 0; i < resolvers->n; i++) {
			struct caa_validator *v = &caa->validators[caa->n_validators++];

			v->caa = caa;
			v->step = step;
			v->resolver = &resolvers->v[i];
			ask(v, false);
		}
	}
}

void caa_validate_end(struct caa *caa)
{
	for (size_t i = 0; i < caa->n_validators; i++) {
		exchange_cancel(caa->validators[i].asking);
		free(caa->validators[i].error.text);
	}
	free(caa->validators);
	caa->validators = NULL;
	caa->n_validators = 0;
}
