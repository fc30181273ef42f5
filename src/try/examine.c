/* SPDX-License-Identifier: MIT */
/* Finds out what a handler is like. */
#include "config.h"

#include "try/examine.h"

#include <stdlib.h>
#include <string.h>

#include "try/remedy.h"

#define UNKNOWN_WORD "acmehook_try_unknown_word"

struct exam {
	struct trial *trial;
	struct traits *traits;
	struct seen seen; /* of the last call */
};

static void longest(long *most, long ms)
{
	if (ms > *most)
		*most = ms;
}

/* Once it did not end in time, other calls need not be waited for as long. */
static void limit(struct trial *t, long done_ms)
{
	long timeout = view_number(&t->target.view, OPTION_TIMEOUT);
	long enough = 10000 + 3 * done_ms;

	t->limit = enough < timeout ? enough : timeout;
}

static void learn_deploy(struct trial *t, struct traits *r, const struct attempt *a, struct seen *s)
{
	long after = s->after[0] > s->after[1] ? s->after[0] : s->after[1];
	bool there = s->done[0] && (a->n == 1 || s->done[1]);

	if (!s->timed_out)
		longest(&r->deploy_ms, s->ms);
	if (!there && !s->failed && !a->doubtful && a->n == 1)
		r->claims = true;
	if (!there)
		return;
	longest(&r->done_ms, after);
	longest(after < s->ms ? &r->ahead_ms : &r->lag_ms, labs(after - s->ms));
	r->lies = r->lies || (s->failed && !s->timed_out);
	r->hangs = r->hangs || s->timed_out;
	if (s->timed_out)
		limit(t, after);
}

void examine_call(struct trial *t, struct traits *r, const struct attempt *a, struct seen *s)
{
	trial_call(t, a, s);
	if (!s->called || !trial_goes_on(t))
		return;
	r->prints = r->prints || s->printed;
	if (a->verb == VERB_DEPLOY) {
		learn_deploy(t, r, a, s);
		return;
	}
	if (!s->timed_out)
		longest(&r->clean_ms, s->ms);
	r->clean_fails = r->clean_fails || s->failed;
}

static bool call(struct exam *x, enum verb verb, size_t specimen, const char *what)
{
	const struct attempt a = {.what = what, .verb = verb, .of = {specimen}, .n = 1};

	examine_call(x->trial, x->traits, &a, &x->seen);
	return x->seen.done[0];
}

static bool deploy(struct exam *x, size_t specimen, const char *what)
{
	return call(x, VERB_DEPLOY, specimen, what);
}

static bool clean(struct exam *x, size_t specimen, const char *what)
{
	return call(x, VERB_CLEAN, specimen, what);
}

/* --- a first value */

static void take_fault(struct exam *x)
{
	struct traits *r = x->traits;
	const struct seen *s = &x->seen;

	free(r->fault);
	free(r->output);
	r->fault = s->error.failure && s->called && s->verdict
		       ? xasprintf("%s; and it is not there: %s", s->error.text, s->verdict)
		       : xstrdup(s->error.failure ? s->error.text
				 : s->verdict	  ? s->verdict
						  : "nobody can say why");
	r->output = s->output ? xstrdup(s->output) : NULL;
}

/* Another way to call it may help. */
static bool try_remedies(struct exam *x)
{
	struct trial *t = x->trial;
	struct strlist remedies = {0};
	bool done = false;

	remedies_find(&t->target, &remedies);
	for (size_t i = 0; i < remedies.n && !done && trial_goes_on(t); i++) {
		char *what = xasprintf("deploys it once more, with %s", remedies.v[i]);

		trial_clean(t);
		strlist_add(&t->lines, remedies.v[i]);
		done = deploy(x, SPECIMEN_FIRST, what);
		if (!done)
			free(t->lines.v[--t->lines.n]);
		t->lines.v[t->lines.n] = NULL;
		free(what);
	}
	strlist_free(&remedies);
	return done;
}

static bool first_value(struct exam *x)
{
	struct traits *r = x->traits;

	if (deploy(x, SPECIMEN_FIRST, "deploys a first value") || !trial_goes_on(x->trial)) {
		r->works = x->seen.done[0];
		return r->works;
	}
	take_fault(x);
	r->works = try_remedies(x);
	if (r->works)
		r->claims = false;
	return r->works;
}

/* --- a word that it does not know, while two values are there */

static void unknown_word(struct exam *x, size_t live)
{
	struct trial *t = x->trial;
	struct traits *r = x->traits;
	const struct attempt a = {
	    .what = "calls it with a word that it does not know",
	    .verb = VERB_DEPLOY,
	    .of = {SPECIMEN_OTHER},
	    .n = 1,
	    .word = UNKNOWN_WORD,
	    .doubtful = true,
	};

	if (t->target.to->flags & DIALECT_MUTE) {
		r->word = WORD_NONE;
		return;
	}
	trial_call(t, &a, &x->seen);
	if (!trial_goes_on(t) || !x->seen.called)
		return;
	r->other_words = dialect_has_others(t->target.to);
	r->word_status = x->seen.exit_status;
	r->word = x->seen.timed_out ? WORD_HANGS : x->seen.failed ? WORD_FAILS : WORD_SUCCEEDS;
	if (!x->seen.done[0])
		trial_forget(t, SPECIMEN_OTHER);
	if (!x->seen.done[0] && trial_look(t, live))
		return;
	r->word = WORD_ACTS;
	trial_clean(t);
	deploy(x, SPECIMEN_FIRST, "deploys the first value once more");
	deploy(x, live, "deploys the second value once more");
}

