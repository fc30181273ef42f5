/* SPDX-License-Identifier: MIT */
/* acmehook explain: which rule and handler, the exact argv and environment; nothing is run. */
#include "config.h"

#include "commands/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "handlers/diagnose.h"
#include "handlers/environment.h"
#include "handlers/launch.h"
#include "handlers/talk.h"
#include "jobs/preflight.h"
#include "trust.h"

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
static void print_hidden(const struct strlist *list, const char *from)
{
	for (size_t i = 0; i < list->n; i++)
		printf("env:      %.*s=(hidden)%s%s\n", (int)strcspn(list->v[i], "="), list->v[i],
		    from ? " from " : "", from ? from : "");
}

static void print_env(const struct call *call, const struct view *view)
{
	const char *file = view_text(view, OPTION_ENV_FILE);
	struct strlist file_env = {0};
	struct error error = {0};

	for (size_t i = 0; environ[i] && view_number(view, OPTION_VERBOSE); i++)
		if (!environment_inherits(environ[i]))
			printf("unset:    %.*s (not for handlers)\n", (int)strcspn(environ[i], "="),
			    environ[i]);
	for (size_t i = 0; i < call->env.n; i++) {
		char *words[] = {call->env.v[i], NULL};

		print_words(strchr(call->env.v[i], '=') ? "env:" : "unset:", words);
	}
	if (file && !environment_read(&file_env, file, &error))
		printf("env:      none, and the handler would not be called: %s\n", error.text);
	print_hidden(&file_env, file);
	print_hidden(&view_get(view, OPTION_ENV)->list, NULL);
	strlist_free(&file_env);
}

static void print_list(const char *label, const struct setting *s)
{
	for (size_t i = 0; i < s->list.n; i++)
		printf("%s%s", i ? ", " : label, s->list.v[i]);
}

static void print_verifier_fault(const char *path)
{
	struct error error = {0};

	if (!diagnose_trust(path, TRUST_VERIFIER, geteuid(), &error) ||
	    !diagnose(path, NULL, 0, &error))
		printf("fault:    the verifier cannot be started: %s\n", error.text);
}

static void print_verify(const struct job *job, size_t i)
{
	const struct event *event = &job->deploy.events.v[i];
	const struct view *view = &job->deploy.targets[i].proof;
	const struct setting *authority = view_get(view, OPTION_AUTHORITY);
	char *uri;

	if (!job_verifies(job, i)) {
		printf("verify:   no\n");
		return;
	}
	printf("verify:   %s, at most %g s: ",
	    option_defs[OPTION_VERIFY].choices[view_number(view, OPTION_VERIFY)],
	    (double)job_verify_timeout(job, i) / 1000);
	if (view_number(view, OPTION_TRUST) != DECIDING_BOTH)
		printf("(trust = %s) ",
		    option_defs[OPTION_TRUST].choices[view_number(view, OPTION_TRUST)]);
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
	print_verifier_fault(view_text(view, OPTION_VERIFIER));
}

static void print_delegation(const struct job *job, size_t i)
{
	const struct event *event = &job->deploy.events.v[i];

	if (event->field[FIELD_DELEGATE])
		printf("tells:    of %s, to which it was delegated when it was deployed\n",
		    event->field[FIELD_DELEGATE]);
	else if (preflight_follows(job, i))
		printf("follows:  a CNAME at %s to that of another domain\n",
		    event->field[FIELD_FQDN]);
}

/* What a program would be refused for. */
static void print_fault(const struct view *view, const char *program, const char *handler,
    bool interpreted, const char *cwd)
{
	struct account account;
	struct error error = {0};

	if (account_find(&account, view_text(view, OPTION_USER), &error))
		diagnose_ahead(program, handler, interpreted, account.uid, cwd, &error);
	if (error.failure)
		printf("fault:    %s\n", error.text);
	account_free(&account);
}

static void print_handler(const struct target *target, const struct call *call)
{
	const struct view *view = &target->view;
	struct error error = {0};

	printf("handler:  %s (dialect %s)%s\n", target->handler, target->to->name,
	    call	     ? ""
	    : target->spared ? "; it is not told of this event (events)"
			     : "; it has no word for this event and is not called");
	if (!call)
		return;
	if (!target->to->compose)
		print_fault(view, call->argv.v[0], target->handler,
		    view_text(view, OPTION_INTERPRETER) != NULL, view_text(view, OPTION_CWD));
	else if (!talk_trusts(target->handler, &error))
		printf("fault:    %s\n", error.text);
	if (view_text(view, OPTION_USER))
		printf("user:     %s\n", view_text(view, OPTION_USER));
}

static void print_on_failure(const struct view *view)
{
	const char *program = view_text(view, OPTION_ON_FAILURE);

	if (!program)
		return;
	printf("failure:  is told to %s, once a day for each cause\n", program);
	print_fault(view, program, program, false, NULL);
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
		print_handler(target, job->tasks[i].call);
	else
		printf("handler:  none; the event goes nowhere\n");
	print_delegation(job, i);
	print_verify(job, i);
	if (target->handler && job->tasks[i].call)
		print_on_failure(&target->view);
}

void explain_job(struct job *job)
{
	if (job->unrouted.failure) /* nobody looks whether it is delegated */
		job_fail(job, job->culprit, job->unrouted.failure, job->unrouted.text);
	for (size_t i = 0; i < job->deploy.events.n && !job->error.failure; i++)
		print_task(job, i);
	for (size_t c = 0; c < job->deploy.calls.n && !job->error.failure; c++) {
		const struct call *call = &job->deploy.calls.v[c];
		const struct target *target =
		    &job->deploy.targets[batch_index(&job->deploy, call, 0)];

		if (target->to->compose) {
			printf("says:\n%s", call->input);
			continue;
		}
		print_words("argv:", call->argv.v);
		print_env(call, &target->view);
	}
	if (!job->deploy.events.n && !job->error.failure)
		printf("event:    unknown; it succeeds and goes nowhere\n");
	fflush(stdout);
	if (job->error.failure)
		report_line(NULL, "%s: %s", job_title(job, job->culprit), job->error.text);
}
