/* SPDX-License-Identifier: MIT */
/* Is it there? What the verifier is asked about a job, and what its verdicts decide. */
#include "config.h"

#include "prove.h"

#include <stdlib.h>
#include <string.h>

#include "jsonline.h"
#include "recall.h"
#include "report.h"
#include "verdict.h"
#include "verifier.h"

/* What a verdict means for the client, by --verify. */
static const enum failure decision[VERIFY__MAX][VERDICT__MAX] = {
    [VERIFY_STRICT] =
	{
	    [VERDICT_RETRY] = FAILURE_VERIFY_TIMEOUT,
	    [VERDICT_FAIL] = FAILURE_VERIFY,
	    [VERDICT_UNKNOWN] = FAILURE_UNKNOWN,
	},
    [VERIFY_REQUIRE] =
	{
	    [VERDICT_RETRY] = FAILURE_VERIFY_TIMEOUT,
	    [VERDICT_FAIL] = FAILURE_VERIFY,
	},
};

bool job_verifies(const struct job *job, size_t i)
{
	return job->deploy.events.v[i].verb == VERB_DEPLOY && job->deploy.targets[i].handler &&
	       !job_defers(job, i) &&
	       view_number(&job->deploy.targets[i].view, OPTION_VERIFY) != VERIFY_OFF;
}

bool job_defers(const struct job *job, size_t i)
{
	return i < job->deploy.events.n - job->deploy.told &&
	       batch_goes_on(&job->deploy.events.v[i]);
}

long job_default_timeout(const char *type)
{
	/* a record has to travel to other servers, a file has not */
	return strcmp(type, "dns-01") ? 60000 : 300000;
}

long job_verify_timeout(const struct job *job, size_t i)
{
	const struct setting *s = view_get(&job->deploy.targets[i].view, OPTION_VERIFY_TIMEOUT);

	return s->set ? s->number : job_default_timeout(job->deploy.events.v[i].field[FIELD_TYPE]);
}

/* The argument of the verifier's callbacks: the job and which of its tasks. */
struct waiting {
	struct job *job;
	size_t i;
};

static void decide(struct job *job, size_t i)
{
	struct task *task = &job->tasks[i];
	const struct event *event = &job->deploy.events.v[i];
	enum verdict verdict = VERDICT_UNKNOWN;
	const char *reason = jsonline_string(task->verify, "reason");
	enum failure failure;

	verdict_from_name(jsonline_string(task->verify, "verdict"), &verdict);
	failure = decision[view_number(&job->deploy.targets[i].view, OPTION_VERIFY)][verdict];
	if (!failure)
		return;
	error_set(&task->error, failure, "%s %s: not verified: %s", event->field[FIELD_TYPE],
	    event->field[FIELD_DOMAIN], reason ? reason : verdict_name(verdict));
	job_fail(job, i, &task->error);
}

static void on_verdict(void *arg, struct json_object *verdict)
{
	struct waiting *w = arg;
	struct job *job = w->job;
	struct task *task = &job->tasks[w->i];

	task->question = NULL;
	task->verify = verdict;
	decide(job, w->i);
	free(w);
	if (--job->pending == 0)
		job->proven(job);
}

static void on_progress(void *arg, struct json_object *state)
{
	struct waiting *w = arg;

	report_progress(w->job->jobs->report, w->job, w->i, state);
}

static void ask(struct job *job, size_t i)
{
	const struct event *event = &job->deploy.events.v[i];
	struct task *task = &job->tasks[i];
	struct waiting *w = xcalloc(1, sizeof(*w));
	const char *value = event->field[FIELD_VALIDATION];
	struct proof proof = {
	    .type = event->field[FIELD_TYPE],
	    .domain = event->field[FIELD_DOMAIN],
	    .token = event->field[FIELD_TOKEN],
	    .values = &value,
	    .n = 1,
	    .timeout = job_verify_timeout(job, i),
	    .view = &job->deploy.targets[i].view,
	};

	*w = (struct waiting){job, i};
	job->pending++;
	task->question = verifier_ask(job->jobs->verifier, &proof, on_verdict,
	    report_shows_progress(job->jobs->report) ? on_progress : NULL, w);
}

void prove(struct job *job, void (*done)(struct job *job))
{
	job->state = JOB_VERIFYING;
	job->proven = done;
	for (size_t i = 0; i < job->deploy.events.n; i++)
		if (job_verifies(job, i))
			ask(job, i);
	if (!job->pending)
		done(job);
}

void prove_stop(struct job *job)
{
	job->pending = 0;
	for (size_t i = 0; i < job->deploy.events.n; i++) {
		struct task *task = &job->tasks[i];

		if (task->question)
			free(verifier_cancel(task->question));
		task->question = NULL;
		if (job_verifies(job, i) && !task->verify)
			error_set(&task->error, FAILURE_STOPPED, "stopped before it was verified");
		if (task->error.failure)
			job_fail(job, i, &task->error);
	}
	job->proven(job);
}
