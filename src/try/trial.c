/* SPDX-License-Identifier: MIT */
/* Calls of a handler that is being tried, and what is to be seen of them. */
#include "config.h"

#include "try/trial.h"

#include <stdlib.h>
#include <string.h>

#include "handlers/environment.h"
#include "jsonline.h"
#include "settings/options_text.h"
#include "verdict.h"
#include "jobs/verifier.h"

/* How long to wait, in ms, for what a handler that failed may have done all the same, or for what
 * is to go; and for what would be no surprise if it did not come. */
#define PATIENCE 15000
#define DOUBT 1000

/* Calls are bare: what the handler is by itself, without what the configuration cures it with; what
 * it did is looked at here. "NAME=" is an option that is not set. */
static const char *const bare[] = {"verify=off", "chain=false", "replaces=false",
    "cleans-all=false", "trust=both", "verify-clean=no", "clean-tries=1", "on-failure="};

/* Is a value there, or gone, as it shall be? */
struct watch {
	struct trial *trial;
	size_t specimen;
	bool absent, running, done;
	uint64_t began;
	long after;
	struct question *question;
	struct json_object *verdict; /* the last one */
};

bool trial_goes_on(const struct trial *t)
{
	return !t->stops && !t->blind.failure;
}

long trial_verify_timeout(const struct trial *t)
{
	const struct setting *s = view_get(&t->target.view, OPTION_VERIFY_TIMEOUT);

	return s->set ? s->number : job_default_timeout(t->subject->field[FIELD_TYPE]);
}

/* --- looking */

static void on_verdict(void *arg, struct json_object *verdict);

static void ask(struct watch *w, long timeout)
{
	struct trial *t = w->trial;
	const struct event *event = &t->specimens[w->specimen].event;
	const char *value = event->field[FIELD_VALIDATION];
	const struct proof proof = {
	    .type = event->field[FIELD_TYPE],
	    .domain = event->field[FIELD_DOMAIN],
	    .token = event->field[FIELD_TOKEN],
	    .account = event->field[FIELD_ACCOUNT],
	    .absent = w->absent,
	    .values = &value,
	    .n = 1,
	    .timeout = timeout,
	    .view = &t->target.proof,
	};

	w->question = verifier_ask(t->session->jobs.verifier, &proof, on_verdict, NULL, w);
}

static void ask_again(struct watch *w, long timeout)
{
	if (w->question)
		verifier_cancel(w->question);
	w->question = NULL;
	if (!w->done && !w->trial->session->jobs.stopping)
		ask(w, timeout);
}

static long at_most(long ms, long limit)
{
	return ms < limit ? ms : limit;
}

/* Values of one call come together. */
static void hurry(struct trial *t)
{
	long rest = at_most(DOUBT + 2 * t->lag, trial_verify_timeout(t));

	for (size_t i = 0; i < t->watched; i++)
		if (!t->watches[i].done)
			ask_again(&t->watches[i], rest);
}

static void on_verdict(void *arg, struct json_object *verdict)
{
	struct watch *w = arg;
	struct trial *t = w->trial;
	enum verdict v = VERDICT_UNKNOWN;
	const char *reason = jsonline_string(verdict, "reason");

	w->question = NULL;
	json_object_put(w->verdict);
	w->verdict = verdict;
	verdict_from_name(jsonline_string(verdict, "verdict"), &v);
	w->done = v == VERDICT_PASS || v == VERDICT_WARN;
	w->after = (long)(uv_now(&t->session->loop) - w->began);
	if (v == VERDICT_UNKNOWN)
		error_set(&t->blind, FAILURE_UNKNOWN, "this host cannot judge: %s",
		    reason ? reason : "the verifier does not say why");
	if (w->done && !w->running)
		hurry(t);
}

bool trial_look(struct trial *t, size_t specimen)
{
	struct watch w = {.trial = t, .specimen = specimen, .began = uv_now(&t->session->loop)};

	if (!trial_goes_on(t))
		return false;
	t->watches = &w;
	t->watched = 1;
	ask(&w, 0);
	session_run(t->session);
	t->watches = NULL;
	t->watched = 0;
	json_object_put(w.verdict);
	return w.done;
}

/* --- calling */

void trial_settings(struct settings *settings, const struct strlist *lines)
{
	struct error error = {0};

	for (size_t i = 0; i < lines->n; i++)
		settings_put_line(settings, lines->v[i], &error);
}

