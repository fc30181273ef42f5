/* SPDX-License-Identifier: MIT */
/* What the verifier says about a challenge; the words both programs use for it. */
#ifndef ACMEHOOK_VERDICT_H
#define ACMEHOOK_VERDICT_H

#include <stdbool.h>

#include <json-c/json.h>

enum verdict {
	VERDICT_PASS,	 /* the CA would be content */
	VERDICT_WARN,	 /* the CA would very probably be content, but something is not well */
	VERDICT_RETRY,	 /* not yet; as a final verdict: not when the time was up */
	VERDICT_FAIL,	 /* waiting cannot cure it */
	VERDICT_UNKNOWN, /* this host cannot judge */
	VERDICT__MAX
};

/* "PASS" ... "UNKNOWN". */
const char *verdict_name(enum verdict verdict);
/* False when name is none of them; *verdict is left alone then. */
bool verdict_from_name(const char *name, enum verdict *verdict);
/* Adds the members of a verdict that nobody could come to: UNKNOWN, and nothing was seen. */
void verdict_set_unknown(struct json_object *object, const char *reason);

#endif
