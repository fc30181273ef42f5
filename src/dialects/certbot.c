/* SPDX-License-Identifier: MIT */
/* certbot's manual, pre, deploy and post hooks (certbot/_internal/plugins/manual.py, hooks.py). */
#include "config.h"

#include "dialects/dialect.h"

#include <stdlib.h>
#include <string.h>

/* CERTBOT_IDENTIFIER (5.3) and CERTBOT_DOMAIN are the same; CERTBOT_TOKEN is there for http-01
 * only, which is the one thing that tells the type. */
static const struct variable challenge[] = {
    {"CERTBOT_DOMAIN", FIELD_DOMAIN},
    {"CERTBOT_IDENTIFIER", FIELD_DOMAIN},
    {"CERTBOT_TOKEN", FIELD_TOKEN},
    {"CERTBOT_VALIDATION", FIELD_VALIDATION},
    {"CERTBOT_ALL_DOMAINS", FIELD_ALTNAMES},
    {"CERTBOT_REMAINING_CHALLENGES", FIELD_REMAINING},
    {.name = NULL},
};
static const struct variable cleaned[] = {
    {"CERTBOT_DOMAIN", FIELD_DOMAIN},
    {"CERTBOT_IDENTIFIER", FIELD_DOMAIN},
    {"CERTBOT_TOKEN", FIELD_TOKEN},
    {"CERTBOT_VALIDATION", FIELD_VALIDATION},
    {"CERTBOT_ALL_DOMAINS", FIELD_ALTNAMES},
    {"CERTBOT_REMAINING_CHALLENGES", FIELD_REMAINING},
    {"CERTBOT_AUTH_OUTPUT", FIELD_OUTPUT},
    {.name = NULL},
};
static const struct variable renewed[] = {
    {"RENEWED_LINEAGE", VIEW_LINEAGE},
    {"RENEWED_DOMAINS", FIELD_ALTNAMES},
    {.name = NULL},
};

/*
 * certbot leaves the variables of one hook in the environment of the next ones: nothing but the
 * word tells what happens, and a word takes only the variables that are its own.
 */
static const struct form forms[] = {
    {VERB_DEPLOY, "auth", {FIELD_NONE}, .flags = FORM_OUTPUT, .variables = challenge,
	.type = "dns-01 http-01"},
    {VERB_CLEAN, "cleanup", {FIELD_NONE}, .flags = FORM_OUTPUT, .variables = cleaned,
	.type = "dns-01 http-01"},
    {VERB_DEPLOY_CERT, "deploy", {FIELD_NONE}, .variables = renewed, .needs = VIEW_LINEAGE},
    {VERB_STARTUP, "pre", {FIELD_NONE}, .flags = FORM_ADVISORY},
    {VERB_EXIT, "post", {FIELD_NONE}, .flags = FORM_ADVISORY},
    {.word = NULL},
};

static bool refine_challenge(struct event *event, struct error *error)
{
	char *names = event->field[FIELD_ALTNAMES];

	if (!event->field[FIELD_DOMAIN] || !event->field[FIELD_VALIDATION])
		return error_set(error, FAILURE_USAGE,
		    "%s is not in the environment: certbot's manual hooks get it, others do not",
		    event->field[FIELD_DOMAIN] ? "CERTBOT_VALIDATION" : "CERTBOT_DOMAIN");
	event_set(event, FIELD_TYPE, event->field[FIELD_TOKEN] ? "http-01" : "dns-01");
	for (; names && *names; names++)
		if (*names == ',')
			*names = ' ';
	return true;
}

static bool refine_cert(struct event *event, struct error *error)
{
	const char *lineage = event->field[FIELD_CERT_DIR], *names = event->field[FIELD_ALTNAMES];

	if (!lineage || !names)
		return error_set(error, FAILURE_USAGE,
		    "%s is not in the environment: certbot's deploy hooks get it, others do not",
		    lineage ? "RENEWED_DOMAINS" : "RENEWED_LINEAGE");
	event->field[FIELD_DOMAIN] = xstrndup(names, strcspn(names, " "));
	event_set_file(event, FIELD_KEY_PATH, lineage, "privkey.pem");
	event_set_file(event, FIELD_CERT_PATH, lineage, "cert.pem");
	event_set_file(event, FIELD_CHAIN_PATH, lineage, "chain.pem");
	event_set_file(event, FIELD_FULLCHAIN_PATH, lineage, "fullchain.pem");
	if (!event_stamp(event, "RENEWED_LINEAGE", error))
		return false;
	event_set(event, FIELD_CERT_TIMESTAMP, event->field[FIELD_TIMESTAMP]);
	return true;
}

