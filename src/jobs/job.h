/* SPDX-License-Identifier: MIT */
/* One call of a client from read to reported: its events, the handler's runs, the proof. */
#ifndef ACMEHOOK_JOB_H
#define ACMEHOOK_JOB_H

#include <json-c/json.h>
#include <uv.h>

#include "jobs/plan.h"

struct alerts;
struct cert;
struct journal;
struct partners;
struct transport;
struct verifier;
struct report;

/* What all jobs share; owned by the command that runs them. */
struct jobs {
	uv_loop_t *loop;
	struct scope scope;
	struct journal *journal;
	struct partners *partners;
	struct verifier *verifier;
	struct report *report;
	struct alerts *alerts;
	struct job *first; /* those that run */
	bool stopping;	   /* no new runs, but for undoing */
};

/* What one event of a job has come to; the same index as the event. */
struct task {
	const struct run *run; /* the one that carried it, or what kept it from being carried */
	const struct call *call;
	const struct run *undone; /* the one that cleaned it again; NULL: none did */
	bool undo_waits;	  /* for other values of its name */
	bool recorded;		  /* the journal has an entry for it */
	size_t with; /* the event that it is verified with: itself, or an earlier one */
	struct strlist known, others; /* values beside it; see values.h */
	struct question *question;
	struct remark *again;	    /* deploying by hand: shall it be looked once more? */
	bool seen;		    /* what is cleaned was looked for when it was deployed */
	struct json_object *verify; /* the verdict; NULL if it was not looked for */
	struct json_object *caa;    /* the verdict about CAA records, likewise */
	struct question *alias_question;
	char *alias; /* where a CNAME at the challenge name leads; NULL: to nowhere that we know */
	struct fault error; /* none: all is well */
	bool shared;	    /* the error is that of another event */
	int slot;	    /* 1 + that in which it is noted; see slots.h */
	long attempts;	/* to install the certificate, which is kept for another; 0: it is not */
	long long next; /* when that is, seconds since 1970; -1: not by itself */
};

enum job_state {
	JOB_PLANNED,
	JOB_ASKING,  /* whether CAA records allow it, where CNAMEs lead */
	JOB_LOCKING, /* waits for another process that works on the same names */
	JOB_READY,   /* waits for its turn to call handlers, for the first time or again */
	JOB_RUNNING,
	JOB_VERIFYING,
	JOB_STOPPED, /* waits for its turn to undo */
	JOB_UNDOING,
	JOB_DONE
};

struct job {
	struct job *next, **link; /* among those that run */
	struct jobs *jobs;
	enum job_state state;
	char *id;	   /* unique; ACMEHOOK_JOB in the environment of its handlers */
	long long created; /* seconds since 1970 */
	const struct dialect *from;
	const struct form *form; /* NULL if the client has no forms, or no such word */
	struct batch deploy;	 /* named for what matters most; it is for any verb */
	struct batch undo;
	struct task *tasks;		   /* as many as deploy.events */
	const struct transport *transport; /* of the call that runs; NULL: none */
	void *running;
	struct strlist names; /* those to be locked */
	bool locked;	      /* they are */
	uv_timer_t *timer;    /* see job_wait() */
	void (*due)(struct job *job);
	void (*run)(struct job *job);			  /* what it waits to do */
	enum { TURN_NONE, TURN_WANTED, TURN_TAKEN } turn; /* to call handlers */
	long waited;					  /* ms, for locks */
	size_t pending;					  /* questions */
	struct fault unrouted; /* no handler, unless there is one for what it is delegated to */
	bool declined;	       /* no handler is for it, and the client goes on to its next offer */
	struct fault error;    /* the first that came up */
	size_t culprit;	       /* the event it came up with */
	const struct cert *again;	 /* what is tried again; NULL: it is new */
	bool superseded;		 /* there is nothing to be tried again any more */
	char *undo_fault;		 /* why nothing could be undone; NULL: it could */
	void (*proven)(struct job *job); /* see prove.h */
	/* All three may be set before job_start(): it wants to call handlers, and waits for
	 * job_go(). More than once, if it is to try again or to undo. */
	void (*ready)(struct job *job, void *arg);
	/* It does not want to any more, or not now. Once after each ready(), before done(). */
	void (*ran)(struct job *job, void *arg);
	/* It wants to know what has come of that, and waits for prove(), see prove.h. After that,
	 * or after jobs_stop(), it may still want to call handlers. */
	void (*unproven)(struct job *job, void *arg);
	void (*done)(struct job *job, void *arg);
	void *arg;
};

/*
 * Plans a job: takes the events, finds rule and handler for each and makes the calls. An error is
 * in job->error then (and in its task's), as is one that the caller passes in; such a job is DONE
 * as soon as it is started. job_free() it.
 */
struct job *job_new(struct jobs *jobs, const struct dialect *from, const struct form *form,
    struct events *events, const struct error *error);
/*
 * Runs the handler, lets the verifier prove the result, undoes what failed if the client will not.
 * done() is called from the loop, once, never before job_start() returns.
 */
void job_start(struct job *job, void (*done)(struct job *job, void *arg), void *arg);
/* It is the turn of a job that is ready. */
void job_go(struct job *job);
void job_free(struct job *job);
/* Plans it once more if a challenge turned out to be delegated: it has another handler then, or at
 * least another name. */
void job_replan(struct job *job);
/* Adds what other calls of the client had to do with it, as job_start() will once more when nobody
 * can change it any more; see gather.h. */
void job_gather(struct job *job);

/* Ends what runs, in order: handlers are stopped, what they did is undone if the client will not.
 */
void jobs_stop(struct jobs *jobs);

/* For the parts of a job: what failed, and for which of its events. The first one counts. */
void job_fail(struct job *job, size_t i, enum failure failure, const char *text);
/* Likewise: calls due() from the loop, in so many ms; one at a time. */
void job_wait(struct job *job, long ms, void (*due)(struct job *job));

/* Does the status of this job decide anything? */
bool job_advisory(const struct job *job);
/* How long the verifier may take, in ms, for a type of challenge where nothing else is set. */
long job_default_timeout(const char *type);
/* And for an event. */
long job_verify_timeout(const struct job *job, size_t i);
bool job_verifies(const struct job *job, size_t i);
/* Is it looked at at all, now or with the last event of its batch? */
bool job_checks(const struct job *job, size_t i);
/* Has a handler begun to deploy an event, so that there may be something to clean? */
bool job_deployed(const struct job *job, size_t i);
/* Did its handler fail, and is that not believed before it has been looked (--trust)? */
bool job_doubts(const struct job *job, size_t i);
/* Is it looked whether what was cleaned is gone (--verify-clean)? For those whose handler ended. */
bool job_checks_absence(const struct job *job, size_t i);
/* Is an event not verified now, but with the last one of its batch? */
bool job_defers(const struct job *job, size_t i);
/* Does a verdict about an event let the client on, by --verify? If not, the error says how far it
 * came ("not verified"), and the reason of the verdict. */
bool job_accepts(const struct job *job, size_t i, struct json_object *verdict, const char *how_far,
    struct error *error);

#endif
