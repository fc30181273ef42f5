/* SPDX-License-Identifier: MIT */
/* Tickets that become one job. Internal to the schedule. */
#ifndef ACMEHOOK_WORK_H
#define ACMEHOOK_WORK_H

#include "stream/schedule.h"

struct work {
	struct work *next, *prev; /* in the queue in which it waits */
	struct schedule *schedule;
	struct source *source; /* of its first ticket: it runs when it is the turn of that */
	struct job *job;       /* from when it is ready */
	struct ticket **tickets;
	size_t n;
	bool gathered;	/* for a handler that takes many */
	uint64_t since; /* ms: when it became unproven */
	enum work_state {
		WORK_ASKING,   /* what has to be known before a handler is called */
		WORK_READY,    /* waits for its turn */
		WORK_RUNNING,  /* handlers */
		WORK_UNPROVEN, /* waits until the verifier is asked */
		WORK_RAN,      /* is being proven, or pauses */
		WORK_ENDING    /* is done in a moment */
	} state;
};

struct work *work_new(struct schedule *s);
void work_add(struct work *w, struct ticket *ticket);
/* All in one job; where they cannot be planned together each gets its own error, or goes alone. The
 * work is gone when it is done. */
void work_start(struct work *w);
/* Does no other work call its serial handlers? */
bool work_may_run(const struct work *w);
/* It is its turn, as it was ready. */
void work_run(struct work *w);
/* And as it was unproven. */
void work_prove(struct work *w);

#endif
