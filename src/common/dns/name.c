/* SPDX-License-Identifier: MIT */
/*
 * Names as text and as octets. They are not left to the C library: no two agree on how odd octets
 * of a name are written.
 */
#include "config.h"

#include "dns/name.h"

#include <stdio.h>
#include <string.h>

#include "buf.h"

unsigned char name_lower(unsigned char c)
{
	return c >= 'A' && c <= 'Z' ? (unsigned char)(c - 'A' + 'a') : c;
}

char *name_canonical(const char *text)
{
	char *name = xstrdup(*text ? text : ".");
	size_t len = strlen(name);

	for (char *p = name; *p; p++)
		*p = (char)name_lower((unsigned char)*p);
	if (len > 1 && name[len - 1] == '.')
		name[len - 1] = '\0';
	return name;
}

const char *name_parent(const char *name)
{
	const char *dot = strchr(name, '.');

	if (!strcmp(name, "."))
		return NULL;
	return dot ? dot + 1 : ".";
}

bool name_within(const char *name, const char *zone)
{
	size_t n = strlen(name), z = strlen(zone);

	if (!strcmp(zone, "."))
		return true;
	if (n < z || strcmp(name + n - z, zone))
		return false;
	return n == z || name[n - z - 1] == '.';
}

/* The octet at *p, which may be written \DDD, as name_read() writes it; moves on behind it. */
static unsigned char next_octet(const char **p)
{
	unsigned octet = (unsigned char)*(*p)++;

	if (octet != '\\' || strspn(*p, "0123456789") < 3)
		return (unsigned char)octet;
	octet = (unsigned)((*p)[0] - '0') * 100 + (unsigned)((*p)[1] - '0') * 10 +
		(unsigned)((*p)[2] - '0');
	*p += 3;
	return (unsigned char)octet;
}

size_t name_write(const char *name, unsigned char *out)
{
	size_t n = 0;

	if (!strcmp(name, "."))
		name++;
	while (*name) {
		size_t length = n++;

		while (*name && *name != '.') {
			if (n >= NAME_OCTETS - 1)
				return 0;
			out[n++] = next_octet(&name);
		}
		if (n - length < 2 || n - length > 64)
			return 0;
		out[length] = (unsigned char)(n - length - 1);
		name += *name == '.';
	}
	out[n] = 0;
	return n + 1;
}

size_t name_label(const unsigned char *label, size_t len, char *out)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned char c = name_lower(label[i]);

		if (c > ' ' && c < 0x7f && c != '.' && c != '\\')
			out[n++] = (char)c;
		else
			n += (size_t)snprintf(out + n, 5, "\\%03u", c);
	}
	return n;
}

const unsigned char *name_read(const unsigned char *data, const unsigned char *end,
    const unsigned char *p, char out[NAME_TEXT_MAX + 1])
{
	const unsigned char *after = NULL, *lowest = p;
	size_t n = 0, octets = 1;

	while (p < end && *p) {
		if ((*p & 0xc0) == 0xc0) {
			if (end - p < 2)
				return NULL;
			after = after ? after : p + 2;
			p = data + ((p[0] & 0x3f) << 8 | p[1]);
			if (p >= lowest)
				return NULL;
			lowest = p;
			continue;
		}
		if ((*p & 0xc0) || end - p < *p + 1 || (octets += *p + 1u) > NAME_OCTETS)
			return NULL;
		if (n)
			out[n++] = '.';
		n += name_label(p + 1, *p, out + n);
		p += *p + 1;
	}
	if (p >= end)
		return NULL;
	if (!n)
		out[n++] = '.';
	out[n] = '\0';
	return after ? after : p + 1;
}
