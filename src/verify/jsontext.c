/* SPDX-License-Identifier: MIT */
/* JSON that is written as text at once. */
#include "config.h"

#include "verify/jsontext.h"

#include <string.h>

/* The longest key. */
#define KEY_MAX 32

/* What is between this value and the one before, and the key. */
static void begin(struct buf *b, const char *key)
{
	char last = '\n', text[KEY_MAX + sizeof(", \"\": ")];
	size_t len = key ? strnlen(key, KEY_MAX) : 0, n = 0;

	if (b->len)
		last = b->data[b->len - 1];
	if (last != '{' && last != '[' && last != '\n')
		text[n++] = ',';
	if (last != '\n')
		text[n++] = ' ';
	if (key) {
		text[n++] = '"';
		memcpy(text + n, key, len);
		n += len;
		memcpy(text + n, "\": ", 3);
		n += 3;
	}
	buf_add(b, text, n);
}

void jsontext_open(struct buf *b, const char *key, char bracket)
{
	begin(b, key);
	buf_add(b, &bracket, 1);
}

void jsontext_close(struct buf *b, char bracket)
{
	char end[] = {' ', bracket};

	buf_add(b, end, sizeof(end));
}

/* RFC 8259 section 7: quotation mark, reverse solidus, and the control characters. */
static void escape(struct buf *b, unsigned char c)
{
	static const char letters[] = "\"\"\\\\\bb\ff\nn\rr\tt";

	for (size_t i = 0; i + 1 < sizeof(letters); i += 2) {
		if (c == (unsigned char)letters[i]) {
			buf_add(b, (char[]){'\\', letters[i + 1]}, 2);
			return;
		}
	}
	buf_printf(b, "\\u%04x", c);
}

static bool is_special(unsigned char c)
{
	return c < ' ' || c == '"' || c == '\\';
}

void jsontext_string(struct buf *b, const char *key, const char *text)
{
	const char *end;

	if (!text) {
		jsontext_raw(b, key, "null");
		return;
	}
	begin(b, key);
	buf_add(b, "\"", 1);
	for (; *text; text = end) {
		for (end = text; *end && !is_special((unsigned char)*end);)
			end++;
		buf_add(b, text, (size_t)(end - text));
		if (*end)
			escape(b, (unsigned char)*end++);
	}
	buf_add(b, "\"", 1);
}

void jsontext_integer(struct buf *b, const char *key, long long n)
{
	begin(b, key);
	buf_number(b, n);
}

void jsontext_raw(struct buf *b, const char *key, const char *json)
{
	begin(b, key);
	buf_puts(b, json);
}
