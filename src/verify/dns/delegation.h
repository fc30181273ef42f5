/* SPDX-License-Identifier: MIT */
/* Which name servers the zone above says that a zone has. */
#ifndef ACMEHOOK_DNS_DELEGATION_H
#define ACMEHOOK_DNS_DELEGATION_H

#include "buf.h"
#include "verify/dns/exchange.h"
#include "verify/dns/servers.h"

struct delegation;

/*
 * Asks name servers of the zone above, one after the other, for the NS records of the zone, until
 * one has told; a few are enough. done() is called exactly once unless it is cancelled, never from
 * within delegation_start(), with the names, which are valid during the call only: none if nobody
 * could tell. The resolvers must stay as they are until then, and be at least one.
 */
struct delegation *delegation_start(struct exchanges *all, const struct addresses *resolvers,
    const char *zone, void (*done)(void *arg, const struct strlist *names), void *arg);
/* NULL is allowed. */
void delegation_cancel(struct delegation *delegation);

#endif
