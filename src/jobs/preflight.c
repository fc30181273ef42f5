/* SPDX-License-Identifier: MIT */
/* Before a handler is called: may the CA issue at all, and whose record is it? */
#include "config.h"

#include "jobs/preflight.h"

#include <stdlib.h>
#include <string.h>

#include "ca.h"
#include "identifier.h"
#include "jsonline.h"
#include "record_name.h"
#include "report/report.h"
#include "verdict.h"
#include "jobs/verifier.h"

/* Records that the name servers do not tell within so many ms will not come with more of it. */
#define PATIENCE 15000
/* A CNAME is the exception, and is not waited for for longer than this. */
#define ALIAS_PATIENCE 3000

struct waiting {
	struct job *job;
	size_t i;
	void (*done)(struct job *job);
};

static long at_most(const struct job *job, size_t i, long limit)
{
	long timeout = job_verify_timeout(job, i);

	return timeout < limit ? timeout : limit;
}

/* One answer is there. The last one ends it. */
static void settle(struct waiting *w)
{
	struct waiting told = *w;

	free(w);
	if (--told.job->pending == 0)
		told.done(told.job);
}

static struct waiting *wait_for(struct job *job, size_t i, void (*done)(struct job *job))
{
	struct waiting *w = xcalloc(1, sizeof(*w));

	*w = (struct waiting){job, i, done};
	job->pending++;
	return w;
}

/* --- CAA */

static bool needs_caa(const struct job *job, size_t i)
{
	const struct view *view = &job->deploy.targets[i].proof;
	enum ca ca = (enum ca)view_number(view, OPTION_CA);

	if (!job_checks(job, i) || identifier_is_ip(job->deploy.events.v[i].field[FIELD_DOMAIN]))
		return false;
	return view_get(view, OPTION_CAA_IDENTITY)->set || (ca_identity(ca) && ca_checks_caa(ca));
}

static void on_caa(void *arg, struct json_object *verdict)
{
	struct waiting *w = arg;
	struct task *task = &w->job->tasks[w->i];
	struct error error = {0};

	task->question = NULL;
	task->caa = verdict;
	if (!job_accepts(w->job, w->i, verdict, "not begun", &error)) {
		fault_keep(&task->error, error.failure, error.text);
		task->verify = json_object_get(verdict);
		job_fail(w->job, w->i, error.failure, error.text);
	}
	settle(w);
}

static void ask_caa(struct job *job, size_t i, void (*done)(struct job *job))
{
	const struct event *event = &job->deploy.events.v[i];
	const struct proof proof = {
	    .type = "caa",
	    .domain = event->field[FIELD_DOMAIN],
	    .method = event->field[FIELD_TYPE],
	    .account = event->field[FIELD_ACCOUNT],
	    .wildcard = event->field[FIELD_WILDCARD] != NULL,
	    .timeout = at_most(job, i, PATIENCE),
	    .view = &job->deploy.targets[i].proof,
	};

	job->tasks[i].question =
	    verifier_ask(job->jobs->verifier, &proof, on_caa, NULL, wait_for(job, i, done));
}

/* --- delegation */

bool preflight_follows(const struct job *job, size_t i)
{
	const struct event *event = &job->deploy.events.v[i];
	const struct target *target = &job->deploy.targets[i];

	return event->verb == VERB_DEPLOY && !strcmp(event->field[FIELD_TYPE], "dns-01") &&
	       view_number(&target->proof, OPTION_VERIFY) != VERIFY_OFF &&
	       view_number(&target->proof, OPTION_DELEGATION) == DELEGATION_FOLLOW &&
	       !target->spared && (target->handler || rules_have_handler(job->jobs->scope.rules));
}

bool preflight_may_route(const struct job *job)
{
	bool any = false;

	for (size_t i = 0; i < job->deploy.events.n; i++) {
		const struct target *target = &job->deploy.targets[i];

		if (!target->handler && !(target->unhandled && preflight_follows(job, i)))
			return false;
		any = any || !target->handler;
	}
	return any;
}

/* The name that the record is at: whom does it make handlers write it for? */
static void take_alias(struct job *job, size_t i, const char *name)
{
	struct event *event = &job->deploy.events.v[i];
	const char *type = NULL, *domain = record_domain(name, &type);

	if (!strcmp(name, event->field[FIELD_FQDN]))
		return;
	job->tasks[i].alias = xstrdup(name);
	if (domain && !strcmp(type, "dns-01") && !identifier_dns_fault(domain, false))
		event_set(event, FIELD_DELEGATE, domain);
}

static void on_alias(void *arg, struct json_object *verdict)
{
	struct waiting *w = arg;
	const char *name = jsonline_string(verdict, "name");
	const char *reason = jsonline_string(verdict, "reason");
	enum verdict v = VERDICT_UNKNOWN;

	w->job->tasks[w->i].alias_question = NULL;
	verdict_from_name(jsonline_string(verdict, "verdict"), &v);
	if (v == VERDICT_PASS && name)
		take_alias(w->job, w->i, name);
	else if (w->job->jobs->report->verbose)
		report_line(w->job->jobs->report, "%s: %s", job_title(w->job, w->i),
		    reason ? reason : "whether it is delegated is not known");
	json_object_put(verdict);
	settle(w);
}

static void ask_alias(struct job *job, size_t i, void (*done)(struct job *job))
{
	const struct proof proof = {
	    .type = "alias",
	    .domain = job->deploy.events.v[i].field[FIELD_DOMAIN],
	    .timeout = at_most(job, i, ALIAS_PATIENCE),
	    .view = &job->deploy.targets[i].proof,
	};

	job->tasks[i].alias_question =
	    verifier_ask(job->jobs->verifier, &proof, on_alias, NULL, wait_for(job, i, done));
}

/* --- both */

bool preflight_start(struct job *job, void (*done)(struct job *job))
{
	/* of those that were told earlier it was asked then */
	for (size_t i = 0; i < job->deploy.events.n; i++) {
		if (!batch_is_new(&job->deploy, i))
			continue;
		if (needs_caa(job, i))
			ask_caa(job, i, done);
		if (preflight_follows(job, i))
			ask_alias(job, i, done);
	}
	return job->pending > 0;
}

static void drop(struct question **question)
{
	if (*question)
		free(verifier_cancel(*question));
	*question = NULL;
}

void preflight_stop(struct job *job)
{
	job->pending = 0;
	for (size_t i = 0; i < job->deploy.events.n; i++) {
		drop(&job->tasks[i].question);
		drop(&job->tasks[i].alias_question);
	}
}
