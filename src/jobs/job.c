/* SPDX-License-Identifier: MIT */
/* One call of a client from read to reported. */
#include "config.h"

#include "jobs/job.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "jobs/claim.h"
#include "report/alert.h"
#include "journal/journal.h"
#include "jobs/keep.h"
#include "jobs/preflight.h"
#include "jobs/prove.h"
#include "jobs/record.h"
#include "report/report.h"
#include "handlers/transport.h"
#include "jobs/undo.h"
#include "jobs/verifier.h"

static void run_next(struct job *job);

/* --- its turn to call handlers */

/* Calls run() when it is its turn; at once if it still is. */
static void take_turn(struct job *job, void (*run)(struct job *job))
{
	job->run = run;
	if (job->turn == TURN_TAKEN || !job->ready) {
		run(job);
		return;
	}
	job->turn = TURN_WANTED;
	job->ready(job, job->arg);
}

void job_go(struct job *job)
{
	job->turn = TURN_TAKEN;
	job->run(job);
}

static void give_turn(struct job *job)
{
	if (job->turn == TURN_NONE)
		return;
	job->turn = TURN_NONE;
	job->ran(job, job->arg);
}

void job_fail(struct job *job, size_t i, enum failure failure, const char *text)
{
	if (job->error.failure)
		return;
	fault_keep(&job->error, failure, text);
	job->culprit = i;
}

/* --- the end */

static void on_handle_closed(uv_handle_t *handle)
{
	free(handle);
}

static void leave(struct job *job)
{
	uv_close((uv_handle_t *)job->timer, on_handle_closed);
	job->timer = NULL;
	*job->link = job->next;
	if (job->next)
		job->next->link = job->link;
	report_done(job->jobs->report, job);
	alert_raise(job->jobs->alerts, job);
	job->done(job, job->arg);
}

/* Is it known what came of this event, whatever came of the others? */
static bool is_settled(const struct job *job, size_t i)
{
	const struct task *task = &job->tasks[i];

	return task->error.failure ||
	       (task->run && task->run->ended && (task->verify || !job_verifies(job, i)));
}

static void take_error(struct task *task, const struct fault *error)
{
	fault_drop(&task->error);
	fault_keep(&task->error, error->failure, error->text);
}

static void share_error(struct task *task, const struct fault *error, const char *with)
{
	char *text = xasprintf("failed with %s: %s", with, error->text);

	task->shared |= !task->error.failure;
	fault_keep(&task->error, error->failure, text);
	free(text);
}

/* One that fails takes the others of its call along: a client that called us hears one answer for
 * all. Challenges that came as a stream have an answer each. */
static void share_errors(struct job *job)
{
	const struct fault *error = &job->error;
	bool each = job->from->flags & DIALECT_STREAM && job->deploy.events.n &&
		    job->deploy.events.v[0].verb == VERB_DEPLOY;

	for (size_t i = 0; error->failure && i < job->deploy.events.n; i++) {
		const char *domain = job->deploy.events.v[job->culprit].field[FIELD_DOMAIN];

		if (each && is_settled(job, i))
			continue;
		if (i == job->culprit)
			take_error(&job->tasks[i], error);
		else
			share_error(&job->tasks[i], error, domain ? domain : "another");
	}
}

static void on_timer(uv_timer_t *timer)
{
	struct job *job = timer->data;

	job->due(job);
}

void job_wait(struct job *job, long ms, void (*due)(struct job *job))
{
	job->due = due;
	if (!job->timer) {
		job->timer = xcalloc(1, sizeof(*job->timer));
		uv_timer_init(job->jobs->loop, job->timer);
		job->timer->data = job;
	}
	uv_timer_start(job->timer, on_timer, (uint64_t)ms, 0);
}

static void finish(struct job *job)
{
	job->state = JOB_DONE;
	/* the next handler runs while we keep our books */
	give_turn(job);
	share_errors(job);
	record_end(job);
	keep_end(job);
	claim_end(job);
	job_wait(job, 0, leave);
}

