/* SPDX-License-Identifier: MIT */
/* Which variables does a handler need? Without all of them; if that fails, one after the other is
 * found by halving. */
#include "config.h"

#include "try/examine.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "handlers/environment.h"

/* So many are found, and so long, in ms, is looked for them. */
#define MOST 8
#define PATIENCE 60000

/* Those that every program may count on. */
static const char *const usual[] = {"PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LC_ALL",
    "TERM", "TZ", "TMPDIR", "PWD", "OLDPWD", "SHLVL", "_", "ACMEHOOK_JOB"};

static void add_name(struct strlist *names, const char *entry)
{
	size_t len = strcspn(entry, "=");

	for (size_t i = 0; i < nitems(usual); i++)
		if (!strncmp(usual[i], entry, len) && !usual[i][len])
			return;
	for (size_t i = 0; i < names->n; i++)
		if (!strncmp(names->v[i], entry, len) && !names->v[i][len])
			return;
	strlist_take(names, xstrndup(entry, len));
}

/* Does it tell what is to be deployed, and where? Nobody knows what is done without that. */
static bool is_data(const struct event *event, const char *entry)
{
	static const enum field fields[] = {
	    FIELD_DOMAIN, FIELD_TOKEN, FIELD_VALIDATION, FIELD_VALUE};

	for (size_t i = 0; i < nitems(fields); i++)
		if (event->field[fields[i]] && strstr(entry, event->field[fields[i]]))
			return true;
	return false;
}

static void add_names(struct strlist *names, const struct strlist *entries)
{
	for (size_t i = 0; i < entries->n; i++)
		if (strchr(entries->v[i], '='))
			add_name(names, entries->v[i]);
}

/* What the dialect sets, then what the configuration sets, then what is inherited. */
static void collect(const struct trial *t, struct strlist *names)
{
	const struct view *view = &t->target.view;
	const char *file = view_text(view, OPTION_ENV_FILE);
	struct strlist from_file = {0};
	struct calls calls = {0};
	struct error error = {0};

	dialect_write(t->target.to, t->target.handler, false, t->subject, 0, 1, &calls, &error);
	for (size_t c = 0; c < calls.n; c++)
		for (size_t i = 0; i < calls.v[c].env.n; i++)
			if (strchr(calls.v[c].env.v[i], '=') &&
			    !is_data(t->subject, calls.v[c].env.v[i]))
				add_name(names, calls.v[c].env.v[i]);
	calls_free(&calls);
	add_names(names, &view_get(view, OPTION_ENV)->list);
	if (file && environment_read(&from_file, file, &error))
		add_names(names, &from_file);
	strlist_free(&from_file);
	for (char **entry = environ; *entry; entry++)
		if (environment_inherits(*entry) && strncmp(*entry, "ACMEHOOK_", 9))
			add_name(names, *entry);
}

/* Does it work without the first n of the names, but with those that are needed? */
static bool works_without(
    struct trial *t, struct traits *r, const struct strlist *names, size_t n, const char *what)
{
	struct strlist without = {0};
	struct seen seen = {0};
	struct attempt a = {
	    .what = what,
	    .verb = VERB_DEPLOY,
	    .of = {SPECIMEN_OTHER},
	    .n = 1,
	    .without = &without,
	    .doubtful = true,
	};
	bool done, failed;

	for (size_t i = 0; i < n; i++)
		if (!strlist_has(&r->needs, names->v[i]))
			strlist_add(&without, names->v[i]);
	trial_call(t, &a, &seen);
	done = seen.done[0];
	failed = seen.failed && !r->lies && !r->hangs;
	seen_free(&seen);
	strlist_free(&without);
	if (done)
		trial_clean(t);
	else
		trial_forget(t, SPECIMEN_OTHER);
	return done && !failed;
}

/* The first one without which it does not work. */
static size_t find_needed(struct trial *t, struct traits *r, const struct strlist *names)
{
	size_t works = 0, fails = names->n;

	while (fails - works > 1 && trial_goes_on(t)) {
		size_t middle = works + (fails - works) / 2;

		if (works_without(t, r, names, middle, "looks for the variables that it needs"))
			works = middle;
		else
			fails = middle;
	}
	return fails - 1;
}

void examine_variables(struct trial *t, struct traits *r)
{
	struct strlist names = {0};
	uint64_t began = uv_now(&t->session->loop);
	const char *what = "deploys a value without most variables";

	collect(t, &names);
	r->variables = VARIABLES_NONE;
	while (trial_goes_on(t) && !works_without(t, r, &names, names.n, what)) {
		r->variables = VARIABLES_SOME;
		if (r->needs.n == MOST || uv_now(&t->session->loop) - began > PATIENCE ||
		    r->needs.n == names.n) {
			r->needs_more = true;
			break;
		}
		strlist_add(&r->needs, names.v[find_needed(t, r, &names)]);
		what = "deploys a value with those variables only";
	}
	if (!trial_goes_on(t))
		r->variables = VARIABLES_UNKNOWN;
	strlist_free(&names);
}
