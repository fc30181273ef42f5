/* SPDX-License-Identifier: MIT */
/* Issuer and parameters, separated by ';'. */
#include "config.h"

#include "verify/issue_value.h"

#include <string.h>
#include <strings.h>

static struct piece trimmed(const char *p, size_t len)
{
	while (len && (*p == ' ' || *p == '\t')) {
		p++;
		len--;
	}
	while (len && (p[len - 1] == ' ' || p[len - 1] == '\t'))
		len--;
	return (struct piece){p, len};
}

bool piece_next(struct piece *rest, struct piece *piece)
{
	const char *end;

	if (!rest->p)
		return false;
	end = memchr(rest->p, ';', rest->len);
	if (end) {
		*piece = trimmed(rest->p, (size_t)(end - rest->p));
		rest->len -= (size_t)(end - rest->p) + 1;
		rest->p = end + 1;
	} else {
		*piece = trimmed(rest->p, rest->len);
		*rest = (struct piece){NULL, 0};
	}
	return true;
}

bool piece_split(const struct piece *piece, struct piece *tag, struct piece *value)
{
	const char *equals = piece->len ? memchr(piece->p, '=', piece->len) : NULL;
	size_t before = equals ? (size_t)(equals - piece->p) : 0;

	if (!equals)
		return false;
	*tag = trimmed(piece->p, before);
	*value = trimmed(equals + 1, piece->len - before - 1);
	return true;
}

bool piece_is_value(const struct piece *value)
{
	for (size_t i = 0; i < value->len; i++)
		if (value->p[i] <= ' ' || value->p[i] > '~')
			return false;
	return true;
}

bool piece_is(const struct piece *piece, const char *text)
{
	return piece->len == strlen(text) && !memcmp(piece->p, text, piece->len);
}

bool piece_is_nocase(const struct piece *piece, const char *text)
{
	return piece->len == strlen(text) && !strncasecmp(piece->p, text, piece->len);
}
