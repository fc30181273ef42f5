/* SPDX-License-Identifier: MIT */
/* What differs from CA to CA in how it looks at a challenge. */
#ifndef ACMEHOOK_PROFILE_H
#define ACMEHOOK_PROFILE_H

#include "ca.h"

/* Whether the CA goes to private and reserved addresses. */
enum reserved_policy {
	RESERVED_NEVER, /* a public CA: it does not */
	RESERVED_ALONE, /* not known: where all addresses are such, the CA will be as private */
	RESERVED_FINE,	/* it goes anywhere */
};

struct profile {
	enum reserved_policy reserved;
	unsigned cnames; /* as many one after the other its resolver follows */
};

const struct profile *profile_of(enum ca ca);

#endif
