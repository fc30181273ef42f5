/* SPDX-License-Identifier: MIT */
/* Dialects: what a table writes, the same table reads back as the same event. */
#include "config.h"

#include <stdlib.h>
#include <sys/time.h>
#include <unistd.h>

#include "dialect.h"
#include "tap.h"

#define TOKEN "LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0"
#define KEY_AUTH TOKEN ".9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI"

static char lineage[] = "/tmp/test-dialect.XXXXXX";
static char key_path[64], cert_path[64], chain_path[64], fullchain_path[64];

/* Certificate files, as the clients that only name their directory have them. */
static void make_lineage(void)
{
	static const struct timeval times[2] = {{1700000000, 0}, {1700000000, 0}};
	FILE *file;

	if (!mkdtemp(lineage))
		abort();
	snprintf(key_path, sizeof(key_path), "%s/privkey.pem", lineage);
	snprintf(cert_path, sizeof(cert_path), "%s/cert.pem", lineage);
	snprintf(chain_path, sizeof(chain_path), "%s/chain.pem", lineage);
	snprintf(fullchain_path, sizeof(fullchain_path), "%s/fullchain.pem", lineage);
	for (int i = 0; i < 2; i++) {
		const char *path = i ? fullchain_path : cert_path;

		file = fopen(path, "w");
		if (!file || fclose(file) || utimes(path, times))
			abort();
	}
}

static void remove_lineage(void)
{
	unlink(cert_path);
	unlink(fullchain_path);
	rmdir(lineage);
}

/* Every field a dialect could want. */
static struct event full_event(enum verb verb, const char *type)
{
	const struct {
		enum field field;
		const char *text;
	} values[] = {
	    {FIELD_DOMAIN, "example.test"},
	    {FIELD_TOKEN, TOKEN},
	    {FIELD_KEY_AUTH, KEY_AUTH},
	    {FIELD_KEY_PATH, key_path},
	    {FIELD_CERT_PATH, cert_path},
	    {FIELD_CHAIN_PATH, chain_path},
	    {FIELD_FULLCHAIN_PATH, fullchain_path},
	    {FIELD_CSR_PATH, "/csr"},
	    {FIELD_OCSP_PATH, "/ocsp"},
	    {FIELD_CERT_DIR, lineage},
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
	struct event event = {.verb = verb};
	struct error error = {0};

	for (size_t i = 0; i < nitems(values); i++)
		event_set(&event, values[i].field, values[i].text);
	if (verb_is_challenge(verb))
		event_set(&event, FIELD_TYPE, type);
	event_complete(&event, &error);
	return event;
}

/* Gives the call's variables to the process, as a handler would have them. */
static void put_environment(const struct call *call)
{
	for (size_t i = 0; i < call->env.n; i++) {
		size_t len = strcspn(call->env.v[i], "=");
		char *name = xstrndup(call->env.v[i], len);

		if (call->env.v[i][len])
			setenv(name, call->env.v[i] + len + 1, 1);
		else
			unsetenv(name);
		free(name);
	}
}

/* Is everything that was read the same as it was in the event that was written? */
static bool same(const struct dialect *d, const struct event *read, const struct event *written)
{
	for (int f = 1; f < FIELD__MAX; f++)
		/* lego's file of the certificate has the chain in it: nothing tells the other one
		 */
		if ((f != FIELD_CERT_PATH || strcmp(d->name, "lego")) && read->field[f] &&
		    strcmp(read->field[f], written->field[f] ? written->field[f] : ""))
			return !printf("# %s: %s\n", field_name(f), read->field[f]);
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
static void make_words(const struct dialect *d, const struct form *form, const struct call *call,
    struct strlist *words)
{
	if (d->flags & DIALECT_MUTE)
		strlist_add(words, form->word);
	for (size_t i = 1; i < call->argv.n; i++)
		strlist_add(words, call->argv.v[i]);
}

/* The first row for an event is the one that is written; others are read only. */
static bool is_written(const struct dialect *d, const struct form *form)
{
	for (const struct form *f = d->forms; f < form; f++)
		if (f->verb == form->verb && !form->status &&
		    (!f->type || !form->type || !strcmp(f->type, form->type)))
			return false;
	return true;
}

static void test_round_trip(const struct dialect *d, const struct form *form, const char *type)
{
	struct event event = full_event(form->verb, type);
	struct calls calls = {0};
	struct events events = {0};
	struct error error = {0};
	struct strlist words = {0};
	const struct form *read = NULL;
	bool good;

	if (verb_is_challenge(form->verb))
		event_set(&event, FIELD_STATUS, form->status);
	good = dialect_write(d, "/hook", false, &event, 0, 1, &calls, &error) && calls.n == 1;
	if (good) {
		put_environment(&calls.v[0]);
		put_input(calls.v[0].input);
		make_words(d, form, &calls.v[0], &words);
		good = dialect_read(d, words.v, words.n, &events, &read, &error);
	}
	if (!ok(good && read == form && events.n == 1 && same(d, &events.v[0], &event),
		"%s %s %s: read back as it was written", d->name, form->word, type))
		printf("# %s\n", error.text);
	strlist_free(&words);
	calls_free(&calls);
	events_free(&events);
	event_free(&event);
}

static void test_missing(const struct dialect *d, const struct form *form)
{
	struct event empty = {.verb = form->verb};
	struct calls calls = {0};
	struct error error = {0};

	ok(form->least == 0 || (!dialect_write(d, "/hook", false, &empty, 0, 1, &calls, &error) &&
				   error.failure == FAILURE_USAGE),
	    "%s %s: refused when something is missing", d->name, form->word);
	calls_free(&calls);
}

static void test_tables(void)
{
	static const char *const types[] = {"dns-01", "http-01", "tls-alpn-01"};

	for (size_t i = 0; dialects[i]; i++) {
		const struct dialect *d = dialects[i];

		ok(d->name && d->summary && d->flags & (DIALECT_FROM | DIALECT_TO) &&
			dialect_find(d->name, d->flags) == d &&
			(!i || strcmp(dialects[i - 1]->name, d->name) < 0),
		    "%s: has a name, a summary, a direction, and its place in the alphabet",
		    d->name);
		for (const struct form *f = d->forms; f && f->word; f++) {
			if (f->verb == VERB_UNKNOWN ||
			    (d->flags & (DIALECT_FROM | DIALECT_TO)) != (DIALECT_FROM | DIALECT_TO))
				continue;
			for (size_t k = 0; k < nitems(types); k++)
				if (is_written(d, f) && (!f->type || strstr(f->type, types[k])))
					test_round_trip(d, f, types[k]);
			test_missing(d, f);
		}
	}
}

int main(void)
{
	make_lineage();
	test_tables();
	remove_lineage();
	return done();
}
