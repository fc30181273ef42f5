/* SPDX-License-Identifier: MIT */
/* JSON mode of certbot-external-auth: events as objects, one a line; src/common/event_json.c has
 * the table, src/peer.c reads the lines, src/talk.c says them to others. */
#include "config.h"

#include "dialects/dialect.h"

#include "event_json.h"
#include "jsonline.h"

static char *compose(const struct event *event)
{
	struct json_object *object = event_to_json(event);
	struct buf line = BUF_INIT(JSONLINE_MAX);
	char *text;

	/* the plugin always knows the state */
	if (event->verb == VERB_CLEAN && !event->field[FIELD_STATUS])
		jsonline_set(object, "status", "pending");
	jsonline_add(&line, object);
	text = xstrdup(buf_text(&line));
	buf_free(&line);
	json_object_put(object);
	return text;
}

const struct dialect dialect_json = {
    .name = "json",
    .summary = "JSON mode of certbot-external-auth: events as objects, one a line (acmehook run)",
    .flags = DIALECT_FROM | DIALECT_TO | DIALECT_STREAM | DIALECT_MUTE,
    .compose = compose,
};
