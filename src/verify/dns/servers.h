/* SPDX-License-Identifier: MIT */
/* The DNS servers that this host uses. */
#ifndef ACMEHOOK_DNS_SERVERS_H
#define ACMEHOOK_DNS_SERVERS_H

#include "dns/address.h"
#include "dns/protocol.h"

/*
 * Adds the name servers of a resolv.conf(5), all of them; the search list is not our business,
 * every name is absolute here. Without any, the one at 127.0.0.1, as the C library does. Where
 * the sandbox keeps a new file from us, those that were there the last time.
 */
void servers_read(struct addresses *list, const char *path);
#define SERVERS_FILE "/etc/resolv.conf"

#endif