static bool is_among(const struct strlist *names, const char *entry)
{
	size_t len = strcspn(entry, "=");

	for (size_t i = 0; names && i < names->n; i++)
		if (!strncmp(names->v[i], entry, len) && !names->v[i][len])
			return true;
	return false;
}

/* What the configuration sets, but for what shall be missing. */
static void set_variables(
    const struct trial *t, const struct strlist *without, struct settings *fixed)
{
	const struct view *view = &t->target.view;
	const char *file = view_text(view, OPTION_ENV_FILE);
	const struct strlist *set = &view_get(view, OPTION_ENV)->list;
	struct strlist all = {0};
	struct error error = {0};

	if (!without)
		return;
	if (file)
		environment_read(&all, file, &error);
	for (size_t i = 0; i < set->n; i++)
		strlist_add(&all, set->v[i]);
	for (size_t i = 0; i < all.n; i++)
		if (!is_among(without, all.v[i]))
			strlist_add(&fixed->v[OPTION_ENV].list, all.v[i]);
	fixed->v[OPTION_ENV].set = fixed->v[OPTION_ENV_FILE].set = true;
	strlist_free(&all);
}

static void make_settings(const struct trial *t, const struct attempt *a, struct settings *fixed)
{
	struct error error = {0};
	char *limit = xasprintf("timeout=%ldms", t->limit);

	trial_settings(fixed, &t->lines);
	for (size_t i = 0; i < nitems(bare); i++)
		settings_put_line(fixed, bare[i], &error);
	if (a->n > 1)
		settings_put_line(fixed, "chain=true", &error);
	if (t->limit)
		settings_put_line(fixed, limit, &error);
	set_variables(t, a->without, fixed);
	free(limit);
}

static void replace(char **text, const char *by)
{
	free(*text);
	*text = xstrdup(by);
}

/* Where a call is not what the dialect wants it to be. */
static void distort(struct job *job, const struct attempt *a)
{
	for (size_t c = 0; c < job->deploy.calls.n; c++) {
		struct call *call = &job->deploy.calls.v[c];
		size_t word = 1;

		while (word < call->argv.n && strcmp(call->argv.v[word], call->word))
			word++;
		if (a->word && !call->bracket && word < call->argv.n)
			replace(&call->argv.v[word], a->word);
		for (size_t i = 0; a->without && i < a->without->n; i++)
			env_set(&call->env, a->without->v[i], NULL);
	}
}

static void on_done(struct job *job, void *arg)
{
	(void)job;
	(void)arg;
}

/* How long to wait after a call for what it was to do. */
static long patience(const struct trial *t, const struct attempt *a, bool failed)
{
	long rest = (a->doubtful ? DOUBT : PATIENCE) + 2 * t->lag, all = trial_verify_timeout(t);

	if (a->doubtful && failed)
		return 0;
	return a->verb == VERB_DEPLOY && !failed && !a->doubtful ? all : at_most(rest, all);
}

struct calling {
	struct trial *trial;
	const struct attempt *attempt;
};

static void on_called(struct job *job, void *arg)
{
	const struct calling *c = arg;
	struct trial *t = c->trial;
	bool started = false, some = false;
	long rest = patience(t, c->attempt, job->error.failure);

	for (size_t i = 0; i < job->deploy.calls.n; i++)
		started = started || job->deploy.runs[i].started;
	for (size_t i = 0; i < t->watched; i++) {
		struct watch *w = &t->watches[i];

		w->running = false;
		if (!started && w->question) {
			verifier_cancel(w->question);
			w->question = NULL;
		} else if (started) {
			ask_again(w, rest);
		}
		some = some || w->done;
	}
	if (some)
		hurry(t);
}

static void on_stop(void *arg)
{
	struct trial *t = arg;

	t->stops++;
	for (size_t i = 0; i < t->watched; i++)
		ask_again(&t->watches[i], 0);
}

void trial_run(struct trial *t, struct job *job)
{
	t->session->on_stop = on_stop;
	t->session->arg = t;
	job_start(job, on_done, NULL);
	session_run(t->session);
}

static void add_output(struct buf *b, const char *text)
{
	buf_puts(b, text ? text : "");
	if (b->len && b->data[b->len - 1] != '\n')
		buf_puts(b, "\n");
}

