/* SPDX-License-Identifier: MIT */
/* One run of a handler: spawn, capture, deadline, process group. */
#ifndef ACMEHOOK_PROCESS_H
#define ACMEHOOK_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

#include <uv.h>

#include "buf.h"
#include "error.h"

struct process_options {
	const char *input;		/* for standard input; NULL: /dev/null */
	char *const *argv;		/* argv[0] is the path; it is not looked up in PATH */
	const char *handler;		/* argv[0], or the script that it will run */
	bool interpreted;		/* argv[0] is an interpreter that was set */
	const char *user;		/* whom it runs as; NULL: as we do */
	const struct strlist *env;	/* entries as in struct call, on top of our environment */
	const char *env_file;		/* a file of variables, on top of those; NULL: none */
	const struct strlist *env_more; /* "NAME=VALUE" of the configuration, on top of those */
	const char *cwd;		/* NULL: ours */
	mode_t umask;
	long timeout;	 /* ms */
	long kill_after; /* ms from SIGTERM to SIGKILL */
};

/* How it ended. Texts are valid UTF-8, without NUL. */
struct process_result {
	int exit_status;      /* -1: killed by a signal */
	int signal;	      /* 0: none */
	bool timed_out;	      /* we stopped it because of its deadline */
	bool stopped;	      /* we stopped it because of process_stop() */
	bool truncated;	      /* more was printed than is kept */
	enum failure failure; /* of what is no process: err says why */
	long ms;
	char *out, *err;
};

struct process;
/* Called once, after the process was reaped and its pipes are at their end, or a second after it
 * was reaped if a child of its own keeps them open. The result's texts are the receiver's. */
typedef void process_done(void *arg, const struct process_result *result);

/*
 * Starts a process: in a session and process group of its own, with /dev/null or the input given,
 * pipes for output, no other file open. NULL, with a sentence that says what to do, if that is not
 * possible; done is not called then. The options need not outlive the call.
 */
struct process *process_start(uv_loop_t *loop, const struct process_options *options,
    process_done *done, void *arg, struct error *error);
/* SIGTERM to its group, SIGKILL kill_after later. */
void process_stop(struct process *process);
void process_result_free(struct process_result *result);

/*
 * Once, first thing in main(), whatever the client left us: 0, 1 and 2 are open, all other files
 * will not reach a handler, no signal is blocked (Apache httpd's threads block all of them), and
 * nobody's end but a handler's own is a SIGPIPE.
 */
void process_clean_start(void);

#endif
