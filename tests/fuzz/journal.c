/* SPDX-License-Identifier: MIT */
/* Files of the journal. What is an entry, or a certificate, can be written, and is then read the
 * same. */
#include "config.h"

#include <string.h>

#include "journal/certs.h"
#include "journal/entry_json.h"
#include "fuzz.h"
#include "jsonline.h"
#include "settings/options_json.h"

static void check_round(const struct entry *entry)
{
	struct json_object *first = entry_to_json(entry), *second;
	struct entry again;

	MUST(!entry_from_json(first, &again));
	second = entry_to_json(&again);
	MUST(!strcmp(json_object_to_json_string(first), json_object_to_json_string(second)));
	json_object_put(first);
	json_object_put(second);
	entry_free(&again);
}

static void check_entry(struct json_object *o)
{
	struct entry entry;
	const char *why = entry_from_json(o, &entry);

	MUST(!why || *why);
	if (why)
		return;
	/* what is needed to undo it is there, and may be used */
	MUST(entry.from && entry.to && entry.event.field[FIELD_DOMAIN]);
	MUST(!entry.handler || *entry.handler == '/');
	check_round(&entry);
	entry_free(&entry);
}

static void check_cert_round(const struct cert *cert)
{
	struct json_object *first = cert_to_json(cert), *second;
	struct cert again;

	MUST(!cert_from_json(first, &again));
	second = cert_to_json(&again);
	MUST(!strcmp(json_object_to_json_string(first), json_object_to_json_string(second)));
	json_object_put(first);
	json_object_put(second);
	cert_free(&again);
}

/* What its options say can be said again. */
static void check_options(struct json_object *options)
{
	struct settings settings = {0}, again = {0};
	struct error error = {0};

	if (options_from_json(options, &settings, &error)) {
		struct json_object *first = options_to_json(&settings), *second;

		MUST(options_from_json(first, &again, &error));
		second = options_to_json(&again);
		MUST(json_object_equal(first, second));
		json_object_put(first);
		json_object_put(second);
	}
	settings_free(&settings);
	settings_free(&again);
}

static void check_cert(struct json_object *o)
{
	struct cert cert;
	const char *why = cert_from_json(o, &cert);

	MUST(!why || *why);
	if (why)
		return;
	MUST(cert.from && cert.attempts > 0 && cert.event.field[FIELD_DOMAIN]);
	MUST(verb_is_kept(cert.event.verb));
	MUST(cert_next(&cert, 20, 600000) >= -1);
	check_cert_round(&cert);
	check_options(cert.options);
	cert_free(&cert);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *why = NULL;
	struct json_object *o = jsonline_parse((const char *)data, size, &why);

	if (!o)
		return 0;
	check_entry(o);
	check_cert(o);
	json_object_put(o);
	return 0;
}
