/* SPDX-License-Identifier: MIT */
/* An event as a JSON object, in the schema of certbot-external-auth; acmehook-events(5). */
#ifndef ACMEHOOK_EVENT_JSON_H
#define ACMEHOOK_EVENT_JSON_H

#include <json-c/json.h>

#include "event.h"

/*
 * Reads an event from a JSON object; keys that are not known are passed over. The event is
 * completed and checked. False, with a sentence, if it cannot be; what was understood of the
 * event (verb, type, domain) is there all the same. The caller frees the event either way.
 */
bool event_from_json(struct json_object *object, struct event *event, struct error *error);

/*
 * Writes an event as a JSON object, which the caller puts. Keys come in the order in which
 * certbot-external-auth writes them; what is not known is left out, but for the keys that the
 * plugin always writes, which are null then.
 */
struct json_object *event_to_json(const struct event *event);

#endif
