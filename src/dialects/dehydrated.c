/* SPDX-License-Identifier: MIT */
/* dehydrated's hook: HOOK OPERATION ARGUMENT... (dehydrated, docs/examples/hook.sh). */
#include "config.h"

#include "dialect.h"

#include <stdlib.h>
#include <string.h>

static const struct variable challenge[] = {
    {"CHALLENGETYPE", FIELD_TYPE},
    {"altnames", FIELD_ALTNAMES},
    {NULL, FIELD_NONE},
};

/*
 * The operations of dehydrated 0.7.2. Words that are not here, and its probe for hooks that fail
 * on such words, succeed and reach nobody. What a hook says of an operation that only tells of
 * something decides nothing: old hooks fail on words newer than they.
 */
static const struct form forms[] = {
    {VERB_DEPLOY, "deploy_challenge", {FIELD_DOMAIN, VIEW_TOKEN, VIEW_VALIDATION_HEX}, 3,
	FORM_REPEATS, challenge},
    {VERB_CLEAN, "clean_challenge", {FIELD_DOMAIN, VIEW_TOKEN, VIEW_VALIDATION_HEX}, 3,
	FORM_REPEATS, challenge},
    {VERB_SYNC_CERT, "sync_cert",
	{FIELD_KEY_PATH, FIELD_CERT_PATH, FIELD_FULLCHAIN_PATH, FIELD_CHAIN_PATH, FIELD_CSR_PATH},
	4, 0, NULL},
    {VERB_DEPLOY_CERT, "deploy_cert",
	{FIELD_DOMAIN, FIELD_KEY_PATH, FIELD_CERT_PATH, FIELD_FULLCHAIN_PATH, FIELD_CHAIN_PATH,
	    VIEW_TIMESTAMP},
	5, 0, NULL},
    {VERB_DEPLOY_OCSP, "deploy_ocsp", {FIELD_DOMAIN, FIELD_OCSP_PATH, VIEW_TIMESTAMP}, 2, 0, NULL},
    {VERB_UNCHANGED_CERT, "unchanged_cert",
	{FIELD_DOMAIN, FIELD_KEY_PATH, FIELD_CERT_PATH, FIELD_FULLCHAIN_PATH, FIELD_CHAIN_PATH}, 5,
	FORM_ADVISORY, NULL},
    {VERB_INVALID_CHALLENGE, "invalid_challenge", {FIELD_DOMAIN, FIELD_ERROR}, 2, FORM_ADVISORY,
	NULL},
    {VERB_REQUEST_FAILURE, "request_failure",
	{FIELD_STATUS, FIELD_ERROR, FIELD_METHOD, FIELD_HEADERS}, 2, FORM_ADVISORY, NULL},
    {VERB_GENERATE_CSR, "generate_csr", {FIELD_DOMAIN, FIELD_CERT_DIR, FIELD_ALTNAMES}, 3, FORM_CSR,
	NULL},
    {VERB_STARTUP, "startup_hook", {FIELD_NONE}, 0, FORM_ADVISORY, NULL},
    {VERB_EXIT, "exit_hook", {FIELD_ERROR}, 0, FORM_ADVISORY, NULL},
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

static void environment(const struct event *event, struct strlist *env)
{
	const char *domain = event->field[FIELD_DOMAIN];

	for (size_t i = 0; i < nitems(exported); i++)
		if (!getenv(exported[i].name))
			env_set(env, exported[i].name, exported[i].value);
	if (domain && !getenv("alias"))
		env_set(env, "alias", strncmp(domain, "*.", 2) ? domain : domain + 2);
	if (domain && !event->field[FIELD_ALTNAMES])
		env_set(env, "altnames", domain);
}

const struct dialect dialect_dehydrated = {
    .name = "dehydrated",
    .summary = "dehydrated's hook: OPERATION and its arguments",
    .flags = DIALECT_FROM | DIALECT_TO | DIALECT_LEAKS | DIALECT_LENIENT,
    .forms = forms,
    .environment = environment,
};
