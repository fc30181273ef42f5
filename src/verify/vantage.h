/* SPDX-License-Identifier: MIT */
/* What can, and cannot, be seen from this host. */
#ifndef ACMEHOOK_VANTAGE_H
#define ACMEHOOK_VANTAGE_H

#include <stdbool.h>

#include "verify/dns/servers.h"

/* Takes note of this host's addresses. */
void vantage_look(void);
/*
 * Are we in a private network, and may the address be that of the router before it, as seen from
 * the Internet? Many routers do not let such connections back in, or answer them themselves.
 */
bool vantage_is_behind(const union address *address);

#endif
