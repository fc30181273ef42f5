/* SPDX-License-Identifier: MIT */
/* What a job leaves in the journal of certificates that could not be installed. */
#ifndef ACMEHOOK_KEEP_H
#define ACMEHOOK_KEEP_H

#include "jobs/job.h"

/* Has a job something to keep, and can it? A certificate is installed all the same if not: that
 * it cannot be kept is said if it fails. */
bool keep_open(struct job *job);
/* Adds the names of its locks to job->names. */
void keep_names(struct job *job);
/*
 * Before its handlers run, with the locks taken: should we be killed they will be tried again.
 * False, with a sentence, if there is nothing (any more) to be tried again.
 */
bool keep_begin(struct job *job, struct error *error);
/* After: what was installed is forgotten, what was not is on the disk; task->attempts says so. */
void keep_end(struct job *job);

/* Adds how it goes on with a certificate that was not installed, as a line. */
void keep_tell(struct buf *b, const struct job *job, size_t i);

#endif
