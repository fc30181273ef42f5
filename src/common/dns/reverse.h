/* SPDX-License-Identifier: MIT */
/*
 * The names of addresses, below in-addr.arpa and ip6.arpa (RFC 1035 section 3.5, RFC 3596 section
 * 2.5): by such a name tls-alpn-01 asks for an address (RFC 8738 section 6).
 */
#ifndef ACMEHOOK_DNS_REVERSE_H
#define ACMEHOOK_DNS_REVERSE_H

#include <stdbool.h>

#include "dns/address.h"

/* The name, canonical. The caller frees it. */
char *reverse_name(const union address *a);
/* The way back, for a canonical name; the port is 0. False if it is the name of no address. */
bool reverse_address(union address *a, const char *name);

#endif
