/* SPDX-License-Identifier: MIT */
/* The addresses of a host, as the CA would find them. */
#ifndef ACMEHOOK_HOST_H
#define ACMEHOOK_HOST_H

#include <stdbool.h>

#include "verify/check.h"
#include "verify/dns/resolve.h"
#include "verify/dns/servers.h"

struct host {
	const struct check *check;
	char *name;
	enum reserved_policy reserved_policy;
	struct addresses
	    addresses;		   /* that the CA may go to: IPv6 first; their ports mean nothing */
	struct addresses reserved; /* that it does not go to */
	/* For AAAA and A: */
	struct family {
		struct host *host;
		struct lookup *lookup; /* NULL unless under way */
		struct addresses found;
		bool missing; /* NXDOMAIN */
		bool refused; /* a resolver answered, and had no answer */
		bool bogus;   /* but it has one if it is told not to validate */
		char *fault;  /* why the lookup was in vain, or NULL */
	} v6, v4;
	void (*done)(void *arg);
	void *arg;
};

/* Of the CA, for the identifier itself: by profile, and what the question says. */
enum reserved_policy check_reserved(const struct check *check);
/*
 * Looks up A and AAAA. done() is called once, never from within host_find(), unless the host is
 * freed before; not for an address, which is known at once. The check must outlive the host.
 */
struct host *host_find(const struct check *check, const char *name, enum reserved_policy reserved,
    void (*done)(void *arg), void *arg);
/* Is everything known? */
bool host_is_found(const struct host *host);
/* "A: 127.0.0.53 timed out; AAAA: ...", or NULL if both lookups were good. The caller frees it. */
char *host_faults(const struct host *host);
/* The case of a host without addresses that the CA may go to, with its facts. */
void host_judge(const struct host *host, struct outcome *outcome);
/* Ends what is under way; NULL is allowed. */
void host_free(struct host *host);

#endif
