/* SPDX-License-Identifier: MIT */
/* An entry of the journal as JSON. */
#include "config.h"

#include "journal/entry_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "event_json.h"
#include "jsonline.h"

/* Grows when an older acmehook would misunderstand what is written. */
#define FORMAT 2

static const char *const states[] = {
    [ENTRY_DEPLOYING] = "deploying",
    [ENTRY_DEPLOYED] = "deployed",
    [ENTRY_CLEANING] = "cleaning",
    [ENTRY_FAILED] = "failed",
    [ENTRY_PLANNED] = "planned",
    [ENTRY_UNWANTED] = "unwanted",
};
_Static_assert(nitems(states) == ENTRY__MAX, "a state without name");

/* What an event in JSON has no keys for. */
static const struct {
	const char *key;
	enum field field;
} more[] = {
    {"names", FIELD_ALTNAMES},
    {"remaining", FIELD_REMAINING},
    {"output", FIELD_OUTPUT},
    {"delegated", FIELD_DELEGATE},
};

const char *entry_state_name(enum entry_state state)
{
	return states[state];
}

bool entry_in_use(const struct entry *entry, long long now)
{
	return entry->state == ENTRY_DEPLOYED && now - entry->created < ENTRY_IN_USE;
}

void entry_free(struct entry *entry)
{
	event_free(&entry->event);
	free(entry->from);
	free(entry->to);
	free(entry->handler);
	free(entry->job);
	free(entry->verdict);
	free(entry->case_id);
	*entry = (struct entry){0};
}

struct json_object *entry_to_json(const struct entry *entry)
{
	struct json_object *o = json_object_new_object();

	jsonline_set_integer(o, "version", FORMAT);
	jsonline_set(o, "state", states[entry->state]);
	jsonline_set_integer(o, "created", entry->created);
	jsonline_set(o, "from", entry->from);
	jsonline_set_integer(o, "group", entry->group);
	jsonline_set(o, "handler", entry->handler);
	jsonline_set(o, "to", entry->to);
	jsonline_set(o, "job", entry->job);
	jsonline_set(o, "verdict", entry->verdict);
	jsonline_set(o, "case", entry->case_id);
	jsonline_set_value(o, "event", event_to_json(&entry->event));
	for (size_t i = 0; i < nitems(more); i++)
		if (entry->event.field[more[i].field])
			jsonline_set(o, more[i].key, entry->event.field[more[i].field]);
	return o;
}

static bool state_from_name(const char *name, enum entry_state *state)
{
	for (size_t i = 0; name && i < nitems(states); i++) {
		if (strcmp(name, states[i]))
			continue;
		*state = (enum entry_state)i;
		return true;
	}
	return false;
}

const char *entry_read_event(struct json_object *o, struct event *event)
{
	static struct error error;
	struct json_object *inner;

	error = (struct error){0};
	if (!json_object_object_get_ex(o, "event", &inner) ||
	    !json_object_is_type(inner, json_type_object))
		return "it has no event";
	return event_from_json(inner, event, &error) ? NULL : error.text;
}

static const char *read_event(struct json_object *o, struct event *event)
{
	const char *why = entry_read_event(o, event);

	if (why)
		return why;
	if (event->verb != VERB_DEPLOY)
		return "its event is not perform_challenge";
	for (size_t i = 0; i < nitems(more); i++)
		event_set(event, more[i].field, jsonline_string(o, more[i].key));
	return NULL;
}

const char *entry_from_json(struct json_object *o, struct entry *entry)
{
	long long version = jsonline_integer(o, "version", 0);
	const char *why;

	*entry = (struct entry){0};
	if (version > FORMAT)
		return JOURNAL_TOO_NEW;
	if (version < 1)
		return "it has no version";
	if (!state_from_name(jsonline_string(o, "state"), &entry->state))
		return "it has no state";
	entry->created = jsonline_integer(o, "created", 0);
	entry->from = jsonline_copy(o, "from");
	entry->group = jsonline_integer(o, "group", 0);
	entry->handler = jsonline_copy(o, "handler");
	entry->to = jsonline_copy(o, "to");
	entry->job = jsonline_copy(o, "job");
	entry->verdict = jsonline_copy(o, "verdict");
	entry->case_id = jsonline_copy(o, "case");
	why = read_event(o, &entry->event);
	if (!why && (!entry->to || !entry->from || (entry->handler && *entry->handler != '/')))
		why = "it does not say who had deployed it";
	if (why)
		entry_free(entry);
	return why;
}
