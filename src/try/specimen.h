/* SPDX-License-Identifier: MIT */
/* Values to try a handler with: as random as those of a CA. */
#ifndef ACMEHOOK_SPECIMEN_H
#define ACMEHOOK_SPECIMEN_H

#include "event.h"

/* A value; its event is one that deploys it. */
struct specimen {
	struct event event;
	bool out; /* it was, or may have been, deployed, and has not been seen to be gone */
};

/* Makes an event that deploys a new value, which begins with '-', and its token, too, or neither of
 * them. account may be NULL. False, with a sentence, if there is no such challenge. */
bool specimen_make(struct event *event, const char *type, const char *name, const char *account,
    bool dash, struct error *error);

#endif
