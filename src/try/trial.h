/* SPDX-License-Identifier: MIT */
/* Calls of a handler that is being tried, with values of our own, and what is to be seen of them.
 */
#ifndef ACMEHOOK_TRIAL_H
#define ACMEHOOK_TRIAL_H

#include "commands/session.h"
#include "try/specimen.h"

/* A handler on trial for one name. trial_open() fills it; all zero before. */
struct trial {
	struct session *session;
	const struct event *subject; /* type and domain: those of the first specimen */
	struct settings planning;
	struct target target; /* who is called, and with which settings it is looked */
	struct specimen *specimens;
	size_t n;
	/* "NAME=VALUE" of options: what turned out to be needed; holds for all calls. */
	struct strlist lines;
	long lag;   /* ms: the longest time from a call's end until its value was everywhere */
	long limit; /* ms that a call may take, once one has not ended in time; 0: as is set */
	int stops;  /* signals that came */
	struct error blind;    /* why it cannot be seen what is there */
	struct watch *watches; /* of the call that is under way */
	size_t watched;
};

/* A call that is to be made. */
struct attempt {
	const char *what; /* for people: "deploys the first value" */
	enum verb verb;
	size_t of[2], n;	       /* specimens */
	const char *word;	       /* instead of the dialect's; NULL */
	const struct strlist *without; /* names of variables that it shall not have; NULL */
	bool
	    doubtful; /* it would be no surprise if nothing came of it: it is not waited for long */
};

/* What was seen of it; all zero is nothing. */
struct seen {
	bool called; /* the handler was started */
	bool failed; /* by its status, a signal, or its time */
	bool timed_out;
	bool done[2]; /* as was wanted: the value is there, or gone */
	int exit_status, signal;
	long ms;	    /* of the handler */
	long after[2];	    /* ms from the begin of the call until it was so */
	bool printed;	    /* on standard output */
	struct error error; /* of the call */
	char *output;	    /* what it printed; NULL: nothing */
	char *verdict;	    /* why a value is not there, or still is; NULL */
};

/*
 * Finds the handler for name and makes the values. False, with a sentence, if there is none that
 * can be tried, or somebody else has values at that name. trial_close() it in any case.
 */
bool trial_open(struct trial *trial, struct session *session, const char *type, const char *name,
    size_t values, struct error *error);
void trial_close(struct trial *trial);

/*
 * Calls the handler, while and after which it is looked; returns when all is known, or the time is
 * up. Replaces what is in *seen.
 */
void trial_call(struct trial *trial, const struct attempt *attempt, struct seen *seen);
void seen_free(struct seen *seen);
/* Is a value there, now, on all servers? */
bool trial_look(struct trial *trial, size_t specimen);
/* Cleans what is out. False if something remains. Works once more after a signal. */
bool trial_clean(struct trial *trial);

/* It was looked, and the value never came to be there: there is nothing to clean. */
void trial_forget(struct trial *trial, size_t specimen);

/* May it go on: no signal came, and it can be seen what is there? */
bool trial_goes_on(const struct trial *trial);
long trial_verify_timeout(const struct trial *trial);
/* Runs a job of the session to its end. */
void trial_run(struct trial *trial, struct job *job);
/* Puts "NAME=VALUE" lines into settings; those of options that are not known are passed over. */
void trial_settings(struct settings *settings, const struct strlist *lines);

#endif
