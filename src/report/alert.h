/* SPDX-License-Identifier: MIT */
/* The failure command (--on-failure): what failed is told to a program, which may send a mail. */
#ifndef ACMEHOOK_ALERT_H
#define ACMEHOOK_ALERT_H

#include "jobs/job.h"

struct alert;

/* Owned by the session; all zero, but for the jobs, is one that has told nothing yet. */
struct alerts {
	struct jobs *jobs;
	struct process *running; /* at most one */
	struct alert *first, **last;
	size_t waiting, dropped;
	bool forgetful; /* the journal cannot be used, and something was told all the same */
};

/*
 * A job has ended: its failures are told, in one run of the command for those that have the same,
 * but for those with a cause that was told within a day. Nothing is waited for: the command is run
 * by the loop, one at a time; what comes while too many wait is dropped, and counted.
 */
void alert_raise(struct alerts *alerts, const struct job *job);
/* Says what was dropped. The loop has ended. */
void alerts_close(struct alerts *alerts);

#endif
