/* SPDX-License-Identifier: MIT */
/* One call of a client: read it, do it, answer as the client's contract wants it. */
#include "config.h"

#include "session.h"

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

	for (size_t c = 0; c < job->deploy.calls.n; c++) {
		const char *out = job->deploy.runs[c].result.out;

		if (!out || job->deploy.calls.v[c].bracket)
			continue;
		if (flags & FORM_OUTPUT || (flags & FORM_CSR && is_csr(out)))
			write_all(1, out, strlen(out));
	}
}

/* The client's contract wins: events that decide nothing, one status for all failures, another one
 * for words that are not known. */
static int exit_status(
    const struct dialect *from, const struct form *form, const struct error *error)
{
	if (!form && !error->failure)
		return from->unknown_status;
	if (!error->failure || (form && form->flags & FORM_ADVISORY))
		return 0;
	return from->failure_status ? from->failure_status : failure_status(error->failure);
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
	dialect_read(command->from, command->words.v, command->words.n, &events, &form, &error);
	job = job_new(&session->jobs, command->from, form, &events, &error);
	if (command->explain) {
		explain_job(job);
	} else {
		job_start(job, on_done, NULL);
		session_run(session);
		answer(job);
	}
	status = exit_status(command->from, form, &job->error);
	job_free(job);
	return status;
}
