/* SPDX-License-Identifier: MIT */
/* What a case means: the verdict, what the CA would say, what we say, and what helps. */
#ifndef ACMEHOOK_EXPLAIN_H
#define ACMEHOOK_EXPLAIN_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"
#include "verdict.h"
#include "verify/catalogue.h"
#include "verify/dns/servers.h"

/* What a look at a challenge came to. */
struct outcome {
	enum case_id id;
	enum case_id ca; /* whose sentence the CA would say; usually the same */
	enum verdict verdict;
	char *name; /* the name that was asked for, or NULL */
	char *facts[FACT__MAX];
	struct {
		bool set;
		size_t n;
	} numbers[FACT__MAX]; /* facts that are one; made text when a sentence has it */
	char *servers;	      /* the evidence: an array in JSON; NULL: empty */
};

/* The outcome of a case, with the verdict of the catalogue, and no facts nor servers yet. */
void outcome_init(struct outcome *o, enum case_id id);
void outcome_fact(struct outcome *o, enum fact fact, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The same without a format. */
void outcome_text(struct outcome *o, enum fact fact, const char *text);
void outcome_number(struct outcome *o, enum fact fact, size_t n);
/* The same, with several things in one fact: separated by ", ". */
void outcome_fact_add(struct outcome *o, enum fact fact, const char *text);
/* FACT_ADDRESS, whatever port the address has. */
void outcome_address(struct outcome *o, const union address *address);
/* All that the other one has. */
void outcome_facts(struct outcome *o, const struct outcome *from);
void outcome_free(struct outcome *o);
/* Replaces an outcome by a copy of another. */
void outcome_copy(struct outcome *to, const struct outcome *from);

/* The verdict that an outcome has when there will be no other look. */
enum verdict outcome_final(const struct outcome *o);
/* Our sentence. The caller frees it. */
char *outcome_reason(const struct outcome *o);
/* Adds "verdict", "case", "ca", "reason" and "hint" to an object, see jsontext.h. */
void outcome_explain(const struct outcome *o, enum verdict verdict, struct buf *reply);

/*
 * Octets as text for people: what is not valid UTF-8, or a control character, as \n, \r, \t ... or
 * \xHH, a backslash as two; cut after max octets. The caller frees it.
 */
char *clean_text(const void *data, size_t len, size_t max);
/* The same as Go's %q writes it, that is with \" for the marks, but without those around. */
char *go_quote(const void *data, size_t len);

#endif
