/* SPDX-License-Identifier: MIT */
/* The names of the verdicts. */
#include "config.h"

#include "verdict.h"

#include <string.h>

#include "buf.h"
#include "jsonline.h"

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

void verdict_set_unknown(struct json_object *object, const char *reason)
{
	jsonline_set(object, "verdict", verdict_name(VERDICT_UNKNOWN));
	jsonline_set(object, "case", NULL);
	jsonline_set(object, "ca", NULL);
	jsonline_set(object, "reason", reason);
	jsonline_set(object, "hint", NULL);
	jsonline_set(object, "name", NULL);
	jsonline_set_integer(object, "attempts", 0);
	jsonline_set_integer(object, "ms", 0);
	jsonline_set_value(object, "servers", json_object_new_array());
}
