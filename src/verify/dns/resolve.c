/* SPDX-License-Identifier: MIT */
/* What resolvers know: records of a name, and the name servers that are responsible for it. */
#include "config.h"

#include "verify/dns/resolve.h"

#include <stdlib.h>
#include <string.h>

struct lookup {
	struct exchanges *all;
	const struct addresses *resolvers;
	size_t at;	/* the resolver that is asked */
	bool thorough;	/* the second time round: take the time that it takes */
	bool *answered; /* for each resolver: it has, and was of no use */
	struct exchange *exchange;
	char *name;
	struct question question;
	struct buf reason;
	bool replied; /* a resolver has sent a reply, whatever it said */
	void (*done)(void *arg, const struct lookup_result *result);
	void *arg;
};

static void lookup_ask(struct lookup *l);

static void lookup_free(struct lookup *l)
{
	buf_free(&l->reason);
	free(l->answered);
	free(l->name);
	free(l);
}

void lookup_cancel(struct lookup *l)
{
	if (!l)
		return;
	exchange_cancel(l->exchange);
	lookup_free(l);
}

static void lookup_finish(struct lookup *l, const struct message *message)
{
	struct lookup_result result = {message, buf_text(&l->reason), l->replied};

	l->done(l->arg, &result);
	lookup_free(l);
}

static void lookup_blame(struct lookup *l, const struct exchange_result *result)
{
	char resolver[ADDRESS_TEXT], rcode[16], *reason = exchange_reason(result);

	address_print(&l->resolvers->v[l->at], DNS_PORT, resolver);
	if (result->end == EXCHANGE_REPLY)
		rcode_name(result->message->rcode, rcode);
	buf_printf(&l->reason, "%s%s %s%s", l->reason.len ? ", " : "", resolver,
	    result->end == EXCHANGE_REPLY ? "answered " : "",
	    result->end == EXCHANGE_REPLY ? rcode : reason);
	free(reason);
}

static void lookup_answered(void *arg, const struct exchange_result *result)
{
	struct lookup *l = arg;
	const struct message *m = result->message;

	l->exchange = NULL;
	l->replied = l->replied || m;
	if (m && (m->rcode == RCODE_NOERROR || m->rcode == RCODE_NXDOMAIN)) {
		lookup_finish(l, m);
		return;
	}
	l->answered[l->at] = m || result->end == EXCHANGE_ERROR;
	if (l->thorough || l->answered[l->at])
		lookup_blame(l, result);
	l->at++;
	lookup_ask(l);
}

/* Not worth a try now: it was of no use, or, as long as there are others, it is slow. */
static bool is_to_skip(const struct lookup *l)
{
	const union address *resolver = &l->resolvers->v[l->at];

	return l->answered[l->at] ||
	       (!l->thorough && peers_silence(&l->all->peers, resolver, uv_now(l->all->loop)));
}

/*
 * Asks the next resolver. One that is dead must not hold up every lookup: all of them are tried
 * briefly before any is waited for.
 */
static void lookup_ask(struct lookup *l)
{
	while (l->at < l->resolvers->n && is_to_skip(l))
		l->at++;
	if (l->at == l->resolvers->n && !l->thorough) {
		l->thorough = true;
		l->at = 0;
		lookup_ask(l);
	} else if (l->at == l->resolvers->n) {
		lookup_finish(l, NULL);
	} else {
		l->exchange = exchange_start(l->all, &l->resolvers->v[l->at], &l->question,
		    !l->thorough, lookup_answered, l);
	}
}

struct lookup *lookup_start(struct exchanges *all, const struct addresses *resolvers,
    const struct question *question, void (*done)(void *arg, const struct lookup_result *result),
    void *arg)
{
	struct lookup *l = xcalloc(1, sizeof(*l));

	*l = (struct lookup){.all = all,
	    .resolvers = resolvers,
	    .name = xstrdup(question->name),
	    .question = *question,
	    .reason = BUF_INIT(512),
	    .done = done,
	    .arg = arg};
	l->question.name = l->name;
	l->question.recurse = true;
	l->answered = xcalloc(resolvers->n, sizeof(*l->answered));
	l->thorough = resolvers->n == 1;
	lookup_ask(l);
	return l;
}

/* The addresses of one name server, asked for in both families at once. */
struct server_lookup {
	struct find *find;
	char *name;
	struct lookup *v4, *v6;
	struct addresses found;
	char *fault;
};

