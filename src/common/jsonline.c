/* SPDX-License-Identifier: MIT */
/* JSON, one object a line. */
#include "config.h"

#include "jsonline.h"

#include <string.h>

#include "jsontext.h"

#define DEPTH 32

/*
 * What json-c (0.16) lets pass even when it is strict: keys in single quotes, and \u0000, which
 * keeps bytes in a string that every C function takes for its end, and cuts keys off.
 */
static const char *lenient_fault(const char *line, size_t len)
{
	bool in_string = false;

	/* Most lines have nothing of that, which is soon seen. */
	if (!memchr(line, '\'', len) && !memchr(line, '\\', len) && !memchr(line, '\0', len))
		return NULL;
	for (size_t i = 0; i < len; i++) {
		if (in_string && line[i] == '\\') {
			if (len - i > 5 && !strncmp(line + i, "\\u0000", 6))
				return "there is a NUL character in a string";
			i++;
		} else if (line[i] == '"') {
			in_string = !in_string;
		} else if (line[i] == '\0') {
			return "there is a NUL byte in it";
		} else if (line[i] == '\'' && !in_string) {
			return "it has single quotes; JSON wants \"";
		}
	}
	return NULL;
}

static const char *parse_error(enum json_tokener_error error, bool ended)
{
	if (error == json_tokener_continue)
		return "it ends too early";
	if (error == json_tokener_success && !ended)
		return "there is text after the object";
	return json_tokener_error_desc(error);
}

struct json_object *jsonline_parse(const char *line, size_t len, const char **why)
{
	static struct json_tokener *tokener; /* serves all lines */
	struct json_object *o;
	enum json_tokener_error error;
	size_t end;

	while (len && (line[len - 1] == ' ' || line[len - 1] == '\t'))
		len--;
	*why = lenient_fault(line, len);
	if (*why)
		return NULL;
	if (!tokener)
		tokener = json_tokener_new_ex(DEPTH);
	json_tokener_reset(tokener);
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	o = json_tokener_parse_ex(tokener, line, (int)len);
	error = json_tokener_get_error(tokener);
	end = json_tokener_get_parse_end(tokener);
	if (error != json_tokener_success || end != len)
		*why = parse_error(error, end == len);
	else if (!json_object_is_type(o, json_type_object))
		*why = "it is not an object";
	if (!*why)
		return o;
	json_object_put(o);
	return NULL;
}

const char *jsonline_text(struct json_object *value)
{
	return json_object_to_json_string_ext(
	    value, JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE);
}

static void add_value(struct buf *b, const char *key, struct json_object *value);

static void add_members(struct buf *b, const char *key, struct json_object *object)
{
	jsontext_open(b, key, '{');
	json_object_object_foreach(object, name, member)
	{
		add_value(b, name, member);
	}
	jsontext_close(b, '}');
}

static void add_elements(struct buf *b, const char *key, struct json_object *array)
{
	jsontext_open(b, key, '[');
	for (size_t i = 0; i < json_object_array_length(array); i++)
		add_value(b, NULL, json_object_array_get_idx(array, i));
	jsontext_close(b, ']');
}

/* As jsonline_text() has it, for less; what is rare is left to that. */
static void add_value(struct buf *b, const char *key, struct json_object *value)
{
	enum json_type type = json_object_get_type(value);

	if (type == json_type_object)
		add_members(b, key, value);
	else if (type == json_type_array)
		add_elements(b, key, value);
	else if (type == json_type_string)
		jsontext_string(b, key, json_object_get_string(value));
	else if (type == json_type_int && json_object_get_int64(value) != INT64_MAX)
		jsontext_integer(b, key, json_object_get_int64(value));
	else
		jsontext_raw(b, key, jsonline_text(value));
}

bool jsonline_add(struct buf *b, struct json_object *object)
{
	size_t before = b->len;
	bool overflow = b->overflow;

	b->overflow = false;
	add_value(b, NULL, object);
	if (!b->overflow && buf_puts(b, "\n")) {
		b->overflow = overflow;
		return true;
	}
	buf_cut(b, before);
	return false;
}

static struct json_object *member(struct json_object *object, const char *key, enum json_type type)
{
	struct json_object *o;

	if (!json_object_object_get_ex(object, key, &o) || !json_object_is_type(o, type))
		return NULL;
	return o;
}

const char *jsonline_string(struct json_object *object, const char *key)
{
	struct json_object *o = member(object, key, json_type_string);

	return o ? json_object_get_string(o) : NULL;
}

char *jsonline_copy(struct json_object *object, const char *key)
{
	const char *text = jsonline_string(object, key);

	return text ? xstrdup(text) : NULL;
}

long long jsonline_integer(struct json_object *object, const char *key, long long missing)
{
	struct json_object *o = member(object, key, json_type_int);

	return o ? json_object_get_int64(o) : missing;
}

bool jsonline_bool(struct json_object *object, const char *key)
{
	struct json_object *o = member(object, key, json_type_boolean);

	return o && json_object_get_boolean(o);
}

struct json_object *jsonline_array(struct json_object *object, const char *key)
{
	return member(object, key, json_type_array);
}

void jsonline_set_value(struct json_object *object, const char *key, struct json_object *value)
{
	json_object_object_add_ex(object, key, value, JSON_C_OBJECT_KEY_IS_CONSTANT);
}

void jsonline_set(struct json_object *object, const char *key, const char *value)
{
	jsonline_set_value(object, key, value ? json_object_new_string(value) : NULL);
}

void jsonline_set_integer(struct json_object *object, const char *key, long long value)
{
	jsonline_set_value(object, key, json_object_new_int64(value));
}

void jsonline_set_bool(struct json_object *object, const char *key, bool value)
{
	jsonline_set_value(object, key, json_object_new_boolean(value));
}

struct json_object *jsonline_texts(const char *const *texts, size_t n)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; i < n; i++)
		json_object_array_add(array, json_object_new_string(texts[i]));
	return array;
}

struct json_object *jsonline_list(const struct strlist *list)
{
	return jsonline_texts((const char *const *)list->v, list->n);
}

void linecutter_init(struct linecutter *c, void (*line)(void *, const char *, size_t), void *arg)
{
	*c = (struct linecutter){.rest = BUF_INIT(JSONLINE_MAX), .line = line, .arg = arg};
}

static void hand_out(struct linecutter *c)
{
	size_t len = c->rest.len;

	if (c->skipping)
		c->line(c->arg, NULL, 0);
	else {
		if (len && c->rest.data[len - 1] == '\r')
			c->rest.data[--len] = '\0';
		c->line(c->arg, buf_text(&c->rest), len);
	}
	c->skipping = false;
	buf_drop(&c->rest, c->rest.len);
	c->rest.overflow = false;
}

void linecutter_feed(struct linecutter *c, const char *data, size_t len)
{
	while (len) {
		const char *newline = memchr(data, '\n', len);
		size_t n = newline ? (size_t)(newline - data) : len;

		if (!c->skipping && !buf_add(&c->rest, data, n))
			c->skipping = true;
		data += n;
		len -= n;
		if (newline) {
			hand_out(c);
			data++;
			len--;
		}
	}
}

void linecutter_end(struct linecutter *c)
{
	if (c->skipping || c->rest.len)
		hand_out(c);
}

void linecutter_free(struct linecutter *c)
{
	buf_free(&c->rest);
}
