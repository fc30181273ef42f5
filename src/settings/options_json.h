/* SPDX-License-Identifier: MIT */
/* Options as JSON: what was said on a command line, for a later process. */
#ifndef ACMEHOOK_OPTIONS_JSON_H
#define ACMEHOOK_OPTIONS_JSON_H

#include <json-c/json.h>

#include "settings/options.h"

/*
 * Those of the options that are set and may stand in a rule (they are about a handler, not about
 * us), as an object with a text, or an array of texts, for each; paths are absolute. NULL if there
 * are none. The caller puts it.
 */
struct json_object *options_to_json(const struct settings *settings);
/* Sets them. False, with a sentence, if one is not known or has no such value. */
bool options_from_json(struct json_object *object, struct settings *settings, struct error *error);

#endif