struct find {
	struct exchanges *all;
	const struct addresses *resolvers;
	char *zone; /* the name that is asked for SOA, and when that is found: the zone */
	struct lookup *lookup; /* for SOA, then for NS */
	struct server_lookup *names;
	size_t n_names;
	size_t max;	/* names */
	size_t pending; /* lookups of addresses */
	bool blind;	/* a lookup was not answered at all */
	bool orphan;
	bool climbed; /* the first answer has come */
	struct found_server *servers;
	size_t n;
	void (*done)(void *arg, const struct find_result *result);
	void *arg;
};

static void ask_soa(struct find *f);

static struct lookup *look_up(const struct find *f, const char *name, enum record_type type,
    void (*done)(void *arg, const struct lookup_result *result), void *arg)
{
	struct question question = {.name = name, .type = type, .unchecked = true};

	return lookup_start(f->all, f->resolvers, &question, done, arg);
}

static void find_free(struct find *f)
{
	for (size_t i = 0; i < f->n_names; i++) {
		addresses_free(&f->names[i].found);
		free(f->names[i].name);
		free(f->names[i].fault);
	}
	free(f->names);
	free(f->servers);
	free(f->zone);
	free(f);
}

void find_cancel(struct find *f)
{
	if (!f)
		return;
	lookup_cancel(f->lookup);
	for (size_t i = 0; i < f->n_names; i++) {
		lookup_cancel(f->names[i].v4);
		lookup_cancel(f->names[i].v6);
	}
	find_free(f);
}

/* reason is NULL, or why there is no zone or no address. */
static void find_finish(struct find *f, const char *reason, bool zone)
{
	struct find_result result = {
	    .zone = zone ? f->zone : NULL,
	    .servers = f->servers,
	    .n = f->n,
	    .blind = f->blind,
	    .orphan = f->orphan,
	    .reason = reason,
	};

	f->done(f->arg, &result);
	find_free(f);
}

static void find_fail(struct find *f, const char *type, const char *why, bool zone)
{
	char *reason = xasprintf("%s of %s: %s", type, f->zone, why);

	find_finish(f, reason, zone);
	free(reason);
}

static bool is_known(const struct find *f, const union address *a)
{
	for (size_t i = 0; i < f->n; i++)
		if (!f->servers[i].fault && address_same(&f->servers[i].address, a))
			return true;
	return false;
}

static struct found_server *add_server(struct find *f, const char *name)
{
	f->servers = xrealloc(f->servers, (f->n + 1) * sizeof(*f->servers));
	f->servers[f->n] = (struct found_server){.name = name};
	return &f->servers[f->n++];
}

/* All names have been asked for: those without address are servers too, that cannot be asked. */
static void addresses_complete(struct find *f)
{
	bool usable = false;

	for (size_t i = 0; i < f->n_names; i++) {
		struct server_lookup *s = &f->names[i];

		for (size_t k = 0; k < s->found.n; k++)
			if (!is_known(f, &s->found.v[k]))
				add_server(f, s->name)->address = s->found.v[k];
		if (!s->found.n)
			add_server(f, s->name)->fault = s->fault ? s->fault : "has no address";
		usable = usable || s->found.n;
	}
	if (usable)
		find_finish(f, NULL, true);
	else
		find_fail(f, "addresses of the name servers", f->servers[0].fault, true);
}

static void take_addresses(
    struct server_lookup *s, const struct lookup_result *result, uint16_t type)
{
	union address a;

	s->find->blind = s->find->blind || !result->answered;
	if (!result->message) {
		if (!s->fault)
			s->fault = xasprintf("has no address that we can find: %s", result->reason);
		return;
	}
	for (size_t i = 0; i < result->message->n; i++) {
		const struct record *r = &result->message->records[i];

		/* A CNAME before them is not allowed (RFC 2181 section 10.3), and followed by all.
		 */
		if (r->section != SECTION_ANSWER || r->type != type)
			continue;
		address_from_octets(&a, r->data, r->len, DNS_PORT);
		addresses_add(&s->found, &a);
	}
}

static void v4_answered(void *arg, const struct lookup_result *result)
{
	struct server_lookup *s = arg;

	s->v4 = NULL;
	take_addresses(s, result, TYPE_A);
	if (--s->find->pending == 0)
		addresses_complete(s->find);
}

static void v6_answered(void *arg, const struct lookup_result *result)
{
	struct server_lookup *s = arg;

	s->v6 = NULL;
	take_addresses(s, result, TYPE_AAAA);
	if (--s->find->pending == 0)
		addresses_complete(s->find);
}

