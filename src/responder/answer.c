/* SPDX-License-Identifier: MIT */
/* From a query to its answer (RFC 1034 section 4.3.2, without what is not done here). */
#include "config.h"

#include "responder/answer.h"

#include <string.h>

#include "dns/protocol.h"
#include "responder/query.h"

#define CLASS_IN 1
#define CLASS_CHAOS 3
#define CLASS_HESIOD 4
#define CLASS_NONE 254
#define CLASS_ANY 255
#define TYPE_IXFR 251
#define TYPE_AXFR 252
#define TYPE_ANY 255
/* Query types that are no types of records (RFC 6895 section 3.1): the meta types, but for ANY. */
#define TYPE_META 128

#define OPT_SIZE 11
/* A pointer in the place of a name. */
#define POINTER 0xc000u

/* An answer while it is written. */
struct writer {
	unsigned char *out;
	size_t n, limit;
	size_t apex; /* where in the message the name of the zone is */
	const struct zone *zone;
	uint32_t serial;
	bool full; /* something did not fit */
};

static void put16(unsigned char *p, unsigned value)
{
	p[0] = (unsigned char)(value >> 8);
	p[1] = (unsigned char)value;
}

static void put32(unsigned char *p, uint32_t value)
{
	put16(p, value >> 16);
	put16(p + 2, value & 0xffff);
}

/* Octets that are there now, or NULL. */
static unsigned char *claim(struct writer *w, size_t len)
{
	unsigned char *p = w->out + w->n;

	if (w->full || len > w->limit - w->n) {
		w->full = true;
		return NULL;
	}
	w->n += len;
	return p;
}

static void put(struct writer *w, const void *data, size_t len)
{
	unsigned char *p = claim(w, len);

	if (p)
		memcpy(p, data, len);
}

/* Writes a name; where it ends as that of the zone does, as a pointer there. Returns its length. */
static size_t put_name(struct writer *w, const unsigned char *name, size_t len)
{
	const struct node *apex = w->zone->apex;
	size_t at = 0;
	unsigned char *p;

	while (name[at] && (len - at != apex->len || memcmp(name + at, apex->name, apex->len)))
		at += name[at] + 1u;
	if (!name[at]) {
		put(w, name, len);
	} else {
		put(w, name, at);
		p = claim(w, 2);
		if (p)
			put16(p, POINTER | (unsigned)w->apex);
	}
	return len;
}

static size_t name_len(const unsigned char *name)
{
	size_t at = 0;

	while (name[at])
		at += name[at] + 1u;
	return at + 1;
}

/* The data of a record: the names of some types are compressed (RFC 3597 section 4). */
static void put_data(struct writer *w, const struct rr *rr)
{
	unsigned names = rr->type == TYPE_SOA ? 2 : rr->type == TYPE_NS ? 1 : 0;
	size_t at = 0;

	for (; names; names--)
		at += put_name(w, rr->data + at, name_len(rr->data + at));
	put(w, rr->data + at, rr->len - at);
	if (rr->type == TYPE_SOA && !w->full)
		put32(w->out + w->n - 20, w->serial);
}

/* One record, whose name is at owner in the message. True if it did fit. */
static bool put_record(struct writer *w, unsigned owner, const struct rr *rr, uint32_t ttl)
{
	size_t before = w->n;
	unsigned char *p = claim(w, 12);

	if (p) {
		put16(p, POINTER | owner);
		put16(p + 2, rr->type);
		put16(p + 4, CLASS_IN);
		put32(p + 6, ttl);
		put_data(w, rr);
	}
	if (w->full || !p)
		w->n = before;
	else
		put16(p + 10, (unsigned)(w->n - before - 12));
	return !w->full;
}

/* Counts one record more in the header: at 6 answers, 8 authority, 10 additional. */
static void count(struct writer *w, size_t at)
{
	put16(w->out + at, (unsigned)(w->out[at] << 8 | w->out[at + 1]) + 1);
}

/* All records of one type, or ANY; the number. */
static unsigned put_records(struct writer *w, const struct node *node, uint16_t type)
{
	unsigned n = 0;

	for (const struct rr *rr = node ? node->rrs : NULL; rr; rr = rr->next) {
		if (rr->type != type && type != TYPE_ANY)
			continue;
		n++;
		if (put_record(w, HEADER_SIZE, rr, rr->ttl))
			count(w, 6);
	}
	return n;
}

/* The SOA record of the zone; in an answer that there is nothing, with the time for which this is
 * true (RFC 2308 section 3). */
