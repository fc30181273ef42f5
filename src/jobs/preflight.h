/* SPDX-License-Identifier: MIT */
/*
 * Before a handler is called: may the CA issue at all? What CAA records forbid, no challenge cures,
 * and a handler that was not called leaves nothing behind. And whose record is it? A CNAME may lead
 * from the challenge name to that of another domain, which handlers are told instead then.
 */
#ifndef ACMEHOOK_PREFLIGHT_H
#define ACMEHOOK_PREFLIGHT_H

#include <stdbool.h>

#include "jobs/job.h"

/*
 * Asks about all events of a job that are to be verified: about CAA if their CA is known, about
 * CNAMEs if they are followed. False if there is nothing to ask; else done() is called when all is
 * known. Verdicts are in the tasks then, the first that forbids is the error of the job, and what
 * is delegated has FIELD_DELEGATE: plan it again.
 */
bool preflight_start(struct job *job, void (*done)(struct job *job));
/* Drops what is not answered, without done(). */
void preflight_stop(struct job *job);
/* Is it asked whether an event is delegated? */
bool preflight_follows(const struct job *job, size_t i);
/* There is no handler for some events of a job: may there be one for what they are delegated to? */
bool preflight_may_route(const struct job *job);

#endif