static void take_runs(const struct job *job, struct seen *seen)
{
	struct buf b = BUF_INIT(256 * 1024);

	for (size_t c = 0; c < job->deploy.calls.n; c++) {
		const struct run *run = &job->deploy.runs[c];
		const struct process_result *r = &run->result;

		seen->called = seen->called || run->started;
		seen->ms += r->ms;
		if (!run->ended)
			continue;
		seen->printed = seen->printed || (r->out && *r->out);
		add_output(&b, r->out);
		add_output(&b, r->err);
		if (!run->error.failure)
			continue;
		seen->timed_out = r->timed_out;
		seen->exit_status = r->exit_status;
		seen->signal = r->signal;
	}
	if (job->error.failure)
		error_set(&seen->error, job->error.failure, "%s", job->error.text);
	seen->failed = job->error.failure;
	seen->output = b.len ? xstrdup(buf_text(&b)) : NULL;
	buf_free(&b);
}

static void take_watches(struct trial *t, const struct attempt *a, struct seen *seen)
{
	for (size_t i = 0; i < t->watched; i++) {
		struct watch *w = &t->watches[i];
		const char *reason = jsonline_string(w->verdict, "reason");
		const char *hint = jsonline_string(w->verdict, "hint");

		seen->done[i] = w->done;
		seen->after[i] = w->after;
		if (w->done && seen->called && w->after - seen->ms > t->lag)
			t->lag = w->after - seen->ms;
		if (!w->done && reason && !seen->verdict)
			seen->verdict =
			    xasprintf("%s%s%s", reason, hint ? ". " : "", hint ? hint : "");
		t->specimens[w->specimen].out = a->verb == VERB_DEPLOY ? seen->called : !w->done;
		if (a->verb == VERB_CLEAN && w->done)
			journal_remove(&t->session->journal, &t->specimens[w->specimen].event);
		json_object_put(w->verdict);
	}
}

/* A signal stops what runs; what is to be cleaned afterwards needs runs again. */
static bool may_run(struct trial *t)
{
	t->session->jobs.stopping = false;
	return t->stops < 2;
}

void trial_call(struct trial *t, const struct attempt *a, struct seen *seen)
{
	struct watch watches[2] = {0};
	struct calling calling = {t, a};
	struct settings fixed = {0};
	struct events events = {0};
	struct error error = {0};
	struct job *job;

	seen_free(seen);
	if (!may_run(t))
		return;
	uv_update_time(&t->session->loop);
	if (!t->session->report.quiet)
		report_line(NULL, "%s: %s", t->subject->field[FIELD_DOMAIN], a->what);
	make_settings(t, a, &fixed);
	t->session->jobs.scope.fixed = &fixed;
	t->watches = watches;
	t->watched = a->n;
	for (size_t i = 0; i < a->n; i++) {
		struct event *event = events_add(&events);

		event_copy(event, &t->specimens[a->of[i]].event);
		event->verb = a->verb;
		watches[i] = (struct watch){.trial = t,
		    .specimen = a->of[i],
		    .absent = a->verb == VERB_CLEAN,
		    .running = true,
		    .began = uv_now(&t->session->loop)};
	}
	job = job_new(&t->session->jobs, dialect_find("json", DIALECT_FROM), NULL, &events, &error);
	distort(job, a);
	for (size_t i = 0; i < a->n; i++)
		ask(&watches[i], view_number(&t->target.view, OPTION_TIMEOUT) + PATIENCE);
	t->session->on_stop = on_stop;
	t->session->arg = t;
	job_start(job, on_called, &calling);
	session_run(t->session);
	take_runs(job, seen);
	take_watches(t, a, seen);
	t->watched = 0;
	t->session->jobs.scope.fixed = NULL;
	job_free(job);
	settings_free(&fixed);
}

void trial_forget(struct trial *t, size_t specimen)
{
	t->specimens[specimen].out = false;
	journal_remove(&t->session->journal, &t->specimens[specimen].event);
}

void seen_free(struct seen *seen)
{
	free(seen->output);
	free(seen->verdict);
	*seen = (struct seen){0};
}

bool trial_clean(struct trial *t)
{
	bool clean = true;

	for (size_t i = 0; i < t->n; i++) {
		struct seen seen = {0};

		if (!t->specimens[i].out)
			continue;
		trial_call(t, &(struct attempt){"cleans", VERB_CLEAN, .of = {i}, .n = 1}, &seen);
		clean = clean && seen.done[0];
		seen_free(&seen);
	}
	return clean;
}
