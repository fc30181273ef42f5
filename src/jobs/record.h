/* SPDX-License-Identifier: MIT */
/* What a job leaves in the journal, before and after its handlers ran. */
#ifndef ACMEHOOK_RECORD_H
#define ACMEHOOK_RECORD_H

#include "jobs/job.h"

/*
 * Before: what is going to be deployed is on the disk when this returns; what is going to be
 * cleaned is marked. False, with a sentence, if the journal cannot be written: nothing may be
 * deployed then.
 */
bool record_begin(struct job *job, struct error *error);
/* After: what was cleaned, undone, or never begun is forgotten; the rest is as it stands now. */
void record_end(struct job *job);
/* The absolute path of a handler, as entries have it; NULL: it is no program. The caller frees it.
 */
char *record_handler(const struct target *target);

#endif
