/* SPDX-License-Identifier: MIT */
/* Dialects: what a handler is told, read as a client's call, is the same event: for every row of
 * every table, in either direction, but for those that are listed here with the reason. */
#include "config.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "dialects/dialect.h"
#include "tap.h"

#define TOKEN "LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0"
#define KEY_AUTH TOKEN ".9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI"
#define VALUE "LPsIwTo7o8BoG0-vjCyGQGBWSVIPxI-i_X336eUOQZo"

/* Of dialects that are one way only: who reads what is written. */
static const struct {
	const char *to, *from;
} partners[] = {
    {"acme.sh-deploy", "acme.sh"},
    {"env", "extauth"},
    {"lego-hook", "lego"},
    {"lego-raw", "lego"},
};

/* Rows that a client says and no handler is told, with the words behind it. */
static const struct {
	const char *from, *word;
	const char *arguments; /* with spaces between them; the last one is the domain */
	const char *why;
} read_only[] = {
    {"lego", "pre", "", "a script of the exec provider does not know it"},
    {"lego", "post", "", "likewise"},
    {"mod_md", "renewing", "example.test", "the program of MDMessageCmd is another one"},
    {"mod_md", "renewed", "example.test", "likewise"},
    {"mod_md", "expiring", "example.test", "likewise"},
    {"mod_md", "errored", "example.test", "likewise"},
    {"mod_md", "ocsp-errored", "example.test", "likewise"},
    {"mod_md", "installed", "example.test", "likewise, and its files have names of their own"},
    {"proxmox", "setup", "plugin example.test", "proxmox-acme only runs plugins of its own"},
    {"proxmox", "teardown", "plugin example.test", "likewise"},
};

/* Fields that come back as something else. */
static const struct {
	const char *to;
	enum field field;
	const char *why;
} changed[] = {
    {"lego-hook", FIELD_CERT_PATH, "lego's file of the certificate has the chain in it"},
};

/* What an event must still have when it comes back. */
static const enum field of_challenge[] = {FIELD_TYPE, FIELD_DOMAIN, FIELD_VALIDATION};
static const enum field of_certificate[] = {
    FIELD_DOMAIN, FIELD_KEY_PATH, FIELD_CERT_PATH, FIELD_CHAIN_PATH, FIELD_FULLCHAIN_PATH};

/* Rows that were read. */
static const struct form *rows_read[200];
static size_t n_read;

static char root[] = "/tmp/test-dialect.XXXXXX";

/* The files of a certificate as certbot, and with the suffix "" as acmetool has them. */
static const char *const suffixes[] = {".pem", ""};
static const char *const names[] = {"privkey", "cert", "chain", "fullchain"};

static char *file_path(const char *name, const char *suffix)
{
	return xasprintf("%s/live/example.test%s%s%s", root, *name ? "/" : "", name, suffix);
}

static void make_directories(void)
{
	char *live = xasprintf("%s/live", root), *directory = file_path("", "");

	if (mkdir(live, 0700) || mkdir(directory, 0700))
		abort();
	free(live);
	free(directory);
}

static void remove_directories(void)
{
	char *live = xasprintf("%s/live", root), *directory = file_path("", "");

	rmdir(directory);
	rmdir(live);
	rmdir(root);
	free(live);
	free(directory);
}

static void each_file(bool make)
{
	static const struct timeval times[2] = {{1700000000, 0}, {1700000000, 0}};

	for (size_t i = 0; i < nitems(suffixes) * nitems(names); i++) {
		char *path = file_path(names[i / nitems(suffixes)], suffixes[i % nitems(suffixes)]);
		FILE *file = make ? fopen(path, "w") : NULL;

		if (make ? !file || fclose(file) || utimes(path, times) : unlink(path))
			abort();
		free(path);
	}
}

/* Every field a dialect could want; the files have names that the row can tell. */
static struct event full_event(const struct form *form, const char *type)
{
	static const struct {
		enum field field;
		const char *text;
	} values[] = {
	    {FIELD_DOMAIN, "example.test"},
	    {FIELD_TOKEN, TOKEN},
	    {FIELD_KEY_AUTH, KEY_AUTH},
	    {FIELD_CSR_PATH, "/csr"},
	    {FIELD_OCSP_PATH, "/ocsp"},
	    {FIELD_TIMESTAMP, "1700000000"},
	    {FIELD_CERT_TIMESTAMP, "1700000000"},
	    {FIELD_ALTNAMES, "example.test"},
	    {FIELD_REMAINING, "0"},
	    {FIELD_OUTPUT, "from the deploy"},
	    {FIELD_STATUS, "500"},
	    {FIELD_ERROR, "an error\nof two lines"},
	    {FIELD_METHOD, "post"},
	    {FIELD_HEADERS, "a: b"},
	};
	const char *suffix = form->needs == VIEW_STATE_DIR ? "" : ".pem";
	struct event event = {.verb = form->verb};
	struct error error = {0};

