/* SPDX-License-Identifier: MIT */
/* JSON lines: how strictly they are read, how a stream is cut. */
#include "config.h"

#include <limits.h>
#include <stdlib.h>

#include "jsonline.h"
#include "jsontext.h"
#include "tap.h"

static bool parses(const char *text, size_t len)
{
	const char *why;
	struct json_object *o = jsonline_parse(text, len, &why);

	json_object_put(o);
	return o && !why;
}

static void test_parse(void)
{
	static const char *const good[] = {"{}", " {\"a\": 1}", "{\"a\": 1} \t",
	    "{\"a\": {\"b\": [1, null]}}", "{\"a\": \"\\u00e9\\n\"}",
	    "{\"a\": \"it's \\\\u0000\"}"};
	static const char *const bad[] = {"", "{", "}", "[]", "1", "null", "{} {}", "{}x",
	    "{'a': 1}", "{a: 1}", "{\"a\": 1,}", "{\"a\": \"\\u0000\"}", "{\"a\\u0000\": 1}",
	    "{\"a\": [\"\\u0000\"]}", "{\"a\": \"\xff\"}", "/* */{}", "{\"a\": nan}"};
	char deep[200] = "{\"a\":";

	for (size_t i = 0; i < nitems(good); i++)
		ok(parses(good[i], strlen(good[i])), "JSON: %s", good[i]);
	for (size_t i = 0; i < nitems(bad); i++)
		ok(!parses(bad[i], strlen(bad[i])), "not JSON: %zu", i);
	ok(!parses("{}\0", 3), "a NUL byte is not JSON");
	for (int i = 0; i < 40; i++)
		strcat(deep, "[");
	ok(!parses(deep, strlen(deep)), "nor is what is nested too deeply");
}

static struct buf seen = BUF_INIT(1000);

static void on_line(void *arg, const char *data, size_t len)
{
	(void)arg;
	buf_printf(&seen, "<%.*s%s>", (int)len, data ? data : "", data ? "" : "too long");
}

static void test_lines(void)
{
	static const char text[] = "one\ntwo\r\n\nthree";
	char *endless = xcalloc(1, JSONLINE_MAX + 2);
	struct linecutter c;

	for (size_t piece = 1; piece < sizeof(text); piece++) {
		linecutter_init(&c, on_line, NULL);
		for (size_t at = 0; at < strlen(text); at += piece)
			linecutter_feed(
			    &c, text + at, strlen(text) - at < piece ? strlen(text) - at : piece);
		linecutter_end(&c);
		linecutter_free(&c);
		is_text(
		    buf_text(&seen), "<one><two><><three>", "lines, in whatever pieces they come");
		buf_free(&seen);
	}
	memset(endless, 'x', JSONLINE_MAX + 1);
	linecutter_init(&c, on_line, NULL);
	linecutter_feed(&c, endless, JSONLINE_MAX + 1);
	linecutter_feed(&c, endless, JSONLINE_MAX + 1);
	linecutter_feed(&c, "\nnext\n", 6);
	linecutter_free(&c);
	is_text(
	    buf_text(&seen), "<too long><next>", "a line that is too long is told of, and skipped");
	buf_free(&seen);
	free(endless);
}

/* What is written at once looks as what is built as an object, and is read as the same. */
static void test_text(void)
{
	static const char strange[] = "q\" b\\ /\b\f\n\r\t\x01\x1f\x7f \xc3\xa4";
	struct buf b = BUF_INIT(8000);
	struct json_object *o;
	char letters[600] = {0};
	const char *why;

	memset(letters, 'a', sizeof(letters) - 1);
	buf_puts(&b, "{ }\n");
	jsontext_open(&b, NULL, '{');
	jsontext_string(&b, "s", strange);
	/* of every length around those that are put together at once */
	for (size_t i = 94; i < 106; i++)
		jsontext_string(&b, letters + 568 + i - 94, letters + sizeof(letters) - 1 - i);
	jsontext_string(&b, "long", letters);
	letters[300] = '"';
	jsontext_string(&b, "longer", letters);
	jsontext_string(&b, "none", NULL);
	jsontext_string(&b, "empty", "");
	jsontext_integer(&b, "n", 0);
	jsontext_integer(&b, "least", LLONG_MIN);
	jsontext_integer(&b, "most", LLONG_MAX);
	jsontext_raw(&b, "raw", "[ true ]");
	jsontext_open(&b, "o", '{');
	jsontext_close(&b, '}');
	jsontext_open(&b, "a", '[');
	jsontext_string(&b, NULL, "[");
	jsontext_open(&b, NULL, '[');
	jsontext_close(&b, ']');
	jsontext_integer(&b, NULL, -17);
	jsontext_close(&b, ']');
	jsontext_close(&b, '}');
	o = jsonline_parse(buf_text(&b) + 4, b.len - 4, &why);
	ok(o != NULL, "text that is written at once is JSON");
	is_text(o ? jsonline_text(o) : NULL, buf_text(&b) + 4, "in the same form as of an object");
	is_text(o ? jsonline_string(o, "s") : NULL, strange, "and strings are what they were");
	is_text(o ? jsonline_string(o, "longer") : NULL, letters, "long ones, too");
	json_object_put(o);
	buf_free(&b);
}

/* A line of an object is the text that json-c makes of it, whatever is in it. */
static void test_add(void)
{
	static const char *const objects[] = {"{}",
	    "{\"a\": [], \"b\": {}, \"c\": null, \"d\": true, \"e\": [false, [null, {}], \"\"]}",
	    "{\"a\": \"q\\\" \\\\ / \\n\\r\\t\\b\\f\\u0001\\u001f\\u007f \\u00e4 \\ud83d\\ude00\"}",
	    "{\"a\": 1.5, \"b\": -1e300, \"c\": 9223372036854775807, \"d\": 18446744073709551615}",
	    "{\"a\": -9223372036854775808, \"b\": 0, \"c\": -1, \"d\": 4294967296, \"e\": 1.0}",
	    "{\"\": 1, \"a\\\"b\": 2, \"\\n\": {\"a\": {\"\\u0001\": [{\"x\": 1}]}}}",
	    "{\"a\": {\"0123456789abcdef0123456789abcdef\": 1, \"b\": \"{\"}}",
	    "{\"a\": {\"0123456789abcdef0123456789abcdef0\": [1], \"b\": \"[\"}, \"b\": \"\\n\"}"};
	struct buf b = BUF_INIT(1000), tight = BUF_INIT(20);
	struct json_object *o;
	const char *why;

	for (size_t i = 0; i < nitems(objects); i++) {
		o = jsonline_parse(objects[i], strlen(objects[i]), &why);
		buf_printf(&seen, "%s\n", jsonline_text(o));
		ok(o && jsonline_add(&b, o), "a line of %s", objects[i]);
		json_object_put(o);
	}
	is_text(buf_text(&b), buf_text(&seen), "lines as json-c writes them");
	buf_free(&b);
	buf_free(&seen);

	o = jsonline_parse("{\"a\": [1, 2]}", 13, &why);
	ok(jsonline_add(&tight, o), "a line that fits");
	ok(!jsonline_add(&tight, o) && tight.overflow, "one that does not");
	is_text(buf_text(&tight), "{ \"a\": [ 1, 2 ] }\n", "of which nothing is added");
	buf_cut(&tight, 0);
	ok(jsonline_add(&tight, o) && tight.overflow, "and what is added later does not undo that");
	json_object_put(o);
	buf_free(&tight);
}

int main(void)
{
	test_text();
	test_add();
	test_parse();
	test_lines();
	return done();
}
