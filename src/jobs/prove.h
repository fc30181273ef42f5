/* SPDX-License-Identifier: MIT */
/* Is it there? What the verifier is asked about a job, and what its verdicts decide. */
#ifndef ACMEHOOK_PROVE_H
#define ACMEHOOK_PROVE_H

#include "jobs/job.h"

/* Asks for all events of a job that are to be verified, and calls done() when all verdicts are
 * there: they are in the tasks then, with the errors that they mean. */
void prove(struct job *job, void (*done)(struct job *job));
/* Gives up on the verdicts that are still to come, and calls done(). */
void prove_stop(struct job *job);

#endif
