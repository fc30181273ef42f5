/* SPDX-License-Identifier: MIT */
/* Lines of JSON events. What is understood can be written, and is then understood the same. */
#include "config.h"

#include "event_json.h"
#include "jsonline.h"
#include "writes.h"

static void check_round(const struct event *event)
{
	struct json_object *first = event_to_json(event), *second;
	struct event again = {0};
	struct error error = {0};

	MUST(event_from_json(first, &again, &error));
	second = event_to_json(&again);
	MUST(!strcmp(json_object_to_json_string(first), json_object_to_json_string(second)));
	json_object_put(first);
	json_object_put(second);
	event_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *why = NULL;
	struct json_object *o = jsonline_parse((const char *)data, size, &why);
	struct events events = {0};
	struct error error = {0};

	MUST(o || (why && *why));
	if (o && event_from_json(o, events_add(&events), &error)) {
		check_round(&events.v[0]);
		check_writes(&events);
	}
	events_free(&events);
	json_object_put(o);
	return 0;
}
