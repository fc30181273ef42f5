/* SPDX-License-Identifier: MIT */
/* Why something did not work: its kind, and the sentence that helps. */
#include "config.h"

#include "error.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "buf.h"

static const int status[] = {
    [FAILURE_NONE] = 0,
    [FAILURE_HANDLER] = 1,
    [FAILURE_USAGE] = 2,
    [FAILURE_VERIFY] = 3,
    [FAILURE_VERIFY_TIMEOUT] = 4,
    [FAILURE_HANDLER_TIMEOUT] = 5,
    [FAILURE_UNKNOWN] = 6,
    [FAILURE_STOPPED] = 75, /* EX_TEMPFAIL of sysexits.h: try again later */
};
_Static_assert(nitems(status) == FAILURE__MAX, "a failure without exit status");

int failure_status(enum failure failure)
{
	return status[failure];
}

bool error_set(struct error *error, enum failure failure, const char *format, ...)
{
	va_list ap;

	if (error->failure)
		return false;
	error->failure = failure;
	va_start(ap, format);
	vsnprintf(error->text, sizeof(error->text), format, ap);
	va_end(ap);
	return false;
}

void fault_keep(struct fault *fault, enum failure failure, const char *text)
{
	if (fault->failure || !failure)
		return;
	fault->failure = failure;
	fault->text = xstrdup(text);
}

void fault_drop(struct fault *fault)
{
	free(fault->text);
	*fault = (struct fault){0};
}
