/* SPDX-License-Identifier: MIT */
/* An input as the data of one record, in a message that is well otherwise. */
#ifndef ACMEHOOK_FUZZ_RDATA_H
#define ACMEHOOK_FUZZ_RDATA_H

#include <string.h>

#include "fuzz.h"
#include "verify/dns/message.h"

/* Names in the data may lead back to the question. */
#define RDATA_BEFORE "\x12\x34\x84\0\0\1\0\1\0\0\0\0\1a\4test\0\0\1\0\1\xc0\x0c"
#define RDATA_MAX 4096

/* False if it was not taken; else the message has that one record, and message_free() is due. */
static inline bool rdata_parse(
    struct message *m, enum record_type type, const uint8_t *data, size_t size)
{
	static unsigned char octets[sizeof(RDATA_BEFORE) + 10 + RDATA_MAX];
	unsigned char *p = octets + sizeof(RDATA_BEFORE) - 1, *exact;
	bool good;

	if (size > RDATA_MAX)
		return false;
	memcpy(octets, RDATA_BEFORE, sizeof(RDATA_BEFORE));
	*p++ = (unsigned char)(type >> 8);
	*p++ = (unsigned char)type;
	memcpy(p, "\0\1\0\0\0\x3c", 6);
	p += 6;
	*p++ = (unsigned char)(size >> 8);
	*p++ = (unsigned char)size;
	if (size)
		memcpy(p, data, size);
	/* A block of just that size: a sanitizer sees what is read beyond its end. */
	size += (size_t)(p - octets);
	exact = malloc(size);
	memcpy(exact, octets, size);
	good = message_parse(m, exact, size);
	free(exact);
	MUST(!good || (m->n == 1 && m->records[0].type == type));
	return good;
}

#endif
