/* SPDX-License-Identifier: MIT */
/* The handler mode of certbot-external-auth: HANDLER OPERATION, all data in the environment
 * (certbot_external_auth/plugin.py: _call_handler, _get_json_to_kwargs). */
#include "config.h"

#include "dialects/dialect.h"

#include <stdlib.h>
#include <string.h>

#include "event_json.h"
#include "jsonline.h"

#define ALL_TYPES "dns-01 dns-account-01 dns-persist-01 http-01 tls-alpn-01"

static const struct form forms[] = {
    {VERB_DEPLOY, "perform", {FIELD_NONE}, .least = 0, .type = ALL_TYPES},
    {VERB_CLEAN, "cleanup", {FIELD_NONE}, .least = 0, .type = ALL_TYPES},
    {VERB_DEPLOY_CERT, "deploy_cert", {FIELD_NONE}, .least = 0},
    {VERB_UNCHANGED_CERT, "unchanged_cert", {FIELD_NONE}, .flags = FORM_ADVISORY},
    {.word = NULL},
};

static const struct bracket brackets[] = {
    {VERB_DEPLOY, "pre-perform", "post-perform"},
    {VERB_CLEAN, "pre-cleanup", "post-cleanup"},
    {VERB_UNKNOWN, NULL, NULL},
};

/* As Python's str() writes it: None for null; a number with a fraction is rounded up. */
static char *python_text(struct json_object *value)
{
	double number;
	long long whole;

	switch (json_object_get_type(value)) {
	case json_type_null:
		return xstrdup("None");
	case json_type_boolean:
		return xstrdup(json_object_get_boolean(value) ? "True" : "False");
	case json_type_double:
		number = json_object_get_double(value);
		whole = (long long)number;
		return xasprintf("%lld", (double)whole < number ? whole + 1 : whole);
	default:
		return xstrdup(json_object_get_string(value));
	}
}

static void set_twice(struct strlist *env, const char *name, const char *value)
{
	char *prefixed = xasprintf("cbot_%s", name);

	env_set(env, name, value);
	env_set(env, prefixed, value);
	free(prefixed);
}

/* What the plugin may tell; what this event does not have must not seem to be there, wherever our
 * own environment has it from. */
static const char *const names[] = {"type", "domain", "token", "validation", "txt_domain",
    "account", "uri", "key_auth", "status", "validated", "error", "cert_path", "key_path",
    "chain_path", "fullchain_path", "timestamp", "port", "cert_timestamp"};

static void environment(const struct event *events, size_t i, size_t n, struct strlist *env)
{
	const struct event *event = &events[i];
	struct json_object *object = event_to_json(event), *timestamp;

	(void)n;
	for (size_t k = 0; k < nitems(names); k++)
		set_twice(env, names[k], NULL);

	/* handlers take these for granted: the plugin always knows a token, and the state */
	if (verb_is_challenge(event->verb) && !event->field[FIELD_TOKEN])
		jsonline_set(object, "token", event->field[FIELD_VALUE]);
	if (event->verb == VERB_CLEAN && !event->field[FIELD_STATUS])
		jsonline_set(object, "status", "pending");
	/* the plugin tells a certificate that did not change by argv[1] only */
	if (event->verb == VERB_UNCHANGED_CERT)
		jsonline_set(object, "cmd", "deploy_cert");
	/* its releases say "port" where its README says "timestamp": handlers may want either */
	if (json_object_object_get_ex(object, "timestamp", &timestamp))
		jsonline_set_value(object, "port", json_object_get(timestamp));
	json_object_object_del(object, "command"); /* the plugin keeps it from handlers */
	json_object_object_foreach(object, key, value)
	{
		char *text = python_text(value);

		set_twice(env, key, text);
		free(text);
	}
	env_set(env, "cbot_json",
	    json_object_to_json_string_ext(
		object, JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(object);
}

const struct dialect dialect_env = {
    .name = "env",
    .summary = "handler mode of certbot-external-auth: an operation, data in the environment",
    .flags = DIALECT_TO,
    .forms = forms,
    .brackets = brackets,
    .not_implemented = "NotImplemented",
    .environment = environment,
};
