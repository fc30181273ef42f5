/* SPDX-License-Identifier: MIT */
/* Configuration files. What is refused has a sentence with the name of the file. */
#include "config.h"

#include <string.h>

#include "fuzz.h"
#include "settings/route.h"
#include "settings/rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf text = BUF_INIT(1024 * 1024);
	struct rules rules;
	struct error error = {0};
	struct event event = {.verb = VERB_DEPLOY};

	buf_add(&text, data, size);
	if (rules_parse(&rules, "file", &text, &error)) {
		event_set(&event, FIELD_DOMAIN, "www.example.test");
		event_set(&event, FIELD_TYPE, "dns-01");
		route(&rules, &event);
		event_free(&event);
	} else {
		MUST(error.failure && *error.text);
	}
	rules_free(&rules);
	buf_free(&text);
	return 0;
}