static void deny(struct writer *w)
{
	const struct rr *soa = rr_first(w->zone->apex, TYPE_SOA);
	const unsigned char *minimum = soa->data + soa->len - 4;
	uint32_t ttl = (uint32_t)minimum[0] << 24 | (uint32_t)minimum[1] << 16 |
		       (uint32_t)minimum[2] << 8 | minimum[3];

	if (put_record(w, (unsigned)w->apex, soa, ttl < soa->ttl ? ttl : soa->ttl))
		count(w, 8);
}

/* Is there anything at the name, or below it? */
static bool exists(const struct found *found)
{
	return found->node[0] || found->node[1];
}

/* To ANY by UDP, one kind of what there is (RFC 8482 section 4.1). */
static uint16_t any_type(const struct found *found)
{
	for (size_t i = 0; i < 2; i++)
		if (found->node[i] && found->node[i]->rrs)
			return found->node[i]->rrs->type;
	return 0;
}

/* What is not a question about records: what to say then, or RCODE_NOERROR. */
static unsigned refuse(const struct query *q)
{
	if (q->type == TYPE_OPT)
		return RCODE_FORMERR;
	if (q->type >= TYPE_META && q->type < TYPE_ANY && q->type != TYPE_AXFR &&
	    q->type != TYPE_IXFR)
		return RCODE_NOTIMP;
	switch (q->class) {
	case CLASS_IN:
	case CLASS_ANY:
		return RCODE_NOERROR;
	case CLASS_CHAOS:
	case CLASS_HESIOD:
		return RCODE_REFUSED;
	case 0:
	case CLASS_NONE:
		return RCODE_FORMERR;
	default:
		return RCODE_NOTIMP;
	}
}

static unsigned respond(struct writer *w, const struct names *names, const struct query *q)
{
	unsigned rcode = refuse(q), n = 0;
	bool zone = q->type == TYPE_AXFR || q->type == TYPE_IXFR;
	uint16_t type = q->type;
	struct found found;

	if (rcode != RCODE_NOERROR)
		return rcode;
	if (!names_find(names, q->name, &found))
		return zone ? RCODE_NOTAUTH : RCODE_REFUSED;
	if (zone)
		return found.apex ? RCODE_NOTAUTH : RCODE_REFUSED;
	w->out[2] |= AA;
	w->zone = found.zone;
	w->apex = HEADER_SIZE + found.apex;
	w->serial = names->serial;
	if (type == TYPE_ANY && w->limit < ANSWER_TCP - OPT_SIZE)
		type = any_type(&found);
	for (size_t i = 0; i < 2; i++)
		n += put_records(w, found.node[i], type);
	if (n)
		return RCODE_NOERROR;
	deny(w);
	return exists(&found) ? RCODE_NOERROR : RCODE_NXDOMAIN;
}

static void put_opt(struct writer *w, const struct query *q, unsigned rcode)
{
	unsigned char *p = w->out + w->n;

	memset(p, 0, OPT_SIZE);
	put16(p + 1, TYPE_OPT);
	put16(p + 3, EDNS_SIZE);
	p[5] = (unsigned char)(rcode >> 4);
	p[7] = q->signatures ? DO : 0;
	w->n += OPT_SIZE;
	count(w, 10);
}

/* Header and question, as they came; without the question if it could not be read. */
static void begin(struct writer *w, const unsigned char *query, const struct query *q)
{
	memcpy(w->out, query, HEADER_SIZE + q->question);
	memset(w->out + 4, 0, 8);
	w->out[2] = QR | (query[2] & (OPCODE | RD));
	w->out[3] = query[3] & CD;
	w->out[5] = q->question ? 1 : 0;
	w->n = HEADER_SIZE + q->question;
}

static size_t make(const struct names *names, const unsigned char *query, size_t len,
    unsigned char *out, size_t room, bool refer)
{
	struct writer w = {.out = out};
	unsigned rcode;
	struct query q;

	if (!query_read(&q, query, len))
		return 0;
	w.limit = room < ANSWER_TCP && room > q.size ? q.size : room;
	w.limit -= q.edns ? OPT_SIZE : 0;
	begin(&w, query, &q);
	rcode = q.rcode != RCODE_NOERROR ? q.rcode : respond(&w, names, &q);
	if (w.full || (refer && rcode == RCODE_NOERROR)) {
		unsigned char flags = w.out[2];

		begin(&w, query, &q);
		w.out[2] = flags | TC;
	}
	w.out[3] |= rcode & RCODE;
	if (q.edns)
		put_opt(&w, &q, rcode);
	return w.n;
}

size_t answer(const struct names *names, const unsigned char *query, size_t len, unsigned char *out,
    size_t room)
{
	return make(names, query, len, out, room, false);
}

size_t answer_by_tcp(const struct names *names, const unsigned char *query, size_t len,
    unsigned char *out, size_t room)
{
	return make(names, query, len, out, room, true);
}
