/* SPDX-License-Identifier: MIT */
/* As much of a TAP producer as the unit tests need; included once by each of them. */
#ifndef ACMEHOOK_TAP_H
#define ACMEHOOK_TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static int tap_count, tap_failed;

__attribute__((format(printf, 2, 3))) static inline bool ok(bool passed, const char *format, ...)
{
	va_list ap;

	printf("%sok %d - ", passed ? "" : "not ", ++tap_count);
	va_start(ap, format);
	vprintf(format, ap);
	va_end(ap);
	putchar('\n');
	fflush(stdout);
	tap_failed += !passed;
	return passed;
}

static inline bool is_text(const char *got, const char *want, const char *what)
{
	bool same = got && want ? !strcmp(got, want) : got == want;

	ok(same, "%s", what);
	if (!same)
		printf("# got %s, wanted %s\n", got ? got : "nothing", want ? want : "nothing");
	return same;
}

/* To be returned by main(). */
static inline int done(void)
{
	printf("1..%d\n", tap_count);
	return tap_failed != 0;
}

#endif
