/* SPDX-License-Identifier: MIT */
/* DNS messages: questions into octets, octets into records (RFC 1035 section 4). */
#ifndef ACMEHOOK_DNS_MESSAGE_H
#define ACMEHOOK_DNS_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dns/name.h"
#include "dns/protocol.h"
#include "verify/dns/extended_error.h"

/* "NXDOMAIN", or "RCODE23" for one without a name. */
void rcode_name(unsigned rcode, char out[16]);

enum section { SECTION_ANSWER, SECTION_AUTHORITY, SECTION_ADDITIONAL };

struct question {
	const char *name; /* canonical */
	uint16_t type;
	bool recurse;	 /* RD: for a resolver, not for an authoritative server */
	bool unchecked;	 /* CD: a resolver shall not validate (RFC 4035 section 3.2.2) */
	bool signatures; /* DO: with those of DNSSEC (RFC 3225); needs EDNS */
};

/* The longest query: header, name, type and class, OPT. */
#define MESSAGE_QUERY_MAX (12 + 255 + 4 + 11)

/* Writes the query for a question. Returns its length, or 0 when its name is none, or too long. */
size_t message_build(
    const struct question *question, uint16_t id, bool edns, unsigned char out[MESSAGE_QUERY_MAX]);

/*
 * Makes capitals of some letters of the query's name, as the bits say: who cannot see the query
 * cannot know which (draft-vixie-dnsext-dns0x20).
 */
#define MESSAGE_LETTERS 32
void message_mix_letters(unsigned char *query, const unsigned char bits[MESSAGE_LETTERS]);
/* Of a reply that answers the query: is its question, if there is one, written in the same way? */
bool message_same_letters(const unsigned char *query, const unsigned char *reply);

/*
 * Is the reply an answer to the query, both in octets? Its id must be the query's, and its question
 * too, case aside (RFC 5452 section 9.1). An error reply without question is one if the id matches,
 * because servers that do not know EDNS send such (RFC 6891 section 7).
 */
bool message_answers(
    const unsigned char *query, size_t query_len, const unsigned char *reply, size_t reply_len);
/* TC: the reply is not complete, ask by TCP. To be asked before anything else is read. */
bool message_truncated(const unsigned char *reply);
/* The response code of the header alone. */
unsigned message_rcode(const unsigned char *reply);

struct record {
	enum section section;
	uint16_t type;
	uint32_t ttl;	  /* seconds */
	char *owner;	  /* canonical */
	char *target;	  /* CNAME, DNAME, NS, SOA (the primary): canonical; else NULL */
	uint32_t serial;  /* SOA */
	uint32_t minimum; /* SOA: with its TTL, how long a denial is remembered; seconds */
	/* TXT: its strings, joined; A, AAAA: the address in network order; CAA: the value */
	unsigned char *data;
	size_t len;
	unsigned strings;    /* TXT: how many strings there were */
	char *tag;	     /* CAA, as text in canonical form (lower case); NULL otherwise */
	unsigned char flags; /* CAA */
};

struct message {
	unsigned rcode; /* with the upper bits that OPT brings (RFC 6891 section 6.1.3) */
	bool authoritative;
	bool recursion_available;
	bool authentic;		     /* AD: a resolver has validated it */
	struct extended_error error; /* from OPT */
	struct record *records;	     /* those of the types above, class IN, without OPT */
	size_t n;
};

/*
 * Reads a complete message. False, and nothing to free, when there is anything in it that is not
 * well: counts that do not match, octets left over, names or strings that leave their bounds.
 */
bool message_parse(struct message *m, const unsigned char *data, size_t len);
void message_free(struct message *m);

#endif
