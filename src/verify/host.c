/* SPDX-License-Identifier: MIT */
/* The addresses of a host: both families at once (RFC 3596), less those that the CA leaves out. */
#include "config.h"

#include "verify/host.h"

#include <stdlib.h>
#include <string.h>

#include "verify/dns/reserved.h"

/* More addresses of a family than any host has; the others are not looked at. */
#define ADDRESSES_MAX 32

enum reserved_policy check_reserved(const struct check *check)
{
	return check->allow_reserved ? RESERVED_FINE : check->profile->reserved;
}

static void sort(struct host *host, const struct addresses *found, bool out)
{
	for (size_t i = 0; i < found->n; i++) {
		bool reserved = address_reserved_block(&found->v[i]);

		addresses_add(reserved && out ? &host->reserved : &host->addresses, &found->v[i]);
	}
}

static void take(struct host *host)
{
	const struct addresses *all[] = {&host->v6.found, &host->v4.found};
	bool has_public = false, out;

	for (size_t f = 0; f < nitems(all); f++)
		for (size_t i = 0; i < all[f]->n; i++)
			has_public = has_public || !address_reserved_block(&all[f]->v[i]);
	out = host->reserved_policy == RESERVED_NEVER ||
	      (host->reserved_policy == RESERVED_ALONE && has_public);
	for (size_t f = 0; f < nitems(all); f++)
		sort(host, all[f], out);
}

/* Where to look instead, if the addresses are those of the identifier. */
static void redirect_to_given(struct host *host)
{
	const struct check *check = host->check;

	if (!check->connect_to.n || !host->addresses.n || strcmp(host->name, check->domain))
		return;
	addresses_free(&host->addresses);
	for (size_t i = 0; i < check->connect_to.n; i++)
		addresses_add(&host->addresses, &check->connect_to.v[i]);
}

static void family_done(struct family *f)
{
	struct host *host = f->host;

	if (host->v4.lookup || host->v6.lookup)
		return;
	take(host);
	redirect_to_given(host);
	host->done(host->arg);
}

static uint16_t type_of(const struct family *f)
{
	return f == &f->host->v4 ? TYPE_A : TYPE_AAAA;
}

static void ask(
    struct family *f, bool unchecked, void (*done)(void *arg, const struct lookup_result *result))
{
	const struct check *check = f->host->check;
	const struct question question = {
	    .name = f->host->name, .type = type_of(f), .unchecked = unchecked};

	f->lookup = lookup_start(&check->all->exchanges,
	    check->authorities.n ? &check->authorities : &check->resolvers, &question, done, f);
}

static void on_unchecked(void *arg, const struct lookup_result *result)
{
	struct family *f = arg;

	f->lookup = NULL;
	f->bogus = result->message != NULL;
	family_done(f);
}

static void on_answer(void *arg, const struct lookup_result *result)
{
	struct family *f = arg;
	const struct message *m = result->message;
	union address a;

	f->lookup = NULL;
	if (!m) {
		f->fault = xstrdup(result->reason);
		f->refused = result->answered;
		/* Signatures that do not hold look like a resolver that is out of order. */
		if (f->refused && !f->host->check->authorities.n)
			ask(f, true, on_unchecked);
		else
			family_done(f);
		return;
	}
	f->missing = m->rcode == RCODE_NXDOMAIN;
	for (size_t i = 0; i < m->n; i++) {
		const struct record *r = &m->records[i];

		if (r->section != SECTION_ANSWER || r->type != type_of(f) || f->missing ||
		    f->found.n == ADDRESSES_MAX)
			continue;
		address_from_octets(&a, r->data, r->len, 0);
		addresses_add(&f->found, &a);
	}
	family_done(f);
}

struct host *host_find(const struct check *check, const char *name, enum reserved_policy reserved,
    void (*done)(void *arg), void *arg)
{
	struct host *host = xcalloc(1, sizeof(*host));
	union address a;

	host->check = check;
	host->name = xstrdup(name);
	host->reserved_policy = reserved;
	host->done = done;
	host->arg = arg;
	host->v4.host = host->v6.host = host;
	if (address_parse(&a, name, 0)) {
		addresses_add(address_is_v6(&a) ? &host->v6.found : &host->v4.found, &a);
		take(host);
		redirect_to_given(host);
		return host;
	}
	ask(&host->v4, false, on_answer);
	ask(&host->v6, false, on_answer);
	return host;
}

bool host_is_found(const struct host *host)
{
	return !host->v4.lookup && !host->v6.lookup;
}

char *host_faults(const struct host *host)
{
	const char *v4 = host->v4.fault, *v6 = host->v6.fault;

	if (!v4 && !v6)
		return NULL;
	return xasprintf("%s%s%s%s%s", v4 ? "A: " : "", v4 ? v4 : "", v4 && v6 ? "; " : "",
	    v6 ? "AAAA: " : "", v6 ? v6 : "");
}

static enum case_id case_of(const struct host *host)
{
	const struct family *v4 = &host->v4, *v6 = &host->v6;

	if (!host_is_found(host))
		return CASE_HTTP_WAITING;
	if (host->reserved.n)
		return CASE_H30;
	if (v4->bogus || v6->bogus)
		return CASE_H33;
	if (v4->refused || v6->refused)
		return CASE_H33_MUTE;
	if (v4->fault || v6->fault)
		return CASE_HTTP_NO_DNS;
	return v4->missing ? CASE_H29_MISSING : CASE_H29;
}

void host_judge(const struct host *host, struct outcome *o)
{
	char *faults = host_faults(host), text[ADDRESS_TEXT];

	outcome_init(o, case_of(host));
	outcome_text(o, FACT_TARGET, host->name);
	if (faults)
		outcome_text(o, FACT_DETAIL, faults);
	for (size_t i = 0; i < host->reserved.n; i++) {
		address_print(&host->reserved.v[i], 0, text);
		outcome_fact_add(o, FACT_SERVERS, text);
	}
	free(faults);
}

static void family_free(struct family *f)
{
	lookup_cancel(f->lookup);
	addresses_free(&f->found);
	free(f->fault);
}

void host_free(struct host *host)
{
	if (!host)
		return;
	family_free(&host->v4);
	family_free(&host->v6);
	addresses_free(&host->addresses);
	addresses_free(&host->reserved);
	free(host->name);
	free(host);
}
