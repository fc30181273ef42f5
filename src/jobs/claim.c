/* SPDX-License-Identifier: MIT */
/* The names that a job works on are its own meanwhile. */
#include "config.h"

#include "jobs/claim.h"

#include <stdlib.h>
#include <string.h>

#include "journal/journal.h"
#include "jobs/keep.h"
#include "journal/lock.h"
#include "report/report.h"

/* How often a lock is looked at, and when people are told that we wait; ms. */
#define INTERVAL 25
#define PATIENCE 2000

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void collect(struct job *job)
{
	const struct event *events = job->deploy.events.v;
	struct strlist *names = &job->names;

	for (size_t i = 0; i < job->deploy.events.n; i++)
		if (job->tasks[i].call && verb_is_challenge(events[i].verb)) {
			strlist_add(names, events[i].field[FIELD_DOMAIN]);
			if (events[i].field[FIELD_DELEGATE])
				strlist_add(names, events[i].field[FIELD_DELEGATE]);
		}
	keep_names(job);
	/* always in the same order: two that want the same names do not wait for each other */
	if (names->n)
		qsort(names->v, names->n, sizeof(*names->v), by_name);
}

/* Drops the locks of the first n names. */
static void drop(const struct job *job, size_t n)
{
	for (size_t i = 0; i < n; i++)
		lock_drop(&job->jobs->journal->locks, job->names.v[i]);
}

/* All or none. The name that another process has, and that process; NULL: none has any. */
static const char *take(struct job *job, pid_t *holder)
{
	for (size_t i = 0; i < job->names.n; i++) {
		if (lock_take(&job->jobs->journal->locks, job->names.v[i], holder))
			continue;
		drop(job, i);
		return job->names.v[i];
	}
	job->locked = true;
	return NULL;
}

/* Takes the text. */
static void refuse(struct job *job, char *why)
{
	job_fail(job, 0, FAILURE_STOPPED, why);
	free(why);
	job->run(job);
}

static void try_it(struct job *job)
{
	long limit = view_number(&job->deploy.targets[0].view, OPTION_LOCK_TIMEOUT);
	struct report *report = job->jobs->report;
	pid_t holder;
	const char *name = take(job, &holder);

	if (!name) {
		job->run(job);
		return;
	}
	if (holder < 0) {
		char *why = lock_refusal(name, holder);

		refuse(job, xasprintf("state: %s: %s", job->jobs->journal->dir, why));
		free(why);
		return;
	}
	if (job->waited >= limit) {
		refuse(job, xasprintf("another acmehook (process %ld) has worked on %s for %g s "
				      "(--lock-timeout)",
				(long)holder, name, (double)limit / 1000));
		return;
	}
	if (job->waited == PATIENCE && (report->verbose || report->terminal))
		report_line(
		    report, "%s: waiting for another acmehook (process %ld)", name, (long)holder);
	job->waited += INTERVAL;
	job_wait(job, INTERVAL, try_it);
}

void claim_start(struct job *job, void (*then)(struct job *job))
{
	job->state = JOB_LOCKING;
	job->run = then;
	collect(job);
	try_it(job);
}

void claim_end(struct job *job)
{
	if (job->locked)
		drop(job, job->names.n);
	job->locked = false;
}
