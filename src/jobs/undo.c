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

/* Will nobody else clean? The clients of a stream do, but not after we were stopped: they wait for
 * whoever comes after us, or are gone. */
static bool must_undo(const struct job *job)
{
	return job->from->flags & DIALECT_LEAKS ||
	       (job->from->flags & DIALECT_STREAM && job->jobs->stopping);
}

bool undo_plan(struct job *job)
{
	struct error error = {0};
	size_t culprit, n = 0;

	if (!must_undo(job))
		return false;
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
