/* SPDX-License-Identifier: MIT */
/* Why something did not work: its kind, and the sentence that helps. */
#ifndef ACMEHOOK_ERROR_H
#define ACMEHOOK_ERROR_H

#include <stdbool.h>

/* What went wrong, for those who act on it. failure_status() gives the exit status of each. */
enum failure {
	FAILURE_NONE,
	FAILURE_HANDLER,	 /* the handler failed */
	FAILURE_USAGE,		 /* usage, configuration, an event that cannot be */
	FAILURE_VERIFY,		 /* the verifier says: waiting will not cure it */
	FAILURE_VERIFY_TIMEOUT,	 /* not there when the time was up */
	FAILURE_HANDLER_TIMEOUT, /* the handler did not end in time */
	FAILURE_UNKNOWN, /* this host cannot judge, and --verify strict demands that it can */
	FAILURE_STOPPED, /* we were told to stop, or could not go on */
	FAILURE__MAX
};

/* The exit status for a failure, as acmehook(1) lists them: 0 to 6 and 75. */
int failure_status(enum failure failure);

/* An error is set once: what is told first is nearest to the cause. text has no final newline. */
struct error {
	enum failure failure;
	char text[1024];
};

/* An error that is kept with something that there are thousands of, most without any. */
struct fault {
	enum failure failure;
	char *text; /* NULL without failure */
};

/* Keeps a copy of an error, if it is one; what is kept first stays. */
void fault_keep(struct fault *fault, enum failure failure, const char *text);
/* There is none any more. */
void fault_drop(struct fault *fault);

/* Always returns false, so that `return error_set(...)` reads well. */
bool error_set(struct error *error, enum failure failure, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
