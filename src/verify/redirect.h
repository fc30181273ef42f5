/* SPDX-License-Identifier: MIT */
/* Where a URL leads, and whether the CA would follow a redirect to there. */
#ifndef ACMEHOOK_REDIRECT_H
#define ACMEHOOK_REDIRECT_H

#include <stdbool.h>
#include <stdint.h>

#include "verify/check.h"
#include "verify/explain.h"

/* Room for a host name. */
#define REDIRECT_DETAIL 256

struct target {
	bool https;
	char *host;    /* lower case; an IPv6 address without its brackets */
	uint16_t port; /* given, or that of the scheme */
};

/*
 * Takes the URL of a redirect apart, which is what libcurl has made of its header Location: with
 * that it must agree. Returns CASE__MAX if the CA would follow it, and fills in the
 * target, which the caller frees; otherwise the case, and in detail the part that is wrong.
 * reserved_fine: to a reserved address, too.
 */
enum case_id redirect_check(const char *url, const char *location, const struct check *check,
    bool reserved_fine, struct target *target, char detail[REDIRECT_DETAIL]);
void target_free(struct target *target);

/* Does the name end in a top-level domain that IANA has? */
bool name_is_public(const char *name);
/* Is the identifier an address of the Internet, or a name in a domain of it? */
bool identifier_is_public(const char *identifier);

#endif
