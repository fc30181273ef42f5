/* SPDX-License-Identifier: MIT */
/* Where a URL leads, and whether the CA would follow a redirect to there. */
#ifndef ACMEHOOK_REDIRECT_H
#define ACMEHOOK_REDIRECT_H

#include <stdbool.h>
#include <stdint.h>

#include "verify/explain.h"

/* Room for a host name. */
#define REDIRECT_DETAIL 256

struct target {
	bool https;
	char *host;    /* lower case; an IPv6 address without its brackets */
	uint16_t port; /* given, or that of the scheme */
};

/*
 * Takes the URL of a redirect apart. Returns CASE__MAX if the CA would follow it, and fills in the
 * target, which the caller frees; otherwise the case, and in detail the part that is wrong.
 * http_port is the port that plain HTTP has, in the eyes of this CA.
 */
enum case_id redirect_check(
    const char *url, uint16_t http_port, struct target *target, char detail[REDIRECT_DETAIL]);
void target_free(struct target *target);

#endif
