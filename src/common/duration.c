/* SPDX-License-Identifier: MIT */
/* How people write how long something may take. */
#include "config.h"

#include "duration.h"

#include <stdlib.h>
#include <string.h>

#include "buf.h"

/* A week, in seconds: longer than anybody waits. */
#define SECONDS_MAX (7 * 24 * 3600.0)

bool duration_parse(const char *text, long *ms)
{
	static const struct {
		const char *suffix;
		double seconds;
	} units[] = {{"", 1}, {"s", 1}, {"m", 60}, {"h", 3600}, {"ms", 0.001}};
	char *end;
	double n = strtod(text, &end);

	if (end == text || text[strspn(text, "0123456789.")] != *end)
		return false;
	for (size_t i = 0; i < nitems(units); i++) {
		double seconds = n * units[i].seconds;

		if (strcmp(end, units[i].suffix))
			continue;
		if (seconds > SECONDS_MAX)
			return false;
		*ms = (long)(seconds * 1000 + 0.5);
		return true;
	}
	return false;
}
