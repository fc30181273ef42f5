/* SPDX-License-Identifier: MIT */
/* dns-01: values that are nearly right, and how they came to be so. */
#include "config.h"

#include "verify/dns01.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "identifier.h"

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
