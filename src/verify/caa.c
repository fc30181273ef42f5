/* SPDX-License-Identifier: MIT */
/*
 * CAA: may the CA issue for that name (RFC 8659 section 3)? The name is asked for, then the names
 * above it, up to the top-level domain, until one has CAA records. As with challenges all servers
 * are asked, because the CA may ask any of them; where they differ, the worst that one of them says
 * counts. CNAMEs are followed, but the names above their targets are not looked at.
 */
#include "config.h"

#include "verify/caa.h"

#include <stdlib.h>
#include <string.h>

#include "identifier.h"

/* ms that a look waits for answers; the last one as long as an exchange can take. */
#define PATIENCE 5000
#define LAST_PATIENCE 15000
/* The servers of a top-level domain are many, and always agree. */
#define TOP_SERVERS 2
#define STEPS_MAX 64

static const char *fault(const struct check *check)
{
	if (identifier_is_ip(check->domain))
		return "CAA is for domain names, not for addresses";
	if (identifier_dns_fault(check->domain, false))
		return "\"domain\" is not a domain name";
	return check->identities.n ? NULL : "\"identities\" must name the CA";
}

static void server_clear(struct caa_server *s)
{
	exchange_cancel(s->asking);
	for (size_t i = 0; i < s->n_records; i++)
		caa_record_free(&s->records[i]);
	free(s->records);
	free(s->reason);
	s->asking = NULL;
	s->records = NULL;
	s->n_records = 0;
	s->reason = NULL;
	s->onward = NULL;
	s->rcode = -1;
}

static void step_free(struct caa_step *step)
{
	find_cancel(step->finding);
	for (size_t i = 0; i < step->n; i++) {
		server_clear(&step->servers[i]);
		free(step->servers[i].name);
	}
	free(step->servers);
	free(step->name);
	free(step->level);
	free(step->zone);
	free(step->fault);
	free(step);
}

static void caa_clear(struct caa *caa)
{
	while (caa->steps) {
		struct caa_step *step = caa->steps;

		caa->steps = step->next;
		step_free(step);
	}
	caa_validate_end(caa);
	caa->pending = 0;
	caa->looked = false;
}

static void end(struct check *check)
{
	if (check->work)
		caa_clear(check->work);
	free(check->work);
}

static void settle(struct check *check)
{
	struct outcome outcome;

	caa_conclude(check->work, &outcome);
	check_looked(check, &outcome);
}

static void validate(struct caa *caa);

/* Something that was under way has ended; the check may end with it. */
static void done(struct caa *caa)
{
	if (--caa->pending || !caa->check->looking)
		return;
	if (!caa->looked)
		validate(caa);
	if (!caa->pending)
		settle(caa->check);
}

/* With servers that were named to us there is nothing for the resolvers to say. */
static void validate(struct caa *caa)
{
	caa->looked = true;
	if (!caa->check->authorities.n)
		caa_validate(caa, done);
}

static void add_server(struct caa_step *step, const char *name, const union address *a)
{
	struct caa_server *s;

	step->servers = xrealloc(step->servers, (step->n + 1) * sizeof(*step->servers));
	s = &step->servers[step->n++];
	*s = (struct caa_server){.step = step, .name = name ? xstrdup(name) : NULL, .rcode = -1};
	if (a)
		s->address = *a;
	else
		s->sight = CAA_SIGHT_NO_ADDRESS;
}

static void ask(struct caa_step *step);

static void found(void *arg, const struct find_result *result)
{
	struct caa_step *step = arg;

	step->finding = NULL;
	step->zone = result->zone ? xstrdup(result->zone) : NULL;
	step->blind = result->blind;
	if (result->reason)
		step->fault = xstrdup(result->reason);
	for (size_t i = 0; !step->fault && i < result->n; i++) {
		const struct found_server *f = &result->servers[i];

		add_server(step, f->name, f->fault ? NULL : &f->address);
	}
	ask(step);
	done(step->caa);
}

/* The zone of a name is looked for among the names above; so a name below it is what to say. */
static void find(struct caa_step *step)
{
	struct check *check = step->caa->check;
	char *below = xasprintf("x.%s", step->name);

	step->finding = find_servers(&check->all->exchanges, &check->resolvers, below,
	    strchr(step->name, '.') ? SERVERS_MAX : TOP_SERVERS, found, step);
	step->caa->pending++;
	free(below);
}

static bool take_servers_from(struct caa_step *step, const struct caa_step *from)
{
	if (!from || !from->zone || !name_within(step->name, from->zone))
		return false;
	step->zone = xstrdup(from->zone);
	for (size_t i = 0; i < from->n; i++)
		add_server(step, from->servers[i].name,
		    from->servers[i].sight == CAA_SIGHT_NO_ADDRESS ? NULL
								   : &from->servers[i].address);
	return true;
}

/* The step for that name, made and begun if there is none; NULL if there are too many. */
static struct caa_step *step_to(
    struct caa *caa, const struct caa_step *from, const char *name, const char *level)
{
	const struct addresses *authorities = &caa->check->authorities;
	struct caa_step **last = &caa->steps, *step;
	size_t n = 0;

