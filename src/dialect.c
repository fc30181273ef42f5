/* SPDX-License-Identifier: MIT */
/* The table of dialects, and the two functions that read and write all of them. */
#include "config.h"

#include "dialect.h"

#include <stdlib.h>
#include <string.h>

/* The table: one line for each file in src/dialects. */
#define DIALECTS(X)   \
	X(certbot)    \
	X(dehydrated) \
	X(env)        \
	X(json)

#define DECLARATION(name) extern const struct dialect dialect_##name;
#define ENTRY(name) &dialect_##name,

DIALECTS(DECLARATION)

const struct dialect *const dialects[] = {DIALECTS(ENTRY) NULL};

const struct dialect *dialect_find(const char *name, unsigned flags)
{
	for (size_t i = 0; dialects[i]; i++)
		if (!strcmp(name, dialects[i]->name) && (dialects[i]->flags & flags) == flags)
			return dialects[i];
	return NULL;
}

static const struct form *form_of_word(const struct dialect *d, const char *word)
{
	for (const struct form *form = d->forms; form && form->word; form++)
		if (!strcmp(word, form->word))
			return form;
	return NULL;
}

static const struct form *form_of_verb(const struct dialect *d, enum verb verb)
{
	for (const struct form *form = d->forms; form && form->word; form++)
		if (form->verb == verb)
			return form;
	return NULL;
}

const struct dialect *dialect_of_word(const char *word)
{
	const struct dialect *found = NULL;

	for (size_t i = 0; dialects[i]; i++) {
		if (!(dialects[i]->flags & DIALECT_FROM) || dialects[i]->flags & DIALECT_EXPLICIT ||
		    !form_of_word(dialects[i], word))
			continue;
		if (found)
			return NULL;
		found = dialects[i];
	}
	return found;
}

static size_t count_args(const struct form *form)
{
	size_t n = 0;

	while (n < nitems(form->args) && form->args[n])
		n++;
	return n;
}

/* A view can be read where it is another form of one field. */
static enum field field_to_read(int field)
{
	switch (field) {
	case VIEW_TOKEN:
		return FIELD_TOKEN;
	case VIEW_VALIDATION_HEX:
		return FIELD_VALIDATION;
	case VIEW_TIMESTAMP:
		return FIELD_TIMESTAMP;
	default:
		return (enum field)field;
	}
}

static bool read_one(const struct dialect *from, const struct form *form, char *const *words,
    size_t n, struct event *event, struct error *error)
{
	event->verb = form->verb;
	for (const struct variable *v = form->variables; v && v->name; v++) {
		const char *value = getenv(v->name);

		if (value && *value && !event->field[v->field])
			event_set(event, field_to_read(v->field), value);
	}
	for (size_t i = 0; i < n; i++)
		event_set(event, field_to_read(form->args[i]), words[i]);
	return (!from->refine || from->refine(event, error)) && event_complete(event, error);
}

static bool unknown_word(const struct dialect *from, const char *word, struct error *error)
{
	struct buf known = BUF_INIT(1000);

	if (from->flags & DIALECT_LENIENT)
		return true;
	for (const struct form *form = from->forms; form->word; form++)
		buf_printf(&known, "%s%s", form > from->forms ? ", " : "", form->word);
	error_set(
	    error, FAILURE_USAGE, "%s: \"%s\" is none of %s", from->name, word, buf_text(&known));
	buf_free(&known);
	return false;
}

