/* SPDX-License-Identifier: MIT */
/* dns-01: values that are nearly right, and how they came to be so. */
#include "config.h"

#include "verify/dns01.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "buf.h"
#include "identifier.h"

/* Longer than any value. */
#define VALUE_TEXT 1024

static bool is_quoted(const struct txt *txt, const char *value)
{
	size_t n = strlen(value);

	return txt->len == n + 2 && strchr("\"'", txt->data[0]) && txt->data[0] &&
	       txt->data[n + 1] == txt->data[0] && !memcmp(txt->data + 1, value, n);
}

static bool is_blank(unsigned char c)
{
	return c == '\0' || isspace(c);
}

static bool has_blanks(const struct txt *txt, const char *value)
{
	for (size_t i = 0; i < txt->len; i++) {
		if (is_blank(txt->data[i]))
			continue;
		if (txt->data[i] != (unsigned char)*value)
			return false;
		value++;
	}
	return !*value;
}

static bool is_base64(const struct txt *txt, const char *value)
{
	size_t len = txt->len;

	while (len && txt->data[len - 1] == '=')
		len--;
	if (len != strlen(value))
		return false;
	for (size_t i = 0; i < len; i++) {
		unsigned char c = txt->data[i];

		if ((c == '+' ? '-' : c == '/' ? '_' : c) != (unsigned char)value[i])
			return false;
	}
	return true;
}

static bool differs_in_case(const struct txt *txt, const char *value)
{
	return txt->len == strlen(value) && !strncasecmp((char *)txt->data, value, txt->len);
}

static bool is_key_authorization(const struct txt *txt, const char *value)
{
	char digest[DIGEST_TEXT + 1];

	if (strlen((char *)txt->data) != txt->len || !strchr((char *)txt->data, '.'))
		return false;
	digest_text((char *)txt->data, digest);
	return !strcmp(digest, value);
}

static bool is_hex(const struct txt *txt, const unsigned char digest[DIGEST_SIZE])
{
	char text[2 * DIGEST_SIZE + 1];

	for (size_t i = 0; i < DIGEST_SIZE; i++)
		snprintf(text + 2 * i, 3, "%02x", digest[i]);
	return txt->len == 2 * DIGEST_SIZE && !strncasecmp((char *)txt->data, text, txt->len);
}

/* The value, in base64 of either alphabet once more. */
static bool is_encoded_twice(const struct txt *txt, const char *value)
{
	static const char alphabet[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	struct buf b = BUF_INIT(2 * VALUE_TEXT);
	struct txt plain = *txt;
	size_t len = strlen(value);
	bool same;

	for (size_t i = 0; i < len; i += 3) {
		unsigned long bits = 0;
		size_t left = len - i < 3 ? len - i : 3;

		for (size_t k = 0; k < 3; k++)
			bits = bits << 8 | (k < left ? (unsigned char)value[i + k] : 0);
		for (size_t k = 0; k <= left; k++)
			buf_add(&b, &alphabet[bits >> (18 - 6 * k) & 63], 1);
	}
	/* "openssl base64" and its like end a line. */
	while (plain.len && is_blank(plain.data[plain.len - 1]))
		plain.len--;
	same = is_base64(&plain, buf_text(&b));
	buf_free(&b);
	return same;
}

/* The digest in another form: its octets, in hexadecimal, or what would be right encoded again. */
static bool is_other_form(const struct txt *txt, const char *value)
{
	unsigned char digest[DIGEST_SIZE];

	if (!digest_decode(value, digest))
		return false;
	return (txt->len == DIGEST_SIZE && !memcmp(txt->data, digest, DIGEST_SIZE)) ||
	       is_hex(txt, digest) || is_encoded_twice(txt, value);
}

/*
 * Is the value what the records, each at most once, are when joined from "at" on? There are at most
 * 32 of them, and what is used has its bit set.
 */
static bool is_joined(
    const struct txt *txts, size_t n, uint32_t used, const char *value, size_t at, unsigned *tries)
{
	if (!value[at])
		return true;
	for (size_t i = 0; i < n && *tries; i++) {
		if ((used >> i & 1) || !txts[i].len || txts[i].len > strlen(value + at) ||
		    memcmp(value + at, txts[i].data, txts[i].len))
			continue;
		--*tries;
		if (is_joined(txts, n, used | 1u << i, value, at + txts[i].len, tries))
			return true;
	}
	return false;
}

bool dns01_is_scattered(const struct txt *txts, size_t n, const struct strlist *values)
{
	unsigned tries = 1000; /* enough for all but what was made to take long */

	if (n < 2 || n > 32)
		return false;
	for (size_t k = 0; k < values->n; k++)
		if (is_joined(txts, n, 0, values->v[k], 0, &tries))
			return true;
	return false;
}

/* Values that no waiting will make right: somebody has published just that. */
static const struct {
	enum case_id id;
	bool (*is)(const struct txt *txt, const char *value);
} mistakes[] = {
    {CASE_D08, is_quoted},
    {CASE_D09, has_blanks},
    {CASE_D10, is_base64},
    {CASE_D11, differs_in_case},
    {CASE_D12, is_key_authorization},
    {CASE_D13, is_other_form},
};

enum case_id dns01_mistake(const struct check *check, const struct txt *found)
{
	const struct strlist *values = &check->values;

	for (size_t i = 0; i < nitems(mistakes); i++)
		for (size_t k = 0; k < values->n; k++)
			if (mistakes[i].is(found, values->v[k]))
				return mistakes[i].id;
	return CASE_D04;
}
