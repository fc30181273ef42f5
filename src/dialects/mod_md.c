/* SPDX-License-Identifier: MIT */
/* Apache mod_md: MDChallengeDns01 (mod_md, src/md_acme_authz.c), MDMessageCmd and MDNotifyCmd
 * (src/mod_md.c). */
#include "config.h"

#include "dialects/dialect.h"

#include <stdlib.h>
#include <string.h>

/* Not mod_md's own, which does not tell where it keeps its files: set as the manual says. */
static const struct variable store[] = {
    {"MDStoreDir", FIELD_CERT_DIR},
    {.name = NULL},
};

/*
 * With MDChallengeDns01Version 2 (mod_md 2.4.23) teardown has the value too. The others are reasons
 * for messages, with the name of the managed domain; reasons that are not here tell of nothing, and
 * there may be more of them.
 */
static const struct form forms[] = {
    {VERB_DEPLOY, "setup", {FIELD_DOMAIN, FIELD_VALUE}, .least = 2, .type = "dns-01"},
    {VERB_CLEAN, "teardown", {FIELD_DOMAIN, FIELD_VALUE}, .least = 1, .flags = FORM_FORGETS,
	.type = "dns-01"},
    {VERB_STARTUP, "renewing", {FIELD_DOMAIN}, .least = 1, .flags = FORM_READ_ONLY},
    {VERB_EXIT, "renewed", {FIELD_DOMAIN}, .least = 1, .flags = FORM_READ_ONLY},
    {VERB_DEPLOY_CERT, "installed", {FIELD_DOMAIN}, .least = 1, .flags = FORM_READ_ONLY,
	.variables = store},
    {VERB_EXIT, "expiring", {FIELD_DOMAIN}, .least = 1, .flags = FORM_READ_ONLY,
	.error = "expiring: the certificate is about to expire, and not renewed"},
    {VERB_EXIT, "errored", {FIELD_DOMAIN}, .least = 1, .flags = FORM_READ_ONLY,
	.error = "errored: the certificate could not be renewed"},
    {VERB_EXIT, "ocsp-errored", {FIELD_DOMAIN}, .least = 1, .flags = FORM_READ_ONLY,
	.error = "ocsp-errored: no OCSP response could be had"},
    {.word = NULL},
};

static bool refine_installed(struct event *event, struct error *error)
{
	const char *store_dir = event->field[FIELD_CERT_DIR];
	char *directory;

	if (!store_dir)
		return error_set(error, FAILURE_USAGE,
		    "installed %s: where mod_md keeps its files is not told; write MDMessageCmd "
		    "/usr/bin/env MDStoreDir=DIRECTORY and the rest behind it",
		    event->field[FIELD_DOMAIN]);
	directory = xasprintf("%s/domains/%s", store_dir, event->field[FIELD_DOMAIN]);
	event_set(event, FIELD_CERT_DIR, directory);
	/* one file has the certificate and its chain */
	event_set_file(event, FIELD_KEY_PATH, directory, "privkey.pem");
	event_set_file(event, FIELD_CERT_PATH, directory, "pubcert.pem");
	event_set(event, FIELD_CHAIN_PATH, event->field[FIELD_CERT_PATH]);
	event_set(event, FIELD_FULLCHAIN_PATH, event->field[FIELD_CERT_PATH]);
	free(directory);
	return event_stamp(event, "mod_md", error);
}

/* A message that all is not well: the domain goes in front of what the table says of it. */
static void refine_message(struct event *event)
{
	const char *what = event->field[FIELD_ERROR];
	char *text = what ? xasprintf("%s: %s", event->field[FIELD_DOMAIN], what) : NULL;

	event_set(event, FIELD_ERROR, text);
	free(text);
}

static bool refine(struct event *event, struct error *error)
{
	if (event->verb == VERB_DEPLOY_CERT)
		return refine_installed(event, error);
	if (event->verb == VERB_EXIT)
		refine_message(event);
	return true;
}

const struct dialect dialect_mod_md = {
    .name = "mod_md",
    .summary = "Apache mod_md: MDChallengeDns01 (setup, teardown), MDMessageCmd, MDNotifyCmd",
    .flags = DIALECT_FROM | DIALECT_TO | DIALECT_LEAKS | DIALECT_LENIENT,
    .forms = forms,
    .refine = refine,
};