static void add_name(struct find *f, const char *name)
{
	if (f->n_names == f->max)
		return;
	for (size_t i = 0; i < f->n_names; i++)
		if (!strcmp(f->names[i].name, name))
			return;
	f->names = xrealloc(f->names, (f->n_names + 1) * sizeof(*f->names));
	f->names[f->n_names++] = (struct server_lookup){.find = f, .name = xstrdup(name)};
}

/* Resolvers turn the records round; people like to see the same order again. */
static int by_name(const void *a, const void *b)
{
	const struct server_lookup *left = a, *right = b;

	return strcmp(left->name, right->name);
}

static void ask_addresses(struct find *f)
{
	qsort(f->names, f->n_names, sizeof(*f->names), by_name);
	f->pending = 2 * f->n_names;
	for (size_t i = 0; i < f->n_names; i++) {
		struct server_lookup *s = &f->names[i];

		s->v4 = look_up(f, s->name, TYPE_A, v4_answered, s);
		s->v6 = look_up(f, s->name, TYPE_AAAA, v6_answered, s);
	}
}

static void ns_answered(void *arg, const struct lookup_result *result)
{
	struct find *f = arg;

	f->lookup = NULL;
	f->blind = !result->answered;
	for (size_t i = 0; result->message && i < result->message->n; i++) {
		const struct record *r = &result->message->records[i];

		if (r->section == SECTION_ANSWER && r->type == TYPE_NS &&
		    !strcmp(r->owner, f->zone))
			add_name(f, r->target);
	}
	if (f->n_names)
		ask_addresses(f);
	else
		find_fail(
		    f, "name servers", result->message ? "there are none" : result->reason, true);
}

/*
 * The zone according to the answer to SOA: the owner of the SOA record, wherever it is, if it can
 * be the zone of the name. With a CNAME in the answer the SOA is that of another name.
 */
static const char *zone_in(const struct message *m, const char *name)
{
	const char *zone = NULL;

	for (size_t i = 0; i < m->n; i++) {
		const struct record *r = &m->records[i];

		if (r->type == TYPE_CNAME && r->section == SECTION_ANSWER)
			return NULL;
		if (r->type == TYPE_SOA && name_within(name, r->owner))
			zone = r->owner;
	}
	return zone;
}

static void soa_answered(void *arg, const struct lookup_result *result)
{
	struct find *f = arg;
	const char *zone, *parent;
	char *name;

	f->lookup = NULL;
	f->blind = !result->answered;
	if (!result->message) {
		find_fail(f, "zone", result->reason, false);
		return;
	}
	f->orphan = f->orphan || (!f->climbed && result->message->rcode == RCODE_NXDOMAIN);
	f->climbed = true;
	zone = zone_in(result->message, f->zone);
	parent = name_parent(f->zone);
	if (!zone && !parent) {
		find_fail(f, "zone", "no resolver knows of one", false);
		return;
	}
	name = xstrdup(zone ? zone : parent);
	free(f->zone);
	f->zone = name;
	if (zone)
		f->lookup = look_up(f, name, TYPE_NS, ns_answered, f);
	else
		ask_soa(f);
}

static void ask_soa(struct find *f)
{
	f->lookup = look_up(f, f->zone, TYPE_SOA, soa_answered, f);
}

static struct find *find_new(struct exchanges *all, const struct addresses *resolvers,
    const char *zone, size_t max, void (*done)(void *arg, const struct find_result *result),
    void *arg)
{
	struct find *f = xcalloc(1, sizeof(*f));

	*f = (struct find){.all = all,
	    .resolvers = resolvers,
	    .zone = xstrdup(zone),
	    .max = max,
	    .done = done,
	    .arg = arg};
	return f;
}

struct find *find_servers(struct exchanges *all, const struct addresses *resolvers,
    const char *name, size_t max, void (*done)(void *arg, const struct find_result *result),
    void *arg)
{
	const char *parent = name_parent(name);
	struct find *f = find_new(all, resolvers, parent ? parent : ".", max, done, arg);

	ask_soa(f);
	return f;
}

struct find *find_addresses(struct exchanges *all, const struct addresses *resolvers,
    const char *zone, const struct strlist *servers,
    void (*done)(void *arg, const struct find_result *result), void *arg)
{
	struct find *f = find_new(all, resolvers, zone, SERVERS_MAX, done, arg);

	for (size_t i = 0; i < servers->n; i++)
		add_name(f, servers->v[i]);
	ask_addresses(f);
	return f;
}
