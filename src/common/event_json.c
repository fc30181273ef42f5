/* SPDX-License-Identifier: MIT */
/* An event as a JSON object: one table, read and written by the same two functions. */
#include "config.h"

#include "event_json.h"

#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "jsonline.h"

enum kind {
	KIND_TEXT,
	KIND_NUMBER, /* text that is a number */
	KIND_JSON,   /* anything, kept as JSON */
};

enum when {
	WHEN_KNOWN,
	ALWAYS, /* null when not known */
	NEVER,	/* read only: another name of a key */
};

struct key {
	const char *name;
	unsigned char field; /* or view; views are written only */
	enum kind kind;
	enum when written;
};

/* certbot_external_auth/plugin.py: _perform_*_challenge, _get_cleanup_json, deploy_cert, save,
 * print_messages. Its "timestamp" is called "port" in every release of the plugin. Each list ends
 * with a NULL name. */
static const struct key deploy[] = {
    {"type", FIELD_TYPE, KIND_TEXT, ALWAYS},
    {"domain", FIELD_DOMAIN, KIND_TEXT, ALWAYS},
    {"token", FIELD_TOKEN, KIND_TEXT, WHEN_KNOWN},
    {"validation", FIELD_VALIDATION, KIND_TEXT, ALWAYS},
    {"txt_domain", FIELD_FQDN, KIND_TEXT, WHEN_KNOWN},
    {"account", FIELD_ACCOUNT, KIND_TEXT, WHEN_KNOWN},
    {"uri", VIEW_URI, KIND_TEXT, WHEN_KNOWN},
    {"command", VIEW_COMMAND, KIND_TEXT, WHEN_KNOWN},
    {"key_auth", FIELD_KEY_AUTH, KIND_TEXT, WHEN_KNOWN},
    {.name = NULL},
};
static const struct key clean[] = {
    {"type", FIELD_TYPE, KIND_TEXT, ALWAYS},
    {"status", FIELD_STATUS, KIND_TEXT, ALWAYS},
    {"domain", FIELD_DOMAIN, KIND_TEXT, ALWAYS},
    {"token", FIELD_TOKEN, KIND_TEXT, WHEN_KNOWN},
    {"validation", FIELD_VALIDATION, KIND_TEXT, ALWAYS},
    {"key_auth", FIELD_KEY_AUTH, KIND_TEXT, WHEN_KNOWN},
    {"validated", FIELD_VALIDATED, KIND_TEXT, ALWAYS},
    {"error", FIELD_ERROR, KIND_TEXT, ALWAYS},
    {"txt_domain", FIELD_FQDN, KIND_TEXT, NEVER},
    {"account", FIELD_ACCOUNT, KIND_TEXT, WHEN_KNOWN},
    {.name = NULL},
};
static const struct key certificate[] = {
    {"domain", FIELD_DOMAIN, KIND_TEXT, ALWAYS},
    {"cert_path", FIELD_CERT_PATH, KIND_TEXT, ALWAYS},
    {"key_path", FIELD_KEY_PATH, KIND_TEXT, ALWAYS},
    {"chain_path", FIELD_CHAIN_PATH, KIND_TEXT, ALWAYS},
    {"fullchain_path", FIELD_FULLCHAIN_PATH, KIND_TEXT, ALWAYS},
    {"timestamp", FIELD_TIMESTAMP, KIND_NUMBER, WHEN_KNOWN},
    {"cert_timestamp", FIELD_CERT_TIMESTAMP, KIND_NUMBER, WHEN_KNOWN},
    {"altnames", FIELD_ALTNAMES, KIND_TEXT, WHEN_KNOWN},
    {"port", FIELD_TIMESTAMP, KIND_NUMBER, NEVER},
    {.name = NULL},
};
static const struct key sync_cert[] = {
    {"key_path", FIELD_KEY_PATH, KIND_TEXT, ALWAYS},
    {"cert_path", FIELD_CERT_PATH, KIND_TEXT, ALWAYS},
    {"fullchain_path", FIELD_FULLCHAIN_PATH, KIND_TEXT, ALWAYS},
    {"chain_path", FIELD_CHAIN_PATH, KIND_TEXT, ALWAYS},
    {"csr_path", FIELD_CSR_PATH, KIND_TEXT, WHEN_KNOWN},
    {.name = NULL},
};
static const struct key deploy_ocsp[] = {
    {"domain", FIELD_DOMAIN, KIND_TEXT, ALWAYS},
    {"ocsp_path", FIELD_OCSP_PATH, KIND_TEXT, ALWAYS},
    {"timestamp", FIELD_TIMESTAMP, KIND_NUMBER, WHEN_KNOWN},
    {.name = NULL},
};
static const struct key invalid_challenge[] = {
    {"domain", FIELD_DOMAIN, KIND_TEXT, ALWAYS},
    {"error", FIELD_ERROR, KIND_TEXT, ALWAYS},
    {.name = NULL},
};
static const struct key request_failure[] = {
    {"status", FIELD_STATUS, KIND_TEXT, ALWAYS},
    {"error", FIELD_ERROR, KIND_TEXT, ALWAYS},
    {"method", FIELD_METHOD, KIND_TEXT, WHEN_KNOWN},
    {"headers", FIELD_HEADERS, KIND_TEXT, WHEN_KNOWN},
    {.name = NULL},
};
static const struct key generate_csr[] = {
    {"domain", FIELD_DOMAIN, KIND_TEXT, ALWAYS},
    {"cert_dir", FIELD_CERT_DIR, KIND_TEXT, WHEN_KNOWN},
    {"altnames", FIELD_ALTNAMES, KIND_TEXT, WHEN_KNOWN},
    {.name = NULL},
};
static const struct key exit_hook[] = {
    {"error", FIELD_ERROR, KIND_TEXT, WHEN_KNOWN},
    {.name = NULL},
};
static const struct key save[] = {
    {"title", FIELD_TITLE, KIND_TEXT, ALWAYS},
    {"temporary", FIELD_TEMPORARY, KIND_JSON, ALWAYS},
    {.name = NULL},
};
static const struct key report[] = {
    {"messages", FIELD_MESSAGES, KIND_JSON, ALWAYS},
    {.name = NULL},
};
static const struct key nothing[] = {
    {.name = NULL},
};

