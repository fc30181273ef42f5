/* SPDX-License-Identifier: MIT */
/*
 * DNS messages. The C library's own functions encode and parse them, within the subset that glibc,
 * musl and FreeBSD share. What they differ in, or leave unchecked, is done here: musl cannot build
 * queries for types above 255, glibc looks at resolv.conf for each, no two agree on how odd octets
 * of a name are written, and none looks into the data of a record.
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

#define HEADER 12
#define NAME_OCTETS 255
/* Every octet as \DDD. */
#define NAME_TEXT (4 * NAME_OCTETS + 1)

/* Octets 2 and 3 of the header. */
#define QR 0x80
#define OPCODE 0x78
#define AA 0x04
#define TC 0x02
#define RD 0x01
#define RA 0x80
#define AD 0x20
#define CD 0x10
#define RCODE 0x0f
/* Octet 7 of the OPT record. */
#define DO 0x80

static unsigned char lower(unsigned char c)
{
	return c >= 'A' && c <= 'Z' ? (unsigned char)(c - 'A' + 'a') : c;
}

char *name_canonical(const char *text)
{
	char *name = xstrdup(*text ? text : ".");
	size_t len = strlen(name);

	for (char *p = name; *p; p++)
		*p = (char)lower((unsigned char)*p);
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

void rcode_name(unsigned rcode, char out[16])
{
	static const char *const names[] = {
	    [RCODE_NOERROR] = "NOERROR",
	    [RCODE_FORMERR] = "FORMERR",
	    [RCODE_SERVFAIL] = "SERVFAIL",
	    [RCODE_NXDOMAIN] = "NXDOMAIN",
	    [RCODE_NOTIMP] = "NOTIMP",
	    [RCODE_REFUSED] = "REFUSED",
	    [9] = "NOTAUTH",
	    [RCODE_BADVERS] = "BADVERS",
	};

	if (rcode < nitems(names) && names[rcode])
		snprintf(out, 16, "%s", names[rcode]);
	else
		snprintf(out, 16, "RCODE%u", rcode);
}

/* Adds the octets of an OPT record (RFC 6891 section 6.1.2), and counts it in the header. */
static size_t add_opt(unsigned char *out, size_t n, bool signatures)
{
	static const unsigned char opt[11] = {
	    0, 0, TYPE_OPT, MESSAGE_EDNS_SIZE >> 8, MESSAGE_EDNS_SIZE & 0xff};

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
	int len;
	size_t n;

	if (strchr(question->name, '\\'))
		return 0;
	memset(out, 0, HEADER);
	len = dn_comp(question->name, out + HEADER, NAME_OCTETS, NULL, NULL);
	if (len < 1)
		return 0;
	n = HEADER + (size_t)len + 4;
	out[0] = (unsigned char)(id >> 8);
	out[1] = (unsigned char)id;
	out[2] = question->recurse ? RD : 0;
	out[3] = question->unchecked ? CD : 0;
	out[5] = 1; /* question */
	out[n - 4] = (unsigned char)(question->type >> 8);
	out[n - 3] = (unsigned char)question->type;
	out[n - 2] = 0;
	out[n - 1] = ns_c_in;
	return edns ? add_opt(out, n, question->signatures) : n;
}

void message_mix_letters(unsigned char *query, const unsigned char bits[MESSAGE_LETTERS])
{
	size_t n = plain_name_len(query + HEADER);

	for (size_t i = 0; i < n; i++) {
		unsigned char *c = &query[HEADER + i];

		if (*c >= 'a' && *c <= 'z' && (bits[i / 8] >> i % 8 & 1))
			*c = (unsigned char)(*c - 'a' + 'A');
	}
}

bool message_same_letters(const unsigned char *query, const unsigned char *reply)
{
	return ns_get16(reply + 4) == 0 ||
	       !memcmp(query + HEADER, reply + HEADER, plain_name_len(query + HEADER));
}

static bool same_question(const unsigned char *query, const unsigned char *reply, size_t reply_len)
{
	size_t n = plain_name_len(query + HEADER);

	if (reply_len < HEADER + n + 4)
		return false;
	/* Lengths of labels are below 64, no letters: folding the case of all octets is safe. */
	for (size_t i = HEADER; i < HEADER + n; i++)
		if (lower(query[i]) != lower(reply[i]))
			return false;
	return !memcmp(query + HEADER + n, reply + HEADER + n, 4);
}

bool message_answers(
    const unsigned char *query, size_t query_len, const unsigned char *reply, size_t reply_len)
{
	unsigned rcode;

	if (query_len < HEADER || reply_len < HEADER)
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

/* One label as canonical text; returns how many characters were written. */
static size_t label_text(const unsigned char *label, size_t len, char *out)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned char c = lower(label[i]);

		if (c > ' ' && c < 0x7f && c != '.' && c != '\\')
			out[n++] = (char)c;
		else
			n += (size_t)snprintf(out + n, 5, "\\%03u", c);
	}
	return n;
}

/*
 * Reads the name at p as canonical text. Pointers must lead backwards (RFC 1035 section 4.1.4 says
 * "prior occurrence"), hence the reading ends. Returns the octet after the name, NULL if it is bad.
 */
static const unsigned char *read_name(const unsigned char *data, const unsigned char *end,
    const unsigned char *p, char out[NAME_TEXT + 1])
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
		n += label_text(p + 1, *p, out + n);
		p += *p + 1;
	}
	if (p >= end)
		return NULL;
	if (!n)
		out[n++] = '.';
	out[n] = '\0';
	return after ? after : p + 1;
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
	char name[NAME_TEXT + 1];

	if (read_name(r->data, end, rdata, name) != end)
		return false;
	record->target = xstrdup(name);
	return true;
}

/* MNAME, RNAME, and five numbers: serial first, minimum last (RFC 1035 section 3.3.13). */
static bool read_soa(const struct reader *r, const ns_rr *rr, struct record *record)
{
	const unsigned char *p = ns_rr_rdata(*rr), *end = p + ns_rr_rdlen(*rr);
	char primary[NAME_TEXT + 1], person[NAME_TEXT + 1];

	p = read_name(r->data, end, p, primary);
	if (p)
		p = read_name(r->data, end, p, person);
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
	tag[label_text(p + 2, p[1], tag)] = '\0';
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
		return r->data + HEADER;
	n = dn_skipname(r->data + HEADER, r->end);
	return n < 0 ? NULL : r->data + HEADER + n + 4;
}

static bool read_records(struct reader *r)
{
	static const ns_sect sections[] = {
	    [SECTION_ANSWER] = ns_s_an,
	    [SECTION_AUTHORITY] = ns_s_ns,
	    [SECTION_ADDITIONAL] = ns_s_ar,
	};
	const unsigned char *p = skip_question(r);
	char owner[NAME_TEXT + 1];
	ns_rr rr;

	for (size_t s = 0; s < nitems(sections); s++) {
		for (int i = 0; i < ns_msg_count(r->msg, sections[s]); i++) {
			if (!p || !read_name(r->data, r->end, p, owner))
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
	if (len < HEADER || len > NS_MAXMSG || ns_get16(data + 4) > 1)
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
