/* SPDX-License-Identifier: MIT */
/* What people are told: nothing when all is well, everything when not. */
#include "config.h"

#include "report/report.h"

#include <stdlib.h>
#include <string.h>

#include "jsonline.h"
#include "jobs/keep.h"
#include "verdict.h"

/* Each line of a text with a margin. */
static void add_indented(struct buf *b, const char *margin, const char *text)
{
	while (*text) {
		size_t len = strcspn(text, "\n");

		buf_puts(b, margin);
		for (size_t i = 0; i < len; i++)
			if (text[i] != '\r')
				buf_add(b, text + i, 1);
		buf_puts(b, "\n");
		text += len + (text[len] == '\n');
	}
}

static void add_output(struct buf *b, const struct call *call, const struct run *run)
{
	const struct process_result *r = &run->result;

	if (!run->ended || r->failure)
		return;
	buf_printf(b, "Handler output (%s):\n", call->word);
	if (!*r->out && !*r->err)
		buf_puts(b, "  (none)\n");
	if (*r->out) {
		buf_puts(b, " - stdout:\n");
		add_indented(b, "   ", r->out);
	}
	if (*r->err) {
		buf_puts(b, " - stderr:\n");
		add_indented(b, "   ", r->err);
	}
}

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

static void add_server(struct buf *b, struct json_object *server)
{
	struct json_object *values = jsonline_array(server, "values");
	const char *name = jsonline_string(server, "name"),
		   *code = jsonline_string(server, "rcode");
	const char *reason = jsonline_string(server, "reason"),
		   *body = jsonline_string(server, "body"),
		   *asked = jsonline_string(server, "asked");
	long long status = jsonline_integer(server, "status", 0);

	buf_printf(b, "  %-7s %s%s%s%s", or_empty(jsonline_string(server, "verdict")),
	    or_empty(name), name ? " (" : "", or_empty(jsonline_string(server, "address")),
	    name ? ")" : "");
	if (asked)
		buf_printf(b, ", asked for %s:", asked);
	if (code)
		buf_printf(b, " %s", code);
	if (status)
		buf_printf(b, " status %lld", status);
	if (reason)
		buf_printf(b, ": %s", reason);
	for (size_t i = 0; values && i < json_object_array_length(values); i++)
		buf_printf(b, "%s\"%s\"", i ? ", " : "; it has ",
		    json_object_get_string(json_object_array_get_idx(values, i)));
	if (body && *body)
		buf_printf(b, "; it serves \"%s\"", body);
	buf_puts(b, "\n");
}

void report_evidence(struct buf *b, struct json_object *verify)
{
	struct json_object *servers = jsonline_array(verify, "servers"), *ca;
	const char *hint = jsonline_string(verify, "hint");

	for (size_t i = 0; servers && i < json_object_array_length(servers); i++)
		add_server(b, json_object_array_get_idx(servers, i));
	if (json_object_object_get_ex(verify, "ca", &ca) && ca)
		buf_printf(b, "  The CA would say: %s\n", or_empty(jsonline_string(ca, "detail")));
	if (hint)
		buf_printf(b, "  Hint: %s\n", hint);
}

/* "PASS D01 after 0.8 s", from the verdict. */
static void add_verdict(struct buf *b, struct json_object *verify)
{
	const char *id = jsonline_string(verify, "case");

	buf_printf(b, "%s%s%s after %.1f s", or_empty(jsonline_string(verify, "verdict")),
	    id ? " " : "", or_empty(id), (double)jsonline_integer(verify, "ms", 0) / 1000);
}

/* Is there something in a verdict that people should know even if the client was let on? */
static bool notable(struct json_object *verify)
{
	const char *verdict = jsonline_string(verify, "verdict");

	return verdict && strcmp(verdict, verdict_name(VERDICT_PASS));
}

static void add_let_on(struct buf *b, const struct job *job, size_t i, struct json_object *verify)
{
	bool unknown = !strcmp(jsonline_string(verify, "verdict"), "UNKNOWN");

	if (job->error.failure || !notable(verify))
		return;
	buf_printf(b, "acmehook: %s: %s\n", job_title(job, i),
	    unknown
		? "WARNING: it could not be verified from here; the client is let on all the same"
		: "the client is let on, but something is not well");
}

