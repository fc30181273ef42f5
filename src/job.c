/* SPDX-License-Identifier: MIT */
/* One call of a client from read to reported. */
#include "config.h"

#include "job.h"

#include <stdlib.h>
#include <string.h>

#include "jsonline.h"
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

static void run_next(struct job *job);

static void fail(struct job *job, size_t i, const struct error *error)
{
	if (job->error.failure)
		return;
	job->error = *error;
	job->culprit = i;
}

/* --- planning */

static void link_calls(struct job *job)
{
	for (size_t c = 0; c < job->deploy.calls.n; c++) {
		const struct call *call = &job->deploy.calls.v[c];

		for (size_t i = call->first; i < call->first + call->count && !call->bracket; i++) {
			job->tasks[i].call = call;
			job->tasks[i].run = &job->deploy.runs[c];
		}
	}
}

/* A CA offers types that nobody here knows yet: the client goes on to its next offer. */
static bool is_unknown_offer(const struct job *job)
{
	const struct event *event =
	    job->deploy.events.n ? &job->deploy.events.v[job->culprit] : NULL;
	const char *type = event ? event->field[FIELD_TYPE] : NULL;

	return job->from->flags & DIALECT_OFFERS && type && !is_challenge_type(type);
}

struct job *job_new(struct jobs *jobs, const struct dialect *from, const struct form *form,
    struct events *events, const struct error *error)
{
	struct job *job = xcalloc(1, sizeof(*job));
	struct error why = {0};
	size_t culprit;

	job->jobs = jobs;
	job->from = from;
	job->form = form;
	job->error = *error;
	job->deploy.events = *events;
	*events = (struct events){0};
	if (job->error.failure && job->deploy.events.n)
		job->culprit = job->deploy.events.n - 1; /* reading stopped there */
	job->tasks = xcalloc(job->deploy.events.n, sizeof(*job->tasks));
	if (job->error.failure) {
		job->declined = is_unknown_offer(job);
		return job;
	}
	if (batch_plan(&job->deploy, &jobs->scope, &culprit, &why)) {
		link_calls(job);
		return job;
	}
	fail(job, culprit, &why);
	job->declined = from->flags & DIALECT_OFFERS && job->deploy.targets[culprit].unhandled;
	return job;
}

/* --- the end */

static void on_handle_closed(uv_handle_t *handle)
{
	free(handle);
}

static void on_finish(uv_timer_t *timer)
{
	struct job *job = timer->data;

	uv_close((uv_handle_t *)timer, on_handle_closed);
	*job->link = job->next;
	if (job->next)
		job->next->link = job->link;
	report_done(job->jobs->report, job);
	job->done(job, job->arg);
}

/* Is it known what came of this event, whatever came of the others? */
static bool is_settled(const struct job *job, size_t i)
{
	const struct task *task = &job->tasks[i];

	return task->error.failure ||
	       (task->run && task->run->ended && (task->verify || !job_verifies(job, i)));
}

/* One that fails takes the others of its call along: a client that called us hears one answer for
 * all. Events of a stream have an answer each. */
static void share_error(struct job *job)
{
	const struct error *error = &job->error;
	bool each = job->from->flags & DIALECT_STREAM;

	for (size_t i = 0; error->failure && i < job->deploy.events.n; i++) {
		const char *domain = job->deploy.events.v[job->culprit].field[FIELD_DOMAIN];

		if (each && is_settled(job, i))
			continue;
		if (i == job->culprit)
			job->tasks[i].error = *error;
		else
			error_set(&job->tasks[i].error, error->failure, "failed with %s: %s",
			    domain ? domain : "another", error->text);
	}
}

static void finish(struct job *job)
{
	uv_timer_t *timer = xcalloc(1, sizeof(*timer));

	share_error(job);
	job->state = JOB_DONE;
	uv_timer_init(job->jobs->loop, timer);
	timer->data = job;
	uv_timer_start(timer, on_finish, 0, 0);
}

/* Makes of every deploy that was begun a clean, and runs those. */
static bool undo(struct job *job)
{
	struct task *tasks = job->tasks;
	size_t n = 0, culprit;

	if (job->deploy.events.n == 0 || job->deploy.events.v[0].verb != VERB_DEPLOY ||
	    !(job->from->flags & DIALECT_LEAKS))
		return false;
	for (size_t i = 0; i < job->deploy.events.n; i++) {
		const struct run *run = tasks[i].run;
		struct event *event;

		if (!run || !run->started ||
		    (run->error.failure && job->deploy.targets[i].to->flags & DIALECT_DECLINES))
			continue;
		n++;
		event = events_add(&job->undo.events);
		event_copy(event, &job->deploy.events.v[i]);
		event->verb = VERB_CLEAN;
		event_set(
		    event, FIELD_STATUS, "invalid"); /* the CA was not, and will not be, content */
	}
	if (!n || !batch_plan(&job->undo, &job->jobs->scope, &culprit, &job->undo_error))
		return false;
	job->state = JOB_UNDOING;
	run_next(job);
	return true;
}

