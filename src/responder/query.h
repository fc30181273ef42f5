/* SPDX-License-Identifier: MIT */
/* A DNS query, as anybody may have sent it. */
#ifndef ACMEHOOK_QUERY_H
#define ACMEHOOK_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dns/name.h"

struct query {
	unsigned char name[NAME_OCTETS]; /* lower case */
	size_t question; /* octets of name, type and class, as they were sent; or 0 */
	uint16_t type, class;
	bool edns;
	uint8_t version; /* of EDNS */
	bool signatures; /* DO */
	uint16_t size;	 /* that a datagram may have */
	unsigned rcode;	 /* NOERROR; or why it cannot be answered */
};

/* Reads it. False if there must be no answer: too short, or itself an answer. */
bool query_read(struct query *q, const unsigned char *data, size_t len);

#endif
