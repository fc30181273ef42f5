/* SPDX-License-Identifier: MIT */
/* Apache mod_md: MDChallengeDns01 (mod_md, src/md_acme_authz.c). */
#include "config.h"

#include "dialect.h"

/* With MDChallengeDns01Version 2 teardown has the value too. */
static const struct form forms[] = {
    {VERB_DEPLOY, "setup", {FIELD_DOMAIN, FIELD_VALUE}, .least = 2, .type = "dns-01"},
    {VERB_CLEAN, "teardown", {FIELD_DOMAIN, FIELD_VALUE}, .least = 1, .type = "dns-01"},
    {.word = NULL},
};

static bool refine(struct event *event, struct error *error)
{
	return event->verb != VERB_CLEAN || event->field[FIELD_VALUE] ||
	       error_set(error, FAILURE_USAGE,
		   "teardown of %s: the value is missing; set MDChallengeDns01Version 2 in httpd's "
		   "configuration (mod_md 2.4.23 and later)",
		   event->field[FIELD_DOMAIN]);
}

const struct dialect dialect_mod_md = {
    .name = "mod_md",
    .summary = "Apache mod_md's MDChallengeDns01: setup, teardown",
    .flags = DIALECT_FROM | DIALECT_TO | DIALECT_LEAKS,
    .forms = forms,
    .refine = refine,
};