/* --- a second value */

/* All is well with it, or it is as with the first one. */
static bool is_well(const struct exam *x, bool first_failed)
{
	return x->seen.done[0] && (!x->seen.failed || first_failed);
}

/*
 * The second value begins with '-'. If that does not go well, another one tells whether it is for
 * the '-', or for being the second. Returns the one that is there, if any.
 */
static size_t second_value(struct exam *x)
{
	struct traits *r = x->traits;
	bool first_failed = x->seen.failed, there;

	there = deploy(x, SPECIMEN_DASHED, "deploys a second value, which begins with \"-\"");
	if (is_well(x, first_failed)) {
		r->dash = DASH_FINE;
		return SPECIMEN_DASHED;
	}
	if (!trial_goes_on(x->trial))
		return SPECIMEN_DASHED;
	clean(x, SPECIMEN_DASHED, "cleans it");
	if (!trial_look(x->trial, SPECIMEN_FIRST))
		deploy(x, SPECIMEN_FIRST, "deploys the first value once more");
	deploy(x, SPECIMEN_THIRD, "deploys a second value that begins with a letter or digit");
	if (is_well(x, first_failed))
		r->dash = there ? DASH_STATUS : DASH_FAILS;
	if (!x->seen.done[0])
		r->adding = ADDING_FAILS;
	return SPECIMEN_THIRD;
}

static void clean_one(struct exam *x, size_t second)
{
	struct traits *r = x->traits;
	bool gone = clean(x, SPECIMEN_FIRST, "cleans the first value");

	if (!trial_goes_on(x->trial))
		return;
	if (!gone)
		r->cleaning = CLEANING_NOTHING;
	else if (r->adding != ADDING_FAILS)
		r->cleaning = trial_look(x->trial, second) ? CLEANING_OWN : CLEANING_ALL;
}

static void two_values(struct exam *x)
{
	struct trial *t = x->trial;
	struct traits *r = x->traits;
	size_t second = second_value(x);

	if (!trial_goes_on(t))
		return;
	if (r->adding != ADDING_FAILS)
		r->adding = trial_look(t, SPECIMEN_FIRST) ? ADDING_ADDS : ADDING_REPLACES;
	if (trial_goes_on(t))
		unknown_word(x, r->adding == ADDING_FAILS ? (size_t)SPECIMEN_FIRST : second);
	if (trial_goes_on(t))
		clean_one(x, second);
	if (trial_goes_on(t) && !clean(x, second, "cleans the second value") && trial_goes_on(t))
		r->cleaning = CLEANING_NOTHING;
	if (!trial_goes_on(t) || r->dash != DASH_UNKNOWN)
		return;
	trial_clean(t);
	deploy(x, SPECIMEN_DASHED, "deploys a value that begins with \"-\", alone");
	r->dash = !x->seen.done[0] ? DASH_FAILS : x->seen.failed ? DASH_STATUS : DASH_FINE;
	clean(x, SPECIMEN_DASHED, "cleans it");
}

/* --- many challenges in one call */

static void chain(struct exam *x)
{
	struct traits *r = x->traits;
	struct attempt a = {
	    .what = "deploys two values in one call",
	    .verb = VERB_DEPLOY,
	    .of = {SPECIMEN_FIRST, SPECIMEN_THIRD},
	    .n = 2,
	};
	const struct seen *s = &x->seen;

	if (!dialect_repeats(x->trial->target.to, VERB_DEPLOY)) {
		r->chaining = CHAINING_NONE;
		return;
	}
	trial_clean(x->trial);
	examine_call(x->trial, r, &a, &x->seen);
	if (!trial_goes_on(x->trial))
		return;
	r->chaining = s->done[0] && s->done[1] ? CHAINING_ALL
		      : s->done[0]	       ? CHAINING_FIRST
		      : s->done[1]	       ? CHAINING_LAST
					       : CHAINING_FAILS;
	a.verb = VERB_CLEAN;
	a.what = "cleans both in one call";
	trial_call(x->trial, &a, &x->seen);
	trial_clean(x->trial);
}

void examine(struct trial *t, struct traits *r)
{
	struct exam x = {.trial = t, .traits = r};

	if (first_value(&x)) {
		two_values(&x);
		if (trial_goes_on(t))
			chain(&x);
		if (trial_goes_on(t))
			examine_variables(t, r);
	}
	seen_free(&x.seen);
}
