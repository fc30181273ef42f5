/* SPDX-License-Identifier: MIT */
/* The CAs, as data. */
#include "config.h"

#include "verify/profile.h"

/*
 * Let's Encrypt's resolver is Unbound, which follows 11 CNAMEs, and asks no server at a reserved
 * address (the configuration that letsencrypt/unboundtest publishes). Pebble has no resolver of its
 * own, and no such rules (letsencrypt/pebble va/va.go); it gets the limit of the others.
 */
static const struct profile profiles[CA__MAX] = {
    [CA_GENERIC] =
	{
	    .reserved = RESERVED_ALONE,
	    .modern = true,
	    .cnames = 11,
	    .cnames_safe = 8,
	},
    [CA_LETSENCRYPT] =
	{
	    .reserved = RESERVED_NEVER,
	    .public = true,
	    .modern = true,
	    .cnames = 11,
	    .cnames_safe = 8,
	},
    [CA_PEBBLE] =
	{
	    .reserved = RESERVED_FINE,
	    .cnames = 11,
	    .cnames_safe = 11,
	},
};

const struct profile *profile_of(enum ca ca)
{
	return &profiles[ca];
}
