/* SPDX-License-Identifier: MIT */
/* Queries to the responder: there is an answer that can be read, or none. */
#include "config.h"

#include <string.h>

#include "dns/protocol.h"
#include "fuzz.h"
#include "responder/answer.h"
#include "responder/records.h"
#include "verify/dns/message.h"

static void fill(struct names *names)
{
	static const char *const zones[] = {"acme.test", "sub.acme.test", "_acme-challenge.x.test"};
	static const char *const texts[] = {
	    "@ A 192.0.2.1", "a.b TXT \"x y\"", "@ CAA 0 issue \"ca\""};
	unsigned char name[NAME_OCTETS];
	struct error error = {0};
	struct record_data r;

	for (size_t i = 0; i < 3; i++)
		MUST(names_add_zone(names, zones[i]));
	names_zones_done(names);
	for (size_t i = 0; i < 3; i++) {
		MUST(record_soa(&r, "ns.acme.test", "me@acme.test", 1, &error));
		MUST(record_owner(zones[i], name, &error));
		MUST(names_add(names, name, r.type, 60, r.data, r.len));
		for (size_t k = 0; k < 3; k++) {
			MUST(record_parse(&r, name, texts[k], zones[i], &error));
			MUST(names_add(names, name, r.type, 60, r.data, r.len));
		}
	}
	MUST(record_owner("_acme-challenge.example.com", name, &error));
	for (char value[] = "value-aa"; value[7] <= 'z'; value[7]++) {
		MUST(record_txt(&r, value, &error));
		MUST(names_add(names, name, r.type, 1, r.data, r.len));
	}
}

/* An answer belongs to its query, keeps its question, and can be read. */
static void judge(const uint8_t *query, size_t len, const unsigned char *out, size_t n, size_t room)
{
	struct message m;

	if (!n)
		return;
	MUST(len >= HEADER_SIZE && n <= room && !memcmp(query, out, 2) && out[2] & QR);
	MUST(message_parse(&m, out, n));
	for (size_t i = 0; i < m.n; i++)
		MUST(m.rcode == RCODE_NOERROR || m.rcode == RCODE_NXDOMAIN);
	message_free(&m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static unsigned char out[ANSWER_TCP];
	static struct names names;
	size_t n, by_tcp;

	if (!names.zones)
		fill(&names);
	n = answer(&names, data, size, out, ANSWER_UDP);
	judge(data, size, out, n, ANSWER_UDP);
	by_tcp = answer_by_tcp(&names, data, size, out, ANSWER_UDP);
	judge(data, size, out, by_tcp, ANSWER_UDP);
	MUST(!n == !by_tcp);
	n = answer(&names, data, size, out, ANSWER_TCP);
	judge(data, size, out, n, ANSWER_TCP);
	MUST(!n == !by_tcp);
	return 0;
}
