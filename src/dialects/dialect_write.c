/* SPDX-License-Identifier: MIT */
/* Writes the calls of all handlers by their tables. */
#include "config.h"

#include "dialects/dialect.h"

#include <stdlib.h>
#include <string.h>

#include "record_name.h"

void env_set(struct strlist *env, const char *name, const char *value)
{
	size_t len = strlen(name), size = value ? strlen(value) + 1 : 0;
	char *entry = xrealloc(NULL, len + 1 + size);

	memcpy(entry, name, len + 1);
	if (value) {
		entry[len] = '=';
		memcpy(entry + len + 1, value, size);
	}

	for (size_t i = 0; i < env->n; i++) {
		if (strncmp(env->v[i], name, len) || (env->v[i][len] && env->v[i][len] != '='))
			continue;
		free(env->v[i]);
		env->v[i] = entry;
		return;
	}
	strlist_take(env, entry);
}

static bool same(const char *wanted, const char *is)
{
	return !wanted || (is && !strcmp(wanted, is));
}

/* Is the type among those of the row? One without types is for all that the domain is enough for.
 */
static bool for_type(const struct form *form, const char *type)
{
	size_t len = type ? strlen(type) : 0;

	if (!form->type)
		return !type || !record_is_apart(type);

	for (const char *p = form->type; p && len; p = strchr(p, ' ') ? strchr(p, ' ') + 1 : NULL)
		if (!strncmp(p, type, len) && (!p[len] || p[len] == ' '))
			return true;
	return false;
}

/* The row for an event: for its type, and for its status, or else the first one of its verb. */
static const struct form *find_form(const struct dialect *to, const struct event *event)
{
	const struct form *found = NULL;

	for (const struct form *form = to->forms; form && form->word; form++) {
		if (form->verb != event->verb || form->flags & FORM_READ_ONLY ||
		    !for_type(form, event->field[FIELD_TYPE]))
			continue;
		if (form->status && same(form->status, event->field[FIELD_STATUS]))
			return form;
		if (!found)
			found = form;
	}
	return found;
}

/* Our programs are in one directory; a build that is not installed names its own. */
static char *launcher_path(const char *name)
{
	const char *directory = getenv("ACMEHOOK_LIBEXECDIR");

	return xasprintf("%s/%s", directory ? directory : LIBEXECDIR, name);
}

bool dialect_repeats(const struct dialect *to, enum verb verb)
{
	const struct form *form = to->forms;

	while (form && form->word && (form->verb != verb || !(form->flags & FORM_REPEATS)))
		form++;
	return form && form->word;
}

bool dialect_has_others(const struct dialect *to)
{
	const struct form *form = to->forms;

	while (form && form->word && (!form->verb || verb_is_challenge(form->verb)))
		form++;
	return form && form->word;
}

static struct call *add_call(struct calls *calls, const struct dialect *to, const char *handler,
    const char *word, size_t first, size_t count)
{
	struct call *call;

	calls->v = xrealloc(calls->v, (calls->n + 1) * sizeof(*calls->v));
	call = &calls->v[calls->n++];
	*call = (struct call){.word = word, .first = first, .count = count};
	if (to->launcher)
		strlist_take(&call->argv, launcher_path(to->launcher));
	strlist_add(&call->argv, handler);
	if (!(to->flags & DIALECT_MUTE))
		strlist_add(&call->argv, word);
	return call;
}

static void add_bracket(struct calls *calls, const struct dialect *to, const char *handler,
    const char *word, size_t first, size_t count)
{
	if (word)
		add_call(calls, to, handler, word, first, count)->bracket = true;
}

static bool missing(const struct dialect *to, const struct form *form, const struct event *event,
    int field, struct error *error)
{
	const char *remedy = "";

	if (field == FIELD_KEY_AUTH && event->foreign)
		remedy = "; no thumbprint that is set makes one that has this value as its digest";
	else if (field == FIELD_KEY_AUTH)
		remedy = "; set thumbprint, or use a handler that wants the TXT value instead";
	return error_set(error, FAILURE_USAGE,
	    "the handler's %s (dialect %s) needs the %s, which the client does not tell%s",
	    form->word, to->name, field_name(field), remedy);
}