bool job_deployed(const struct job *job, size_t i)
{
	const struct run *run = job->tasks[i].run;

	return job->deploy.events.v[i].verb == VERB_DEPLOY && run && run->started &&
	       job->deploy.targets[i].role != ROLE_AGAIN &&
	       /* nobody is at that terminal, or channel: nobody was told */
	       run->result.failure != FAILURE_USAGE &&
	       !(run->error.failure && job->deploy.targets[i].to->flags & DIALECT_DECLINES);
}

static void undo(struct job *job)
{
	job->state = JOB_UNDOING;
	run_next(job);
}

static void finish_or_undo(struct job *job)
{
	if (!job->error.failure || !undo_plan(job)) {
		finish(job);
		return;
	}
	job->state = JOB_STOPPED;
	take_turn(job, undo);
}

/* --- running */

static void batch_ended(struct job *job)
{
	if (job->state == JOB_UNDOING) {
		finish(job);
	} else if (job->error.failure) {
		finish_or_undo(job);
	} else if (!prove_begin(job, finish_or_undo)) {
		finish_or_undo(job);
	} else {
		/* the next handler runs while we ask */
		give_turn(job);
		if (job->unproven)
			job->unproven(job, job->arg);
		else
			prove(job);
	}
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
	for (size_t k = 0; k < call->count; k++) {
		struct task *task = &job->tasks[batch_index(batch, call, k)];

		if (task->error.failure)
			continue;
		take_error(task, &run->error);
		task->call = call;
		task->run = run;
	}
	job_fail(job, batch_index(batch, call, 0), run->error.failure, run->error.text);
}

/* The pause before a clean is tried for the second time, in ms; it doubles each time, up to a
 * minute. */
#define CLEAN_PAUSE 1000

static void resume(struct job *job)
{
	job->state = JOB_RUNNING;
	run_next(job);
}

static void on_pause_over(struct job *job)
{
	if (job->state == JOB_UNDOING)
		run_next(job);
	else
		take_turn(job, resume);
}

/* A clean that failed is tried again, as often as is set: what is left behind stays for long. It is
 * the turn of others meanwhile. */
static bool tries_again(struct job *job, struct batch *batch, struct run *run)
{
	const struct call *call = &batch->calls.v[batch->at];
	const struct view *view = &batch->targets[batch_index(batch, call, 0)].view;
	long tries = run->tries + 1;

	if (batch->events.v[batch_index(batch, call, 0)].verb != VERB_CLEAN ||
	    job->jobs->stopping || tries >= view_number(view, OPTION_CLEAN_TRIES))
		return false;
	process_result_free(&run->result);
	fault_drop(&run->error);
	*run = (struct run){.tries = tries};
	job_wait(job, CLEAN_PAUSE << (tries < 7 ? tries - 1 : 6), on_pause_over);
	if (job->state == JOB_RUNNING) {
		job->state = JOB_READY;
		give_turn(job);
	}
	return true;
}

static void on_run_ended(void *arg, const struct process_result *result)
{
	struct job *job = arg;
	struct batch *batch = batch_now(job);
	struct run *run = &batch->runs[batch->at];
	const struct call *call = &batch->calls.v[batch->at];
	size_t first = batch_index(batch, call, 0);

	job->transport = NULL;
	run->ended = true;
	run->result = *result;
	run_judge(run, &batch->targets[first], call);
	if (run->error.failure && tries_again(job, batch, run))
		return;
	if (run->error.failure && (batch == &job->undo || !job_doubts(job, first)))
		run_failed(job, batch, run);
	batch->at++;
	run_next(job);
}

static void start_run(struct job *job, struct batch *batch)
{
	struct call *call = &batch->calls.v[batch->at];
	const struct target *target = &batch->targets[batch_index(batch, call, 0)];
	const struct transport *transport = transport_of(target->to);
	struct run *run = &batch->runs[batch->at];
	struct error error = {0};
	const struct errand errand = {
	    .loop = job->jobs->loop,
	    .partners = job->jobs->partners,
	    .call = call,
	    .handler = target->handler,
	    .view = &target->view,
	};

	/* what is left of a handler after a crash is found by it; see orphans.h */
	env_set(&call->env, "ACMEHOOK_JOB", job->id);
	job->running = transport->start(&errand, on_run_ended, job, &error);
	fault_keep(&run->error, error.failure, error.text);
	run->started = job->running != NULL;
	if (run->started) {
		job->transport = transport;
		return;
	}
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
		fault_keep(&job->error, FAILURE_STOPPED, "stopped before the handler was called");
		batch_ended(job);
	} else {
		start_run(job, batch);
	}
}

