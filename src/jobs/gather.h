/* SPDX-License-Identifier: MIT */
/*
 * What a handler is told beside what the client tells now, or later than it tells it: it takes many
 * challenges in one call (chain), it keeps one value of a name (replaces), it cleans all values of
 * a name (cleans-all). The journal knows the others.
 */
#ifndef ACMEHOOK_GATHER_H
#define ACMEHOOK_GATHER_H

#include "jobs/job.h"

/*
 * Adds to a planned batch of a job what belongs to it, marks what has to wait, and plans it again
 * if that makes a difference. False, with a sentence and in *i the event that it is about, if a
 * handler that keeps one value would be told of a second. The names are to be locked, or others may
 * come in between.
 */
bool gather(struct job *job, struct batch *batch, size_t *i, struct error *error);

#endif
