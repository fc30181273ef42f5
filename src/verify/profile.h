/* SPDX-License-Identifier: MIT */
/* What differs from CA to CA in how it looks at a challenge. */
#ifndef ACMEHOOK_PROFILE_H
#define ACMEHOOK_PROFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "ca.h"

/* Whether the CA goes to private and reserved addresses. */
enum reserved_policy {
	RESERVED_NEVER, /* a public CA: it does not */
	RESERVED_ALONE, /* not known: where all addresses are such, the CA will be as private */
	RESERVED_FINE,	/* it goes anywhere */
};

/* What the CA does when it cannot connect by IPv6, and there is an IPv4 address, too. */
enum fallback {
	FALLBACK_NEVER,	 /* it fails */
	FALLBACK_FIRST,	 /* for the identifier it goes on with IPv4, for the host of a redirect not
			  */
	FALLBACK_ALWAYS, /* it goes on with IPv4 */
};

/* What http-01 may be followed by. */
enum trailing {
	TRAILING_LINES,	 /* line ends and tabs */
	TRAILING_BLANKS, /* white space of any kind */
	TRAILING_DOUBT,	 /* the latter, but not at every CA */
};

/* Rules for the public Internet. */
enum scope {
	SCOPE_NONE,   /* hold nowhere */
	SCOPE_PUBLIC, /* hold for identifiers that are public themselves */
	SCOPE_ALL,    /* hold everywhere */
};

struct profile {
	enum reserved_policy reserved;
	bool public;	      /* it knows the public DNS only */
	bool modern;	      /* its resolver uses EDNS, and letters of random case */
	unsigned cnames;      /* as many one after the other its resolver follows */
	unsigned cnames_safe; /* as many as older versions of it did */
	struct http_profile {
		enum fallback fallback;
		enum scope names;   /* a redirect must lead to a name in a known top-level domain */
		bool any_redirect;  /* to any port and path, with 303, to the same URL again */
		bool real_ports;    /* a port that is not 80 is part of the URL */
		unsigned redirects; /* that are followed without doubt */
		unsigned redirects_at; /* that are followed at present */
		size_t content_max;    /* octets; content that has as many is none. 0: no limit */
		enum trailing trailing;
	} http;
	struct tls_profile {
		bool exact;    /* self-signed, nothing twice, nothing else in the name */
		bool fallback; /* from IPv6 to IPv4 when there is no connection or handshake */
	} tls;
};

const struct profile *profile_of(enum ca ca);

#endif
