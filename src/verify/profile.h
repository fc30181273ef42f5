/* SPDX-License-Identifier: MIT */
/* What differs from CA to CA in how it looks at a challenge. */
#ifndef ACMEHOOK_PROFILE_H
#define ACMEHOOK_PROFILE_H

#include <stdbool.h>

#include "ca.h"

/* Whether the CA goes to private and reserved addresses. */
enum reserved_policy {
	RESERVED_NEVER, /* a public CA: it does not */
	RESERVED_ALONE, /* not known: where all addresses are such, the CA will be as private */
	RESERVED_FINE,	/* it goes anywhere */
};

struct profile {
	enum reserved_policy reserved;
	bool public;	      /* it knows the public DNS only */
	bool modern;	      /* its resolver uses EDNS, and letters of random case */
	unsigned cnames;      /* as many one after the other its resolver follows */
	unsigned cnames_safe; /* as many as older versions of it did */
};

const struct profile *profile_of(enum ca ca);

#endif
