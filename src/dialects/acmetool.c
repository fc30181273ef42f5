/* SPDX-License-Identifier: MIT */
/* acmetool's hooks: EVENT and its words (acmetool, _doc/SCHEMA.md, "Hooks"). */
#include "config.h"

#include "dialects/dialect.h"

#include <stdlib.h>

#define STATE_DIR "/var/lib/acme"

static const struct variable store[] = {
    {"ACME_STATE_DIR", VIEW_STATE_DIR},
    {.name = NULL},
};

/* The last word of the dns events is "wildcard" or empty; nothing follows from it. */
static const struct form forms[] = {
    {VERB_DEPLOY, "challenge-dns-start", {FIELD_DOMAIN, VIEW_EMPTY, FIELD_VALUE, VIEW_EMPTY},
	.least = 3, .type = "dns-01"},
    {VERB_CLEAN, "challenge-dns-stop", {FIELD_DOMAIN, VIEW_EMPTY, FIELD_VALUE, VIEW_EMPTY},
	.least = 3, .type = "dns-01"},
    {VERB_DEPLOY, "challenge-http-start", {FIELD_DOMAIN, VIEW_EMPTY, FIELD_TOKEN}, .least = 3,
	.type = "http-01", .input = FIELD_KEY_AUTH},
    {VERB_CLEAN, "challenge-http-stop", {FIELD_DOMAIN, VIEW_EMPTY, FIELD_TOKEN}, .least = 3,
	.type = "http-01", .input = FIELD_KEY_AUTH},
    {VERB_DEPLOY_CERT, "live-updated", {FIELD_NONE}, .flags = FORM_LINES, .variables = store,
	.needs = VIEW_STATE_DIR, .input = FIELD_DOMAIN},
    {.word = NULL},
};

/* A name of live-updated: its certificate is in live/NAME of the state directory. */
static bool refine(struct event *event, struct error *error)
{
	const char *state = event->field[FIELD_CERT_DIR];
	char *directory;

	if (event->verb != VERB_DEPLOY_CERT)
		return true;
	directory = xasprintf("%s/live/%s", state ? state : STATE_DIR, event->field[FIELD_DOMAIN]);
	event_set(event, FIELD_CERT_DIR, directory);
	event_set_file(event, FIELD_KEY_PATH, directory, "privkey");
	event_set_file(event, FIELD_CERT_PATH, directory, "cert");
	event_set_file(event, FIELD_CHAIN_PATH, directory, "chain");
	event_set_file(event, FIELD_FULLCHAIN_PATH, directory, "fullchain");
	free(directory);
	return event_stamp(event, "live-updated", error);
}

/* Hooks take for granted that it is there. */
static void environment(const struct event *events, size_t i, size_t n, struct strlist *env)
{
	(void)n;
	if (verb_is_challenge(events[i].verb) && !getenv("ACME_STATE_DIR"))
		env_set(env, "ACME_STATE_DIR", STATE_DIR);
}

/*
 * A start that fails is followed by no stop for dns-01 (responder/dns.go), and by the next type of
 * challenge that the CA offers. All hooks of a directory are asked: 42 leaves it to the others.
 */
const struct dialect dialect_acmetool = {
    .name = "acmetool",
    .summary = "acmetool's hooks: challenge-dns-start and so on, live-updated",
    .flags = DIALECT_FROM | DIALECT_TO | DIALECT_LEAKS | DIALECT_OFFERS,
    .forms = forms,
    .unknown_status = 42,
    .refine = refine,
    .environment = environment,
};
