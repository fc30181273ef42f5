/* SPDX-License-Identifier: MIT */
/* Certificates that were not installed are tried again. */
#include "config.h"

#include "jobs/retry.h"

#include <stdlib.h>
#include <time.h>

#include "journal/lock.h"
#include "settings/options_json.h"
#include "journal/orphans.h"
#include "report/report.h"

/* How long handlers of an acmehook that was killed may go on, in ms. */
#define ORPHANS_PATIENCE 10000

static void next(struct retries *r);

static void on_done(struct job *job, void *arg)
{
	struct retries *r = arg;

	if (!job->error.failure)
		r->installed++;
	else if (!job->superseded)
		r->failed++;
	r->jobs->scope.fixed = NULL;
	settings_free(&r->fixed);
	job_free(job);
	next(r);
}

/* What is left of a handler whose acmehook was killed must not install beside us. */
static bool end_orphans(const struct cert *cert, const struct job *job)
{
	long timeout;

	if (cert->state != CERT_TRYING || !cert->job || !job->deploy.calls.n)
		return true;
	timeout = view_number(&job->deploy.targets[0].view, OPTION_TIMEOUT);
	return orphans_end(cert->job, timeout < ORPHANS_PATIENCE ? timeout : ORPHANS_PATIENCE);
}

static void try_again(struct retries *r, const struct cert *cert)
{
	struct events events = {0};
	struct error error = {0};
	struct job *job;

	event_copy(events_add(&events), &cert->event);
	options_from_json(cert->options, &r->fixed, &error);
	r->jobs->scope.fixed = &r->fixed;
	job = job_new(r->jobs, dialect_find("json", DIALECT_FROM), NULL, &events, &error);
	job->again = cert;
	if (!job->error.failure && !end_orphans(cert, job)) {
		error_set(&error, FAILURE_HANDLER_TIMEOUT,
		    "the handler that was at it still runs, and cannot be stopped");
		job_fail(job, 0, error.failure, error.text);
	}
	uv_update_time(r->jobs->loop); /* the wait for orphans was not the loop's */
	job_start(job, on_done, r);
}

static bool take(struct retries *r, const struct cert *cert)
{
	char *name = cert_lock_name(&cert->event), *why;
	pid_t holder;
	bool taken = lock_take(&r->jobs->journal->locks, name, &holder);

	if (!taken && (holder < 0 || r->jobs->report->verbose)) {
		why = lock_refusal(name, holder);
		report_line(r->jobs->report, "%s", why);
		free(why);
	}
	r->failed += !taken && holder < 0;
	free(name);
	return taken;
}

static bool is_due(const struct scope *scope, const struct cert *cert)
{
	long limit;
	long long due = cert_due(scope, cert, &limit);

	return due >= 0 && due <= time(NULL);
}

static void next(struct retries *r)
{
	while (r->at < r->certs.n && !r->jobs->stopping) {
		const struct cert *cert = &r->certs.v[r->at++];

		if (r->until && uv_now(r->jobs->loop) > r->until)
			return;
		if ((r->forced || is_due(&r->jobs->scope, cert)) && take(r, cert)) {
			try_again(r, cert);
			return;
		}
	}
}

void retries_start(struct retries *r)
{
	r->until = r->patience ? uv_now(r->jobs->loop) + (uint64_t)r->patience : 0;
	next(r);
}

void retries_free(struct retries *r)
{
	certs_free(&r->certs);
}

long long cert_due(const struct scope *scope, const struct cert *cert, long *limit)
{
	struct settings fixed = {0};
	struct scope ours = *scope;
	struct target target = {0};
	struct error ignored = {0};
	long long due;

	options_from_json(cert->options, &fixed, &ignored);
	ours.fixed = &fixed;
	target_plan(&ours, &cert->event, &target, &ignored);
	*limit = view_number(&target.view, OPTION_RETRY_LIMIT);
	due = cert_next(cert, *limit, view_number(&target.view, OPTION_RETRY_PAUSE));
	free(target.handler);
	settings_free(&fixed);
	return due;
}

/* --- after an event */

bool verb_retries(enum verb verb)
{
	return verb == VERB_UNCHANGED_CERT || verb == VERB_EXIT;
}

/* Drops those whose turn it is not. */
static void keep_due(const struct scope *scope, struct certs *certs)
{
	size_t n = 0;

	for (size_t i = 0; i < certs->n; i++) {
		if (is_due(scope, &certs->v[i]))
			certs->v[n++] = certs->v[i];
		else
			cert_free(&certs->v[i]);
	}
	certs->n = n;
}

struct certs certs_after(struct jobs *jobs, const struct event *event)
{
	struct journal *journal = jobs->journal;
	struct certs certs = {0};
	struct error ignored = {0};
	struct cert cert;

	if (!journal_open(journal, false, &ignored))
		return certs;
	certs_look(journal);
	if (event->verb == VERB_EXIT) {
		certs = certs_list(journal);
	} else if (certs_get(journal, event, &cert)) {
		certs.v = xcalloc(1, sizeof(cert));
		certs.v[certs.n++] = cert;
	}
	keep_due(&jobs->scope, &certs);
	return certs;
}
