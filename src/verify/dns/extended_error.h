/* SPDX-License-Identifier: MIT */
/* Why a resolver failed, in its own words: extended DNS errors (RFC 8914). */
#ifndef ACMEHOOK_DNS_EXTENDED_ERROR_H
#define ACMEHOOK_DNS_EXTENDED_ERROR_H

#include <stdbool.h>
#include <stddef.h>

/* "Signature Not Yet Valid": the only one that time alone cures. */
#define EXTENDED_ERROR_NOT_YET 8
/* "Bogus": does not say why. */
#define EXTENDED_ERROR_BOGUS 6

struct extended_error {
	int code;   /* -1: there is none */
	char *text; /* "DNSSEC: Signature Expired: some words", or NULL; the owner frees it */
};

/*
 * Reads the options of an OPT record, and takes the first extended error in them, unless there is
 * one already. False if an option leaves its bounds.
 */
bool extended_error_read(struct extended_error *e, const unsigned char *options, size_t len);

#endif
