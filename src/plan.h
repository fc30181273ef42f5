/* SPDX-License-Identifier: MIT */
/* Who is told of the events of a call, and what; and what came of telling them. */
#ifndef ACMEHOOK_PLAN_H
#define ACMEHOOK_PLAN_H

#include "dialect.h"
#include "process.h"
#include "rules.h"

/* The layers of settings that decide, around those of the rule that fits an event. Borrowed. */
struct scope {
	const struct settings *fixed; /* wins over all others; NULL: nothing is fixed */
	const struct settings *command, *initial;
	const struct rules *rules;
	bool stdio;  /* the client leaves standard input and output to us */
	bool offers; /* and goes on to its next offer where there is no handler */
};

/* Who is told of an event, and how; the same index as the event. */
struct target {
	const struct rule *rule; /* NULL: none */
	struct view view;
	struct view
	    proof; /* for what is verified: of a delegated challenge those of its own rule */
	const struct dialect *to;
	char *handler;	/* NULL: the event goes nowhere */
	bool unhandled; /* because there is none for it */
	bool spared;	/* the handler is not told of it (--events) */
};

/* A run of the handler; the same index as its call. */
struct run {
	bool started, ended;
	long tries;	      /* to clean, that failed */
	bool not_implemented; /* the handler said so */
	struct process_result result;
	struct error error;
};

/* Calls that are run one after the other, up to the first that fails. All zero is an empty one. */
struct batch {
	struct events events;
	size_t told; /* so many of them, the last ones, handlers know already: they get no calls */
	struct target *targets;
	struct calls calls;
	struct run *runs;
	size_t at; /* the call that is next, or runs */
};

/* Finds rule and handler for one event, alone; the caller frees target->handler. False, with a
 * sentence, if there is none. */
bool target_plan(const struct scope *scope, const struct event *event, struct target *target,
    struct error *error);
/*
 * Finds rule and handler for each of batch->events, and makes the calls. False, with a sentence
 * and in *i the event that it is about, if that is not possible; there are no calls then.
 */
bool batch_plan(struct batch *batch, const struct scope *scope, size_t *i, struct error *error);
/* Makes it what it was before it was planned. */
void batch_unplan(struct batch *batch);
void batch_free(struct batch *batch);
/* How many of its events, the first ones, are told now. */
size_t batch_own(const struct batch *batch);

/* What the end of a handler that was called so means: sets run->error or run->not_implemented. */
void run_judge(struct run *run, const struct target *target, const struct call *call);
/* What a handler printed, without white space around it, as certbot hands it on; the caller frees
 * it. NULL: nothing. */
char *run_output(const struct run *run);

#endif
