/* SPDX-License-Identifier: MIT */
/* One call of a client: read it, do it, answer as the client's contract wants it. */
#include "config.h"

#include "jobs/retry.h"
#include "commands/session.h"

#include <string.h>

static void on_done(struct job *job, void *arg)
{
	(void)job;
	(void)arg;
}

static bool is_csr(const char *text)
{
	return strstr(text, "-----BEGIN CERTIFICATE REQUEST-----") ||
	       strstr(text, "-----BEGIN NEW CERTIFICATE REQUEST-----");
}

/* stdout is the client's: what its contract makes of the handler's, or nothing. */
static void answer(const struct job *job)
{
	unsigned flags = job->form ? job->form->flags : 0;

	if (job->form && job->form->answer)
		write_all(1, job->form->answer, strlen(job->form->answer));
	for (size_t c = 0; c < job->deploy.calls.n; c++) {
		const char *out = job->deploy.runs[c].result.out;

		if (!out || job->deploy.calls.v[c].bracket)
			continue;
		if (flags & FORM_OUTPUT || (flags & FORM_CSR && is_csr(out)))
			write_all(1, out, strlen(out));
	}
}

/* Is there no handler for it, or did that say so, by the status that its dialect has for that? */
static bool not_for_us(const struct job *job)
{
	const struct run *run = job->deploy.events.n ? job->tasks[job->culprit].run : NULL;
	int status = run ? job->deploy.targets[job->culprit].to->unknown_status : 0;

	return job->declined || (status && run->ended && run->result.exit_status == status);
}

/* The client's contract wins: events that decide nothing, one status for all failures, another one
 * for what is for nobody here. */
static int exit_status(const struct job *job)
{
	const struct dialect *from = job->from;
	const struct form *form = job->form;
	const struct fault *error = &job->error;

	if (!form && !error->failure)
		return from->unknown_status;
	if (from->unknown_status && not_for_us(job))
		return from->unknown_status;
	if (!error->failure || (form && form->flags & FORM_ADVISORY))
		return 0;
	return from->failure_status ? from->failure_status : failure_status(error->failure);
}

/* So long after the last event of a client others are begun, in ms: it waits for us. */
#define PATIENCE 60000

/* What could not be installed earlier. */
static void retry(struct session *session, const struct job *job)
{
	static const struct settings none;
	struct scope *scope = &session->jobs.scope, ours = *scope;

	/* our command line is about this event, not about those */
	*scope = (struct scope){.command = &none, .initial = ours.initial, .rules = ours.rules};
	for (size_t i = 0; i < job->deploy.events.n; i++) {
		struct retries retries = {.jobs = &session->jobs, .patience = PATIENCE};

		if (!verb_retries(job->deploy.events.v[i].verb))
			continue;
		retries.certs = certs_after(&session->jobs, &job->deploy.events.v[i]);
		retries_start(&retries);
		session_run(session);
		retries_free(&retries);
	}
	*scope = ours;
}

int call_command(struct session *session)
{
	const struct command *command = session->command;
	struct events events = {0};
	const struct form *form;
	struct error error = {0};
	struct job *job;
	int status;

	session->jobs.scope.stdio = command->from->flags & DIALECT_STDIO;
	session->jobs.scope.offers = command->from->flags & DIALECT_OFFERS;
	dialect_read(command->from, command->words.v, command->words.n, &events, &form, &error);
	for (size_t i = 0; i < events.n; i++)
		event_use_thumbprints(
		    &events.v[i], &view_get(&session->view, OPTION_THUMBPRINT)->list);
	job = job_new(&session->jobs, command->from, form, &events, &error);
	/* of many names one may be for somebody, and must then not be passed over in silence */
	job->declined = job->declined && !job->deploy.calls.n;
	if (command->explain) {
		job_gather(job);
		explain_job(job);
	} else {
		job_start(job, on_done, NULL);
		session_run(session);
		answer(job);
		retry(session, job);
	}
	status = exit_status(job);
	job_free(job);
	return status;
}
