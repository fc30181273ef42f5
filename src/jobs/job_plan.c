/* SPDX-License-Identifier: MIT */
/* A job before it is started: its events, and the calls that they make. */
#include "config.h"

#include "jobs/job.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "jobs/gather.h"
#include "journal/journal.h"
#include "jobs/preflight.h"
#include "jobs/recall.h"
#include "record_name.h"

static void link_calls(struct job *job)
{
	for (size_t i = 0; i < job->deploy.events.n; i++) {
		job->tasks[i].call = NULL;
		job->tasks[i].run = NULL;
	}
	for (size_t c = 0; c < job->deploy.calls.n; c++) {
		const struct call *call = &job->deploy.calls.v[c];

		for (size_t k = 0; k < call->count && !call->bracket; k++) {
			struct task *task = &job->tasks[batch_index(&job->deploy, call, k)];

			task->call = call;
			task->run = &job->deploy.runs[c];
		}
	}
}

/* A CA offers types that nobody knows yet, or that the client cannot tell of: it goes on to its
 * next offer. */
static bool is_unknown_offer(const struct job *job)
{
	const struct event *event =
	    job->deploy.events.n ? &job->deploy.events.v[job->culprit] : NULL;
	const char *type = event ? event->field[FIELD_TYPE] : NULL;

	return job->from->flags & DIALECT_OFFERS && type &&
	       (!is_challenge_type(type) || record_is_apart(type));
}

static char *new_id(void)
{
	static unsigned count;
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return xasprintf("%llx.%lx.%lx.%x", (unsigned long long)now.tv_sec,
	    (unsigned long)now.tv_nsec, (unsigned long)getpid(), count++);
}

/* What the client told us before, and does not repeat. */
static bool recall(struct job *job, struct error *error)
{
	struct batch *batch = &job->deploy;
	struct journal *journal = job->jobs->journal;

	if (!batch->events.n || !verb_is_challenge(batch->events.v[0].verb))
		return true;
	if (!journal_open(journal, false, error) && error->failure)
		return false;
	if (batch->events.v[0].verb == VERB_CLEAN)
		return recall_deployed(journal, job->from, batch, error);
	recall_batch(journal, job->from, batch);
	return true;
}

/* One for each event; those that are there stay. */
static void add_tasks(struct job *job, size_t n)
{
	job->tasks = xrealloc(job->tasks, (job->deploy.events.n + 1) * sizeof(*job->tasks));
	for (; n < job->deploy.events.n; n++)
		job->tasks[n] = (struct task){.with = n};
}

void job_gather(struct job *job)
{
	size_t n = job->deploy.events.n, culprit;
	struct error error = {0};
	bool done;

	if (!n || job->error.failure || !verb_is_challenge(job->deploy.events.v[0].verb))
		return;
	done = gather(job, &job->deploy, &culprit, &error);
	add_tasks(job, n);
	link_calls(job);
	if (!done)
		job_fail(job, culprit, error.failure, error.text);
}

/* Nobody is for any of it, and the client asks others. */
static bool is_declined(const struct job *job)
{
	size_t i = 0;

	while (i < job->deploy.events.n && job->deploy.targets[i].unhandled)
		i++;
	return job->from->flags & DIALECT_OFFERS && i && i == job->deploy.events.n;
}

static bool plan(struct job *job, size_t *culprit, struct error *error)
{
	if (!batch_plan(&job->deploy, &job->jobs->scope, culprit, error))
		return false;
	link_calls(job);
	job->declined = is_declined(job);
	return true;
}

static void fail_plan(struct job *job, size_t culprit, const struct error *error)
{
	job_fail(job, culprit, error->failure, error->text);
	job->declined = job->from->flags & DIALECT_OFFERS && job->deploy.targets[culprit].unhandled;
}

static void unroute(struct job *job, size_t culprit, const struct error *error)
{
	fault_keep(&job->unrouted, error->failure, error->text);
	job->culprit = culprit;
}

struct job *job_new(struct jobs *jobs, const struct dialect *from, const struct form *form,
    struct events *events, const struct error *error)
{
	struct job *job = xcalloc(1, sizeof(*job));
	struct error why = {0};
	size_t culprit;

	job->jobs = jobs;
	job->id = new_id();
	job->created = time(NULL);
	job->from = from;
	job->form = form;
	fault_keep(&job->error, error->failure, error->text);
	batch_take(&job->deploy, events);
	if (job->error.failure && job->deploy.events.n)
		job->culprit = job->deploy.events.n - 1; /* reading stopped there */
	if (!job->error.failure && !recall(job, &why))
		job_fail(job, 0, why.failure, why.text);
	add_tasks(job, 0);
	if (job->error.failure) {
		job->declined = is_unknown_offer(job);
		return job;
	}
	if (!plan(job, &culprit, &why) && preflight_may_route(job))
		unroute(job, culprit, &why);
	else if (why.failure)
		fail_plan(job, culprit, &why);
	return job;
}

void job_replan(struct job *job)
{
	struct error error = {0};
	bool delegated = false;
	size_t culprit;

	for (size_t i = 0; i < job->deploy.events.n; i++)
		delegated = delegated ||
			    (job->tasks[i].alias && job->deploy.events.v[i].field[FIELD_DELEGATE]);
	if (!delegated && !job->unrouted.failure)
		return;
	batch_unplan(&job->deploy);
	for (size_t i = 0; i < job->deploy.events.n; i++) {
		job->tasks[i].call = NULL;
		job->tasks[i].run = NULL;
	}
	if (!plan(job, &culprit, &error))
		fail_plan(job, culprit, &error);
}
