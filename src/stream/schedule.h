/* SPDX-License-Identifier: MIT */
/*
 * Which of many events is handled when: so many handlers at once, the events of one identifier in
 * the order in which they came, the sources in turn; events that their handler takes together are
 * gathered for it. An event is begun before it is its turn, so that handlers need not wait for what
 * is looked up first.
 */
#ifndef ACMEHOOK_SCHEDULE_H
#define ACMEHOOK_SCHEDULE_H

#include "jobs/job.h"
#include "stream/lane.h"

struct group;
struct schedule;
struct work;

/* An event on its way; part of something of the owner's, who keeps it until it is answered. */
struct ticket {
	struct ticket *next;
	struct source *source;
	long long number; /* in its source */
	struct events
	    events; /* the event, or what was understood of it; handed on when it is begun */
	struct error *error; /* why it cannot be handled; NULL if it can; the owner's */
	struct place identifier, handler; /* in lanes */
	const struct rule *rule;
	enum verb verb;
	const char *type;	  /* within events until it is begun; NULL: none */
	long gather;		  /* with how many others at most; 0: alone */
	long delay;		  /* ms to wait for them */
	bool barrier;		  /* all of its source are in order with it */
	const struct cert *again; /* what is tried again by it; NULL: it is new */
};

struct queue {
	struct work *first, *last;
};

/* Where events come from; all zero is one that has none. Only its owner sets clogged. */
struct source {
	struct source *next; /* in the ring */
	struct ticket *first, **last;
	long long added;	/* tickets */
	size_t waiting, active; /* those that have not been begun, and that have */
	struct queue ready;	/* what waits for its turn, in this order */
	long n_ready, asking;	/* works that do, and those that will when they know more */
	bool barrier;		/* the active one is one */
	bool clogged;		/* nothing is begun: results cannot be delivered */
	const struct schedule_events *events;
};

struct schedule {
	struct jobs *jobs;
	long most_running, most_open;
	long running, ending; /* handlers; works of which they have run, and that are nearly done */
	long open;	      /* tickets that were begun and not answered */
	long coming;	      /* gathered for a handler that is not called yet */
	struct source *turn;  /* in the ring: the one whose turn it was; NULL: there are none */
	struct lanes lanes;
	struct group *groups;  /* those that gather or wait, oldest first */
	struct queue unproven; /* works that the verifier is not asked about yet, oldest first */
	uv_timer_t *timer;     /* when it is */
	uint64_t ran;	       /* ms: when a handler was called last */
	bool pumping, again;
};

struct schedule_events {
	/* A source has a ticket less that waits. */
	void (*begun)(struct source *source);
	/* What came of a ticket: event i of the job, which is borrowed. From the loop, once. */
	void (*done)(struct ticket *ticket, const struct job *job, size_t i);
};

/* At most so many handlers at once, and so many events begun but not answered. */
void schedule_init(struct schedule *s, struct jobs *jobs, long running, long open);
void schedule_free(struct schedule *s);

void source_add(struct schedule *s, struct source *source);
/* It must have no tickets any more. */
void source_remove(struct schedule *s, struct source *source);

/* Takes a ticket with its source, events and error. */
void schedule_add(struct schedule *s, struct ticket *ticket);
/* Its result is where it belongs: there is room for another one. */
void schedule_answered(struct schedule *s);
/* Begins what may be begun: when a source is no longer clogged, or the jobs were stopped. */
void schedule_pump(struct schedule *s);

#endif
