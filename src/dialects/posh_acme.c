/* SPDX-License-Identifier: MIT */
/* Posh-ACME's SSHProxy plugin: COMMAND add|delete RECORDNAME VALUE. */
#include "config.h"

#include "dialects/dialect.h"

static const struct form forms[] = {
    {VERB_DEPLOY, "add", {FIELD_FQDN, FIELD_VALUE}, .least = 2, .type = "dns-01"},
    {VERB_CLEAN, "delete", {FIELD_FQDN, FIELD_VALUE}, .least = 2, .type = "dns-01"},
    {.word = NULL},
};

const struct dialect dialect_posh_acme = {
    .name = "posh-acme",
    .summary = "Posh-ACME's SSHProxy plugin: add, delete",
    .flags = DIALECT_FROM | DIALECT_TO | DIALECT_EXPLICIT,
    .forms = forms,
};
