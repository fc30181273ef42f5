/* SPDX-License-Identifier: MIT */
/* Who is told of the events of a call, and what; and what came of telling them. */
#ifndef ACMEHOOK_PLAN_H
#define ACMEHOOK_PLAN_H

#include "dialects/dialect.h"
#include "handlers/process.h"
#include "settings/rules.h"

/* The layers of settings that decide, around those of the rule that fits an event. Borrowed. */
struct scope {
	const struct settings *fixed; /* wins over all others; NULL: nothing is fixed */
	const struct settings *command, *initial;
	const struct rules *rules;
	bool stdio;  /* the client leaves standard input and output to us */
	bool offers; /* and goes on to its next offer where there is no handler */
};

/* Why an event is in a batch. */
enum role {
	ROLE_NEW,      /* the client tells of it now */
	ROLE_TOLD,     /* it told of it earlier, and so was the handler; it is verified now */
	ROLE_GATHERED, /* it told of it earlier, and the handler is told now */
	ROLE_AGAIN,    /* deploy: it is there, and the handler is told again, so that it stays */
	ROLE_ALSO,     /* clean: the client told of it earlier, and it waited for the others */
	ROLE_LATER,    /* new, but the handler is told with a later call */
	ROLE_NEVER,    /* clean: new, but the handler was never told to deploy it */
};

/* Who is told of an event, and how; the same index as the event. */
struct target {
	enum role role;
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
	struct fault error;
};

/* Calls that are run one after the other, up to the first that fails. All zero is an empty one. */
struct batch {
	struct events events;
	struct target *targets;
	struct calls calls;
	size_t *order; /* the events of the calls, one call's after the other's */
	struct run *runs;
	size_t at; /* the call that is next, or runs */
};

/* Finds rule and handler for one event, alone; the caller frees target->handler. False, with a
 * sentence, if there is none. */
bool target_plan(const struct scope *scope, const struct event *event, struct target *target,
    struct error *error);
/* Has it been looked for rule and handler, successful or not? */
bool target_is_planned(const struct target *target);
/* Takes over new events; there are none yet. */
void batch_take(struct batch *batch, struct events *events);
/* Adds an empty event, whose index stays. */
struct event *batch_add(struct batch *batch, enum role role);
/*
 * Finds rule and handler for each event that has none yet, and makes the calls, in place of those
 * that there are: those of one rule together, and for a handler that takes many a name before
 * longer ones. False, with a sentence and in *i the event that it is about, if that is not
 * possible; there are no calls then.
 */
bool batch_plan(struct batch *batch, const struct scope *scope, size_t *i, struct error *error);
/* Makes it what it was before it was planned. */
void batch_unplan(struct batch *batch);
void batch_free(struct batch *batch);
/* The index of the k-th event of a call. */
size_t batch_index(const struct batch *batch, const struct call *call, size_t k);
/* Did the client tell of it now? */
bool batch_is_new(const struct batch *batch, size_t i);

/* What the end of a handler that was called so means: sets run->error or run->not_implemented. */
void run_judge(struct run *run, const struct target *target, const struct call *call);
/* What a handler printed, without white space around it, as certbot hands it on; the caller frees
 * it. NULL: nothing. */
char *run_output(const struct run *run);

#endif