	for (size_t i = 0; i < nitems(values); i++)
		event_set(&event, values[i].field, values[i].text);
	event.field[FIELD_KEY_PATH] = file_path("privkey", suffix);
	event.field[FIELD_CERT_PATH] = file_path("cert", suffix);
	event.field[FIELD_CHAIN_PATH] = file_path("chain", suffix);
	event.field[FIELD_FULLCHAIN_PATH] = file_path("fullchain", suffix);
	event.field[FIELD_CERT_DIR] = file_path("", "");
	if (verb_is_challenge(form->verb)) {
		event_set(&event, FIELD_TYPE, type);
		event_set(&event, FIELD_STATUS, form->status);
	}
	event_complete(&event, &error);
	return event;
}

/* The process has the call's variables, as a handler would, and no others. */
static void put_environment(const struct call *call)
{
	clearenv();
	for (size_t i = 0; i < call->env.n; i++) {
		size_t len = strcspn(call->env.v[i], "=");
		char *name = xstrndup(call->env.v[i], len);

		if (call->env.v[i][len])
			setenv(name, call->env.v[i] + len + 1, 1);
		free(name);
	}
}

static bool is_changed(const struct dialect *to, int field)
{
	for (size_t i = 0; i < nitems(changed); i++)
		if (!strcmp(changed[i].to, to->name) && (int)changed[i].field == field)
			return true;
	return false;
}

static bool has_all(const struct event *event, const enum field *fields, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!event->field[fields[i]])
			return !printf("# no %s\n", field_name((int)fields[i]));
	return true;
}

/* Is all that was read what was written, and what matters among it? */
static bool same(const struct dialect *to, const struct event *read, const struct event *written)
{
	for (int f = 1; f < FIELD__MAX; f++)
		if (!is_changed(to, f) && read->field[f] &&
		    strcmp(read->field[f], written->field[f] ? written->field[f] : ""))
			return !printf("# %s: %s\n", field_name(f), read->field[f]);
	if (verb_is_challenge(read->verb) && !has_all(read, of_challenge, nitems(of_challenge)))
		return false;
	if (read->verb == VERB_DEPLOY_CERT &&
	    !has_all(read, of_certificate, nitems(of_certificate)))
		return false;
	return read->verb == written->verb;
}

/* What a handler would have on its standard input becomes ours. */
static void put_input(const char *text)
{
	int ends[2];

	if (pipe(ends) || (text && write(ends[1], text, strlen(text)) < 0))
		abort();
	close(ends[1]);
	dup2(ends[0], 0);
	close(ends[0]);
}

/* The words as the client would say them: one that has a program for each word says it to us. */
static void make_words(const struct dialect *to, const struct form *form, const struct call *call,
    struct strlist *words)
{
	if (to->flags & DIALECT_MUTE)
		strlist_add(words, form->word);
	for (size_t i = to->launcher ? 2 : 1; i < call->argv.n; i++)
		strlist_add(words, call->argv.v[i]);
}

/* The first row for an event is the one that is written; others are read only. */
static bool is_written(const struct dialect *to, const struct form *form)
{
	if (!(to->flags & DIALECT_TO) || form->verb == VERB_UNKNOWN || form->flags & FORM_READ_ONLY)
		return false;
	for (const struct form *f = to->forms; f < form; f++)
		if (f->verb == form->verb && !form->status &&
		    (!f->type || !form->type || !strcmp(f->type, form->type)))
			return false;
	return true;
}

static const struct dialect *partner(const struct dialect *to)
{
	for (size_t i = 0; i < nitems(partners); i++)
		if (!strcmp(partners[i].to, to->name))
			return dialect_find(partners[i].from, DIALECT_FROM);
	return dialect_find(to->name, DIALECT_FROM);
}

/* The call that carries the event, not one around it. */
static const struct call *find_call(const struct calls *calls)
{
	const struct call *found = NULL;

	for (size_t i = 0; i < calls->n; i++)
		if (!calls->v[i].bracket) {
			if (found)
				return NULL;
			found = &calls->v[i];
		}
	return found;
}

