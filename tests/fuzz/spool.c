/* SPDX-License-Identifier: MIT */
/* Files of the responder's spool: what is taken can be served, and is the same when it is written
 * again. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "dns/name.h"
#include "fuzz.h"
#include "identifier.h"
#include "responder/records.h"
#include "responder/spool_entry.h"

static const char *const words[] = {
    [ENTRY_DNS] = "dns-01", [ENTRY_HTTP] = "http-01", [ENTRY_TLS] = "tls-alpn-01"};

static void judge(const struct spool_entry *e)
{
	unsigned char name[NAME_OCTETS], digest[DIGEST_SIZE];
	struct error error = {0};
	struct record_data r;

	switch (e->type) {
	case ENTRY_NONE:
		MUST(false);
		break;
	case ENTRY_DNS:
		MUST(record_owner(e->name, name, &error) && record_txt(&r, e->value, &error));
		break;
	case ENTRY_HTTP:
		MUST(!token_fault(e->name) && !key_authorization_fault(e->value));
		MUST(!strncmp(e->value, e->name, strlen(e->name)));
		break;
	case ENTRY_TLS:
		MUST(!identifier_dns_fault(e->name, false) && digest_decode(e->value, digest));
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text, *line;
	struct spool_entry e, same;
	const char *fault;

	/* As spool.c reads it: not longer, and with an end. */
	size = size > ENTRY_MAX ? ENTRY_MAX : size;
	text = xcalloc(1, size + 1);
	memcpy(text, data, size);
	if (spool_entry_parse(&e, text, size, &fault)) {
		judge(&e);
		line = xasprintf("%s %s %s\n", words[e.type], e.name, e.value);
		MUST(spool_entry_parse(&same, line, strlen(line), &fault) && same.type == e.type);
		MUST(!strcmp(same.name, e.name) && !strcmp(same.value, e.value));
		spool_entry_free(&same);
		spool_entry_free(&e);
		free(line);
	} else {
		MUST(fault && !e.name && !e.value);
	}
	free(text);
	return 0;
}
