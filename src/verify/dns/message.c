/* SPDX-License-Identifier: MIT */
/*
 * DNS messages. The C library's own functions parse them, within the subset that glibc, musl and
 * FreeBSD share. What they differ in, or leave unchecked, is done here, and in dns/name.c: none
 * looks into the data of a record. Queries are not left to
 * them: musl cannot build any for types above 255, and glibc looks at resolv.conf for each.
 */
#include "config.h"

#include "verify/dns/message.h"

#include <sys/types.h>
#include <netinet/in.h>
#include <arpa/nameser.h>
#include <resolv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "buf.h"

void rcode_name(unsigned rcode, char out[16])
{
	static const char *const names[] = {
	    [RCODE_NOERROR] = "NOERROR",
	    [RCODE_FORMERR] = "FORMERR",
	    [RCODE_SERVFAIL] = "SERVFAIL",
	    [RCODE_NXDOMAIN] = "NXDOMAIN",
	    [RCODE_NOTIMP] = "NOTIMP",
	    [RCODE_REFUSED] = "REFUSED",
	    [RCODE_NOTAUTH] = "NOTAUTH",
	    [RCODE_BADVERS] = "BADVERS",
	};

	if (rcode < nitems(names) && names[rcode])
		memcpy(out, names[rcode], strlen(names[rcode]) + 1);
	else
		snprintf(out, 16, "RCODE%u", rcode);
}

/* Adds the octets of an OPT record (RFC 6891 section 6.1.2), and counts it in the header. */
static size_t add_opt(unsigned char *out, size_t n, bool signatures)
{
	static const unsigned char opt[11] = {0, 0, TYPE_OPT, EDNS_SIZE >> 8, EDNS_SIZE & 0xff};

	memcpy(out + n, opt, sizeof(opt));
	out[n + 7] = signatures ? DO : 0;
	out[11] = 1;
	return n + sizeof(opt);
}

/* The length of a name that is not compressed, including its final zero. */
static size_t plain_name_len(const unsigned char *name)
{
	const unsigned char *p = name;

	while (*p)
		p += *p + 1;
	return (size_t)(p - name) + 1;
}

size_t message_build(
    const struct question *question, uint16_t id, bool edns, unsigned char out[MESSAGE_QUERY_MAX])
{
	size_t n = name_write(question->name, out + HEADER_SIZE);

	if (!n)
		return 0;
	memset(out, 0, HEADER_SIZE);
	ns_put16(id, out);
	out[2] = question->recurse ? RD : 0;
	out[3] = question->unchecked ? CD : 0;
	out[5] = 1;
	n += HEADER_SIZE;
	ns_put16(question->type, out + n);
	ns_put16(ns_c_in, out + n + 2);
	n += 4;
	return edns ? add_opt(out, n, question->signatures) : n;
}

void message_mix_letters(unsigned char *query, const unsigned char bits[MESSAGE_LETTERS])
{
	size_t n = plain_name_len(query + HEADER_SIZE);

	for (size_t i = 0; i < n; i++) {
		unsigned char *c = &query[HEADER_SIZE + i];

		if (*c >= 'a' && *c <= 'z' && (bits[i / 8] >> i % 8 & 1))
			*c = (unsigned char)(*c - 'a' + 'A');
	}
}

bool message_same_letters(const unsigned char *query, const unsigned char *reply)
{
	return ns_get16(reply + 4) == 0 || !memcmp(query + HEADER_SIZE, reply + HEADER_SIZE,
					       plain_name_len(query + HEADER_SIZE));
}

static bool same_question(const unsigned char *query, const unsigned char *reply, size_t reply_len)
{
	size_t n = plain_name_len(query + HEADER_SIZE);

	if (reply_len < HEADER_SIZE + n + 4)
		return false;
	/* Most servers send it back as it was. */
	if (!memcmp(query + HEADER_SIZE, reply + HEADER_SIZE, n + 4))
		return true;
	/* Lengths of labels are below 64, no letters: folding the case of all octets is safe. */
	for (size_t i = HEADER_SIZE; i < HEADER_SIZE + n; i++)
		if (name_lower(query[i]) != name_lower(reply[i]))
			return false;
	return !memcmp(query + HEADER_SIZE + n, reply + HEADER_SIZE + n, 4);
}