static void test_round_trip(const struct dialect *to, const struct form *form, const char *type)
{
	const struct dialect *from = partner(to);
	struct event event = full_event(form, type);
	const struct call *call = NULL;
	struct calls calls = {0};
	struct events events = {0};
	struct error error = {0};
	struct strlist words = {0};
	const struct form *read = NULL;

	if (from && dialect_write(to, "/hook", false, &event, 0, 1, &calls, &error) &&
	    (call = find_call(&calls)) != NULL) {
		put_environment(call);
		put_input(call->input);
		make_words(to, form, call, &words);
		dialect_read(from, words.v, words.n, &events, &read, &error);
		rows_read[n_read++] = read;
	}
	if (!ok(!error.failure && read && !strcmp(read->word, form->word) && events.n == 1 &&
		    same(to, &events.v[0], &event),
		"%s %s %s: read back as it was written", to->name, form->word, type))
		printf("# %s\n", error.text);
	strlist_free(&words);
	calls_free(&calls);
	events_free(&events);
	event_free(&event);
}

static void test_missing(const struct dialect *to, const struct form *form)
{
	struct event empty = {.verb = form->verb};
	struct calls calls = {0};
	struct error error = {0};

	ok(form->least == 0 || (!dialect_write(to, "/hook", false, &empty, 0, 1, &calls, &error) &&
				   error.failure == FAILURE_USAGE),
	    "%s %s: refused when something is missing", to->name, form->word);
	calls_free(&calls);
}

static void test_table(const struct dialect *d)
{
	static const char *const types[] = {"dns-01", "http-01", "tls-alpn-01"};

	for (const struct form *f = d->forms; f && f->word; f++) {
		if (!is_written(d, f))
			continue;
		for (size_t k = 0; k < nitems(types); k++)
			if (verb_is_challenge(f->verb) ? !f->type || strstr(f->type, types[k]) : !k)
				test_round_trip(d, f, types[k]);
		test_missing(d, f);
	}
}

/* A word that tells of nothing. */
static void test_nothing(const struct dialect *from, const struct form *form)
{
	char *word = xstrdup(form->word);
	const struct form *read = NULL;
	struct events events = {0};
	struct error error = {0};

	ok(dialect_read(from, &word, 1, &events, &read, &error) && read == form && !events.n,
	    "%s %s: tells of nothing", from->name, form->word);
	free(word);
}

static void test_read_only(size_t i, const struct form *form)
{
	char *arguments = xstrdup(read_only[i].arguments), *rest = NULL;
	const struct form *read = NULL;
	struct events events = {0};
	struct error error = {0};
	struct strlist words = {0};

	put_input(VALUE);
	strlist_add(&words, read_only[i].word);
	for (char *word = strtok_r(arguments, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
		strlist_add(&words, word);
	dialect_read(dialect_find(read_only[i].from, DIALECT_FROM), words.v, words.n, &events,
	    &read, &error);
	/* the files of a certificate are not here: tests/dialects.bats has them */
	ok(read == form && events.n == 1 && events.v[0].verb == form->verb &&
		(!error.failure || form->verb == VERB_DEPLOY_CERT) &&
		(words.n == 1 || !strcmp(events.v[0].field[FIELD_DOMAIN], words.v[words.n - 1])),
	    "%s %s: read, and never written (%s)", read_only[i].from, form->word, read_only[i].why);
	strlist_free(&words);
	events_free(&events);
	free(arguments);
}

static bool was_read(const struct form *form)
{
	for (size_t i = 0; i < n_read; i++)
		if (rows_read[i] == form)
			return true;
	return false;
}

/* Every row of a client has been read, or is listed. */
static void test_all_rows(const struct dialect *from)
{
	for (const struct form *f = from->forms; f && f->word; f++) {
		bool listed = false;

		if (f->verb == VERB_UNKNOWN) {
			test_nothing(from, f);
			continue;
		}
		for (size_t i = 0; i < nitems(read_only); i++)
			if (!strcmp(read_only[i].from, from->name) &&
			    !strcmp(read_only[i].word, f->word)) {
				listed = true;
				test_read_only(i, f);
			}
		ok(listed != was_read(f), "%s %s: is read back, or listed", from->name, f->word);
	}
}

int main(void)
{
	if (!mkdtemp(root))
		abort();
	make_directories();
	each_file(true);
	for (size_t i = 0; dialects[i]; i++) {
		const struct dialect *d = dialects[i];

		ok(d->name && d->summary && d->flags & (DIALECT_FROM | DIALECT_TO) &&
			dialect_find(d->name, d->flags) == d &&
			(!i || strcmp(dialects[i - 1]->name, d->name) < 0),
		    "%s: has a name, a summary, a direction, and its place in the alphabet",
		    d->name);
		test_table(d);
	}
	for (size_t i = 0; dialects[i]; i++)
		if (dialects[i]->flags & DIALECT_FROM)
			test_all_rows(dialects[i]);
	each_file(false);
	remove_directories();
	return done();
}