/* The handler failed, but what it was to do is done. */
static void add_overruled(struct buf *b, const struct job *job, size_t i)
{
	const struct task *task = &job->tasks[i];
	bool cleaned = job->deploy.events.v[i].verb == VERB_CLEAN;

	if (!task->verify || task->error.failure || !job_doubts(job, i))
		return;
	buf_printf(b,
	    "acmehook: %s: WARNING: %s; the challenge is %s, and that is enough (trust = dns)\n",
	    job_title(job, i), task->run->error.text, cleaned ? "gone" : "there");
	if (batch_index(&job->deploy, task->call, 0) == i)
		add_output(b, task->call, task->run);
}

/* Was it cleaned, and is still there? That some servers are slow is no news, nor is what could not
 * be judged. */
static bool remains(struct json_object *verify)
{
	static const char *const cases[] = {"D63", "H63", "T08"};
	const char *id = jsonline_string(verify, "case");
	size_t i = 0;

	while (id && i < nitems(cases) && strcmp(cases[i], id))
		i++;
	return id && i < nitems(cases);
}

/* A verdict about an event, if there is one that is worth to be told. */
static void add_verify(struct buf *b, const struct report *report, const struct job *job, size_t i,
    struct json_object *verify)
{
	const struct event *event = &job->deploy.events.v[i];
	bool cleaned = event->verb == VERB_CLEAN;

	if (!verify || (!(cleaned ? remains(verify) : notable(verify)) && !report->verbose))
		return;
	if (!cleaned)
		add_let_on(b, job, i, verify);
	else if (remains(verify))
		buf_printf(b,
		    "acmehook: %s: WARNING: it was cleaned, and is still there "
		    "(verify-clean)\n",
		    job_title(job, i));
	buf_printf(b, "acmehook: %s %s: %s (", event->field[FIELD_TYPE], event->field[FIELD_DOMAIN],
	    or_empty(jsonline_string(verify, "reason")));
	add_verdict(b, verify);
	buf_puts(b, ")\n");
	report_evidence(b, verify);
}

static void add_undo(struct buf *b, const struct job *job)
{
	const struct batch *undo = &job->undo;
	bool failed = false;

	if (job->undo_fault)
		buf_printf(b, "acmehook: cannot be undone, something may be left behind: %s\n",
		    job->undo_fault);
	for (size_t c = 0; c < undo->calls.n; c++) {
		const struct run *run = &undo->runs[c];

		if (!run->error.failure)
			continue;
		failed = true;
		buf_printf(b,
		    "acmehook: undoing failed, something may be left behind (acmehook pending "
		    "--clean tries again): %s\n",
		    job->error.failure && !strcmp(run->error.text, job->error.text)
			? "in the same way"
			: run->error.text);
		add_output(b, &undo->calls.v[c], &undo->runs[c]);
	}
	if (undo->calls.n && !failed)
		buf_printf(b,
		    "acmehook: what this call had deployed was cleaned again (%s would not)\n",
		    job->from->name);
}

/* A CNAME that leads to where this kind of handlers cannot be told to write. */
static void add_alias(struct buf *b, const struct job *job, size_t i)
{
	const struct event *event = &job->deploy.events.v[i];
	const char *alias = job->tasks[i].alias;

	if (alias && !event->field[FIELD_DELEGATE])
		buf_printf(b,
		    "acmehook: %s is a CNAME to %s, and handlers can only be told to write at "
		    "names "
		    "that begin with _acme-challenge.; a CNAME to _acme-challenge.%s would work\n",
		    event->field[FIELD_FQDN], alias, alias);
}

