/* SPDX-License-Identifier: MIT */
/* Addresses that a public CA does not ask, because they lead nowhere on the Internet. */
#ifndef ACMEHOOK_DNS_RESERVED_H
#define ACMEHOOK_DNS_RESERVED_H

#include <stdbool.h>

#include "verify/dns/servers.h"

/* Is it private, local, for documentation, or reserved otherwise (RFC 6890 and its registries)? */
bool address_is_reserved(const union address *a);
/*
 * The same for a web server: with those ranges that are routed, but never lead to somebody's own
 * server. Returns the name of the range as CAs quote it, "[RFC1918]: Private-Use", or NULL.
 */
const char *address_reserved_block(const union address *a);

#endif
