/* SPDX-License-Identifier: MIT */
/* Is it there? What the verifier is asked about a job, and what its verdicts decide. */
#include "config.h"

#include "jobs/prove.h"

#include <stdlib.h>
#include <string.h>

#include "jsonline.h"
#include "jobs/recall.h"
#include "record_name.h"
#include "report/report.h"
#include "handlers/talk.h"
#include "jobs/values.h"
#include "verdict.h"
#include "jobs/verifier.h"

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

bool job_checks(const struct job *job, size_t i)
{
	return job->deploy.events.v[i].verb == VERB_DEPLOY && job->deploy.targets[i].handler &&
	       view_number(&job->deploy.targets[i].proof, OPTION_VERIFY) != VERIFY_OFF;
}

bool job_verifies(const struct job *job, size_t i)
{
	return job_checks(job, i) && (!job_defers(job, i) || job_doubts(job, i));
}

bool job_checks_absence(const struct job *job, size_t i)
{
	const struct view *view = &job->deploy.targets[i].proof;
	const struct run *run = job->tasks[i].run;

	/* what nobody has seen there need not be looked for */
	return job->deploy.events.v[i].verb == VERB_CLEAN && run && run->ended &&
	       job->tasks[i].seen && !job->deploy.targets[i].to->compose &&
	       view_number(view, OPTION_VERIFY) != VERIFY_OFF &&
	       view_number(view, OPTION_VERIFY_CLEAN);
}

bool job_doubts(const struct job *job, size_t i)
{
	const struct run *run = job->tasks[i].run;

	if (!run || !run->ended || !(job_checks(job, i) || job_checks_absence(job, i)) ||
	    view_number(&job->deploy.targets[i].view, OPTION_TRUST) != DECIDING_DNS)
		return false;
	return run->error.failure == FAILURE_HANDLER ||
	       run->error.failure == FAILURE_HANDLER_TIMEOUT;
}

bool job_defers(const struct job *job, size_t i)
{
	return batch_is_new(&job->deploy, i) && batch_goes_on(&job->deploy.events.v[i]);
}

long job_default_timeout(const char *type)
{
	/* a record has to travel to other servers, a file has not */
	return record_answers(type) ? 300000 : 60000;
}

long job_verify_timeout(const struct job *job, size_t i)
{
	const struct setting *s = view_get(&job->deploy.targets[i].proof, OPTION_VERIFY_TIMEOUT);

	return s->set ? s->number : job_default_timeout(job->deploy.events.v[i].field[FIELD_TYPE]);
}

/* So many ms it is looked for what a handler that failed may have done: perhaps it did nothing. */
#define DOUBT_PATIENCE 15000

/* And so many whether what was cleaned is gone. */
#define ABSENCE_PATIENCE 3000

static long patience(const struct job *job, size_t i)
{
	long timeout = job_verify_timeout(job, i);

	if (job_checks_absence(job, i))
		return timeout < ABSENCE_PATIENCE ? timeout : ABSENCE_PATIENCE;
	return job_doubts(job, i) && timeout > DOUBT_PATIENCE ? DOUBT_PATIENCE : timeout;
}

/* The argument of the verifier's callbacks: the job and which of its tasks. */
struct waiting {
	struct job *job;
	size_t i;
};

static void ask(struct job *job, size_t i);

bool job_accepts(const struct job *job, size_t i, struct json_object *verdict, const char *how_far,
    struct error *error)
{
	const struct event *event = &job->deploy.events.v[i];
	enum verdict v = VERDICT_UNKNOWN;
	const char *reason = jsonline_string(verdict, "reason");
	enum failure failure;

	verdict_from_name(jsonline_string(verdict, "verdict"), &v);
	failure = decision[view_number(&job->deploy.targets[i].proof, OPTION_VERIFY)][v];
	return !failure ||
	       error_set(error, failure, "%s %s: %s: %s", event->field[FIELD_TYPE],
		   event->field[FIELD_DOMAIN], how_far, reason ? reason : verdict_name(v));
}

/* Is it gone from some servers? Then the handler did its work, and the others will follow. */
static bool is_going(struct json_object *state)
{
	const char *id = jsonline_string(state, "case");

	return id && !strcmp(id, "D64");
}

