/* SPDX-License-Identifier: MIT */
/* Reads the calls of all clients by their tables. */
#include "config.h"

#include "dialects/dialect.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The longest standard input that is read: a key authorization, or a list of names. */
#define INPUT_MAX (64 * 1024)

/* A view can be read where it is another form of one field; of the others nothing is read. */
static enum field field_to_read(int field)
{
	switch (field) {
	case VIEW_TOKEN:
		return FIELD_TOKEN;
	case VIEW_VALIDATION_HEX:
		return FIELD_VALIDATION;
	case VIEW_TIMESTAMP:
		return FIELD_TIMESTAMP;
	case VIEW_FQDN_DOT:
		return FIELD_FQDN;
	case VIEW_LINEAGE:
	case VIEW_STATE_DIR:
		return FIELD_CERT_DIR;
	default:
		return field < FIELD__MAX ? (enum field)field : FIELD_NONE;
	}
}

/* Rows with a literal word are for calls that have it, the others for calls that have not. */
static bool literals_fit(const struct form *form, char *const *words, size_t n)
{
	for (size_t i = 0; i < form_args(form); i++)
		if (form->args[i] == VIEW_DASHES && (i >= n || strcmp(words[i], "--")))
			return false;
	return true;
}

static bool has_literals(const struct form *form)
{
	return memchr(form->args, VIEW_DASHES, sizeof(form->args)) != NULL;
}

/* The row for a call; of several with its word the first that fits, those with literals first. */
static const struct form *find_form(const struct dialect *from, char *const *words, size_t n)
{
	const struct form *found = NULL;

	for (const struct form *form = from->forms; form && form->word; form++) {
		if (strcmp(words[0], form->word))
			continue;
		if (has_literals(form) ? literals_fit(form, words + 1, n - 1) : !found)
			found = form;
	}
	return found;
}

/* Standard input without its last line ends; NULL, with a sentence, if it is not a text. */
static char *read_input(const struct form *form, struct error *error)
{
	struct buf text = BUF_INIT(INPUT_MAX);
	char chunk[4096];
	ssize_t n;

	while (
	    (n = read(STDIN_FILENO, chunk, sizeof(chunk))) > 0 && buf_add(&text, chunk, (size_t)n))
		;
	while (text.len && strchr("\r\n", text.data[text.len - 1]))
		text.data[--text.len] = '\0';
	if (!n && text.len && strlen(text.data) == text.len)
		return text.data;
	buf_free(&text);
	error_set(error, FAILURE_USAGE, "the %s is not on standard input", field_name(form->input));
	return NULL;
}

/* input: what is on standard input for this event; NULL: nothing. */
static bool read_one(const struct dialect *from, const struct form *form, char *const *words,
    size_t n, const char *input, struct event *event, struct error *error)
{
	event->verb = form->verb;
	if (input)
		event_set(event, field_to_read(form->input), input);
	for (const struct variable *v = form->variables; v && v->name; v++) {
		const char *value = getenv(v->name);
		enum field field = field_to_read(v->field);

		if (value && *value && field && !event->field[field])
			event_set(event, field, value);
	}
	for (size_t i = 0; i < n; i++)
		if (field_to_read(form->args[i]))
			event_set(event, field_to_read(form->args[i]), words[i]);
	if (form->type && !strchr(form->type, ' ') && !event->field[FIELD_TYPE])
		event_set(event, FIELD_TYPE, form->type);
	if (form->status)
		event_set(event, FIELD_STATUS, form->status);
	if (form->error)
		event_set(event, FIELD_ERROR, form->error);
	if (from->refine && !from->refine(event, error))
		return false;
	if (form->flags & FORM_FORGETS && !event->field[FIELD_VALIDATION] &&
	    !event->field[FIELD_VALUE])
		return event_complete_identifier(event, error);
	return event_complete(event, error);
}

static void list_words(const struct dialect *from, struct buf *known)
{
	for (const struct form *form = from->forms; form->word; form++)
		if (form == from->forms || strcmp(form->word, form[-1].word))
			buf_printf(known, "%s%s", form > from->forms ? ", " : "", form->word);
}

static bool unknown_word(const struct dialect *from, const char *word, struct error *error)
{
	struct buf known = BUF_INIT(1000);

	if (from->flags & DIALECT_LENIENT || from->unknown_status)
		return true;
	list_words(from, &known);
	error_set(
	    error, FAILURE_USAGE, "%s: \"%s\" is none of %s", from->name, word, buf_text(&known));
	buf_free(&known);
	return false;
}

static bool no_word(const struct dialect *from, struct error *error)
{
	struct buf known = BUF_INIT(1000);

	list_words(from, &known);
	error_set(error, FAILURE_USAGE,
	    "%s: it does not say what happens: the first word is one of %s", from->name,
	    buf_text(&known));
	buf_free(&known);
	return false;
}

/* One event for each line of the input. */
static bool read_lines(const struct dialect *from, const struct form *form, char *const *words,
    size_t n, char *input, struct events *events, struct error *error)
{
	char *rest = NULL;

	for (char *line = strtok_r(input, "\r\n", &rest); line;
	     line = strtok_r(NULL, "\r\n", &rest))
		if (!read_one(from, form, words, n, line, events_add(events), error))
			return false;
	return true;
}

/* One event, or one for each group of words. */
static bool read_words(const struct dialect *from, const struct form *form, char *const *words,
    size_t n, const char *input, struct events *events, struct error *error)
{
	size_t args = form_args(form), at = 0;

	do {
		size_t take = n - at < args ? n - at : args;

		if (!read_one(from, form, words + at, take, input, events_add(events), error))
			return false;
		at += take;
	} while (form->flags & FORM_REPEATS && at < n);
	return true;
}

bool dialect_read(const struct dialect *from, char *const *words, size_t n, struct events *events,
    const struct form **form, struct error *error)
{
	const struct form *f = n ? find_form(from, words, n) : NULL;
	size_t args = f ? form_args(f) : 0;
	char *input = NULL;
	bool good;

	*form = f;
	if (!n)
		return no_word(from, error);
	if (!f)
		return unknown_word(from, words[0], error);
	if (f->verb == VERB_UNKNOWN)
		return true;
	if (n - 1 < f->least || (f->flags & FORM_REPEATS && args && (n - 1) % args))
		return error_set(error, FAILURE_USAGE, "%s %s: %zu word%s instead of %s%zu",
		    from->name, f->word, n - 1, n == 2 ? "" : "s",
		    f->flags & FORM_REPEATS ? "a multiple of " : "at least ",
		    f->flags & FORM_REPEATS ? args : (size_t)f->least);
	if (f->input && !(input = read_input(f, error)))
		return false;
	good = f->flags & FORM_LINES ? read_lines(from, f, words + 1, n - 1, input, events, error)
				     : read_words(from, f, words + 1, n - 1, input, events, error);
	free(input);
	return good;
}

bool event_stamp(struct event *event, const char *named_by, struct error *error)
{
	const char *path = event->field[FIELD_CERT_PATH];
	struct stat st;
	char *text;

	if (stat(path, &st))
		return error_set(
		    error, FAILURE_USAGE, "%s, which %s names, is not there", path, named_by);
	text = xasprintf("%lld", (long long)st.st_mtime);
	event_set(event, FIELD_TIMESTAMP, text);
	free(text);
	return true;
}

void event_set_file(struct event *event, enum field field, const char *directory, const char *name)
{
	char *path = xasprintf("%s/%s", directory, name);

	event_set(event, field, path);
	free(path);
}