/* --- the beginning */

/* Nothing was deployed, and nothing will be. */
static void give_up(struct job *job, const struct error *error)
{
	job_fail(job, 0, error->failure, error->text);
	finish(job);
}

/* May what the verifier says keep the client from going on? */
static bool is_proof_needed(const struct target *target)
{
	return view_number(&target->proof, OPTION_VERIFY) != VERIFY_WARN &&
	       view_number(&target->view, OPTION_TRUST) != DECIDING_STATUS;
}

/* A verifier that is not there is no verdict: the handler is not even called. */
static bool ready_verifier(struct job *job)
{
	for (size_t i = 0; i < job->deploy.events.n; i++) {
		struct error error = {0};

		if (!job_verifies(job, i) || verifier_prepare(job->jobs->verifier, &error) ||
		    !is_proof_needed(&job->deploy.targets[i]))
			continue;
		job_fail(job, i, error.failure, error.text);
		return false;
	}
	return true;
}

static void run(struct job *job)
{
	struct error error = {0};

	job_gather(job);
	if (job->error.failure || !ready_verifier(job)) {
		finish(job);
		return;
	}
	if (!record_begin(job, &error) || !keep_begin(job, &error)) {
		give_up(job, &error);
		return;
	}
	job->state = JOB_RUNNING;
	run_next(job);
}

static void begin(struct job *job)
{
	if (job->error.failure) {
		finish(job);
		return;
	}
	job->state = JOB_READY;
	take_turn(job, run);
}

static bool records(const struct job *job)
{
	return job->deploy.calls.n && job->deploy.events.n &&
	       verb_is_challenge(job->deploy.events.v[0].verb);
}

/* There is nothing that would keep the handler from being called, but perhaps an error. */
static void proceed(struct job *job)
{
	struct error error = {0};

	if (!job->error.failure)
		job_replan(job);
	if (job->error.failure)
		begin(job);
	else if (records(job) && !journal_open(job->jobs->journal, true, &error))
		give_up(job, &error);
	else if (records(job) || keep_open(job))
		claim_start(job, begin);
	else
		begin(job);
}

static void stop_before(struct job *job)
{
	const struct error error = {FAILURE_STOPPED, "stopped before the handler was called"};

	give_up(job, &error);
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
	job->state = JOB_ASKING;
	if (job->jobs->stopping)
		stop_before(job);
	else if (job->error.failure || !ready_verifier(job) || !preflight_start(job, proceed))
		proceed(job);
}

static void stop_asking(struct job *job)
{
	preflight_stop(job);
	stop_before(job);
}

void jobs_stop(struct jobs *jobs)
{
	struct job *next;

	jobs->stopping = true;
	for (struct job *job = jobs->first; job; job = next) {
		next = job->next;
		if (job->state == JOB_ASKING)
			stop_asking(job);
		else if (job->state == JOB_VERIFYING)
			prove_stop(job);
		else if (job->state == JOB_LOCKING || job->state == JOB_READY)
			stop_before(job);
		else if (job->transport && job->state == JOB_RUNNING)
			job->transport->stop(job->running);
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
		fault_drop(&job->tasks[i].error);
		json_object_put(job->tasks[i].verify);
		json_object_put(job->tasks[i].caa);
		free(job->tasks[i].alias);
		strlist_free(&job->tasks[i].known);
		strlist_free(&job->tasks[i].others);
	}
	free(job->tasks);
	free(job->id);
	fault_drop(&job->error);
	fault_drop(&job->unrouted);
	free(job->undo_fault);
	strlist_free(&job->names);
	batch_free(&job->deploy);
	batch_free(&job->undo);
	free(job);
}