bool message_answers(
    const unsigned char *query, size_t query_len, const unsigned char *reply, size_t reply_len)
{
	unsigned rcode;

	if (query_len < HEADER_SIZE || reply_len < HEADER_SIZE)
		return false;
	if (memcmp(query, reply, 2) || !(reply[2] & QR) || (reply[2] & OPCODE))
		return false;
	if (ns_get16(reply + 4) == 0) {
		rcode = reply[3] & RCODE;
		return rcode == RCODE_FORMERR || rcode == RCODE_NOTIMP;
	}
	return ns_get16(reply + 4) == 1 && same_question(query, reply, reply_len);
}

bool message_truncated(const unsigned char *reply)
{
	return reply[2] & TC;
}

unsigned message_rcode(const unsigned char *reply)
{
	return reply[3] & RCODE;
}

/* A message while it is read. */
struct reader {
	const unsigned char *data;
	const unsigned char *end;
	ns_msg msg;
	struct message *m;
};

/* The name that is all the data of a record, from offset on. */
static bool read_target(const struct reader *r, const ns_rr *rr, struct record *record)
{
	const unsigned char *rdata = ns_rr_rdata(*rr), *end = rdata + ns_rr_rdlen(*rr);
	char name[NAME_TEXT_MAX + 1];

	if (name_read(r->data, end, rdata, name) != end)
		return false;
	record->target = xstrdup(name);
	return true;
}

/* MNAME, RNAME, and five numbers: serial first, minimum last (RFC 1035 section 3.3.13). */
static bool read_soa(const struct reader *r, const ns_rr *rr, struct record *record)
{
	const unsigned char *p = ns_rr_rdata(*rr), *end = p + ns_rr_rdlen(*rr);
	char primary[NAME_TEXT_MAX + 1], person[NAME_TEXT_MAX + 1];

	p = name_read(r->data, end, p, primary);
	if (p)
		p = name_read(r->data, end, p, person);
	if (!p || end - p != 20)
		return false;
	record->target = xstrdup(primary);
	record->serial = (uint32_t)ns_get32(p);
	record->minimum = (uint32_t)ns_get32(p + 16);
	return true;
}

/* One or more strings, each with its length before it (RFC 1035 sections 3.3 and 3.3.14). */
static bool read_txt(const struct reader *r, const ns_rr *rr, struct record *record)
{
	const unsigned char *p = ns_rr_rdata(*rr), *end = p + ns_rr_rdlen(*rr);

	(void)r;
	record->data = xcalloc(1, ns_rr_rdlen(*rr) + 1u);
	for (; p < end; p += *p + 1) {
		if (end - p < *p + 1)
			return false;
		memcpy(record->data + record->len, p + 1, *p);
		record->len += *p;
		record->strings++;
	}
	return record->strings > 0;
}

static bool read_address(const struct reader *r, const ns_rr *rr, struct record *record)
{
	(void)r;
	if (ns_rr_rdlen(*rr) != (record->type == TYPE_A ? 4 : 16))
		return false;
	record->len = ns_rr_rdlen(*rr);
	record->data = xcalloc(1, record->len);
	memcpy(record->data, ns_rr_rdata(*rr), record->len);
	return true;
}

/* Flags, the tag with its length before it, and the value: all the rest (RFC 8659 section 4.1). */
static bool read_caa(const struct reader *r, const ns_rr *rr, struct record *record)
{
	const unsigned char *p = ns_rr_rdata(*rr), *end = p + ns_rr_rdlen(*rr);
	char tag[4 * 255 + 1];

	(void)r;
	if (end - p < 2 || end - p < 2 + p[1])
		return false;
	record->flags = p[0];
	tag[name_label(p + 2, p[1], tag)] = '\0';
	record->tag = xstrdup(tag);
	p += 2 + p[1];
	record->len = (size_t)(end - p);
	record->data = xcalloc(1, record->len + 1);
	memcpy(record->data, p, record->len);
	return true;
}

