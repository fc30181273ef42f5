/* SPDX-License-Identifier: MIT */
/* The failure command. */
#include "config.h"

#include "report/alert.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "journal/journal.h"
#include "jsonline.h"
#include "handlers/process.h"
#include "report/report.h"
#include "journal/told.h"

/* So many runs of the command may wait; each knows all that failed of one call. */
#define WAITING_MAX 64

/* A run of the command. Owns its strings. */
struct alert {
	struct alert *next;
	struct alerts *alerts;
	char *command, *user;
	long timeout; /* ms */
	mode_t umask;
	struct buf results; /* one on a line */
};

static struct alert *alert_new(struct alerts *alerts, const struct view *view)
{
	struct alert *alert = xcalloc(1, sizeof(*alert));
	const char *user = view_text(view, OPTION_USER);

	*alert = (struct alert){
	    .alerts = alerts,
	    .command = xstrdup(view_text(view, OPTION_ON_FAILURE)),
	    .user = user ? xstrdup(user) : NULL,
	    .timeout = view_number(view, OPTION_ON_FAILURE_TIMEOUT),
	    .umask = (mode_t)view_number(view, OPTION_UMASK),
	    .results = BUF_INIT(4 * JSONLINE_MAX),
	};
	return alert;
}

static void alert_free(struct alert *alert)
{
	buf_free(&alert->results);
	free(alert->command);
	free(alert->user);
	free(alert);
}

/* --- running */

static void run_first(struct alerts *alerts);

/* The first line of what it said is the best clue. */
static void complain(const struct alert *alert, const char *what, const char *said)
{
	size_t len = said ? strcspn(said, "\r\n") : 0;

	report_line(alert->alerts->jobs->report, "on-failure: %s %s%s%.*s", alert->command, what,
	    len ? ": " : "", (int)(len < 300 ? len : 300), said ? said : "");
}

static void on_ended(void *arg, const struct process_result *result)
{
	struct alert *alert = arg;
	struct alerts *alerts = alert->alerts;
	struct process_result r = *result;
	char *status = r.signal ? xasprintf("was killed by signal %d", r.signal)
				: xasprintf("failed with exit status %d", r.exit_status);

	if (r.timed_out)
		complain(
		    alert, "did not end in time (--on-failure-timeout) and was stopped", r.err);
	else if (r.signal || r.exit_status)
		complain(alert, status, *r.err ? r.err : r.out);
	free(status);
	process_result_free(&r);
	alerts->running = NULL;
	alert_free(alert);
	run_first(alerts);
}

static void run(struct alert *alert)
{
	static const struct strlist none;
	char *argv[] = {alert->command, NULL};
	struct error error = {0};
	const struct process_options options = {
	    .input = buf_text(&alert->results),
	    .argv = argv,
	    .handler = alert->command,
	    .user = alert->user,
	    .env = &none,
	    .env_more = &none,
	    .umask = alert->umask,
	    /* with what it needs to be stopped it is within its limit */
	    .timeout = alert->timeout * 9 / 10,
	    .kill_after = alert->timeout / 10,
	};

	alert->alerts->running =
	    process_start(alert->alerts->jobs->loop, &options, on_ended, alert, &error);
	if (alert->alerts->running)
		return;
	report_line(alert->alerts->jobs->report, "on-failure: %s", error.text);
	alert_free(alert);
}

static void run_first(struct alerts *alerts)
{
	while (alerts->first && !alerts->running) {
		struct alert *alert = alerts->first;

		alerts->first = alert->next;
		if (!alerts->first)
			alerts->last = &alerts->first;
		alerts->waiting--;
		if (alerts->jobs->stopping) {
			alerts->dropped++;
			alert_free(alert);
		} else {
			run(alert);
		}
	}
}

static void add(struct alerts *alerts, struct alert *alert)
{
	if (!alerts->first)
		alerts->last = &alerts->first;
	*alerts->last = alert;
	alerts->last = &alert->next;
	alerts->waiting++;
	run_first(alerts);
}

