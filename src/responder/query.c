/* SPDX-License-Identifier: MIT */
/* Reading queries; nothing in them is believed. */
#include "config.h"

#include "responder/query.h"

#include "dns/protocol.h"

/* Without EDNS (RFC 1035 section 4.2.1). */
#define SIZE_PLAIN 512
/* Of a record, after its name: type, class, TTL, length of the data. */
#define RECORD_FIXED 10

static uint16_t get16(const unsigned char *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

/* The question, whose name cannot be compressed: nothing is before it. 0 if it is bad. */
static size_t read_question(struct query *q, const unsigned char *data, size_t len)
{
	size_t at = HEADER_SIZE, n = 0;

	for (;; n++, at++) {
		size_t label = at < len ? data[at] : UINT8_MAX;

		if (label > 63 || at + label >= len || n + label >= NAME_OCTETS)
			return 0;
		q->name[n] = (unsigned char)label;
		if (!label)
			break;
		for (; label; label--)
			q->name[++n] = name_lower(data[++at]);
	}
	if (len - at < 5)
		return 0;
	q->type = get16(data + at + 1);
	q->class = get16(data + at + 3);
	q->question = at + 5 - HEADER_SIZE;
	return at + 5;
}

/* Behind the name that begins there; 0 if it does not end. */
static size_t skip_name(const unsigned char *data, size_t len, size_t at)
{
	while (at < len && data[at] && data[at] < 64)
		at += data[at] + 1u;
	if (at >= len)
		return 0;
	if (!data[at])
		return at + 1;
	return data[at] >= 0xc0 && len - at >= 2 ? at + 2 : 0;
}

/* Options, each with its number and length before it (RFC 6891 section 6.1.2). */
static bool are_options(const unsigned char *data, size_t len)
{
	size_t at = 0;

	while (len - at >= 4 && len - at - 4 >= get16(data + at + 2))
		at += 4u + get16(data + at + 2);
	return at == len;
}

/* One OPT record with the root as its name is allowed (RFC 6891 section 6.1.1). */
static bool read_opt(struct query *q, const unsigned char *data, size_t at, size_t fixed)
{
	if (q->edns || fixed != at + 1 ||
	    !are_options(data + fixed + RECORD_FIXED, get16(data + fixed + 8)))
		return false;
	q->edns = true;
	q->size = get16(data + fixed + 2);
	if (q->size < SIZE_PLAIN)
		q->size = SIZE_PLAIN;
	q->version = data[fixed + 5];
	q->signatures = data[fixed + 6] & DO;
	return true;
}

/* What stands behind the question: nothing but additional records. Nobody looks behind them. */
static bool read_rest(struct query *q, const unsigned char *data, size_t len, size_t at)
{
	for (unsigned n = get16(data + 10); n; n--) {
		size_t fixed = skip_name(data, len, at), size;

		if (!fixed || len - fixed < RECORD_FIXED)
			return false;
		size = get16(data + fixed + 8);
		if (len - fixed - RECORD_FIXED < size)
			return false;
		if (get16(data + fixed) == TYPE_OPT && !read_opt(q, data, at, fixed))
			return false;
		at = fixed + RECORD_FIXED + size;
	}
	return true;
}

bool query_read(struct query *q, const unsigned char *data, size_t len)
{
	size_t at;

	q->question = 0;
	q->edns = q->signatures = false;
	q->version = 0;
	q->size = SIZE_PLAIN;
	q->rcode = RCODE_FORMERR;
	if (len < HEADER_SIZE || data[2] & QR)
		return false;
	if (data[2] & OPCODE) {
		q->rcode = RCODE_NOTIMP;
		return true;
	}
	if (get16(data + 4) != 1 || get16(data + 6) || get16(data + 8))
		return true;
	at = read_question(q, data, len);
	if (!at || !read_rest(q, data, len, at)) {
		q->edns = false;
		return true;
	}
	q->rcode = q->version ? RCODE_BADVERS : RCODE_NOERROR;
	return true;
}
