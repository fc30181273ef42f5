/* SPDX-License-Identifier: MIT */
/*
 * Names of the DNS. As text they have one canonical form, so that strcmp() compares them: lower
 * case (RFC 4343), no trailing dot, "." for the root; an octet that is no visible ASCII character,
 * and '.' and '\\' within a label, are written \DDD. A dot therefore always separates two labels.
 */
#ifndef ACMEHOOK_DNS_NAME_H
#define ACMEHOOK_DNS_NAME_H

#include <stdbool.h>
#include <stddef.h>

#define NAME_OCTETS 255
/* Every octet as \DDD. */
#define NAME_TEXT_MAX (4 * NAME_OCTETS + 1)

/* The canonical form of a name as people write it. The caller frees it. */
char *name_canonical(const char *text);
/* The name without its first label: a part of it, or "."; NULL for the root. */
const char *name_parent(const char *name);
/* Is the name that of the zone, or below it? */
bool name_within(const char *name, const char *zone);

/* The lower case of an ASCII letter; other octets stay as they are. */
unsigned char name_lower(unsigned char c);
/* One label as canonical text, not terminated; returns how many characters were written. */
size_t name_label(const unsigned char *label, size_t len, char *out);
/*
 * Reads the name at p, within a message from data to end, as canonical text. Pointers must lead
 * backwards (RFC 1035 section 4.1.4 says "prior occurrence"), hence the reading ends. Returns the
 * octet after the name, NULL if it is bad.
 */
const unsigned char *name_read(const unsigned char *data, const unsigned char *end,
    const unsigned char *p, char out[NAME_TEXT_MAX + 1]);
/*
 * Writes a name, without compression; case is kept. Returns how many octets, at most NAME_OCTETS; 0
 * if it is none, or too long.
 */
size_t name_write(const char *name, unsigned char *out);

#endif