static const struct key *const keys[] = {
    [VERB_UNKNOWN] = nothing,
    [VERB_DEPLOY] = deploy,
    [VERB_CLEAN] = clean,
    [VERB_DEPLOY_CERT] = certificate,
    [VERB_UNCHANGED_CERT] = certificate,
    [VERB_SYNC_CERT] = sync_cert,
    [VERB_DEPLOY_OCSP] = deploy_ocsp,
    [VERB_INVALID_CHALLENGE] = invalid_challenge,
    [VERB_REQUEST_FAILURE] = request_failure,
    [VERB_GENERATE_CSR] = generate_csr,
    [VERB_STARTUP] = nothing,
    [VERB_EXIT] = exit_hook,
    [VERB_SAVE] = save,
    [VERB_RESTART] = nothing,
    [VERB_REPORT] = report,
};
_Static_assert(nitems(keys) == VERB__MAX, "a verb without keys");

static bool read_key(
    const struct key *key, struct json_object *value, struct event *event, struct error *error)
{
	enum json_type type = json_object_get_type(value);
	const char *text = json_object_get_string(value);

	if (key->field >= FIELD__MAX || type == json_type_null)
		return true;
	if (key->kind == KIND_TEXT && type != json_type_string)
		return error_set(error, FAILURE_USAGE, "\"%s\" is not a string", key->name);
	if (key->kind == KIND_NUMBER && type != json_type_string && type != json_type_int &&
	    type != json_type_double)
		return error_set(error, FAILURE_USAGE, "\"%s\" is not a number", key->name);
	if (!event->field[key->field])
		event_set(event, key->field, text);
	return true;
}

/* certbot tells of every certificate it installs; only what was written since the run began is
 * new (plugin.py: deploy_cert). */
static bool is_unchanged(const struct event *event)
{
	const char *start = event->field[FIELD_TIMESTAMP],
		   *cert = event->field[FIELD_CERT_TIMESTAMP];

	return event->verb == VERB_DEPLOY_CERT && start && cert &&
	       strtod(cert, NULL) < strtod(start, NULL);
}

/* What must be there, or there is nothing a handler could be given. */
static bool check_required(const struct event *event, struct error *error)
{
	if (event->verb != VERB_DEPLOY_CERT && event->verb != VERB_UNCHANGED_CERT)
		return true;
	for (int field = FIELD_KEY_PATH; field <= FIELD_FULLCHAIN_PATH; field++)
		if (!event->field[field])
			return error_set(
			    error, FAILURE_USAGE, "\"%s\" is missing", field_name(field));
	return event->field[FIELD_DOMAIN] ||
	       error_set(error, FAILURE_USAGE, "\"domain\" is missing");
}

bool event_from_json(struct json_object *object, struct event *event, struct error *error)
{
	const char *cmd = jsonline_string(object, "cmd");
	struct json_object *value;

	*event = (struct event){0};
	if (!cmd)
		return error_set(error, FAILURE_USAGE,
		    "\"cmd\" is missing; it says what to do, as in {\"cmd\": "
		    "\"perform_challenge\", ...}");
	event->verb = verb_from_name(cmd);
	if (event->verb == VERB_UNKNOWN)
		return error_set(error, FAILURE_USAGE,
		    "\"cmd\" is \"%.60s\", which is no event; see "
		    "acmehook-events(5)",
		    cmd);
	for (const struct key *key = keys[event->verb]; key->name; key++)
		if (json_object_object_get_ex(object, key->name, &value) &&
		    !read_key(key, value, event, error))
			return false;
	if (is_unchanged(event))
		event->verb = VERB_UNCHANGED_CERT;
	return event_complete(event, error) && check_required(event, error);
}

static struct json_object *value_of(const struct key *key, const char *text)
{
	struct json_object *o = NULL;

	if (key->kind != KIND_TEXT)
		o = json_tokener_parse(text);
	return o ? o : json_object_new_string(text);
}

struct json_object *event_to_json(const struct event *event)
{
	struct json_object *object = json_object_new_object();

	jsonline_set(object, "cmd", verb_name(event->verb));
	for (const struct key *key = keys[event->verb]; key->name; key++) {
		char *text;

		if (key->written == NEVER)
			continue;
		text = event_text(event, key->field);
		if (text || key->written == ALWAYS)
			jsonline_set_value(object, key->name, text ? value_of(key, text) : NULL);
		free(text);
	}
	return object;
}
