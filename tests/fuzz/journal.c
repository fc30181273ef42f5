/* SPDX-License-Identifier: MIT */
/* Files of the journal. What is an entry can be written, and is then read the same. */
#include "config.h"

#include <string.h>

#include "entry_json.h"
#include "fuzz.h"
#include "jsonline.h"

static void check_round(const struct entry *entry)
{
	struct json_object *first = entry_to_json(entry), *second;
	struct entry again;

	MUST(!entry_from_json(first, &again));
	second = entry_to_json(&again);
	MUST(!strcmp(json_object_to_json_string(first), json_object_to_json_string(second)));
	json_object_put(first);
	json_object_put(second);
	entry_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *why = NULL;
	struct json_object *o = jsonline_parse((const char *)data, size, &why);
	struct entry entry;

	if (!o)
		return 0;
	why = entry_from_json(o, &entry);
	MUST(!why || *why);
	if (!why) {
		/* what is needed to undo it is there, and may be used */
		MUST(entry.from && entry.to && entry.event.field[FIELD_DOMAIN]);
		MUST(!entry.handler || *entry.handler == '/');
		check_round(&entry);
		entry_free(&entry);
	}
	json_object_put(o);
	return 0;
}
