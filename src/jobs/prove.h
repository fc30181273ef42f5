/* SPDX-License-Identifier: MIT */
/* Is it there? What the verifier is asked about a job, and what its verdicts decide. */
#ifndef ACMEHOOK_PROVE_H
#define ACMEHOOK_PROVE_H

#include "jobs/job.h"

/*
 * The handlers of a job have run: is one of its events to be verified? Then done() is called when
 * all verdicts are there, after prove() or prove_stop(): they are in the tasks, with the errors
 * that they mean.
 */
bool prove_begin(struct job *job, void (*done)(struct job *job));
/* Asks for the verdicts. */
void prove(struct job *job);
/* Gives up on those that are still to come, or were not even asked for. */
void prove_stop(struct job *job);

#endif
