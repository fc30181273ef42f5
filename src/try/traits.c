/* SPDX-License-Identifier: MIT */
/* What a handler is like, and the configuration that suits it. */
#include "config.h"

#include "try/traits.h"

#include <stdlib.h>

/* As data, and for people. */
struct words {
	const char *value, *words;
};

static const struct words adding[] = {
    [ADDING_UNKNOWN] = {NULL, "not known"},
    [ADDING_ADDS] = {"adds", "is added to the first"},
    [ADDING_REPLACES] = {"replaces", "replaces the first"},
    [ADDING_FAILS] = {"fails", "does not come to be there"},
};
static const struct words cleaning[] = {
    [CLEANING_UNKNOWN] = {NULL, "not known"},
    [CLEANING_OWN] = {"own", "removes its own value, no other"},
    [CLEANING_ALL] = {"all", "removes the other values of the name, too"},
    [CLEANING_NOTHING] = {"nothing", "does not remove its value"},
};
static const struct words chaining[] = {
    [CHAINING_UNKNOWN] = {NULL, "not known"},
    [CHAINING_ALL] = {"all", "deploys all challenges of the call"},
    [CHAINING_FIRST] = {"first", "takes the first challenge, and drops the others"},
    [CHAINING_LAST] = {"last", "only the last challenge of the call stays"},
    [CHAINING_FAILS] = {"fails", "nothing comes of it"},
    [CHAINING_NONE] = {"none", "not in its dialect: each challenge has its own call"},
};
static const struct words dash[] = {
    [DASH_UNKNOWN] = {NULL, "not known"},
    [DASH_FINE] = {"fine", "is a value like any other"},
    [DASH_STATUS] = {"status", "is deployed, but then the handler fails"},
    [DASH_FAILS] = {"fails", "is not deployed"},
};
static const struct words word[] = {
    [WORD_UNKNOWN] = {NULL, "not known"},
    [WORD_SUCCEEDS] = {"succeeds", "succeeds"},
    [WORD_FAILS] = {"fails", "fails"},
    [WORD_ACTS] = {"acts", "deploys or removes something"},
    [WORD_HANGS] = {"hangs", "does not end"},
    [WORD_NONE] = {"none", "not in its dialect: it is called without a word"},
};
static const struct words variables[] = {
    [VARIABLES_UNKNOWN] = {NULL, "not known"},
    [VARIABLES_NONE] = {"none", "needs none but the usual ones (PATH, HOME ...)"},
    [VARIABLES_SOME] = {"some", "needs"},
};
_Static_assert(nitems(adding) == ADDING__MAX, "a value without words");
_Static_assert(nitems(cleaning) == CLEANING__MAX, "a value without words");
_Static_assert(nitems(chaining) == CHAINING__MAX, "a value without words");
_Static_assert(nitems(dash) == DASH__MAX, "a value without words");
_Static_assert(nitems(word) == WORD__MAX, "a value without words");
_Static_assert(nitems(variables) == VARIABLES__MAX, "a value without words");

void traits_list(const struct traits *t, struct trait list[TRAITS])
{
	const struct {
		const char *name, *label;
		const struct words *words;
	} all[TRAITS] = {
	    {"adding", "second value", &adding[t->adding]},
	    {"cleaning", "clean", &cleaning[t->cleaning]},
	    {"chaining", "chained call", &chaining[t->chaining]},
	    {"dash", "leading \"-\"", &dash[t->dash]},
	    {"unknown_word", "unknown word", &word[t->word]},
	    {"variables", "variables", &variables[t->variables]},
	};

	for (size_t i = 0; i < TRAITS; i++)
		list[i] = (struct trait){
		    all[i].name, all[i].label, all[i].words->value, all[i].words->words};
}

/* A wait that is worth to be had once for many challenges, in ms. */
#define LONG_WAIT 5000

static void add_seconds(struct strlist *lines, const char *name, long ms)
{
	strlist_take(lines, xasprintf("%s=%ld", name, (ms + 999) / 1000));
}

