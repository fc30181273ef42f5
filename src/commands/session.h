/* SPDX-License-Identifier: MIT */
/* What a command needs to run jobs: loop, settings, verifier, report, signals. */
#ifndef ACMEHOOK_SESSION_H
#define ACMEHOOK_SESSION_H

#include "report/alert.h"
#include "commands/command.h"
#include "jobs/job.h"
#include "journal/journal.h"
#include "report/report.h"
#include "handlers/talk.h"

struct session {
	const struct command *command;
	uv_loop_t loop;
	struct settings initial;
	struct rules rules;
	struct view view; /* what holds without a rule */
	struct jobs jobs;
	struct partners partners;
	struct journal journal;
	struct report report;
	struct alerts alerts;
	uv_signal_t signals[3];
	bool open;
	void (*on_stop)(void *arg); /* may be set: called once when a signal stops the jobs */
	void *arg;
};

/* Reads the configuration and sets all up; nothing is started. False, with a sentence. */
bool session_open(struct session *session, const struct command *command, struct error *error);
/* Runs the loop until all jobs are done. */
void session_run(struct session *session);
void session_close(struct session *session);

/* The commands. Each returns the exit status. */
int call_command(struct session *session);    /* one call of a client; call.c */
int stream_command(struct session *session);  /* run; stream.c */
int look_command(struct session *session);    /* verify; look.c */
int pending_command(struct session *session); /* pending.c */
int try_command(struct session *session);     /* try.c */

/* Prints what would be done for a job, and why. */
void explain_job(struct job *job);

#endif
