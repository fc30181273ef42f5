/* SPDX-License-Identifier: MIT */
/* The names that a job works on are its own meanwhile: it takes their locks, or waits for them. */
#ifndef ACMEHOOK_CLAIM_H
#define ACMEHOOK_CLAIM_H

#include "jobs/job.h"

/* Takes the locks of all identifiers of a job, all or none, and calls then(), from here or from the
 * loop; with job->error if another process had one for longer than --lock-timeout. The journal is
 * open. */
void claim_start(struct job *job, void (*then)(struct job *job));
void claim_end(struct job *job);

#endif
