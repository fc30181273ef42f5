/* SPDX-License-Identifier: MIT */
/* win-acme's script plugin with its default arguments: create|delete {Identifier} {RecordName}
 * {Token} (win-acme, Plugins/ValidationPlugins/Dns/Script). */
#include "config.h"

#include "dialects/dialect.h"

static const struct form forms[] = {
    {VERB_DEPLOY, "create", {FIELD_DOMAIN, FIELD_FQDN, FIELD_VALUE}, .least = 3, .type = "dns-01"},
    {VERB_CLEAN, "delete", {FIELD_DOMAIN, FIELD_FQDN, FIELD_VALUE}, .least = 3, .type = "dns-01"},
    {.word = NULL},
};

const struct dialect dialect_win_acme = {
    .name = "win-acme",
    .summary = "win-acme's DNS script: create, delete",
    .flags = DIALECT_FROM | DIALECT_TO | DIALECT_EXPLICIT,
    .forms = forms,
};
