/* SPDX-License-Identifier: MIT */
/* The CAs, as data. */
#include "config.h"

#include "verify/profile.h"

/*
 * Let's Encrypt's resolver is Unbound, which follows 11 CNAMEs, and asks no server at a reserved
 * address (the configuration that letsencrypt/unboundtest publishes). Pebble has no resolver of its
 * own, and no such rules (letsencrypt/pebble va/va.go); it gets the limit of the others.
 *
 * http-01 at Let's Encrypt is letsencrypt/boulder va/http.go: its documentation says 10 redirects,
 * its code follows 11. Pebble uses what its HTTP library does by itself.
 */
static const struct profile profiles[CA__MAX] = {
    [CA_GENERIC] =
	{
	    .reserved = RESERVED_ALONE,
	    .modern = true,
	    .cnames = 11,
	    .cnames_safe = 8,
	    .http = {FALLBACK_ALWAYS, SCOPE_PUBLIC, .redirects = 9, .redirects_at = 11,
		.content_max = 128, .trailing = TRAILING_DOUBT},
	    .tls = {.exact = true, .fallback = true},
	},
    [CA_LETSENCRYPT] =
	{
	    .reserved = RESERVED_NEVER,
	    .public = true,
	    .modern = true,
	    .cnames = 11,
	    .cnames_safe = 8,
	    .http = {FALLBACK_FIRST, SCOPE_ALL, .redirects = 10, .redirects_at = 11,
		.content_max = 128, .trailing = TRAILING_BLANKS},
	    .tls = {.exact = true, .fallback = true},
	},
    [CA_PEBBLE] =
	{
	    .reserved = RESERVED_FINE,
	    .cnames = 11,
	    .cnames_safe = 11,
	    .http = {FALLBACK_NEVER, SCOPE_NONE, .any_redirect = true, .real_ports = true,
		.redirects = 9, .redirects_at = 9, .trailing = TRAILING_LINES},
	},
};

const struct profile *profile_of(enum ca ca)
{
	return &profiles[ca];
}