void traits_cure(const struct traits *t, long timeout, long verify_timeout, struct strlist *lines)
{
	bool replaces = t->adding == ADDING_REPLACES;

	if (t->chaining == CHAINING_ALL && (replaces || t->ahead_ms > LONG_WAIT))
		strlist_add(lines, "chain=true");
	if (t->chaining == CHAINING_ALL && replaces)
		strlist_add(lines, "replaces=true");
	if (t->cleaning == CLEANING_ALL)
		strlist_add(lines, "cleans-all=true");
	if (t->lies || t->hangs)
		strlist_add(lines, "trust=dns");
	if (t->hangs)
		add_seconds(lines, "timeout", 10000 + 2 * t->done_ms);
	else if (2 * t->deploy_ms > timeout)
		add_seconds(lines, "timeout", 3 * t->deploy_ms);
	if (2 * t->lag_ms > verify_timeout)
		add_seconds(lines, "verify-timeout", 3 * t->lag_ms);
	if (t->other_words && t->word != WORD_SUCCEEDS) {
		strlist_add(lines, "events=deploy_challenge");
		strlist_add(lines, "events=clean_challenge");
	}
}

const char *traits_obstacle(const struct traits *t)
{
	if (!t->works)
		return "a value that it is told to deploy does not come to be there";
	if (t->adding == ADDING_FAILS)
		return "it cannot have two values at one name, as a name and its wildcard need "
		       "them: with a client that deploys one challenge after the other (lego, "
		       "uacme) it works, with others it does not";
	if (t->adding == ADDING_REPLACES && t->chaining != CHAINING_ALL)
		return "it keeps one value at a name, and a name and its wildcard need two: with a "
		       "client that deploys one challenge after the other (lego, uacme) it works, "
		       "with others it does not";
	if (t->dash == DASH_FAILS)
		return "values that begin with \"-\" are not deployed: that is one of 64, which "
		       "will fail as if by accident. In the script, \"--\" before the value, or "
		       "\"printf %s\" instead of \"echo\", may help";
	return NULL;
}

void traits_remarks(const struct traits *t, struct strlist *remarks)
{
	if (t->claims)
		strlist_add(remarks,
		    "it succeeds although nothing is there: its exit status says "
		    "nothing, and verification is needed (do not set verify = off)");
	if (t->lies && t->dash != DASH_STATUS)
		strlist_add(remarks, "it fails although it has done its work: with trust = dns "
				     "what is there counts");
	if (t->dash == DASH_STATUS)
		strlist_add(remarks, "it fails for values that begin with \"-\", one of 64, "
				     "although they are deployed: with trust = dns what is there "
				     "counts");
	if (t->hangs)
		strlist_add(remarks, "it does not end by itself when there is another value at the "
				     "name, or not always: it is stopped after the timeout, and "
				     "what is there counts");
	if (t->cleaning == CLEANING_NOTHING)
		strlist_add(remarks, "what it deploys stays behind; perhaps it cleans in "
				     "deploy_cert, or never");
	if (t->cleaning == CLEANING_ALL)
		strlist_add(remarks, "when it cleans, values of others at the same name are lost: "
				     "another client, or another host, must not use it for this "
				     "name at the same time");
	if (t->clean_fails && t->cleaning != CLEANING_NOTHING)
		strlist_add(remarks, "its status when it cleans is a failure although the value is "
				     "gone");
	if (t->word == WORD_FAILS && t->other_words)
		strlist_add(remarks, "clients with newer operations would fail with it; with the "
				     "line events they are not passed on. Add those that the "
				     "script handles, such as deploy_cert");
	if ((t->word == WORD_ACTS || t->word == WORD_HANGS) && t->other_words)
		strlist_add(remarks, "it does not look at the operation; with the line events it "
				     "is called for challenges only");
	if (t->prints)
		strlist_add(remarks, "what it prints on standard output is kept from the client, "
				     "and shown when something fails");
}

void traits_free(struct traits *t)
{
	strlist_free(&t->needs);
	free(t->fault);
	free(t->output);
	*t = (struct traits){0};
}