	for (; *last; last = &(*last)->next, n++)
		if (!strcmp((*last)->name, name) && !strcmp((*last)->level, level))
			return *last;
	if (n == STEPS_MAX)
		return NULL;
	step = *last = xcalloc(1, sizeof(*step));
	step->caa = caa;
	step->from = from;
	step->name = xstrdup(name);
	step->level = xstrdup(level);
	for (size_t i = 0; i < authorities->n; i++)
		add_server(step, NULL, &authorities->v[i]);
	/* A CNAME may lead to a zone below: only what is above is in the same zone for sure. */
	if (!authorities->n && (strcmp(name, level) || !take_servers_from(step, from)))
		find(step);
	else
		ask(step);
	return step;
}

/* What a CNAME leads to; NULL if that is in a circle, or too far. */
static struct caa_step *alias_step(struct caa_step *from, const char *target)
{
	struct caa_step *step;
	unsigned cnames = from->cnames + 1;

	for (const struct caa_step *s = from; s && !strcmp(s->level, from->level); s = s->from)
		if (!strcmp(s->name, target))
			return NULL;
	if (cnames > from->caa->check->profile->cnames)
		return NULL;
	step = step_to(from->caa, from, target, from->level);
	if (step)
		step->cnames = cnames;
	return step;
}

static void take_records(struct caa_server *s, const struct message *m)
{
	const char *target = NULL;

	for (size_t i = 0; i < m->n; i++) {
		const struct record *r = &m->records[i];

		if (r->section != SECTION_ANSWER || strcmp(r->owner, s->step->name))
			continue;
		if (r->type == TYPE_CNAME)
			target = r->target;
		if (r->type != TYPE_CAA)
			continue;
		s->records = xrealloc(s->records, (s->n_records + 1) * sizeof(*s->records));
		s->records[s->n_records++] = caa_record_copy(r);
	}
	s->sight = target ? CAA_SIGHT_ALIAS : s->n_records ? CAA_SIGHT_SET : CAA_SIGHT_EMPTY;
	if (!target)
		return;
	s->onward = alias_step(s->step, target);
	s->reason = xasprintf(
	    "CNAME to %s%s", target, s->onward ? "" : ", which leads in a circle or too far");
}

static void take_message(struct caa_server *s, const struct message *m)
{
	bool said = m->rcode == RCODE_NOERROR || m->rcode == RCODE_NXDOMAIN;
	char rcode[16];

	s->rcode = (int)m->rcode;
	/* A server that was named to us may forget AA; but it must not be a resolver. */
	if (said &&
	    (m->authoritative || (s->step->caa->check->authorities.n && !m->recursion_available))) {
		take_records(s, m);
		return;
	}
	rcode_name(m->rcode, rcode);
	s->sight = CAA_SIGHT_LAME;
	s->reason = said ? xstrdup("is not authoritative") : xasprintf("answered %s", rcode);
}

/* Is there anything to go on with? */
static bool has_answer(const struct caa_step *step)
{
	for (size_t i = 0; i < step->n; i++)
		if (step->servers[i].sight < CAA_SIGHT_LAME)
			return true;
	return false;
}

static void step_done(struct caa_step *step)
{
	const char *parent = name_parent(step->level);

	if (!has_answer(step) && !step->thorough && step->n > 1) {
		step->thorough = true;
		ask(step);
		return;
	}
	for (size_t i = 0; i < step->n && !step->above && parent && strcmp(parent, "."); i++)
		if (step->servers[i].sight == CAA_SIGHT_EMPTY)
			step->above = step_to(step->caa, step, parent, parent);
}

static void answered(void *arg, const struct exchange_result *result)
{
	struct caa_server *s = arg;
	struct caa_step *step = s->step;

	s->asking = NULL;
	server_clear(s);
	s->ms = result->ms;
	if (result->end == EXCHANGE_REPLY) {
		take_message(s, result->message);
	} else {
		s->sight = exchange_no_route(result) ? CAA_SIGHT_UNREACHABLE : CAA_SIGHT_SILENT;
		s->reason = exchange_reason(result);
	}
	if (--step->pending == 0)
		step_done(step);
	done(step->caa);
}

/* With several servers a dead one must not hold up the others. */
static void ask(struct caa_step *step)
{
	struct question question = {.name = step->name, .type = TYPE_CAA};
	struct caa *caa = step->caa;

	for (size_t i = 0; i < step->n; i++) {
		struct caa_server *s = &step->servers[i];

		if (s->sight == CAA_SIGHT_NO_ADDRESS)
			continue;
		s->sight = CAA_SIGHT_PENDING;
		s->asking = exchange_start(&caa->check->all->exchanges, &s->address, &question,
		    step->n > 1 && !step->thorough, answered, s);
		step->pending++;
		caa->pending++;
	}
}

static void look(struct check *check)
{
	struct caa *caa = check->work;

	if (!caa)
		caa = check->work = xcalloc(1, sizeof(*caa));
	caa->check = check;
	caa_clear(caa);
	step_to(caa, NULL, check->domain, check->domain);
}

const struct check_type check_caa = {
    .name = "caa",
    .words = WORDS_METHOD,
    .patience = PATIENCE,
    .last_patience = LAST_PATIENCE,
    .valueless = true,
    .fault = fault,
    .look = look,
    .settle = settle,
    .end = end,
};
