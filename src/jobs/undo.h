/* SPDX-License-Identifier: MIT */
/* The way back: what a job that failed had deployed is cleaned, if nobody else will. */
#ifndef ACMEHOOK_UNDO_H
#define ACMEHOOK_UNDO_H

#include "jobs/job.h"

/*
 * Plans job->undo, to clean what job->deploy has begun to deploy. False if there is nothing to do:
 * nothing was deployed, the client cleans itself, or it cannot be planned (job->undo_fault).
 */
bool undo_plan(struct job *job);

#endif
