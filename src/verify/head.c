/* SPDX-License-Identifier: MIT */
/* The head of a response, as Go's net/http takes it. */
#include "config.h"

#include "verify/head.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "buf.h"

#define HEAD_MAX (256 * 1024)

static const char *const names[] = {
    [HEADER_LOCATION] = "Location",
    [HEADER_SERVER] = "Server",
    [HEADER_ENCODING] = "Content-Encoding",
    [HEADER_LENGTH] = "Content-Length",
    [HEADER_TRANSFER] = "Transfer-Encoding",
    [HEADER_AGE] = "Age",
    [HEADER_VIA] = "Via",
    [HEADER_CACHE] = "X-Cache",
    [HEADER_RAY] = "CF-Ray",
};
_Static_assert(nitems(names) == HEADER__MAX, "a header without name");

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* "HTTP/1.1 200", and then nothing or a blank. */
static bool is_status_line(const char *line, size_t len)
{
	return len >= 12 && !memcmp(line, "HTTP/1.", 7) && (line[7] == '0' || line[7] == '1') &&
	       line[8] == ' ' && strspn(line + 9, "0123456789") == 3 &&
	       (len == 12 || line[12] == ' ');
}

static void take_status(struct head *h, const char *line, size_t len)
{
	const struct head before = *h;

	head_clear(h);
	h->octets = before.octets;
	h->fault = before.fault;
	h->old = len > 7 && line[7] == '0';
	if (!is_status_line(line, len))
		h->fault = "its first line is none of HTTP/1.1";
}

/* A name in front of the colon: a token (RFC 9110 section 5.6.2); Go lets blanks pass. */
static bool is_name(const char *text, size_t len)
{
	static const char others[] = "!#$%&'*+-.^_`|~ ";

	for (size_t i = 0; i < len; i++) {
		char c = text[i], lower = (char)(c | 0x20);

		if (!(lower >= 'a' && lower <= 'z') && !(c >= '0' && c <= '9') &&
		    (!c || !strchr(others, c)))
			return false;
	}
	return len > 0;
}

static bool has_controls(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (((unsigned char)text[i] < ' ' && text[i] != '\t') || text[i] == 0x7f)
			return true;
	return false;
}

static void take_value(struct head *h, enum header which, const char *text, size_t len)
{
	while (len && is_blank(*text)) {
		text++;
		len--;
	}
	while (len && is_blank(text[len - 1]))
		len--;
	if (!h->times[which]++)
		h->values[which] = xstrndup(text, len);
	else if (which == HEADER_LENGTH &&
		 (strlen(h->values[which]) != len || memcmp(h->values[which], text, len)))
		h->fault = "it has two different lengths";
}

static void take_field(struct head *h, const char *line, size_t len)
{
	const char *colon = memchr(line, ':', len);
	size_t n = colon ? (size_t)(colon - line) : 0;

	if (has_controls(line, len)) {
		h->fault = "a header has control characters";
		return;
	}
	/* What is folded belongs to the line before; none of ours is read like that. */
	if (is_blank(*line) && h->lines > 1)
		return;
	if (!colon || is_blank(*line) || !is_name(line, n)) {
		h->fault = "a line of its head is no header";
		return;
	}
	for (size_t i = 0; i < HEADER__MAX; i++)
		if (names[i][0] == (line[0] & ~0x20) && strlen(names[i]) == n &&
		    !strncasecmp(names[i], line, n))
			take_value(h, (enum header)i, colon + 1, len - n - 1);
}

/* How the length of the content is told. */
static const char *framing_fault(const struct head *h)
{
	const char *transfer = h->values[HEADER_TRANSFER], *length = h->values[HEADER_LENGTH];

	if (transfer && h->old)
		return "HTTP/1.0 has no Transfer-Encoding";
	if (transfer && (h->times[HEADER_TRANSFER] > 1 || strcasecmp(transfer, "chunked")))
		return "its Transfer-Encoding is not just chunked";
	if (!transfer && length && (!*length || length[strspn(length, "0123456789")]))
		return "its Content-Length is no number";
	return NULL;
}

bool head_take(struct head *h, const char *line, size_t len)
{
	h->octets += len;
	len -= len && line[len - 1] == '\n';
	len -= len && line[len - 1] == '\r';
	if (!h->lines || (h->complete && len > 5 && !memcmp(line, "HTTP/", 5)))
		take_status(h, line, len);
	else if (!h->complete && !len)
		h->complete = true;
	else if (!h->complete && !h->fault)
		take_field(h, line, len);
	if (h->complete && !h->fault)
		h->fault = framing_fault(h);
	h->lines++;
	return h->octets <= HEAD_MAX;
}

void head_clear(struct head *h)
{
	for (size_t i = 0; i < HEADER__MAX; i++)
		free(h->values[i]);
	*h = (struct head){0};
}
