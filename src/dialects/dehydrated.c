/* SPDX-License-Identifier: MIT */
/* dehydrated's hook: HOOK OPERATION ARGUMENT... (dehydrated, docs/examples/hook.sh). */
#include "config.h"

#include "dialects/dialect.h"

#include <stdlib.h>
#include <string.h>

static const struct variable challenge[] = {
    {"CHALLENGETYPE", FIELD_TYPE},
    {"altnames", FIELD_ALTNAMES},
    {.name = NULL},
};

/*
 * The operations of dehydrated 0.7.2. Words that are not here, and its probe for hooks that fail
 * on such words, succeed and reach nobody. What a hook says of an operation that only tells of
 * something decides nothing: old hooks fail on words newer than they.
 */
static const struct form forms[] = {
    {VERB_DEPLOY, "deploy_challenge", {FIELD_DOMAIN, VIEW_TOKEN, VIEW_VALIDATION_HEX}, .least = 3,
	.flags = FORM_REPEATS, .variables = challenge},
    {VERB_CLEAN, "clean_challenge", {FIELD_DOMAIN, VIEW_TOKEN, VIEW_VALIDATION_HEX}, .least = 3,
	.flags = FORM_REPEATS, .variables = challenge},
    {VERB_SYNC_CERT, "sync_cert",
	{FIELD_KEY_PATH, FIELD_CERT_PATH, FIELD_FULLCHAIN_PATH, FIELD_CHAIN_PATH, FIELD_CSR_PATH},
	.least = 4},
    {VERB_DEPLOY_CERT, "deploy_cert",
	{FIELD_DOMAIN, FIELD_KEY_PATH, FIELD_CERT_PATH, FIELD_FULLCHAIN_PATH, FIELD_CHAIN_PATH,
	    VIEW_TIMESTAMP},
	.least = 5},
    {VERB_DEPLOY_OCSP, "deploy_ocsp", {FIELD_DOMAIN, FIELD_OCSP_PATH, VIEW_TIMESTAMP}, .least = 2},
    {VERB_UNCHANGED_CERT, "unchanged_cert",
	{FIELD_DOMAIN, FIELD_KEY_PATH, FIELD_CERT_PATH, FIELD_FULLCHAIN_PATH, FIELD_CHAIN_PATH},
	.least = 5, .flags = FORM_ADVISORY},
    {VERB_INVALID_CHALLENGE, "invalid_challenge", {FIELD_DOMAIN, FIELD_ERROR}, .least = 2,
	.flags = FORM_ADVISORY},
    {VERB_REQUEST_FAILURE, "request_failure",
	{FIELD_STATUS, FIELD_ERROR, FIELD_METHOD, FIELD_HEADERS}, .least = 2,
	.flags = FORM_ADVISORY},
    {VERB_GENERATE_CSR, "generate_csr", {FIELD_DOMAIN, FIELD_CERT_DIR, FIELD_ALTNAMES}, .least = 3,
	.flags = FORM_CSR},
    {VERB_STARTUP, "startup_hook", {FIELD_NONE}, .flags = FORM_ADVISORY},
    {VERB_EXIT, "exit_hook", {FIELD_ERROR}, .flags = FORM_ADVISORY},
    {.verb = VERB_UNKNOWN,
	.word = "this_hookscript_is_broken__dehydrated_is_working_fine__"
		"please_ignore_unknown_hooks_in_your_script"},
    {.word = NULL},
};

/* What dehydrated exports to every hook, for hooks that another client's event reaches: its own
 * defaults (load_config) where the environment does not say it. */
static const struct {
	const char *name, *value;
} exported[] = {
    {"BASEDIR", "/etc/dehydrated"},
    {"CERTDIR", "/etc/dehydrated/certs"},
    {"ALPNCERTDIR", "/etc/dehydrated/alpn-certs"},
    {"WELLKNOWN", "/var/www/dehydrated"},
    {"CONFIG", "/etc/dehydrated/config"},
    {"COMMAND", "sign_domains"},
};

static void environment(const struct event *events, size_t i, size_t n, struct strlist *env)
{
	const char *domain = events[i].field[FIELD_DOMAIN];

	(void)n;
	for (size_t k = 0; k < nitems(exported); k++)
		if (!getenv(exported[k].name))
			env_set(env, exported[k].name, exported[k].value);
	if (domain && !getenv("alias"))
		env_set(env, "alias", strncmp(domain, "*.", 2) ? domain : domain + 2);
	if (domain && !events[i].field[FIELD_ALTNAMES])
		env_set(env, "altnames", domain);
}

const struct dialect dialect_dehydrated = {
    .name = "dehydrated",
    .summary = "dehydrated's hook: OPERATION and its arguments",
    .flags = DIALECT_FROM | DIALECT_STDIO | DIALECT_TO | DIALECT_LEAKS | DIALECT_LENIENT,
    .forms = forms,
    .environment = environment,
};
