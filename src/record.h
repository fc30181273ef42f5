/* SPDX-License-Identifier: MIT */
/* What a job leaves in the journal, before and after its handlers ran. */
#ifndef ACMEHOOK_RECORD_H
#define ACMEHOOK_RECORD_H

#include "job.h"

/*
 * Before: what is going to be deployed is on the disk when this returns; what is going to be
 * cleaned is marked. False, with a sentence, if the journal cannot be written: nothing may be
 * deployed then.
 */
bool record_begin(struct job *job, struct error *error);
/* After: what was cleaned, undone, or never begun is forgotten; the rest is as it stands now. */
void record_end(struct job *job);

/* Takes note of the identifiers that a job is about; once, before their locks are taken. */
void record_names(struct job *job);
/* Takes their locks, all or none; of the one that another process has, name is the job's. See
 * lock.h. */
bool record_lock(struct job *job, const char **name, pid_t *holder);
void record_unlock(struct job *job);

#endif
