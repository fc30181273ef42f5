/* SPDX-License-Identifier: MIT */
/* acme.sh: its DNS API and deploy hooks, which are not run but sourced by acme.sh, for its
 * functions (acme.sh: issue, _clearupdns, _deploy). What sources and is sourced is in
 * hooks/acme.sh. */
#include "config.h"

#include "dialects/dialect.h"

/* It is dns_acmehook.sh and acmehook.sh that call; the former finds the key authorization in
 * acme.sh's variables, if they are there. */
static const struct form forms[] = {
    {VERB_DEPLOY, "add", {FIELD_FQDN, FIELD_VALUE, FIELD_KEY_AUTH}, .least = 2, .type = "dns-01"},
    {VERB_CLEAN, "rm", {FIELD_FQDN, FIELD_VALUE, FIELD_KEY_AUTH}, .least = 2, .type = "dns-01"},
    {VERB_DEPLOY_CERT, "deploy",
	{FIELD_DOMAIN, FIELD_KEY_PATH, FIELD_CERT_PATH, FIELD_CHAIN_PATH, FIELD_FULLCHAIN_PATH},
	.least = 5, .flags = FORM_READ_ONLY},
    {.word = NULL},
};
static const struct form deploy_forms[] = {
    {VERB_DEPLOY_CERT, "deploy",
	{FIELD_DOMAIN, FIELD_KEY_PATH, FIELD_CERT_PATH, FIELD_CHAIN_PATH, FIELD_FULLCHAIN_PATH},
	.least = 5},
    {.word = NULL},
};

static bool refine(struct event *event, struct error *error)
{
	return event->verb != VERB_DEPLOY_CERT || event_stamp(event, "acme.sh", error);
}

const struct dialect dialect_acme_sh = {
    .name = "acme.sh",
    .summary = "acme.sh's DNS API: add, rm; and deploy",
    .flags = DIALECT_FROM | DIALECT_TO | DIALECT_EXPLICIT | DIALECT_LEAKS,
    .forms = forms,
    .launcher = "with-acme.sh",
    .refine = refine,
};

const struct dialect dialect_acme_sh_deploy = {
    .name = "acme.sh-deploy",
    .summary = "acme.sh's deploy hooks: scripts of its directory deploy",
    .flags = DIALECT_TO,
    .forms = deploy_forms,
    .launcher = "with-acme.sh",
};