static void finish_or_undo(struct job *job)
{
	if (!job->error.failure || !undo(job))
		finish(job);
}

/* --- proof */

bool job_verifies(const struct job *job, size_t i)
{
	return job->deploy.events.v[i].verb == VERB_DEPLOY && job->deploy.targets[i].handler &&
	       view_number(&job->deploy.targets[i].view, OPTION_VERIFY) != VERIFY_OFF;
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
	fail(job, i, &task->error);
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
		finish_or_undo(job);
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

static void verify(struct job *job)
{
	job->state = JOB_VERIFYING;
	for (size_t i = 0; i < job->deploy.events.n; i++)
		if (job_verifies(job, i))
			ask(job, i);
	if (!job->pending)
		finish_or_undo(job);
	else if (job->ran)
		job->ran(job, job->arg);
}

/* --- running */

static void batch_ended(struct job *job)
{
	if (job->state == JOB_UNDOING)
		finish(job);
	else if (job->error.failure)
		finish_or_undo(job);
	else
		verify(job);
}

static struct batch *batch_now(struct job *job)
{
	return job->state == JOB_UNDOING ? &job->undo : &job->deploy;
}

/* An error of a run is one of its events; in undoing it is reported, and the next one is tried. */
static void run_failed(struct job *job, struct batch *batch, struct run *run)
{
	const struct call *call = &batch->calls.v[batch->at];

	if (batch == &job->undo)
		return;
	for (size_t i = call->first; i < call->first + call->count; i++) {
		if (job->tasks[i].error.failure)
			continue;
		job->tasks[i].error = run->error;
		job->tasks[i].call = call;
		job->tasks[i].run = run;
	}
	fail(job, call->first, &run->error);
}

static void on_run_ended(void *arg, const struct process_result *result)
{
	struct job *job = arg;
	struct batch *batch = batch_now(job);
	struct run *run = &batch->runs[batch->at];
	const struct call *call = &batch->calls.v[batch->at];

	job->process = NULL;
	run->ended = true;
	run->result = *result;
	run_judge(run, &batch->targets[call->first], call);
	if (run->error.failure)
		run_failed(job, batch, run);
	batch->at++;
	run_next(job);
}

static void start_run(struct job *job, struct batch *batch)
{
	const struct call *call = &batch->calls.v[batch->at];
	const struct view *view = &batch->targets[call->first].view;
	struct run *run = &batch->runs[batch->at];
	const struct process_options options = {
	    .input = call->input,
	    .argv = call->argv.v,
	    .env = &call->env,
	    .env_more = &view_get(view, OPTION_ENV)->list,
	    .cwd = view_text(view, OPTION_CWD),
	    .umask = (mode_t)view_number(view, OPTION_UMASK),
	    .timeout = view_number(view, OPTION_TIMEOUT),
	    .kill_after = view_number(view, OPTION_KILL_AFTER),
	};

	job->process = process_start(job->jobs->loop, &options, on_run_ended, job, &run->error);
	run->started = job->process != NULL;
	if (run->started)
		return;
	run_failed(job, batch, run);
	batch->at++;
	run_next(job);
}

static void run_next(struct job *job)
{
	struct batch *batch = batch_now(job);
	bool undoing = job->state == JOB_UNDOING;

	if (batch->at == batch->calls.n || (!undoing && job->error.failure)) {
		batch_ended(job);
	} else if (!undoing && job->jobs->stopping) {
		error_set(&job->error, FAILURE_STOPPED, "stopped before the handler was called");
		batch_ended(job);
	} else {
		start_run(job, batch);
	}
}

void job_start(struct job *job, void (*done)(struct job *, void *), void *arg)
{
	job->done = done;
	job->arg = arg;
	job->link = &job->jobs->first;
	job->next = *job->link;
	if (job->next)
		job->next->link = &job->next;
	*job->link = job;
	if (job->error.failure) {
		finish(job);
		return;
	}
	for (size_t i = 0; i < job->deploy.events.n; i++)
		if (job_verifies(job, i))
			verifier_prepare(job->jobs->verifier);
	job->state = JOB_RUNNING;
	run_next(job);
}

static void stop_verifying(struct job *job)
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
			fail(job, i, &task->error);
	}
	finish_or_undo(job);
}

void jobs_stop(struct jobs *jobs)
{
	struct job *next;

	jobs->stopping = true;
	for (struct job *job = jobs->first; job; job = next) {
		next = job->next;
		if (job->state == JOB_VERIFYING)
			stop_verifying(job);
		else if (job->process && job->state == JOB_RUNNING)
			process_stop(job->process);
	}
}

bool job_advisory(const struct job *job)
{
	return job->form && job->form->flags & FORM_ADVISORY;
}

void job_free(struct job *job)
{
	if (!job)
		return;
	for (size_t i = 0; i < job->deploy.events.n; i++) {
		json_object_put(job->tasks[i].verify);
	}
	free(job->tasks);
	batch_free(&job->deploy);
	batch_free(&job->undo);
	free(job);
}