static void add_failure(struct buf *b, const struct job *job)
{
	const char *goes_on = job->from ? job->from->goes_on : NULL;
	const struct task *task = job->deploy.events.n ? &job->tasks[job->culprit] : NULL;

	if (!task)
		buf_printf(b, "acmehook: %s\n", job->error.text);
	else if (!task->verify || (task->run && task->run->error.failure))
		/* else add_verify says it all */
		buf_printf(b, "acmehook: %s: %s\n", job_title(job, job->culprit), job->error.text);
	if (task && task->run && task->run->error.failure)
		add_output(b, task->call, task->run);
	if (task)
		add_alias(b, job, job->culprit);
	if (task && job->deploy.targets && job->deploy.targets[job->culprit].spared)
		buf_puts(b, "acmehook: the handler is not told of such events (events)\n");
	if (task)
		keep_tell(b, job, job->culprit);
	if (job_advisory(job))
		buf_printf(
		    b, "acmehook: %s goes on: this event decides nothing\n", job->from->name);
	else if (goes_on && job->form && verb_is_challenge(job->form->verb))
		buf_printf(b, "acmehook: %s\n", goes_on);
}

/* What a handler said before its work turned out not to be visible is the best clue there is. */
static void add_outputs(struct buf *b, const struct job *job)
{
	for (size_t c = 0; c < job->deploy.calls.n; c++) {
		const struct run *run = &job->deploy.runs[c];

		if (run->ended && !run->error.failure && (*run->result.out || *run->result.err))
			add_output(b, &job->deploy.calls.v[c], run);
	}
}

static void add_summary(struct buf *b, const struct job *job)
{
	for (size_t i = 0; i < job->deploy.events.n; i++) {
		const struct event *event = &job->deploy.events.v[i];
		const struct task *task = &job->tasks[i];

		if (!task->run || job->deploy.targets[i].role == ROLE_AGAIN)
			continue;
		buf_printf(
		    b, "acmehook: %s: done in %ld ms", job_title(job, i), task->run->result.ms);
		if (event->field[FIELD_DELEGATE])
			buf_printf(b, "; delegated to %s", event->field[FIELD_DELEGATE]);
		if (task->verify) {
			buf_printf(b, "; %s (", or_empty(jsonline_string(task->verify, "reason")));
			add_verdict(b, task->verify);
			buf_puts(b, ")");
		}
		buf_puts(b, "\n");
	}
}

static void add_job(struct buf *b, struct report *report, const struct job *job)
{
	bool failed = job->error.failure, verified_badly = false;

	for (size_t i = 0; i < job->deploy.events.n; i++)
		verified_badly =
		    verified_badly || (job->tasks[i].verify && job->tasks[i].error.failure);
	if (failed && (!job->declined || report->verbose))
		add_failure(b, job);
	if (report->verbose)
		add_outputs(b, job);
	for (size_t i = 0; i < job->deploy.events.n; i++) {
		const struct task *task = &job->tasks[i];

		if (task->caa != task->verify)
			add_verify(b, report, job, i, task->caa);
		else if (task->caa)
			buf_printf(
			    b, "acmehook: %s: the handler was not called\n", job_title(job, i));
		add_overruled(b, job, i);
		if (task->with == i)
			add_verify(b, report, job, i, task->verify);
	}
	if (verified_badly && !report->verbose)
		add_outputs(b, job);
	add_undo(b, job);
	if (!failed && !report->quiet && (report->terminal || report->verbose))
		add_summary(b, job);
}

static void done(struct report *report, const struct job *job)
{
	struct buf b = BUF_INIT(1024 * 1024);

	add_job(&b, report, job);
	report_write(report, &b);
	buf_free(&b);
}

void report_progress_line(struct buf *b, const char *what, struct json_object *state)
{
	buf_printf(b, "acmehook: %s: %.150s (%.0f s)", what,
	    or_empty(jsonline_string(state, "reason")),
	    (double)jsonline_integer(state, "ms", 0) / 1000);
}

static void progress(struct report *report, const char *what, struct json_object *state)
{
	struct buf b = BUF_INIT(2048);

	report_progress_line(&b, what, state);
	report_write(report, &b);
	report->line = true;
	buf_free(&b);
}

const struct reporter report_text = {.done = done, .progress = progress};
