/* SPDX-License-Identifier: MIT */
/* JSON that is written as text at once. */
#include "config.h"

#include "jsontext.h"

#include <stdbool.h>
#include <string.h>

/* The longest key that is put together with what is around it. */
#define KEY_MAX 32
#define KEY_ROOM (KEY_MAX + sizeof(", \"\": "))
/* As much is put together first: most strings are short, and nothing in them needs care. */
#define SHORT_MAX 100

/* What is between this value and the one before, and the key; returns its length. */
static size_t put_key(const struct buf *b, const char *key, char out[KEY_ROOM])
{
	char last = b->len ? b->data[b->len - 1] : '\n', *p = out;

	if (last != '{' && last != '[' && last != '\n')
		*p++ = ',';
	if (last != '\n')
		*p++ = ' ';
	if (key) {
		*p++ = '"';
		while (*key)
			*p++ = *key++;
		*p++ = '"';
		*p++ = ':';
		*p++ = ' ';
	}
	return (size_t)(p - out);
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

/* How many characters stand for themselves. */
static size_t plain_len(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;

	/* Most of them are small letters. */
	while (*p > '\\' || (*p >= ' ' && *p != '"' && *p != '\\'))
		p++;
	return (size_t)((const char *)p - text);
}

static void quote(struct buf *b, const char *text)
{
	buf_add(b, "\"", 1);
	while (*text) {
		size_t plain = plain_len(text);

		buf_add(b, text, plain);
		text += plain;
		if (*text)
			escape(b, (unsigned char)*text++);
	}
	buf_add(b, "\"", 1);
}

/* Most keys are short, and nothing in them needs care. */
static bool is_easy(const char *key)
{
	size_t len = key ? plain_len(key) : 0;

	return len <= KEY_MAX && !(key && key[len]);
}

static void begin(struct buf *b, const char *key)
{
	char text[KEY_ROOM];
	bool easy = is_easy(key);

	buf_add(b, text, put_key(b, easy ? key : NULL, text));
	if (easy)
		return;
	quote(b, key);
	buf_add(b, ": ", 2);
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

void jsontext_string(struct buf *b, const char *key, const char *text)
{
	char first[KEY_ROOM + SHORT_MAX + 2];
	size_t n, plain;

	if (!text) {
		jsontext_raw(b, key, "null");
		return;
	}
	plain = plain_len(text);
	if (text[plain] || plain >= SHORT_MAX || !is_easy(key)) {
		begin(b, key);
		quote(b, text);
		return;
	}
	n = put_key(b, key, first);
	first[n++] = '"';
	memcpy(first + n, text, plain);
	first[n + plain] = '"';
	buf_add(b, first, n + plain + 1);
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