/* That it is there is all that matters. */
static bool read_nothing(const struct reader *r, const ns_rr *rr, struct record *record)
{
	(void)r;
	(void)rr;
	(void)record;
	return true;
}

static const struct {
	uint16_t type;
	bool (*read)(const struct reader *r, const ns_rr *rr, struct record *record);
} readers[] = {
    {TYPE_A, read_address},
    {TYPE_NS, read_target},
    {TYPE_CNAME, read_target},
    {TYPE_SOA, read_soa},
    {TYPE_TXT, read_txt},
    {TYPE_AAAA, read_address},
    {TYPE_CAA, read_caa},
    {TYPE_DNAME, read_target},
    {TYPE_NSEC, read_nothing},
    {TYPE_NSEC3, read_nothing},
};

static struct record *add_record(struct message *m)
{
	m->records = xrealloc(m->records, (m->n + 1) * sizeof(*m->records));
	m->records[m->n] = (struct record){0};
	return &m->records[m->n++];
}

/* Takes one record whose owner was read already; types nobody asks for are skipped. */
static bool take_record(struct reader *r, enum section section, const ns_rr *rr, const char *owner)
{
	struct record *record;

	if ((int)ns_rr_type(*rr) == TYPE_OPT) {
		r->m->rcode |= (unsigned)(ns_rr_ttl(*rr) >> 24) << 4;
		return extended_error_read(&r->m->error, ns_rr_rdata(*rr), ns_rr_rdlen(*rr));
	}
	for (size_t i = 0; i < nitems(readers); i++) {
		if (readers[i].type != ns_rr_type(*rr) || ns_rr_class(*rr) != ns_c_in)
			continue;
		record = add_record(r->m);
		record->section = section;
		record->type = readers[i].type;
		record->ttl = (uint32_t)ns_rr_ttl(*rr);
		record->owner = xstrdup(owner);
		return readers[i].read(r, rr, record);
	}
	return true;
}

/* The octet after the question, where the first record begins. */
static const unsigned char *skip_question(const struct reader *r)
{
	int n;

	if (ns_msg_count(r->msg, ns_s_qd) == 0)
		return r->data + HEADER_SIZE;
	n = dn_skipname(r->data + HEADER_SIZE, r->end);
	return n < 0 ? NULL : r->data + HEADER_SIZE + n + 4;
}

static bool read_records(struct reader *r)
{
	static const ns_sect sections[] = {
	    [SECTION_ANSWER] = ns_s_an,
	    [SECTION_AUTHORITY] = ns_s_ns,
	    [SECTION_ADDITIONAL] = ns_s_ar,
	};
	const unsigned char *p = skip_question(r);
	char owner[NAME_TEXT_MAX + 1];
	ns_rr rr;

	for (size_t s = 0; s < nitems(sections); s++) {
		for (int i = 0; i < ns_msg_count(r->msg, sections[s]); i++) {
			if (!p || !name_read(r->data, r->end, p, owner))
				return false;
			if (ns_parserr(&r->msg, sections[s], i, &rr) < 0 ||
			    !take_record(r, (enum section)s, &rr, owner))
				return false;
			p = ns_rr_rdata(rr) + ns_rr_rdlen(rr);
		}
	}
	return true;
}

bool message_parse(struct message *m, const unsigned char *data, size_t len)
{
	struct reader r = {.data = data, .end = data + len, .m = m};

	*m = (struct message){.error = {.code = -1}};
	if (len < HEADER_SIZE || len > NS_MAXMSG || ns_get16(data + 4) > 1)
		return false;
	m->rcode = data[3] & RCODE;
	m->authoritative = data[2] & AA;
	m->recursion_available = data[3] & RA;
	m->authentic = data[3] & AD;
	if (ns_initparse(data, (int)len, &r.msg) == 0 && read_records(&r))
		return true;
	message_free(m);
	return false;
}

void message_free(struct message *m)
{
	for (size_t i = 0; i < m->n; i++) {
		free(m->records[i].owner);
		free(m->records[i].target);
		free(m->records[i].data);
		free(m->records[i].tag);
	}
	free(m->records);
	free(m->error.text);
	*m = (struct message){0};
}
