/* SPDX-License-Identifier: MIT */
/*
 * The TXT records of dns-persist-01 (draft-ietf-acme-dns-persist), by the reading of Boulder
 * (letsencrypt/boulder va/dns_persist.go): issuer and account, valid until they are removed.
 */
#ifndef ACMEHOOK_PERSIST_H
#define ACMEHOOK_PERSIST_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "buf.h"

struct persist_question {
	const struct strlist *identities; /* the names of the CA; any of them will do */
	const char *account;		  /* URI */
	bool wildcard;
	time_t now;
};

enum persist_answer {
	PERSIST_GOOD,
	PERSIST_OTHER,	   /* it is not about this CA */
	PERSIST_MISMATCH,  /* another account, no wildcards, or it has expired */
	PERSIST_MALFORMED, /* it is for this CA, which cannot read it */
};

/* detail (may be NULL) becomes what the CA says of a mismatch; the caller frees it. */
enum persist_answer persist_judge(
    const void *txt, size_t len, const struct persist_question *question, char **detail);
/* The record that there should be. The caller frees it. */
char *persist_record(const char *identity, const char *account, bool wildcard);

#endif
