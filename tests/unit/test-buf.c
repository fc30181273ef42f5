/* SPDX-License-Identifier: MIT */
/* buf and capture: limits, quoting, heads and tails, UTF-8. */
#include "config.h"

#include <stdlib.h>

#include "buf.h"
#include "handlers/capture.h"
#include "tap.h"

static void test_limit(void)
{
	struct buf b = BUF_INIT(4);

	ok(buf_puts(&b, "abcd"), "what fits is added");
	ok(!buf_puts(&b, "e") && b.overflow && b.len == 4, "what does not fit is not");
	buf_drop(&b, 3);
	is_text(buf_text(&b), "d", "dropping takes the beginning away");
	buf_drop(&b, 9);
	is_text(buf_text(&b), "", "never more than there is");
	buf_free(&b);
	is_text(buf_text(&b), "", "an empty buffer has an empty text");
}

static void test_shell_word(void)
{
	static const char *const rows[][2] = {
	    {"plain-1.2/x=y", "plain-1.2/x=y"},
	    {"", "''"},
	    {"two words", "'two words'"},
	    {"it's", "'it'\\''s'"},
	    {"$HOME", "'$HOME'"},
	    {"*.example.test", "'*.example.test'"},
	};

	for (size_t i = 0; i < nitems(rows); i++) {
		struct buf b = BUF_INIT(100);

		buf_shell_word(&b, rows[i][0]);
		is_text(buf_text(&b), rows[i][1], "a word is quoted where it must be");
		buf_free(&b);
	}
}

/* Captures text in pieces of the given size. */
static char *captured(const char *text, size_t len, size_t piece, bool *truncated)
{
	struct capture c = {0};
	char *out;

	for (size_t at = 0; at < len; at += piece)
		capture_add(&c, text + at, len - at < piece ? len - at : piece);
	out = capture_text(&c);
	*truncated = capture_truncated(&c);
	capture_free(&c);
	return out;
}

static void test_capture_sizes(void)
{
	static const size_t sizes[] = {0, 1, CAPTURE_HEAD - 1, CAPTURE_HEAD, CAPTURE_HEAD + 1,
	    CAPTURE_HEAD + CAPTURE_TAIL - 1, CAPTURE_HEAD + CAPTURE_TAIL};
	static const size_t pieces[] = {1, 7, 1000, CAPTURE_TAIL, CAPTURE_TAIL + 1, 1000000};
	char *text = xcalloc(1, CAPTURE_HEAD + CAPTURE_TAIL + 1);
	bool same = true, truncated;

	for (size_t i = 0; i < CAPTURE_HEAD + CAPTURE_TAIL; i++)
		text[i] = (char)('a' + i % 23);
	for (size_t s = 0; s < nitems(sizes); s++) {
		for (size_t p = 0; p < nitems(pieces); p++) {
			char *out = captured(text, sizes[s], pieces[p], &truncated);

			same = same && !truncated && strlen(out) == sizes[s] &&
			       !strncmp(out, text, sizes[s]);
			free(out);
		}
	}
	ok(same, "up to head and tail everything is kept, in whatever pieces it comes");
	free(text);
}

static void test_capture_cut(void)
{
	static const size_t pieces[] = {1, 4096, CAPTURE_TAIL, CAPTURE_TAIL + 1, 3000000};
	size_t len = 300001;
	char *text = xcalloc(1, len + 1), cut[64];
	bool good = true, truncated;

	for (size_t i = 0; i < len; i++)
		text[i] = (char)('a' + i % 23);
	snprintf(
	    cut, sizeof(cut), "\n[... %zu bytes cut ...]\n", len - CAPTURE_HEAD - CAPTURE_TAIL);
	for (size_t p = 0; p < nitems(pieces); p++) {
		char *out = captured(text, len, pieces[p], &truncated), *at = strstr(out, cut);

		good = good && truncated && at == out + CAPTURE_HEAD &&
		       !strncmp(out, text, CAPTURE_HEAD) &&
		       !strcmp(at + strlen(cut), text + len - CAPTURE_TAIL);
		free(out);
	}
	ok(good, "of more, the first and the last bytes and how much was cut");
	free(text);
}

static void test_utf8(void)
{
#define BAD "\xef\xbf\xbd"
	static const struct {
		const char *in;
		size_t len;
		const char *out;
	} rows[] = {
	    {"caf\xc3\xa9", 5, "caf\xc3\xa9"},
	    {"a\0b", 3, "a" BAD "b"},
	    {"\xff\xfe", 2, BAD BAD},
	    {"\xc3", 1, BAD},
	    {"\xc0\xaf", 2, BAD BAD},
	    {"\xed\xa0\x80", 3, BAD BAD BAD},
	    {"\xf4\x90\x80\x80", 4, BAD BAD BAD BAD},
	    {"\xf0\x9f\x98\x80", 4, "\xf0\x9f\x98\x80"},
	};
	bool truncated;

	for (size_t i = 0; i < nitems(rows); i++) {
		char *out = captured(rows[i].in, rows[i].len, 1, &truncated);

		is_text(out, rows[i].out, "what is captured is valid UTF-8");
		free(out);
	}
}

static void test_visible(void)
{
	static const struct {
		const char *text, *visible;
	} rows[] = {
	    {"plain\ttext\n", "plain\ttext\n"},
	    {"\033[31m \r \x7f \1", "?[31m ? ? ?"},
	    {"gr\xc3\xbc\xc3\x9f \xe2\x82\xac", "gr\xc3\xbc\xc3\x9f \xe2\x82\xac"},
	    {"csi \xc2\x9b"
	     "31m \xc2\xa0",
		"csi ??31m \xc2\xa0"},
	    {"\xe2\x80\xae"
	     "bidi\xe2\x81\xa9\xe2\x80\xa6",
		"???bidi???\xe2\x80\xa6"},
	    {"cut \xc2", "cut \xc2"},
	    {"cut \xe2\x80", "cut \xe2\x80"},
	};

	for (size_t i = 0; i < nitems(rows); i++) {
		struct buf b = BUF_INIT(100);

		buf_puts(&b, rows[i].text);
		buf_visible(&b);
		is_text(buf_text(&b), rows[i].visible, "what a terminal may get");
		buf_free(&b);
	}
}

int main(void)
{
	test_limit();
	test_shell_word();
	test_capture_sizes();
	test_capture_cut();
	test_utf8();
	test_visible();
	return done();
}
