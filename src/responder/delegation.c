/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "responder/delegation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dns/name.h"
#include "identifier.h"

#define CHALLENGE "_acme-challenge."

/* The zone that itself is the challenge name of the domain, or NULL. */
static const struct zone_setup *own_zone(const struct setup *setup, const char *domain)
{
	for (size_t i = 0; i < setup->n; i++) {
		const char *name = setup->zones[i].name;

		if (!strncmp(name, CHALLENGE, strlen(CHALLENGE)) &&
		    !strcmp(name + strlen(CHALLENGE), domain))
			return &setup->zones[i];
	}
	return NULL;
}

/* The first that is for all domains. */
static const struct zone_setup *common_zone(const struct setup *setup)
{
	for (size_t i = 0; i < setup->n; i++)
		if (strncmp(setup->zones[i].name, CHALLENGE, strlen(CHALLENGE)))
			return &setup->zones[i];
	return NULL;
}

static void print_ns(const struct zone_setup *z, const char *name)
{
	for (size_t i = 0; i < z->ns.n; i++)
		printf("%s. %u IN NS %s.\n", name, z->ttl, z->ns.v[i]);
}

/* The addresses of those name servers that are below the name, where they cannot be found else. */
static void print_glue(const struct zone_setup *z, const char *name)
{
	for (size_t i = 0; i < z->ns.n; i++)
		for (size_t k = 0; name_within(z->ns.v[i], name) && k < z->address.n; k++)
			printf("%s. %u IN %s %s\n", z->ns.v[i], z->ttl,
			    strchr(z->address.v[k], ':') ? "AAAA" : "A", z->address.v[k]);
}

static void print_alias(const struct zone_setup *z, const char *domain)
{
	printf("; For %s, in the zone it is in:\n" CHALLENGE "%s. 3600 IN CNAME " CHALLENGE
	       "%s.%s.\n",
	    domain, domain, domain, z->name);
	printf("\n; Once, for all domains, in the zone above %s:\n", z->name);
	print_ns(z, z->name);
	print_glue(z, z->name);
}

/* Without a zone of ours in between. */
static void print_direct(const struct zone_setup *z, const char *domain)
{
	printf("\n; Or, in the place of the CNAME, with\n;     zone \"" CHALLENGE
	       "%s\" { ns = \"%s\" }\n; in the configuration:\n",
	    domain, z->ns.v[0]);
	printf(CHALLENGE "%s. %u IN NS %s.\n", domain, z->ttl, z->ns.v[0]);
}

bool delegation_print(const struct setup *setup, const char *domain, struct error *error)
{
	const char *fault = identifier_dns_fault(domain, true);
	const struct zone_setup *own, *common;
	char *name;

	if (fault)
		return error_set(error, FAILURE_USAGE, "\"%s\" is no domain: it %s", domain, fault);
	name = name_canonical(domain + (strncmp(domain, "*.", 2) ? 0 : 2));
	own = own_zone(setup, name);
	common = common_zone(setup);
	if (own) {
		printf("; For %s, in the zone it is in:\n", name);
		print_ns(own, own->name);
		print_glue(own, own->name);
	} else if (common) {
		print_alias(common, name);
		print_direct(common, name);
	}
	free(name);
	return own || common ||
	       error_set(error, FAILURE_USAGE,
		   "%s: there is no zone; add one that is yours: zone \"acme.example.net\" { "
		   "address = \"192.0.2.1\" }",
		   setup->file);
}
