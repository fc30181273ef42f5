/* SPDX-License-Identifier: MIT */
/* What a job leaves in the journal of certificates that could not be installed. */
#include "config.h"

#include "jobs/keep.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "journal/certs.h"
#include "settings/options_json.h"
#include "report/report.h"
#include "journal/slots.h"

static const enum field paths[] = {
    FIELD_KEY_PATH, FIELD_CERT_PATH, FIELD_CHAIN_PATH, FIELD_FULLCHAIN_PATH, FIELD_OCSP_PATH};

/* An event behind the one that could not be planned has none of its own. */
static const struct view *view_of(const struct job *job, size_t i)
{
	const struct target *targets = job->deploy.targets;

	return &targets[target_is_planned(&targets[i]) ? i : job->culprit].view;
}

/* All events of a job have one verb. What could not be understood, or is for nobody, is none to be
 * kept. */
static bool is_kept(const struct job *job, size_t i)
{
	const struct event *event = &job->deploy.events.v[i];

	return verb_is_kept(event->verb) && event->field[FIELD_DOMAIN] &&
	       target_is_planned(&job->deploy.targets[job->culprit]) &&
	       !job->deploy.targets[i].unhandled && !job->deploy.targets[i].spared;
}

bool keep_open(struct job *job)
{
	struct error error = {0};

	for (size_t i = 0; i < job->deploy.events.n; i++)
		if (is_kept(job, i) && job->tasks[i].call)
			return journal_open(job->jobs->journal, true, &error);
	return false;
}

void keep_names(struct job *job)
{
	for (size_t i = 0; i < job->deploy.events.n; i++)
		if (is_kept(job, i) && job->tasks[i].call)
			strlist_take(&job->names, cert_lock_name(&job->deploy.events.v[i]));
}

static void set_event(struct cert *cert, const struct event *event)
{
	event_copy(&cert->event, event);
	for (size_t i = 0; i < nitems(paths); i++) {
		char *path = event->field[paths[i]] ? xabsolute(event->field[paths[i]]) : NULL;

		event_set(&cert->event, paths[i], path);
		free(path);
	}
}

/* How it stands with an attempt; the caller frees it. */
static struct cert cert_of(const struct job *job, size_t i, enum cert_state state, const char *why)
{
	const struct cert *again = job->again;
	struct cert cert = {
	    .state = state,
	    .from = xstrdup(again ? again->from : job->from->name),
	    .options =
		again ? json_object_get(again->options) : options_to_json(job->jobs->scope.command),
	    .job = xstrdup(job->id),
	    .attempts = again ? again->attempts + 1 : 1,
	    .created = again ? again->created : job->created,
	    .tried = time(NULL),
	    .error = why ? xstrdup(why) : NULL,
	};

	set_event(&cert, &job->deploy.events.v[i]);
	return cert;
}

/* --- before */

/* Is it still the same that is kept? Somebody may have installed it, or a newer one, by now. */
static bool is_current(const struct job *job)
{
	struct cert cert;
	bool same;

	if (!certs_get(job->jobs->journal, &job->again->event, &cert))
		return false;
	same = cert.attempts == job->again->attempts && cert.created == job->again->created;
	cert_free(&cert);
	return same;
}

static bool check_again(const struct job *job, struct error *error)
{
	const struct event *event = &job->again->event;

	if (!job->deploy.calls.n)
		return error_set(error, FAILURE_USAGE,
		    "no handler is told of %s of %s any more; set one, or say "
		    "acmehook pending --forget %s",
		    verb_name(event->verb), event->field[FIELD_DOMAIN], event->field[FIELD_DOMAIN]);
	for (size_t i = 0; i < nitems(paths); i++)
		if (event->field[paths[i]] && access(event->field[paths[i]], F_OK))
			return error_set(error, FAILURE_USAGE,
			    "%s is not there any more (%s): it was never installed for %s, and "
			    "cannot be",
			    event->field[paths[i]], strerror(errno), event->field[FIELD_DOMAIN]);
	return true;
}

static void note(struct job *job, size_t i)
{
	struct cert cert = cert_of(job, i, CERT_TRYING, job->again ? job->again->error : NULL);

	job->tasks[i].slot = 1 + certs_try(job->jobs->journal, &cert);
	cert_free(&cert);
}

bool keep_begin(struct job *job, struct error *error)
{
	if (job->again && !is_current(job)) {
		job->again = NULL;
		job->superseded = true;
		return error_set(error, FAILURE_STOPPED, "it was installed, or superseded, by now");
	}
	if (job->again && !check_again(job, error))
		return false;
	if (!job->locked)
		return true;
	for (size_t i = 0; i < job->deploy.events.n; i++)
		if (is_kept(job, i) && job->tasks[i].call)
			note(job, i);
	return true;
}

/* --- after */

/* It is kept as it was: it has not been tried again. */
static bool is_untouched(const struct job *job, size_t i)
{
	const struct run *run = job->tasks[i].run;

	return job->superseded ||
	       (job->again && job->error.failure == FAILURE_STOPPED && !(run && run->started));
}

/* What has no call, although others have, is for a handler that has no word for it. */
static bool is_installed(const struct job *job, size_t i)
{
	const struct task *task = &job->tasks[i];

	return task->call ? task->run && task->run->ended && !task->run->error.failure
			  : job->deploy.calls.n || !job->error.failure;
}

static void remember(struct job *job, size_t i)
{
	struct task *task = &job->tasks[i];
	const struct view *view = view_of(job, i);
	struct error error = {0};
	struct cert cert =
	    cert_of(job, i, CERT_FAILED, task->error.failure ? task->error.text : job->error.text);

	if (journal_open(job->jobs->journal, true, &error) &&
	    certs_put(job->jobs->journal, &cert, &error)) {
		task->attempts = cert.attempts;
		task->next = cert_next(&cert, view_number(view, OPTION_RETRY_LIMIT),
		    view_number(view, OPTION_RETRY_PAUSE));
	} else {
		report_line(job->jobs->report, "%s: NOT INSTALLED, and it cannot be remembered: %s",
		    job_title(job, i), error.text);
	}
	cert_free(&cert);
}

void keep_end(struct job *job)
{
	for (size_t i = 0; i < job->deploy.events.n; i++) {
		if (!is_kept(job, i) || is_untouched(job, i))
			continue;
		if (!is_installed(job, i))
			remember(job, i);
		else if (job->tasks[i].call && job->locked)
			certs_remove(job->jobs->journal, &job->deploy.events.v[i]);
		slots_leave(job->jobs->journal, job->tasks[i].slot - 1);
	}
}

void keep_tell(struct buf *b, const struct job *job, size_t i)
{
	const struct task *task = &job->tasks[i];
	const struct event *event = &job->deploy.events.v[i];
	const char *domain = event->field[FIELD_DOMAIN];
	long limit;

	if (!task->attempts)
		return;
	limit = view_number(view_of(job, i), OPTION_RETRY_LIMIT);
	if (task->next < 0)
		buf_printf(b,
		    "acmehook: it was tried %ld times (retry-limit %ld), and will not be again by "
		    "itself: acmehook pending --retry %s, or --forget %s\n",
		    task->attempts, limit, domain, domain);
	else
		buf_printf(b,
		    "acmehook: it is kept (acmehook pending), and will be tried again: attempt %ld "
		    "of %ld\n",
		    task->attempts, limit);
}