static bool write_args(const struct dialect *to, const struct form *form, const struct event *event,
    struct call *call, struct error *error)
{
	for (size_t i = 0; i < form_args(form); i++) {
		char *text = event_text(event, form->args[i]);

		if (!text && i < form->least)
			return missing(to, form, event, form->args[i], error);
		if (!text)
			break;
		strlist_take(&call->argv, text);
	}
	if (form->needs) {
		char *text = event_text(event, form->needs);

		if (!text)
			return missing(to, form, event, form->needs, error);
		free(text);
	}
	if (!form->input)
		return true;
	call->input = event_text(event, form->input);
	return call->input || missing(to, form, event, form->input, error);
}

static void write_env(const struct dialect *to, const struct form *form, const struct event *events,
    size_t i, size_t n, struct call *call)
{
	for (const struct variable *v = form->variables; v && v->name; v++) {
		char *text = event_text(&events[i], v->field);

		env_set(&call->env, v->name, text);
		free(text);
	}
	if (to->environment)
		to->environment(events, i, n, &call->env);
}

static const struct bracket *find_bracket(const struct dialect *d, enum verb verb)
{
	static const struct bracket none;

	for (const struct bracket *b = d->brackets; b && b->verb; b++)
		if (b->verb == verb)
			return b;
	return &none;
}

static bool write_calls(const struct dialect *to, const char *handler, bool chain,
    const struct event *events, size_t first, size_t count, struct calls *calls,
    struct error *error)
{
	struct call *call = NULL;

	for (size_t i = first; i < first + count; i++) {
		const struct form *form = find_form(to, &events[i]);
		bool chained = chain && form && form->flags & FORM_REPEATS;

		if (!form)
			return error_set(error, FAILURE_USAGE,
			    "handlers of the dialect %s are not told of %s; use another handler "
			    "for it",
			    to->name, events[i].field[FIELD_TYPE]);
		if (!chained || !call) {
			call = add_call(calls, to, handler, form->word, i, chained ? count : 1);
			write_env(to, form, events + first, i - first, count, call);
		}
		if (!write_args(to, form, &events[i], call, error))
			return false;
	}
	return true;
}

/* Something that is said, each event for itself. */
static void write_composed(const struct dialect *to, const char *handler,
    const struct event *events, size_t first, size_t count, struct calls *calls)
{
	for (size_t i = first; i < first + count; i++) {
		char *text = to->compose(&events[i]);
		struct call *call;

		if (!text)
			continue;
		call = add_call(calls, to, handler, verb_name(events[i].verb), i, 1);
		call->input = text;
		call->awaited = events[i].verb == VERB_DEPLOY;
	}
}

bool dialect_write(const struct dialect *to, const char *handler, bool chain,
    const struct event *events, size_t first, size_t count, struct calls *calls,
    struct error *error)
{
	enum verb verb = events[first].verb;
	const struct bracket *bracket = find_bracket(to, verb);

	if (to->compose && verb != VERB_UNKNOWN) {
		write_composed(to, handler, events, first, count, calls);
		return true;
	}
	if (verb == VERB_UNKNOWN || (!verb_is_challenge(verb) && !find_form(to, &events[first])))
		return true;
	add_bracket(calls, to, handler, bracket->before, first, count);
	if (!write_calls(to, handler, chain, events, first, count, calls, error))
		return false;
	add_bracket(calls, to, handler, bracket->after, first, count);
	return true;
}

void calls_free(struct calls *calls)
{
	for (size_t i = 0; i < calls->n; i++) {
		strlist_free(&calls->v[i].argv);
		strlist_free(&calls->v[i].env);
		free(calls->v[i].input);
	}
	free(calls->v);
	*calls = (struct calls){0};
}