static void refine_exit(struct event *event)
{
	const char *failed = getenv("FAILED_DOMAINS");
	char *text;

	if (event->verb != VERB_EXIT || !failed || !*failed)
		return;
	text = xasprintf("not renewed: %s", failed);
	event_set(event, FIELD_ERROR, text);
	free(text);
}

/* What certbot sets for its hooks; a handler must not take another client's for its own. */
static const char *const names[] = {"CERTBOT_DOMAIN", "CERTBOT_IDENTIFIER", "CERTBOT_VALIDATION",
    "CERTBOT_TOKEN", "CERTBOT_ALL_DOMAINS", "CERTBOT_ALL_IDENTIFIERS", "CERTBOT_AUTH_OUTPUT",
    "CERTBOT_REMAINING_CHALLENGES", "RENEWED_LINEAGE", "RENEWED_DOMAINS", "FAILED_DOMAINS"};

static bool is_set(const struct strlist *env, const char *name)
{
	size_t len = strlen(name);

	for (size_t k = 0; k < env->n; k++)
		if (!strncmp(env->v[k], name, len) && env->v[k][len] == '=')
			return true;
	return false;
}

/* The names of the batch, comma between them: certbot's own words, or those of this call. */
static char *all_names(const struct event *events, size_t i, size_t n)
{
	const char *told =
	    events[i].field[FIELD_REMAINING] ? events[i].field[FIELD_ALTNAMES] : NULL;
	struct buf all = BUF_INIT(64 * 1024);

	if (told)
		buf_puts(&all, told);
	for (size_t k = 0; k < n && !told; k++)
		buf_printf(&all, "%s%s", k ? "," : "", events[k].field[FIELD_DOMAIN]);
	for (char *p = all.data; p && *p; p++)
		if (*p == ' ')
			*p = ',';
	return all.data;
}

static void set_challenge(const struct event *events, size_t i, size_t n, struct strlist *env)
{
	const struct event *event = &events[i];
	char *all = all_names(events, i, n), *remaining = xasprintf("%zu", n - 1 - i);

	env_set(env, "CERTBOT_ALL_DOMAINS", all);
	env_set(env, "CERTBOT_ALL_IDENTIFIERS", all);
	if (!event->field[FIELD_REMAINING])
		env_set(env, "CERTBOT_REMAINING_CHALLENGES", remaining);
	if (strcmp(event->field[FIELD_TYPE], "http-01"))
		env_set(env, "CERTBOT_TOKEN", NULL);
	if (event->verb == VERB_CLEAN && !event->field[FIELD_OUTPUT])
		env_set(env, "CERTBOT_AUTH_OUTPUT", "");
	free(all);
	free(remaining);
}

static void environment(const struct event *events, size_t i, size_t n, struct strlist *env)
{
	const char *domain = events[i].field[FIELD_DOMAIN];

	if (verb_is_challenge(events[i].verb))
		set_challenge(events, i, n, env);
	else if (events[i].verb == VERB_DEPLOY_CERT && !events[i].field[FIELD_ALTNAMES])
		env_set(env, "RENEWED_DOMAINS", domain);
	for (size_t k = 0; k < nitems(names); k++)
		if (!is_set(env, names[k]))
			env_set(env, names[k], NULL);
}

static bool refine(struct event *event, struct error *error)
{
	if (verb_is_challenge(event->verb))
		return refine_challenge(event, error);
	if (event->verb == VERB_DEPLOY_CERT)
		return refine_cert(event, error);
	refine_exit(event);
	return true;
}

const struct dialect dialect_certbot = {
    .name = "certbot",
    .summary = "certbot's manual, pre, deploy and post hooks: auth, cleanup, deploy, pre, post",
    .flags = DIALECT_FROM | DIALECT_TO | DIALECT_EXPLICIT | DIALECT_MUTE,
    .forms = forms,
    .goes_on = "certbot does not stop for its hooks: it goes on, and the CA will refuse",
    .refine = refine,
    .environment = environment,
};
