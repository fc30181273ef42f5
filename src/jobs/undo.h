/* SPDX-License-Identifier: MIT */
/* The way back: what a job that failed had deployed is cleaned, if nobody else will. */
#ifndef ACMEHOOK_UNDO_H
#define ACMEHOOK_UNDO_H

#include "jobs/job.h"

/*
 * Plans to clean what job->deploy has begun to deploy; run() is called from here or from the loop
 * when it is the job's turn to run job->undo. False if there is nothing to do: nothing was
 * deployed, the client cleans itself, or it cannot be planned (job->undo_fault).
 */
bool undo_start(struct job *job, void (*run)(struct job *job));
/* It was run: others may. */
void undo_end(struct job *job);

#endif
