/* SPDX-License-Identifier: MIT */
/* TrueNAS' shell authenticator: SCRIPT set|unset DOMAIN FQDN VALUE (TrueNAS middleware,
 * plugins/acme_dns_authenticator/authenticators/shell.py). */
#include "config.h"

#include "dialects/dialect.h"

static const struct form forms[] = {
    {VERB_DEPLOY, "set", {FIELD_DOMAIN, FIELD_FQDN, FIELD_VALUE}, .least = 3, .type = "dns-01"},
    {VERB_CLEAN, "unset", {FIELD_DOMAIN, FIELD_FQDN, FIELD_VALUE}, .least = 3, .type = "dns-01"},
    {.word = NULL},
};

const struct dialect dialect_truenas = {
    .name = "truenas",
    .summary = "TrueNAS' shell authenticator: set, unset",
    .flags = DIALECT_FROM | DIALECT_TO,
    .forms = forms,
    .goes_on = "TrueNAS does not look at the status: it goes on, and the CA will refuse",
};