bool dialect_read(const struct dialect *from, char *const *words, size_t n, struct events *events,
    const struct form **form, struct error *error)
{
	const struct form *f = n ? form_of_word(from, words[0]) : NULL;
	size_t args = f ? count_args(f) : 0, at = 1;

	*form = f;
	if (!n)
		return error_set(error, FAILURE_USAGE,
		    "%s: it does not say what happens; see acmehook-dialects(7)", from->name);
	if (!f)
		return unknown_word(from, words[0], error);
	if (f->verb == VERB_UNKNOWN) {
		*form = NULL;
		return true;
	}
	if (n - 1 < f->least || (f->flags & FORM_REPEATS && args && (n - 1) % args))
		return error_set(error, FAILURE_USAGE, "%s %s: %zu words instead of %s%zu",
		    from->name, f->word, n - 1, f->flags & FORM_REPEATS ? "a multiple of " : "at least ",
		    f->flags & FORM_REPEATS ? args : (size_t)f->least);
	do {
		size_t take = n - at < args ? n - at : args;

		if (!read_one(from, f, words + at, take, events_add(events), error))
			return false;
		at += take;
	} while (f->flags & FORM_REPEATS && at < n);
	return true;
}

void env_set(struct strlist *env, const char *name, const char *value)
{
	char *entry = value ? xasprintf("%s=%s", name, value) : xstrdup(name);
	size_t len = strlen(name);

	for (size_t i = 0; i < env->n; i++) {
		if (strncmp(env->v[i], name, len) || (env->v[i][len] && env->v[i][len] != '='))
			continue;
		free(env->v[i]);
		env->v[i] = entry;
		return;
	}
	strlist_take(env, entry);
}

static struct call *add_call(
    struct calls *calls, const char *handler, const char *word, size_t first, size_t count)
{
	struct call *call;

	calls->v = xrealloc(calls->v, (calls->n + 1) * sizeof(*calls->v));
	call = &calls->v[calls->n++];
	*call = (struct call){.word = word, .first = first, .count = count};
	strlist_add(&call->argv, handler);
	strlist_add(&call->argv, word);
	return call;
}

static void add_bracket(
    struct calls *calls, const char *handler, const char *word, size_t first, size_t count)
{
	if (word)
		add_call(calls, handler, word, first, count)->bracket = true;
}

static bool write_args(const struct dialect *to, const struct form *form, const struct event *event,
    struct call *call, struct error *error)
{
	for (size_t i = 0; i < count_args(form); i++) {
		char *text = event_text(event, form->args[i]);

		if (!text && i < form->least)
			return error_set(error, FAILURE_USAGE,
			    "the handler's %s (dialect %s) needs the %s, which the client does not "
			    "tell",
			    form->word, to->name, field_name(form->args[i]));
		if (!text)
			break;
		strlist_take(&call->argv, text);
	}
	return true;
}

static void write_env(
    const struct dialect *to, const struct form *form, const struct event *event, struct call *call)
{
	for (const struct variable *v = form->variables; v && v->name; v++) {
		char *text = event_text(event, v->field);

		env_set(&call->env, v->name, text);
		free(text);
	}
	if (to->environment)
		to->environment(event, &call->env);
}

static const struct bracket *find_bracket(const struct dialect *d, enum verb verb)
{
	static const struct bracket none;

	for (const struct bracket *b = d->brackets; b && b->verb; b++)
		if (b->verb == verb)
			return b;
	return &none;
}

bool dialect_write(const struct dialect *to, const char *handler, bool chain,
    const struct event *events, size_t first, size_t count, struct calls *calls,
    struct error *error)
{
	const struct form *form = form_of_verb(to, events[first].verb);
	const struct bracket *bracket = find_bracket(to, events[first].verb);
	struct call *call = NULL;

	if (!form || form->verb == VERB_UNKNOWN)
		return true;
	chain = chain && form->flags & FORM_REPEATS;
	add_bracket(calls, handler, bracket->before, first, count);
	for (size_t i = first; i < first + count; i++) {
		if (!chain || !call) {
			call = add_call(calls, handler, form->word, i, chain ? count : 1);
			write_env(to, form, &events[i], call);
		}
		if (!write_args(to, form, &events[i], call, error))
			return false;
	}
	add_bracket(calls, handler, bracket->after, first, count);
	return true;
}

void calls_free(struct calls *calls)
{
	for (size_t i = 0; i < calls->n; i++) {
		strlist_free(&calls->v[i].argv);
		strlist_free(&calls->v[i].env);
	}
	free(calls->v);
	*calls = (struct calls){0};
}
