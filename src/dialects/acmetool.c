/* SPDX-License-Identifier: MIT */
/* acmetool's challenge hooks: EVENT HOST TARGETFILE ... (acmetool, _doc/SCHEMA.md, "Hooks"). */
#include "config.h"

#include "dialect.h"

/* The last word of the dns events is "wildcard" or empty; nothing follows from it. */
static const struct form forms[] = {
    {VERB_DEPLOY, "challenge-dns-start", {FIELD_DOMAIN, VIEW_EMPTY, FIELD_VALUE, VIEW_EMPTY},
	.least = 3, .type = "dns-01"},
    {VERB_CLEAN, "challenge-dns-stop", {FIELD_DOMAIN, VIEW_EMPTY, FIELD_VALUE, VIEW_EMPTY},
	.least = 3, .type = "dns-01"},
    {VERB_DEPLOY, "challenge-http-start", {FIELD_DOMAIN, VIEW_EMPTY, FIELD_TOKEN}, .least = 3,
	.type = "http-01", .input = FIELD_KEY_AUTH},
    {VERB_CLEAN, "challenge-http-stop", {FIELD_DOMAIN, VIEW_EMPTY, FIELD_TOKEN}, .least = 3,
	.type = "http-01", .input = FIELD_KEY_AUTH},
    {.word = NULL},
};

/*
 * A start that fails is followed by no stop for dns-01 (responder/dns.go), and by the next type of
 * challenge that the CA offers. All hooks of a directory are asked: 42 leaves it to the others.
 */
const struct dialect dialect_acmetool = {
    .name = "acmetool",
    .summary = "acmetool's challenge hooks: challenge-dns-start and so on",
    .flags = DIALECT_FROM | DIALECT_TO | DIALECT_LEAKS | DIALECT_OFFERS,
    .forms = forms,
    .unknown_status = 42,
};
