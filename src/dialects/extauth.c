/* SPDX-License-Identifier: MIT */
/* certbot-external-auth in handler mode as a client: an operation, data in the environment
 * (certbot_external_auth/plugin.py: _call_handler). src/dialects/env.c is the other direction. */
#include "config.h"

#include "dialects/dialect.h"

/* Every key comes plain and with cbot_, and only the latter cannot be somebody else's. */
static const struct variable challenge[] = {
    {"cbot_type", FIELD_TYPE},
    {"cbot_domain", FIELD_DOMAIN},
    {"cbot_token", FIELD_TOKEN},
    {"cbot_validation", FIELD_VALIDATION},
    {"cbot_key_auth", FIELD_KEY_AUTH},
    {.name = NULL},
};
static const struct variable certificate[] = {
    {"cbot_domain", FIELD_DOMAIN},
    {"cbot_cert_path", FIELD_CERT_PATH},
    {"cbot_key_path", FIELD_KEY_PATH},
    {"cbot_chain_path", FIELD_CHAIN_PATH},
    {"cbot_fullchain_path", FIELD_FULLCHAIN_PATH},
    {"cbot_timestamp", FIELD_TIMESTAMP},
    {"cbot_port", FIELD_TIMESTAMP},
    {"cbot_cert_timestamp", FIELD_CERT_TIMESTAMP},
    {.name = NULL},
};

/* The brackets have no data, and a handler may do nothing for them. */
static const struct form forms[] = {
    {.verb = VERB_UNKNOWN, .word = "pre-perform"},
    {VERB_DEPLOY, "perform", {FIELD_NONE}, .variables = challenge},
    {.verb = VERB_UNKNOWN, .word = "post-perform"},
    {.verb = VERB_UNKNOWN, .word = "pre-cleanup"},
    {VERB_CLEAN, "cleanup", {FIELD_NONE}, .variables = challenge},
    {.verb = VERB_UNKNOWN, .word = "post-cleanup"},
    {VERB_DEPLOY_CERT, "deploy_cert", {FIELD_NONE}, .variables = certificate},
    {VERB_UNCHANGED_CERT, "unchanged_cert", {FIELD_NONE}, .flags = FORM_ADVISORY,
	.variables = certificate},
    {.word = NULL},
};

static bool refine(struct event *event, struct error *error)
{
	if (verb_is_challenge(event->verb) && !event->field[FIELD_VALIDATION])
		return error_set(error, FAILURE_USAGE,
		    "cbot_validation is not in the environment: certbot-external-auth sets it");
	if (!verb_is_challenge(event->verb) && !event->field[FIELD_CERT_PATH])
		return error_set(error, FAILURE_USAGE,
		    "cbot_cert_path is not in the environment: certbot-external-auth sets it");
	return true;
}

const struct dialect dialect_extauth = {
    .name = "extauth",
    .summary = "certbot-external-auth in handler mode, as the client",
    .flags = DIALECT_FROM | DIALECT_EXPLICIT | DIALECT_LENIENT,
    .forms = forms,
    .refine = refine,
};
