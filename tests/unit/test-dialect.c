/* SPDX-License-Identifier: MIT */
/* Dialects: what a table writes, the same table reads back as the same event. */
#include "config.h"

#include <stdlib.h>

#include "dialect.h"
#include "tap.h"

#define TOKEN "LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0"
#define KEY_AUTH TOKEN ".9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI"

/* Every field a dialect could want. */
static struct event full_event(enum verb verb, const char *type)
{
	static const struct {
		enum field field;
		const char *text;
	} values[] = {
	    {FIELD_DOMAIN, "example.test"},
	    {FIELD_TOKEN, TOKEN},
	    {FIELD_KEY_AUTH, KEY_AUTH},
	    {FIELD_KEY_PATH, "/key"},
	    {FIELD_CERT_PATH, "/cert"},
	    {FIELD_CHAIN_PATH, "/chain"},
	    {FIELD_FULLCHAIN_PATH, "/fullchain"},
	    {FIELD_CSR_PATH, "/csr"},
	    {FIELD_OCSP_PATH, "/ocsp"},
	    {FIELD_CERT_DIR, "/dir"},
	    {FIELD_TIMESTAMP, "1700000000"},
	    {FIELD_ALTNAMES, "example.test *.example.test"},
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
static bool same(const struct event *read, const struct event *written)
{
	for (int f = 1; f < FIELD__MAX; f++)
		if (read->field[f] &&
		    strcmp(read->field[f], written->field[f] ? written->field[f] : ""))
			return !printf("# %s: %s\n", field_name(f), read->field[f]);
	return read->verb == written->verb;
}

static void test_round_trip(const struct dialect *d, const struct form *form, const char *type)
{
	struct event event = full_event(form->verb, type);
	struct calls calls = {0};
	struct events events = {0};
	struct error error = {0};
	const struct form *read = NULL;
	bool good;

	good = dialect_write(d, "/hook", false, &event, 0, 1, &calls, &error) && calls.n == 1;
	if (good)
		put_environment(&calls.v[0]);
	good = good && dialect_read(
			   d, calls.v[0].argv.v + 1, calls.v[0].argv.n - 1, &events, &read, &error);
	ok(good && read == form && events.n == 1 && same(&events.v[0], &event),
	    "%s %s %s: read back as it was written", d->name, form->word, type);
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
	for (size_t i = 0; dialects[i]; i++) {
		const struct dialect *d = dialects[i];

		ok(d->name && d->summary && d->flags & (DIALECT_FROM | DIALECT_TO) &&
			dialect_find(d->name, d->flags) == d &&
			(!i || strcmp(dialects[i - 1]->name, d->name) < 0),
		    "%s: has a name, a summary, a direction, and its place in the alphabet",
		    d->name);
		for (const struct form *f = d->forms; f && f->word; f++) {
			for (const struct form *g = f + 1; g->word; g++)
				ok(strcmp(f->word, g->word) != 0, "%s: %s stands there once",
				    d->name, f->word);
			if (f->verb == VERB_UNKNOWN ||
			    (d->flags & (DIALECT_FROM | DIALECT_TO)) != (DIALECT_FROM | DIALECT_TO))
				continue;
			test_round_trip(d, f, "dns-01");
			test_round_trip(d, f, "http-01");
			test_round_trip(d, f, "tls-alpn-01");
			test_missing(d, f);
		}
	}
}

int main(void)
{
	test_tables();
	return done();
}
