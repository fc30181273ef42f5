/* SPDX-License-Identifier: MIT */
/* JSON, one object a line: what both programs speak, and how strictly it is read. */
#ifndef ACMEHOOK_JSONLINE_H
#define ACMEHOOK_JSONLINE_H

#include <stdbool.h>
#include <stddef.h>

#include <json-c/json.h>

#include "buf.h"

/* The longest line that is read, in bytes. An event or a verdict is far below it. */
#define JSONLINE_MAX (1024 * 1024)

/*
 * Reads one line (without its newline) as exactly one JSON object: strict JSON, valid UTF-8, no
 * trailing text, no NUL in a string, at most 32 levels deep. Returns the object, which the caller
 * puts (json_object_put), or NULL and in *why a constant or static text that completes the
 * sentence "not JSON: ...".
 */
struct json_object *jsonline_parse(const char *line, size_t len, const char **why);

/* The value as text of that form; owned by it, until it is asked for again. */
const char *jsonline_text(struct json_object *value);
/* Adds the object as one line, in the form { "a": 1, "b": "x" }, and a newline; nothing if that
 * does not fit. What is in the buffer are lines. */
bool jsonline_add(struct buf *b, struct json_object *object);

/*
 * Members of an object. They return NULL, or the default, when there is no such member or it is
 * null or of another type. Strings are owned by the object.
 */
const char *jsonline_string(struct json_object *object, const char *key);
/* A copy, which the caller frees. */
char *jsonline_copy(struct json_object *object, const char *key);
long long jsonline_integer(struct json_object *object, const char *key, long long missing);
bool jsonline_bool(struct json_object *object, const char *key);
struct json_object *jsonline_array(struct json_object *object, const char *key);

/* Adds a member, or sets it anew. The key is not copied: it is in static storage. A NULL string
 * becomes null, as does the value NULL, which the object takes. */
void jsonline_set_value(struct json_object *object, const char *key, struct json_object *value);
void jsonline_set(struct json_object *object, const char *key, const char *value);
void jsonline_set_integer(struct json_object *object, const char *key, long long value);
void jsonline_set_bool(struct json_object *object, const char *key, bool value);
/* An array of strings, which the caller puts, or gives to an object. */
struct json_object *jsonline_texts(const char *const *texts, size_t n);
struct json_object *jsonline_list(const struct strlist *list);

/*
 * Cuts a stream of bytes into lines. feed() calls line() for each complete line, without its
 * newline and without a '\r' before it; a line longer than JSONLINE_MAX is reported once, with
 * data NULL, and skipped to its end. end() hands out what stands after the last newline.
 */
struct linecutter {
	struct buf rest;
	bool skipping;
	void (*line)(void *arg, const char *data, size_t len);
	void *arg;
};

void linecutter_init(struct linecutter *c, void (*line)(void *, const char *, size_t), void *arg);
void linecutter_feed(struct linecutter *c, const char *data, size_t len);
void linecutter_end(struct linecutter *c);
void linecutter_free(struct linecutter *c);

#endif
