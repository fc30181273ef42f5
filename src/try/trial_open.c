/* SPDX-License-Identifier: MIT */
/* Who is on trial: the handler of a name, or of the one that a CNAME leads to; the values for it.
 */
#include "config.h"

#include "try/trial.h"

#include <stdlib.h>
#include <string.h>

#include "jsonline.h"
#include "record_name.h"
#include "verdict.h"
#include "jobs/verifier.h"

/* Values of somebody who is at work on that name could be lost. What failed may be: perhaps it is
 * why the handler is tried. */
static bool is_free(const struct trial *t, struct error *error)
{
	struct journal *journal = &t->session->journal;
	struct entries entries;
	size_t n = 0;

	if (!journal_open(journal, true, error))
		return false;
	entries = journal_list(journal, t->subject->field[FIELD_DOMAIN], NULL);
	for (size_t i = 0; i < entries.n; i++)
		n += entries.v[i].state != ENTRY_FAILED;
	entries_free(&entries);
	return !n ||
	       error_set(error, FAILURE_STOPPED,
		   "%zu value%s of others there now, see acmehook pending; some handlers would "
		   "remove them. Try it when they are gone",
		   n, n == 1 ? " is" : "s are");
}

/* How long a CNAME is looked for, in ms. */
#define ALIAS_PATIENCE 3000

static void on_alias(void *arg, struct json_object *verdict)
{
	struct trial *t = arg;
	const char *name = jsonline_string(verdict, "name"), *type = NULL;
	const char *word = jsonline_string(verdict, "verdict");
	const char *domain = name ? record_domain(name, &type) : NULL;
	bool other = word && !strcmp(word, verdict_name(VERDICT_PASS)) && domain &&
		     !strcmp(type, "dns-01") && strcmp(domain, t->subject->field[FIELD_DOMAIN]);

	for (size_t i = 0; other && i < t->n; i++)
		event_set(&t->specimens[i].event, FIELD_DELEGATE, domain);
	json_object_put(verdict);
}

/* Finds the handler: where a CNAME leads to another challenge name, that of its domain. */
static bool find_target(struct trial *t, struct error *error)
{
	const struct scope *scope = &t->session->jobs.scope;
	struct error first = {0};
	const struct proof proof = {
	    .type = "alias",
	    .domain = t->subject->field[FIELD_DOMAIN],
	    .timeout = ALIAS_PATIENCE,
	    .view = &t->target.proof,
	};
	bool found = target_plan(scope, t->subject, &t->target, &first);

	if (!strcmp(t->subject->field[FIELD_TYPE], "dns-01") &&
	    view_number(&t->target.proof, OPTION_DELEGATION) == DELEGATION_FOLLOW) {
		verifier_ask(t->session->jobs.verifier, &proof, on_alias, NULL, t);
		session_run(t->session);
	}
	if (!t->subject->field[FIELD_DELEGATE]) {
		*error = first;
		return found;
	}
	free(t->target.handler);
	t->target = (struct target){0};
	return target_plan(scope, t->subject, &t->target, error);
}

bool trial_open(struct trial *t, struct session *session, const char *type, const char *name,
    size_t values, struct error *error)
{
	const char *account = view_text(&session->view, OPTION_ACCOUNT);

	t->session = session;
	t->specimens = xcalloc(values, sizeof(*t->specimens));
	t->n = values;
	for (size_t i = 0; i < values; i++)
		if (!specimen_make(&t->specimens[i].event, type, name, account, i == 1, error))
			return false;
	t->subject = &t->specimens[0].event;
	session->jobs.scope.fixed = NULL;
	if (!verifier_prepare(session->jobs.verifier, error) || !find_target(t, error))
		return false;
	if (t->target.to->compose)
		return error_set(error, FAILURE_USAGE, "to: %s is no program that could be tried",
		    t->target.to->name);
	return is_free(t, error);
}

void trial_close(struct trial *t)
{
	for (size_t i = 0; i < t->n; i++)
		event_free(&t->specimens[i].event);
	free(t->specimens);
	free(t->target.handler);
	strlist_free(&t->lines);
	settings_free(&t->planning);
}