/* --- what is told */

/* What could not be planned, or is not even an event, has what holds without a rule. */
static struct view view_of(const struct job *job, size_t i)
{
	const struct scope *scope = &job->jobs->scope;
	const struct target *target =
	    job->deploy.targets && i < job->deploy.events.n ? &job->deploy.targets[i] : NULL;

	if (target && target_is_planned(target))
		return target->view;
	return (struct view){{NULL, scope->command, NULL, &scope->rules->top, scope->initial}};
}

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

static bool is_new(struct alerts *alerts, const struct job *job, size_t i, enum failure failure)
{
	const struct event *event = i < job->deploy.events.n ? &job->deploy.events.v[i] : NULL;
	struct json_object *verify = event ? job->tasks[i].verify : NULL;
	struct journal *journal = alerts->jobs->journal;
	struct error ignored = {0};
	char *cause;
	bool new;

	if (!journal_open(journal, true, &ignored)) {
		new = !alerts->forgetful;
		alerts->forgetful = true;
		return new;
	}
	cause = xasprintf("%s\n%s\n%s\n%d\n%s\n", verb_name(event ? event->verb : VERB_UNKNOWN),
	    or_empty(event ? event->field[FIELD_DOMAIN] : NULL),
	    or_empty(event ? event->field[FIELD_TYPE] : NULL), (int)failure,
	    or_empty(verify ? jsonline_string(verify, "case") : NULL));
	new = told_is_new(journal, cause, time(NULL));
	free(cause);
	return new;
}

static void add_result(struct alert *alert, const struct job *job, size_t i)
{
	struct json_object *o = result_to_json(job, i, NULL);

	jsonline_add(&alert->results, o);
	json_object_put(o);
}

/* The failure of an event, if it is its own and there is a command for it. */
static enum failure failure_of(const struct job *job, size_t i, struct view *view)
{
	const struct task *task = i < job->deploy.events.n ? &job->tasks[i] : NULL;

	if (task && task->shared)
		return FAILURE_NONE;
	*view = view_of(job, i);
	if (!view_text(view, OPTION_ON_FAILURE))
		return FAILURE_NONE;
	return task ? task->error.failure : job->error.failure;
}

/* All failures of a job, from one on, that have its command. */
static struct alert *gather(struct alerts *alerts, const struct job *job, size_t first, bool *done)
{
	struct alert *alert = NULL;
	const char *command = NULL;
	size_t n = job->deploy.events.n ? job->deploy.events.n : 1;

	for (size_t i = first; i < n; i++) {
		struct view view;
		enum failure failure = done[i] ? FAILURE_NONE : failure_of(job, i, &view);

		if (!failure || (command && strcmp(command, view_text(&view, OPTION_ON_FAILURE))))
			continue;
		command = view_text(&view, OPTION_ON_FAILURE);
		done[i] = true;
		if (!is_new(alerts, job, i, failure))
			continue;
		if (!alert)
			alert = alert_new(alerts, &view);
		add_result(alert, job, i);
	}
	return alert;
}

void alert_raise(struct alerts *alerts, const struct job *job)
{
	size_t n = job->deploy.events.n ? job->deploy.events.n : 1;
	bool *done;

	if (!job->error.failure || job->declined || job->superseded || job->jobs->stopping)
		return;
	done = xcalloc(n, sizeof(*done));
	for (size_t i = 0; i < n; i++) {
		struct view view;
		struct alert *alert;

		if (done[i] || !failure_of(job, i, &view))
			continue;
		if (alerts->waiting >= WAITING_MAX) {
			alerts->dropped++;
			continue;
		}
		alert = gather(alerts, job, i, done);
		if (alert)
			add(alerts, alert);
	}
	free(done);
}

void alerts_close(struct alerts *alerts)
{
	if (alerts->dropped)
		report_line(alerts->jobs->report,
		    "on-failure: %zu failures were not told: %d runs of the command waited "
		    "already, "
		    "or it was to end",
		    alerts->dropped, WAITING_MAX);
}
