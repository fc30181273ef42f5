/* SPDX-License-Identifier: MIT */
/* Before a handler is called: may the CA issue at all? */
#include "config.h"

#include "preflight.h"

#include <stdlib.h>

#include "ca.h"
#include "identifier.h"
#include "verifier.h"

/* Records that the name servers do not tell within so many ms will not come with more of it. */
#define PATIENCE 15000

struct waiting {
	struct job *job;
	size_t i;
	void (*done)(struct job *job);
};

static bool is_wanted(const struct job *job, size_t i)
{
	const struct view *view = &job->deploy.targets[i].view;
	enum ca ca = (enum ca)view_number(view, OPTION_CA);

	if (!job_checks(job, i) || identifier_is_ip(job->deploy.events.v[i].field[FIELD_DOMAIN]))
		return false;
	return view_get(view, OPTION_CAA_IDENTITY)->set || (ca_identity(ca) && ca_checks_caa(ca));
}

static void on_verdict(void *arg, struct json_object *verdict)
{
	struct waiting *w = arg, told = *w;
	struct task *task = &told.job->tasks[told.i];

	free(w);
	task->question = NULL;
	task->caa = verdict;
	if (!job_accepts(told.job, told.i, verdict, "not begun", &task->error)) {
		task->verify = json_object_get(verdict);
		job_fail(told.job, told.i, &task->error);
	}
	if (--told.job->pending == 0)
		told.done(told.job);
}

static void ask(struct job *job, size_t i, void (*done)(struct job *job))
{
	const struct event *event = &job->deploy.events.v[i];
	struct waiting *w = xcalloc(1, sizeof(*w));
	long timeout = job_verify_timeout(job, i);
	struct proof proof = {
	    .type = "caa",
	    .domain = event->field[FIELD_DOMAIN],
	    .method = event->field[FIELD_TYPE],
	    .account = event->field[FIELD_ACCOUNT],
	    .wildcard = event->field[FIELD_WILDCARD] != NULL,
	    .timeout = timeout < PATIENCE ? timeout : PATIENCE,
	    .view = &job->deploy.targets[i].view,
	};

	*w = (struct waiting){job, i, done};
	job->pending++;
	job->tasks[i].question = verifier_ask(job->jobs->verifier, &proof, on_verdict, NULL, w);
}

bool preflight_start(struct job *job, void (*done)(struct job *job))
{
	/* of those that were told earlier it was asked then */
	for (size_t i = 0; i < batch_own(&job->deploy); i++)
		if (is_wanted(job, i))
			ask(job, i, done);
	return job->pending > 0;
}

void preflight_stop(struct job *job)
{
	job->pending = 0;
	for (size_t i = 0; i < job->deploy.events.n; i++) {
		if (job->tasks[i].question)
			free(verifier_cancel(job->tasks[i].question));
		job->tasks[i].question = NULL;
	}
}