/* Is it enough, by --trust and --verify? */
static bool is_enough(
    const struct job *job, size_t i, struct json_object *verdict, struct error *error)
{
	const struct view *view = &job->deploy.targets[i].view;
	enum verdict v = VERDICT_UNKNOWN;

	verdict_from_name(jsonline_string(verdict, "verdict"), &v);
	if (job_doubts(job, i) && v != VERDICT_PASS && v != VERDICT_WARN && !is_going(verdict)) {
		const struct fault *why = &job->tasks[i].run->error;

		return error_set(error, why->failure, "%s", why->text);
	}
	if (job->deploy.events.v[i].verb == VERB_CLEAN)
		return true;
	return view_number(view, OPTION_TRUST) == DECIDING_STATUS ||
	       job_accepts(job, i, verdict, "not verified", error);
}

/* The values of one name are asked for together, as they have to be there: with the first event. */
static size_t first_of_name(const struct job *job, size_t i)
{
	const struct event *events = job->deploy.events.v;
	size_t k = 0;

	while (k < i && !(job_verifies(job, k) && values_share(&events[k], &events[i]) &&
			    !strcmp(events[k].field[FIELD_DOMAIN], events[i].field[FIELD_DOMAIN])))
		k++;
	return k;
}

/* Does the verdict let event i on? Else its task has the reason. */
static bool decide(struct job *job, size_t i)
{
	struct task *task = &job->tasks[i];
	struct error error = {0};
	bool enough = is_enough(job, i, task->verify, &error);

	fault_keep(&task->error, error.failure, error.text);
	return enough;
}

/* Is event k verified with event i, and is another one? */
static bool is_with(const struct job *job, size_t k, size_t i)
{
	return k != i && job->tasks[k].with == i && job_verifies(job, k);
}

/* What was heard is said of all that it was asked about. */
static void share(struct job *job, size_t i)
{
	for (size_t k = i; k < job->deploy.events.n; k++) {
		struct task *task = &job->tasks[k];

		if (!is_with(job, k, i))
			continue;
		task->verify = json_object_get(job->tasks[i].verify);
		decide(job, k);
	}
}

static void settle(struct waiting *w)
{
	struct job *job = w->job;
	const struct fault *error = &job->tasks[w->i].error;

	share(job, w->i);
	if (error->failure)
		job_fail(job, w->i, error->failure, error->text);
	free(w);
	if (--job->pending == 0)
		job->proven(job);
}

/* --- somebody deploys by hand, and wants to know how it stands */

static bool by_hand(const struct job *job, size_t i)
{
	const char *handler = job->deploy.targets[i].handler;

	return job->deploy.targets[i].to->compose && !strcmp(handler, TERMINAL);
}

static void on_answer(void *arg, const struct process_result *result)
{
	struct waiting *w = arg;
	struct job *job = w->job;
	struct task *task = &job->tasks[w->i];
	struct process_result texts = *result;

	task->again = NULL;
	process_result_free(&texts);
	if (result->failure) {
		settle(w);
		return;
	}
	json_object_put(task->verify);
	task->verify = NULL;
	fault_drop(&task->error);
	job->pending--;
	ask(job, w->i);
	free(w);
}

/* It is not there (yet): shows what was seen, and looks again when it is said so. */
static void offer_again(struct waiting *w)
{
	struct job *job = w->job;
	struct task *task = &job->tasks[w->i];
	struct buf b = BUF_INIT(64 * 1024);

	buf_printf(&b, "\n%s\n", task->error.text);
	report_evidence(&b, task->verify);
	buf_visible(&b);
	buf_puts(&b, "Press Enter to look again (q and Enter to give up): ");
	task->again = talk_say(job->jobs->partners, TERMINAL, buf_text(&b), true, 0, on_answer, w);
	buf_free(&b);
}

static void show_line(struct waiting *w, struct json_object *state, const char *end)
{
	struct partners *partners = w->job->jobs->partners;
	struct buf b = BUF_INIT(2048);

	report_progress_line(&b, job_title(w->job, w->i), state);
	buf_visible(&b);
	buf_puts(&b, end);
	talk_show(partners, TERMINAL, "\r\033[K");
	talk_show(partners, TERMINAL, buf_text(&b));
	buf_free(&b);
}

/* --- verdicts */

static void on_verdict(void *arg, struct json_object *verdict)
{
	struct waiting *w = arg;
	struct job *job = w->job;
	struct task *task = &job->tasks[w->i];
	bool content;

	task->question = NULL;
	task->verify = verdict;
	values_explain(job, w->i, verdict);
	content = decide(job, w->i);
	if (!content && by_hand(job, w->i)) {
		offer_again(w);
		return;
	}
	if (by_hand(job, w->i))
		show_line(w, verdict, "\n");
	settle(w);
}

