/* SPDX-License-Identifier: MIT */
/* Apache mod_md: MDChallengeDns01 (mod_md, src/md_acme_authz.c). */
#include "config.h"

#include "dialect.h"

/* With MDChallengeDns01Version 2 (mod_md 2.4.23 and later) teardown has the value too. */
static const struct form forms[] = {
    {VERB_DEPLOY, "setup", {FIELD_DOMAIN, FIELD_VALUE}, .least = 2, .type = "dns-01"},
    {VERB_CLEAN, "teardown", {FIELD_DOMAIN, FIELD_VALUE}, .least = 1, .flags = FORM_FORGETS,
	.type = "dns-01"},
    {.word = NULL},
};

const struct dialect dialect_mod_md = {
    .name = "mod_md",
    .summary = "Apache mod_md's MDChallengeDns01: setup, teardown",
    .flags = DIALECT_FROM | DIALECT_TO | DIALECT_LEAKS,
    .forms = forms,
};
