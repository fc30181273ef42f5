/* SPDX-License-Identifier: MIT */
/* What the journal adds to a client's call. */
#include "config.h"

#include "jobs/recall.h"

#include <stdlib.h>
#include <string.h>

/* Fields of the deployment that a clean is given if it has none of its own. */
static const enum field repeated[] = {
    FIELD_TOKEN, FIELD_KEY_AUTH, FIELD_VALUE, FIELD_ALTNAMES, FIELD_OUTPUT, FIELD_DELEGATE};

static bool has_value(const struct event *event)
{
	return event->field[FIELD_VALIDATION] != NULL;
}

static void add_known(struct event *event, const struct event *deployed)
{
	for (size_t i = 0; i < nitems(repeated); i++)
		if (!event->field[repeated[i]])
			event_set(event, repeated[i], deployed->field[repeated[i]]);
}

static bool same_text(const char *a, const char *b)
{
	return a && b && !strcmp(a, b);
}

/* One event for each value that this client had deployed for the identifier. */
static size_t add_all_values(struct journal *journal, const struct dialect *from,
    const struct event *event, struct events *to)
{
	struct entries entries = journal_list(journal, event->field[FIELD_DOMAIN], NULL);
	const char *type = event->field[FIELD_TYPE];
	size_t found = 0;

	for (size_t i = 0; i < entries.n; i++) {
		const struct entry *entry = &entries.v[i];
		struct event *added;

		if (strcmp(entry->from, from->name) || entry->state == ENTRY_UNWANTED ||
		    (type && strcmp(entry->event.field[FIELD_TYPE], type)))
			continue;
		added = events_add(to);
		event_copy(added, &entry->event);
		added->verb = VERB_CLEAN;
		event_set(added, FIELD_STATUS, event->field[FIELD_STATUS]);
		found++;
	}
	entries_free(&entries);
	return found;
}

static bool recall_one(struct journal *journal, const struct dialect *from,
    const struct event *event, struct events *to, struct error *error)
{
	struct entry entry;

	if (has_value(event)) {
		struct event *added = events_add(to);

		event_copy(added, event);
		if (journal->open && journal_get(journal, event, &entry)) {
			add_known(added, &entry.event);
			entry_free(&entry);
		}
		return true;
	}
	if (journal->open && add_all_values(journal, from, event, to))
		return true;
	event_copy(events_add(to), event);
	return error_set(error, FAILURE_USAGE,
	    "%s does not say which value is to be cleaned, and none is recorded as deployed",
	    from->name);
}

bool recall_deployed(
    struct journal *journal, const struct dialect *from, struct batch *batch, struct error *error)
{
	struct events complete = {0};
	bool done = true;

	for (size_t i = 0; i < batch->events.n && done; i++)
		done = recall_one(journal, from, &batch->events.v[i], &complete, error);
	batch_free(batch);
	batch_take(batch, &complete);
	return done;
}

/* The number of challenges that are still to come; -1: not told. */
static long remaining(const struct event *event)
{
	const char *text = event->field[FIELD_REMAINING];
	char *end;
	long n;

	if (!text || !*text)
		return -1;
	n = strtol(text, &end, 10);
	return *end || n < 0 ? -1 : n;
}

bool batch_goes_on(const struct event *event)
{
	return event->verb == VERB_DEPLOY && remaining(event) > 0;
}

static bool of_batch(
    const struct entry *entry, const struct dialect *from, const struct event *last)
{
	bool waits = entry->state == ENTRY_PLANNED;

	return (waits || entry->state == ENTRY_DEPLOYED) && !entry->verdict &&
	       !strcmp(entry->from, from->name) && remaining(&entry->event) > 0 &&
	       same_text(entry->event.field[FIELD_ALTNAMES], last->field[FIELD_ALTNAMES]);
}

void recall_batch(struct journal *journal, const struct dialect *from, struct batch *batch)
{
	const struct events *events = &batch->events;
	struct entries entries;

	if (events->n != 1 || events->v[0].verb != VERB_DEPLOY || remaining(&events->v[0]) != 0 ||
	    !journal->open)
		return;
	entries = journal_list(journal, NULL, NULL);
	for (size_t i = 0; i < entries.n; i++) {
		bool newest = of_batch(&entries.v[i], from, &events->v[0]);

		/* the oldest come first */
		for (size_t k = i + 1; k < entries.n && newest; k++)
			newest = !of_batch(&entries.v[k], from, &events->v[0]) ||
				 remaining(&entries.v[k].event) != remaining(&entries.v[i].event);
		if (newest)
			event_copy(
			    batch_add(batch,
				entries.v[i].state == ENTRY_PLANNED ? ROLE_GATHERED : ROLE_TOLD),
			    &entries.v[i].event);
	}
	entries_free(&entries);
}
