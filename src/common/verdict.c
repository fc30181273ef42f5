/* SPDX-License-Identifier: MIT */
/* The names of the verdicts. */
#include "config.h"

#include "verdict.h"

#include <string.h>

#include "buf.h"

static const char *const names[] = {
    [VERDICT_PASS] = "PASS",
    [VERDICT_WARN] = "WARN",
    [VERDICT_RETRY] = "RETRY",
    [VERDICT_FAIL] = "FAIL",
    [VERDICT_UNKNOWN] = "UNKNOWN",
};
_Static_assert(nitems(names) == VERDICT__MAX, "a verdict without name");

const char *verdict_name(enum verdict verdict)
{
	return names[verdict];
}

bool verdict_from_name(const char *name, enum verdict *verdict)
{
	for (size_t i = 0; name && i < nitems(names); i++) {
		if (!strcmp(name, names[i])) {
			*verdict = (enum verdict)i;
			return true;
		}
	}
	return false;
}
