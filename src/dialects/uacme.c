/* SPDX-License-Identifier: MIT */
/* uacme's hook: HOOK METHOD TYPE IDENT TOKEN AUTH (uacme, uacme.c: hook_run, authorize). */
#include "config.h"

#include "dialects/dialect.h"

/* Since 1.7.6 the same is in the environment. */
static const struct variable variables[] = {
    {"UACME_TYPE", FIELD_TYPE},
    {"UACME_IDENT", FIELD_DOMAIN},
    {"UACME_TOKEN", VIEW_TOKEN},
    {"UACME_AUTH", FIELD_VALIDATION},
    {.name = NULL},
};

static const struct form forms[] = {
    {VERB_DEPLOY, "begin", {FIELD_TYPE, FIELD_DOMAIN, VIEW_TOKEN, FIELD_VALIDATION}, .least = 4,
	.variables = variables},
    {VERB_CLEAN, "done", {FIELD_TYPE, FIELD_DOMAIN, VIEW_TOKEN, FIELD_VALIDATION}, .least = 4,
	.flags = FORM_ADVISORY, .variables = variables, .status = "valid"},
    {VERB_CLEAN, "failed", {FIELD_TYPE, FIELD_DOMAIN, VIEW_TOKEN, FIELD_VALIDATION}, .least = 4,
	.flags = FORM_ADVISORY, .variables = variables, .status = "invalid"},
    {.word = NULL},
};

static void environment(const struct event *events, size_t i, size_t n, struct strlist *env)
{
	const char *status = events[i].field[FIELD_STATUS];
	bool failed = status && status[0] == 'i';

	(void)n;
	env_set(env, "UACME_METHOD",
	    events[i].verb == VERB_DEPLOY ? "begin"
	    : failed			  ? "failed"
					  : "done");
}

/* begin: 0 accepts, anything else declines this type, and nothing follows. */
const struct dialect dialect_uacme = {
    .name = "uacme",
    .summary = "uacme's hook: begin, done, failed",
    .flags = DIALECT_FROM | DIALECT_STDIO | DIALECT_TO | DIALECT_LEAKS | DIALECT_OFFERS |
	     DIALECT_DECLINES,
    .forms = forms,
    .failure_status = 1,
    .environment = environment,
};
