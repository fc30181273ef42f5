/* SPDX-License-Identifier: MIT */
/* acmehook explain: which rule and handler, the exact argv and environment; nothing is run. */
#include "config.h"

#include "session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_words(const char *label, char *const *words)
{
	struct buf b = BUF_INIT(1024 * 1024);

	for (; *words; words++) {
		buf_puts(&b, " ");
		buf_shell_word(&b, *words);
	}
	printf("%-9s%s\n", label, buf_text(&b));
	buf_free(&b);
}

/* Variables of the configuration may be secrets: only their names are shown. */
static void print_env(const struct call *call, const struct setting *configured)
{
	for (size_t i = 0; i < call->env.n; i++) {
		char *words[] = {call->env.v[i], NULL};

		print_words(strchr(call->env.v[i], '=') ? "env:" : "unset:", words);
	}
	for (size_t i = 0; i < configured->list.n; i++) {
		const char *entry = configured->list.v[i];

		printf("env:      %.*s=... (set in the configuration)\n", (int)strcspn(entry, "="),
		    entry);
	}
}

static void print_list(const char *label, const struct setting *s)
{
	for (size_t i = 0; i < s->list.n; i++)
		printf("%s%s", i ? ", " : label, s->list.v[i]);
}

static void print_verify(const struct job *job, size_t i)
{
	const struct event *event = &job->deploy.events.v[i];
	const struct view *view = &job->deploy.targets[i].view;
	const struct setting *authority = view_get(view, OPTION_AUTHORITY);
	char *uri;

	if (!job_verifies(job, i)) {
		printf("verify:   no\n");
		return;
	}
	printf("verify:   %s, at most %g s: ",
	    option_defs[OPTION_VERIFY].choices[view_number(view, OPTION_VERIFY)],
	    (double)job_verify_timeout(job, i) / 1000);
	uri = event_text(event, VIEW_URI);
	if (event->field[FIELD_FQDN])
		printf("TXT %s is \"%s\"", event->field[FIELD_FQDN], event->field[FIELD_VALUE]);
	else
		printf("%s serves \"%s\"", uri ? uri : event->field[FIELD_TYPE],
		    event->field[FIELD_VALIDATION]);
	free(uri);
	if (authority->set)
		print_list("; asks ", authority);
	else
		printf("; asks the name servers of the zone, found through ");
	if (!authority->set && !view_get(view, OPTION_RESOLVER)->set)
		printf("resolv.conf");
	else if (!authority->set)
		print_list("", view_get(view, OPTION_RESOLVER));
	printf("\n");
}

static void print_task(const struct job *job, size_t i)
{
	const struct event *event = &job->deploy.events.v[i];
	const struct target *target = &job->deploy.targets[i];

	printf("event:    %s%s%s%s%s\n", verb_name(event->verb),
	    event->field[FIELD_TYPE] ? " " : "",
	    event->field[FIELD_TYPE] ? event->field[FIELD_TYPE] : "",
	    event->field[FIELD_DOMAIN] ? " " : "",
	    event->field[FIELD_DOMAIN] ? event->field[FIELD_DOMAIN] : "");
	if (target->rule)
		printf("rule:     match \"%s\" (%s:%d)\n", target->rule->pattern,
		    job->jobs->scope.rules->file, target->rule->line);
	else
		printf("rule:     none; what stands outside of match%s%s\n",
		    job->jobs->scope.rules->file ? " in " : "; there is no configuration file",
		    job->jobs->scope.rules->file ? job->jobs->scope.rules->file : "");
	if (target->handler)
		printf("handler:  %s (dialect %s)%s\n", target->handler, target->to->name,
		    job->tasks[i].call ? "" : "; it has no word for this event and is not called");
	else
		printf("handler:  none; the event goes nowhere\n");
	print_verify(job, i);
}

void explain_job(const struct job *job)
{
	for (size_t i = 0; i < job->deploy.events.n && !job->error.failure; i++)
		print_task(job, i);
	for (size_t c = 0; c < job->deploy.calls.n && !job->error.failure; c++) {
		const struct call *call = &job->deploy.calls.v[c];

		print_words("argv:", call->argv.v);
		print_env(call, view_get(&job->deploy.targets[call->first].view, OPTION_ENV));
	}
	if (!job->deploy.events.n && !job->error.failure)
		printf("event:    unknown; it succeeds and goes nowhere\n");
	fflush(stdout);
	if (job->error.failure)
		report_line(NULL, "%s: %s", job_title(job, job->culprit), job->error.text);
}
