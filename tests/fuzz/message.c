/* SPDX-License-Identifier: MIT */
/* Whole DNS messages, as a name server may send them. The corpus is what BIND said. */
#include "config.h"

#include <string.h>

#include "fuzz.h"
#include "buf.h"
#include "verify/dns/message.h"

static void check_name(const char *name)
{
	char *canonical;

	if (!name)
		return;
	canonical = name_canonical(name);
	MUST(*name && !strcmp(canonical, name));
	MUST(name_within(name, ".") && name_within(name, name));
	free(canonical);
}

static void check_record(const struct record *r)
{
	MUST(r->owner);
	check_name(r->owner);
	check_name(r->target);
	MUST((r->type != TYPE_NS && r->type != TYPE_CNAME) || r->target);
	MUST(r->type != TYPE_A || r->len == 4);
	MUST(r->type != TYPE_AAAA || r->len == 16);
	MUST(r->type != TYPE_TXT || r->strings > 0);
	MUST((r->type == TYPE_CAA) == (r->tag != NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct question question = {.name = "www.example.test", .type = TYPE_TXT};
	unsigned char query[MESSAGE_QUERY_MAX];
	size_t len = message_build(&question, 0x1234, true, query);
	struct message m;

	if (message_answers(query, len, data, size))
		(void)message_truncated(data);
	if (!message_parse(&m, data, size))
		return 0;
	for (size_t i = 0; i < m.n; i++)
		check_record(&m.records[i]);
	message_free(&m);
	return 0;
}
