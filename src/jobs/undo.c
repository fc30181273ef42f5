/* SPDX-License-Identifier: MIT */
/* The way back. */
#include "config.h"

#include "jobs/undo.h"

#include <stdlib.h>

#include "jobs/gather.h"

/* The way back of a deployment. */
static void add_undo(struct job *job, size_t i)
{
	struct event *event = batch_add(&job->undo, ROLE_NEW);
	char *output = run_output(job->tasks[i].run);

	event_copy(event, &job->deploy.events.v[i]);
	event->verb = VERB_CLEAN;
	event_set(event, FIELD_STATUS, "invalid"); /* the CA was not, and will not be, content */
	event_set(event, FIELD_OUTPUT, output);
	free(output);
}

static const struct run *run_of(const struct batch *batch, size_t i)
{
	for (size_t c = 0; c < batch->calls.n; c++)
		for (size_t k = 0; k < batch->calls.v[c].count && !batch->calls.v[c].bracket; k++)
			if (batch_index(batch, &batch->calls.v[c], k) == i)
				return &batch->runs[c];
	return NULL;
}

/* How often it is looked whether fewer are being undone, in ms. */
#define INTERVAL 10

/* When a service stops there may be thousands to undo: not all at once. */
static void undo_in_turn(struct job *job)
{
	struct jobs *jobs = job->jobs;

	if (jobs->most_undoing && jobs->undoing >= jobs->most_undoing) {
		job_wait(job, INTERVAL, undo_in_turn);
		return;
	}
	jobs->undoing++;
	job->state = JOB_UNDOING;
	job->run(job);
}

/* Will nobody else clean? The clients of a stream do, but not after we were stopped: they wait for
 * whoever comes after us, or are gone. */
static bool must_undo(const struct job *job)
{
	return job->from->flags & DIALECT_LEAKS ||
	       (job->from->flags & DIALECT_STREAM && job->jobs->stopping);
}

/* Makes of every deploy that was begun a clean. */
static bool plan(struct job *job)
{
	struct error error = {0};
	size_t culprit, n = 0;

	for (size_t i = 0; i < job->deploy.events.n; i++)
		if (job_deployed(job, i))
			add_undo(job, i);
	if (!job->undo.events.n || !batch_plan(&job->undo, &job->jobs->scope, &culprit, &error) ||
	    !gather(job, &job->undo, &culprit, &error)) {
		job->undo_fault = error.failure ? xstrdup(error.text) : NULL;
		return false;
	}
	for (size_t i = 0; i < job->deploy.events.n; i++) {
		if (!job_deployed(job, i))
			continue;
		job->tasks[i].undone = run_of(&job->undo, n);
		job->tasks[i].undo_waits = job->undo.targets[n++].role == ROLE_LATER;
	}
	return true;
}

bool undo_start(struct job *job, void (*run)(struct job *job))
{
	if (!must_undo(job) || !plan(job))
		return false;
	job->state = JOB_STOPPED;
	job->run = run;
	undo_in_turn(job);
	return true;
}

void undo_end(struct job *job)
{
	job->jobs->undoing -= job->state == JOB_UNDOING;
}