/* A client that cleans is not kept waiting for the slowest server. */
static void on_absence_progress(void *arg, struct json_object *state)
{
	struct waiting *w = arg;
	struct json_object *verdict = json_object_new_object();

	if (!is_going(state)) {
		json_object_put(verdict);
		return;
	}
	verdict_set_unknown(verdict, NULL);
	json_object_object_foreach(state, key, value)
	    json_object_object_add(verdict, key, json_object_get(value));
	json_object_object_del(verdict, "progress");
	jsonline_set(verdict, "verdict", verdict_name(VERDICT_RETRY));
	verifier_cancel(w->job->tasks[w->i].question);
	on_verdict(w, verdict);
}

static void on_progress(void *arg, struct json_object *state)
{
	struct waiting *w = arg;

	if (by_hand(w->job, w->i))
		show_line(w, state, "");
	else
		report_progress(w->job->jobs->report, w->job, w->i, state);
}

/* All that must be there with event i; those that were before are the last ones. */
static void collect_values(struct job *job, size_t i, struct strlist *values)
{
	struct task *task = &job->tasks[i];

	for (size_t k = i; k < job->deploy.events.n; k++)
		if (k == i || is_with(job, k, i))
			strlist_add(values, job->deploy.events.v[k].field[FIELD_VALIDATION]);
	strlist_free(&task->known);
	strlist_free(&task->others);
	if (job_verifies(job, i))
		values_known(job, i, &task->known, &task->others);
	for (size_t k = 0; k < task->known.n; k++)
		strlist_add(values, task->known.v[k]);
}

static void ask(struct job *job, size_t i)
{
	const struct event *event = &job->deploy.events.v[i];
	struct task *task = &job->tasks[i];
	struct waiting *w = xcalloc(1, sizeof(*w));
	bool absent = job_checks_absence(job, i);
	bool shown = by_hand(job, i) || report_shows_progress(job->jobs->report);
	struct strlist values = {0};
	struct proof proof = {
	    .type = event->field[FIELD_TYPE],
	    .domain = event->field[FIELD_DOMAIN],
	    .token = event->field[FIELD_TOKEN],
	    .account = event->field[FIELD_ACCOUNT],
	    .wildcard = event->field[FIELD_WILDCARD] != NULL,
	    .absent = absent,
	    .timeout = patience(job, i),
	    .view = &job->deploy.targets[i].proof,
	};

	collect_values(job, i, &values);
	proof.values = (const char *const *)values.v;
	proof.n = values.n;
	proof.known = task->known.n;
	*w = (struct waiting){job, i};
	job->pending++;
	task->question = verifier_ask(job->jobs->verifier, &proof, on_verdict,
	    absent  ? on_absence_progress
	    : shown ? on_progress
		    : NULL,
	    w);
	strlist_free(&values);
}

static bool is_asked_for(const struct job *job, size_t i)
{
	return job->tasks[i].with == i && (job_verifies(job, i) || job_checks_absence(job, i));
}

bool prove_begin(struct job *job, void (*done)(struct job *job))
{
	bool any = false;

	for (size_t i = 0; i < job->deploy.events.n; i++) {
		job->tasks[i].with = first_of_name(job, i);
		any = any || is_asked_for(job, i);
	}
	if (!any)
		return false;
	job->state = JOB_VERIFYING;
	job->proven = done;
	return true;
}

void prove(struct job *job)
{
	for (size_t i = 0; i < job->deploy.events.n; i++)
		if (is_asked_for(job, i))
			ask(job, i);
}

void prove_stop(struct job *job)
{
	job->pending = 0;
	for (size_t i = 0; i < job->deploy.events.n; i++) {
		struct task *task = &job->tasks[i];

		if (task->question)
			free(verifier_cancel(task->question));
		task->question = NULL;
		if (task->again)
			free(talk_cancel(task->again));
		task->again = NULL;
		if (job_verifies(job, i) && !task->verify)
			fault_keep(&task->error, FAILURE_STOPPED, "stopped before it was verified");
		if (task->error.failure)
			job_fail(job, i, task->error.failure, task->error.text);
	}
	job->proven(job);
}
