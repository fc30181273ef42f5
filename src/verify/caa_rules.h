/* SPDX-License-Identifier: MIT */
/*
 * What a set of CAA records means for one CA (RFC 8659, RFC 8657), by the reading of Boulder
 * (letsencrypt/boulder va/caa.go), which is stricter than the RFCs here and there.
 */
#ifndef ACMEHOOK_CAA_RULES_H
#define ACMEHOOK_CAA_RULES_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"
#include "verify/dns/message.h"

/* Owns what it points to. */
struct caa_record {
	unsigned char flags;
	char *tag;   /* lower case */
	char *value; /* any octets, and a NUL behind them */
	size_t len;
};

/* A copy of what is in a CAA record of a message. */
struct caa_record caa_record_copy(const struct record *r);
void caa_record_free(struct caa_record *record);
/* As in a zone file: 0 issue "ca.example". The caller frees it. */
char *caa_record_text(const struct caa_record *record);

struct caa_question {
	const struct strlist *identities; /* the names of the CA; any of them will do */
	const char *method;		  /* the type of challenge; NULL: any */
	const char *account;		  /* URI; NULL if it is not known */
	bool wildcard;
};

/* From the best to the worst. */
enum caa_answer {
	CAA_ALLOWED,
	CAA_ACCOUNT_UNKNOWN, /* allowed for certain accounts, and ours is not known */
	CAA_ACCOUNT,	     /* for other accounts */
	CAA_METHOD,	     /* for other types of challenges */
	CAA_MALFORMED,	     /* a record means this CA, but is not written properly */
	CAA_OTHER,	     /* other CAs, or none */
	CAA_WILDCARD,	     /* the same, by issuewild */
	CAA_CRITICAL,	     /* a record that must be understood, and is not */
};

/* The records are one set; n may be 0. culprit becomes the index of the record that decides, or n.
 */
enum caa_answer caa_judge(const struct caa_record *records, size_t n,
    const struct caa_question *question, size_t *culprit);

#endif
