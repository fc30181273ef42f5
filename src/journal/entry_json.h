/* SPDX-License-Identifier: MIT */
/* An entry of the journal as JSON. */
#ifndef ACMEHOOK_ENTRY_JSON_H
#define ACMEHOOK_ENTRY_JSON_H

#include <json-c/json.h>

#include "journal/journal.h"

/* The caller puts it. */
struct json_object *entry_to_json(const struct entry *entry);
/* NULL if it was read; the caller frees the entry then. Else what is wrong with it, in static
 * storage, and there is nothing to free. */
const char *entry_from_json(struct json_object *object, struct entry *entry);

/* The event in any file of the journal. NULL, or what is wrong with it, likewise; the caller frees
 * the event either way. */
const char *entry_read_event(struct json_object *object, struct event *event);

#endif
