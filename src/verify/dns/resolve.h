/* SPDX-License-Identifier: MIT */
/* What resolvers know: records of a name, and the name servers that are responsible for it. */
#ifndef ACMEHOOK_DNS_RESOLVE_H
#define ACMEHOOK_DNS_RESOLVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "verify/dns/exchange.h"
#include "verify/dns/message.h"
#include "verify/dns/servers.h"

/* More name servers of a zone than anybody has; the others are not looked at. */
#define SERVERS_MAX 32

/*
 * All functions here: done() is called exactly once unless the thing is cancelled, never from
 * within the function that starts it, and what it is handed is valid during the call only. The
 * resolvers must stay as they are until then, and be at least one.
 */

struct lookup_result {
	const struct message *message; /* NOERROR or NXDOMAIN; NULL if no resolver was of use */
	const char *reason;	       /* then: "127.0.0.53 timed out, ..." */
	bool answered; /* a resolver did answer, if only to say that it cannot tell */
};

struct lookup;

/*
 * Asks the resolvers, all of them briefly and then all patiently, until one says NOERROR or
 * NXDOMAIN. RD is set in the question, CD if that says so.
 */
struct lookup *lookup_start(struct exchanges *all, const struct addresses *resolvers,
    const struct question *question, void (*done)(void *arg, const struct lookup_result *result),
    void *arg);
/* NULL is allowed, here and in find_cancel(). */
void lookup_cancel(struct lookup *lookup);

/* One address of one name server of a zone. */
struct found_server {
	const char *name;
	union address address;
	const char *fault; /* NULL; or why no address is known, and address means nothing then */
};

struct find_result {
	const char *zone; /* NULL if it was not found, see reason then */
	const struct found_server *servers;
	size_t n;    /* 0 if no name server of the zone has an address that we can find */
	bool blind;  /* the resolvers did not answer: this says nothing about the zone */
	bool orphan; /* the name above the one that was asked for does not exist */
	const char *reason;
};

struct find;

/*
 * Finds the zone that a name is in, its name servers, max of them at most, and all their addresses.
 * The name itself is not asked for, only those above it: the resolvers would remember, for the
 * negative TTL of the zone, that the challenge was not there. Should the name be a zone of its own,
 * the servers found here will say so, with a referral. The resolvers need not validate what they
 * say: servers that are wrong cannot do harm here, and those of a zone with broken signatures must
 * be found, too.
 */
struct find *find_servers(struct exchanges *all, const struct addresses *resolvers,
    const char *name, size_t max, void (*done)(void *arg, const struct find_result *result),
    void *arg);
/* The same for a zone whose name servers are known, from a referral: only their addresses. */
struct find *find_addresses(struct exchanges *all, const struct addresses *resolvers,
    const char *zone, const struct strlist *servers,
    void (*done)(void *arg, const struct find_result *result), void *arg);
void find_cancel(struct find *find);

#endif
