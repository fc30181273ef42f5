/* SPDX-License-Identifier: MIT */
/* What a handler printed: the beginning and the end of it. */
#include "config.h"

#include "handlers/capture.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"

#define REPLACEMENT "\xef\xbf\xbd"

void capture_add(struct capture *c, const char *data, size_t len)
{
	size_t n = CAPTURE_HEAD - c->head_len;

	c->total += len;
	if (n > len)
		n = len;
	if (c->head_len + n > c->head_size) {
		c->head_size = c->head_len + n < 1024 ? 1024 : CAPTURE_HEAD;
		c->head = xrealloc(c->head, c->head_size);
	}
	if (n)
		memcpy(c->head + c->head_len, data, n);
	c->head_len += n;
	data += n;
	len -= n;
	if (len && !c->tail)
		c->tail = xcalloc(1, CAPTURE_TAIL);
	if (len > CAPTURE_TAIL) { /* only its end can survive; the ring keeps its phase */
		c->tail_at = (c->tail_at + len - CAPTURE_TAIL) % CAPTURE_TAIL;
		data += len - CAPTURE_TAIL;
		len = CAPTURE_TAIL;
	}
	while (len) {
		n = CAPTURE_TAIL - c->tail_at < len ? CAPTURE_TAIL - c->tail_at : len;
		memcpy(c->tail + c->tail_at, data, n);
		c->tail_at = (c->tail_at + n) % CAPTURE_TAIL;
		data += n;
		len -= n;
	}
}

bool capture_truncated(const struct capture *c)
{
	return c->total > CAPTURE_HEAD + CAPTURE_TAIL;
}

/* Length of the UTF-8 sequence at s (RFC 3629: shortest form, no surrogates), 0 if it is none. */
static size_t sequence(const unsigned char *s, size_t len)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t n = s[0] < 0x80 ? 1 : s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : s[0] >= 0xc0 ? 2 : 0;
	uint32_t code = n > 1 ? s[0] & (0x7fu >> n) : s[0];

	if (!n || n > len || !s[0] || s[0] > 0xf4)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (s[i] & 0x3fu);
	}
	if (n > 1 && (code < least[n] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)))
		return 0;
	return n;
}

static void add_utf8(struct buf *b, const char *data, size_t len)
{
	const unsigned char *s = (const unsigned char *)data;

	while (len) {
		size_t good = 0, n;

		while (good < len && (n = sequence(s + good, len - good)))
			good += n;
		buf_add(b, s, good);
		s += good;
		len -= good;
		if (len) {
			buf_puts(b, REPLACEMENT);
			s++;
			len--;
		}
	}
}

char *capture_text(const struct capture *c)
{
	size_t kept = c->total - c->head_len;
	struct buf raw = BUF_INIT(CAPTURE_HEAD + CAPTURE_TAIL), text = BUF_INIT(SIZE_MAX / 2);

	buf_add(&text, "", 0);
	if (capture_truncated(c)) {
		add_utf8(&text, c->head, c->head_len);
		buf_printf(&text, "\n[... %zu bytes cut ...]\n", kept - CAPTURE_TAIL);
		buf_add(&raw, c->tail + c->tail_at, CAPTURE_TAIL - c->tail_at);
		buf_add(&raw, c->tail, c->tail_at);
	} else {
		buf_add(&raw, c->head, c->head_len);
		buf_add(&raw, c->tail, kept);
	}
	add_utf8(&text, raw.data, raw.len);
	buf_free(&raw);
	return text.data;
}

void capture_free(struct capture *c)
{
	free(c->head);
	free(c->tail);
	*c = (struct capture){0};
}
