/* SPDX-License-Identifier: MIT */
/* The entries of the journal: what handlers were told to deploy and have not cleaned yet. */
#include "config.h"

#include "journal/journal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "journal/entry_json.h"
#include "identifier.h"

#define SUFFIX ".json"

void entries_free(struct entries *entries)
{
	for (size_t i = 0; i < entries->n; i++)
		entry_free(&entries->v[i]);
	free(entries->v);
	*entries = (struct entries){0};
}

/* The part of the journal that has the entries of an identifier. */
static void part_of(const char *domain, char name[JOURNAL_PART_NAME])
{
	journal_part((unsigned)(text_hash(domain) % JOURNAL_PARTS), name);
}

/* What makes a value: its type, its name, its token if there is one. Names may be longer than the
 * name of a file. */
static char *file_of(const struct event *event)
{
	static const enum field parts[] = {FIELD_TYPE, FIELD_DOMAIN, FIELD_TOKEN, FIELD_VALIDATION};
	char digest[DIGEST_TEXT + 1], part[JOURNAL_PART_NAME], *file;
	struct buf all = BUF_INIT(64 * 1024);
	bool dns = !strcmp(event->field[FIELD_TYPE], "dns-01");

	/* a DNS value is its own, whatever the token: not all clients know it when they clean */
	for (size_t i = 0; i < nitems(parts); i++) {
		if (parts[i] == FIELD_TOKEN && dns)
			continue;
		buf_puts(&all, event->field[parts[i]] ? event->field[parts[i]] : "");
		buf_puts(&all, "\n");
	}
	digest_text(buf_text(&all), digest);
	part_of(event->field[FIELD_DOMAIN], part);
	file = xasprintf("%s/%.180s_%s_%.16s" SUFFIX, part, event->field[FIELD_DOMAIN],
	    event->field[FIELD_TYPE], digest);
	buf_free(&all);
	return file;
}

bool journal_put(
    struct journal *journal, const struct entry *entry, bool is_new, struct error *error)
{
	struct json_object *o = entry_to_json(entry);
	char *file = file_of(&entry->event);
	bool done = journal_write(journal, file, o, is_new ? DURABLE_NEW : DURABLE_CHANGE) ||
		    error_set(error, FAILURE_USAGE,
			"state: %s/%s cannot be written: %s; nothing may be deployed that is not "
			"recorded",
			journal->dir, file, strerror(errno));

	json_object_put(o);
	free(file);
	return done;
}

void journal_remove(struct journal *journal, const struct event *event)
{
	char *file = file_of(event);

	journal_unlink(journal, file);
	free(file);
}

static const char *take_entry(void *arg, struct json_object *o)
{
	return entry_from_json(o, arg);
}

bool journal_get(struct journal *journal, const struct event *event, struct entry *entry)
{
	char *file = file_of(event);
	bool found = !journal_read(journal, file, take_entry, entry);

	free(file);
	return found;
}

struct wanted {
	const char *domain; /* NULL: any */
	struct entries entries;
};

static const char *take_wanted(void *arg, struct json_object *o)
{
	struct wanted *w = arg;
	struct entry entry;
	const char *why = entry_from_json(o, &entry);

	if (why)
		return why;
	if (w->domain && strcmp(entry.event.field[FIELD_DOMAIN], w->domain)) {
		entry_free(&entry);
		return NULL;
	}
	w->entries.v = xrealloc(w->entries.v, (w->entries.n + 1) * sizeof(entry));
	w->entries.v[w->entries.n++] = entry;
	return NULL;
}

static int by_age(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	return (x->created > y->created) - (x->created < y->created);
}

struct entries journal_list(struct journal *journal, const char *domain, const struct events *but)
{
	struct strlist files = {0};
	struct wanted w = {.domain = domain};
	char part[JOURNAL_PART_NAME], *prefix = xasprintf("%.180s_", domain ? domain : "");

	if (domain)
		part_of(domain, part);
	for (size_t i = 0; but && i < but->n; i++)
		strlist_take(&files, file_of(&but->v[i]));
	journal_each(journal, domain ? part : NULL, prefix, SUFFIX, &files, take_wanted, &w);
	strlist_free(&files);
	free(prefix);
	if (w.entries.n)
		qsort(w.entries.v, w.entries.n, sizeof(*w.entries.v), by_age);
	return w.entries;
}
