/* SPDX-License-Identifier: MIT */
/*
 * Before a handler is called: may the CA issue at all? What CAA records forbid, no challenge cures,
 * and a handler that was not called leaves nothing behind.
 */
#ifndef ACMEHOOK_PREFLIGHT_H
#define ACMEHOOK_PREFLIGHT_H

#include <stdbool.h>

#include "job.h"

/*
 * Asks for all events of a job that are to be verified and whose CA is known. False if there are
 * none; else done() is called when all is known: verdicts are in the tasks, and the first that
 * forbids is the error of the job.
 */
bool preflight_start(struct job *job, void (*done)(struct job *job));
/* Drops what is not answered, without done(). */
void preflight_stop(struct job *job);

#endif
