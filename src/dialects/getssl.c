/* SPDX-License-Identifier: MIT */
/* getssl's DNS_ADD_COMMAND and DNS_DEL_COMMAND: COMMAND DOMAIN VALUE (getssl, add_dns_rr). */
#include "config.h"

#include "dialects/dialect.h"

/* Two commands: as a client it says which one by a word of ours, handlers do not get any. */
static const struct form forms[] = {
    {VERB_DEPLOY, "add", {FIELD_DOMAIN, FIELD_VALUE}, .least = 2, .type = "dns-01"},
    {VERB_CLEAN, "del", {FIELD_DOMAIN, FIELD_VALUE}, .least = 2, .type = "dns-01"},
    {.word = NULL},
};

const struct dialect dialect_getssl = {
    .name = "getssl",
    .summary = "getssl's DNS_ADD_COMMAND and DNS_DEL_COMMAND: add, del",
    .flags =
	DIALECT_FROM | DIALECT_STDIO | DIALECT_TO | DIALECT_EXPLICIT | DIALECT_LEAKS | DIALECT_MUTE,
    .forms = forms,
};
