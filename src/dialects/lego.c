/* SPDX-License-Identifier: MIT */
/* lego's exec provider and its hooks (lego, providers/dns/exec/exec.go, cmd/hook.go). */
#include "config.h"

#include "dialects/dialect.h"

#include <stdlib.h>
#include <string.h>

/* Of version 5; version 4 has the second names. The certificate file has the chain in it. */
static const struct variable deployed[] = {
    {"LEGO_HOOK_CERT_NAME", FIELD_DOMAIN},
    {"LEGO_CERT_DOMAIN", FIELD_DOMAIN},
    {"LEGO_HOOK_CERT_PATH", FIELD_FULLCHAIN_PATH},
    {"LEGO_CERT_PATH", FIELD_FULLCHAIN_PATH},
    {"LEGO_HOOK_CERT_KEY_PATH", FIELD_KEY_PATH},
    {"LEGO_CERT_KEY_PATH", FIELD_KEY_PATH},
    {"LEGO_HOOK_ISSUER_CERT_PATH", FIELD_CHAIN_PATH},
    {"LEGO_ISSUER_CERT_PATH", FIELD_CHAIN_PATH},
    {.name = NULL},
};

/*
 * present and cleanup have two shapes: with EXEC_MODE=RAW "--" and the key authorization, else the
 * name of the record and the value (old versions add a TTL, which is passed over). timeout was in
 * lego's documentation for years. pre, deploy and post are for its hooks, which tell nothing.
 */
static const struct form forms[] = {
    {VERB_DEPLOY, "present", {VIEW_FQDN_DOT, FIELD_VALUE}, .least = 2, .type = "dns-01"},
    {VERB_DEPLOY, "present", {VIEW_DASHES, FIELD_DOMAIN, FIELD_TOKEN, FIELD_KEY_AUTH}, .least = 4,
	.type = "dns-01"},
    {VERB_CLEAN, "cleanup", {VIEW_FQDN_DOT, FIELD_VALUE}, .least = 2, .type = "dns-01"},
    {VERB_CLEAN, "cleanup", {VIEW_DASHES, FIELD_DOMAIN, FIELD_TOKEN, FIELD_KEY_AUTH}, .least = 4,
	.type = "dns-01"},
    {.verb = VERB_UNKNOWN, .word = "timeout", .answer = "{\"timeout\": 300, \"interval\": 5}\n"},
    {VERB_STARTUP, "pre", {FIELD_NONE}, .flags = FORM_READ_ONLY},
    {VERB_DEPLOY_CERT, "deploy", {FIELD_NONE}, .flags = FORM_READ_ONLY, .variables = deployed},
    {VERB_EXIT, "post", {FIELD_NONE}, .flags = FORM_READ_ONLY},
    {.word = NULL},
};

/* A program for the hooks is another one than the one of the provider, and gets no word. */
static const struct form hook_forms[] = {
    {VERB_DEPLOY_CERT, "deploy", {FIELD_NONE}, .variables = deployed, .needs = FIELD_CERT_PATH},
    {.word = NULL},
};

static bool refine(struct event *event, struct error *error)
{
	const char *bundle = event->field[FIELD_FULLCHAIN_PATH];

	if (event->verb != VERB_DEPLOY_CERT)
		return true;
	if (!bundle || !event->field[FIELD_KEY_PATH] || !event->field[FIELD_DOMAIN])
		return error_set(error, FAILURE_USAGE,
		    "LEGO_HOOK_CERT_PATH (or LEGO_CERT_PATH) and the like are not in the "
		    "environment: "
		    "lego's deploy, run and renew hooks get them, others do not");
	event_set(event, FIELD_CERT_PATH, bundle);
	/* before 4.17.3 the issuer is not told; it stands beside */
	if (!event->field[FIELD_CHAIN_PATH]) {
		size_t len = strlen(bundle);
		char *text;

		len -= len > 4 && !strcmp(bundle + len - 4, ".crt") ? 4 : 0;
		text = xasprintf("%.*s.issuer.crt", (int)len, bundle);
		event_set(event, FIELD_CHAIN_PATH, text);
		free(text);
	}
	return event_stamp(event, "lego", error);
}

const struct dialect dialect_lego = {
    .name = "lego",
    .summary = "lego's exec provider (both modes) and its pre, deploy and post hooks",
    .flags = DIALECT_FROM | DIALECT_TO,
    .forms = forms,
    .refine = refine,
};

const struct dialect dialect_lego_hook = {
    .name = "lego-hook",
    .summary = "programs for lego's deploy hook, or run and renew hook",
    .flags = DIALECT_TO | DIALECT_MUTE,
    .forms = hook_forms,
};
