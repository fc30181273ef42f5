/* SPDX-License-Identifier: MIT */
/* Options as JSON. */
#include "config.h"

#include "settings/options_json.h"

#include <stdlib.h>
#include <string.h>

#include "jsonline.h"

/* As it would be written on a command line; the caller frees it. */
static char *text_of(const struct option_def *def, const struct setting *s)
{
	switch (def->kind) {
	case OPTION_IS_FLAG:
		return xstrdup(s->number ? "true" : "false");
	case OPTION_IS_TEXT:
		return def->where & ABSOLUTE ? xabsolute(s->text) : xstrdup(s->text);
	case OPTION_IS_CHOICE:
		return xstrdup(def->choices[s->number]);
	case OPTION_IS_TIME:
		return xasprintf("%ldms", s->number);
	case OPTION_IS_MODE:
		return xasprintf("%03lo", (unsigned long)s->number);
	default:
		return xasprintf("%ld", s->number);
	}
}

static struct json_object *value_of(const struct option_def *def, const struct setting *s)
{
	struct json_object *o;
	char *text;

	if (s->list.n)
		return jsonline_list(&s->list);
	text = text_of(def, s);
	o = json_object_new_string(text);
	free(text);
	return o;
}

struct json_object *options_to_json(const struct settings *settings)
{
	struct json_object *o = NULL;

	for (int id = 0; id < OPTION__MAX; id++) {
		const struct setting *s = &settings->v[id];

		if (!s->set || !(option_defs[id].where & IN_RULE))
			continue;
		o = o ? o : json_object_new_object();
		jsonline_set_value(o, option_defs[id].name, value_of(&option_defs[id], s));
	}
	return o;
}

/* What is no text is no value. */
static const char *as_text(struct json_object *value)
{
	return json_object_is_type(value, json_type_string) ? json_object_get_string(value) : "";
}

static bool put_value(
    struct settings *settings, int id, struct json_object *value, struct error *error)
{
	size_t n =
	    json_object_is_type(value, json_type_array) ? json_object_array_length(value) : 0;

	if (!n)
		return settings_put(settings, (enum option_id)id, as_text(value), error);
	for (size_t i = 0; i < n; i++)
		if (!settings_put(settings, (enum option_id)id,
			as_text(json_object_array_get_idx(value, i)), error))
			return false;
	return true;
}

bool options_from_json(struct json_object *object, struct settings *settings, struct error *error)
{
	if (!object)
		return true;
	json_object_object_foreach(object, key, value)
	{
		int id = 0;

		while (id < OPTION__MAX && strcmp(option_defs[id].name, key))
			id++;
		if (id == OPTION__MAX || !(option_defs[id].where & IN_RULE))
			return error_set(
			    error, FAILURE_USAGE, "\"%.60s\" is no option of a handler", key);
		if (!put_value(settings, id, value, error))
			return false;
	}
	return true;
}
