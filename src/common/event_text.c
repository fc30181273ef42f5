/* SPDX-License-Identifier: MIT */
/* The fields of an event and its views, which are made of the fields when they are asked for. */
#include "config.h"

#include "event.h"

#include <stdlib.h>
#include <string.h>

#include "identifier.h"

/* dehydrated's form of the tls-alpn-01 digest. */
static char *digest_hex(const char *digest)
{
	unsigned char octets[DIGEST_SIZE];
	struct buf hex = BUF_INIT(3 * DIGEST_SIZE);

	if (!digest_decode(digest, octets))
		return NULL;
	for (int i = 0; i < DIGEST_SIZE; i++)
		buf_printf(&hex, "%s%02x", i ? ":" : "", octets[i]);
	return hex.data;
}

static char *whole_seconds(const char *timestamp)
{
	double seconds;
	long long whole;

	if (!timestamp)
		return NULL;
	seconds = strtod(timestamp, NULL);
	whole = (long long)seconds;
	return xasprintf("%lld", (double)whole < seconds ? whole + 1 : whole);
}

static char *copy(const char *text)
{
	return text ? xstrdup(text) : NULL;
}

/* The directory of the four files, if they are in one and have these names. */
static char *directory_of_files(const struct event *event, const char *suffix)
{
	static const struct {
		enum field field;
		const char *name;
	} files[] = {
	    {FIELD_CERT_PATH, "/cert"},
	    {FIELD_KEY_PATH, "/privkey"},
	    {FIELD_CHAIN_PATH, "/chain"},
	    {FIELD_FULLCHAIN_PATH, "/fullchain"},
	};
	const char *cert = event->field[FIELD_CERT_PATH];
	size_t len = cert && strrchr(cert, '/') ? (size_t)(strrchr(cert, '/') - cert) : 0;

	for (size_t i = 0; i < nitems(files); i++) {
		const char *path = event->field[files[i].field];
		size_t name = strlen(files[i].name);

		if (!path || !len || strncmp(path, cert, len) ||
		    strncmp(path + len, files[i].name, name) || strcmp(path + len + name, suffix))
			return NULL;
	}
	return xstrndup(cert, len);
}

/* acmetool's state directory, if the files are in live/DOMAIN of one. */
static char *state_dir(const struct event *event)
{
	char *directory = directory_of_files(event, ""), *name;

	if (!directory || !event->field[FIELD_DOMAIN]) {
		free(directory);
		return NULL;
	}
	name = xasprintf("/live/%s", event->field[FIELD_DOMAIN]);
	if (strlen(directory) > strlen(name) &&
	    !strcmp(directory + strlen(directory) - strlen(name), name)) {
		directory[strlen(directory) - strlen(name)] = '\0';
	} else {
		free(directory);
		directory = NULL;
	}
	free(name);
	return directory;
}

char *event_text(const struct event *event, int field)
{
	char *const *f = event->field;
	const char *type = f[FIELD_TYPE] ? f[FIELD_TYPE] : "";

	switch (field) {
	case VIEW_TOKEN:
		return copy(f[FIELD_TOKEN] ? f[FIELD_TOKEN] : f[FIELD_VALUE]);
	case VIEW_VALIDATION_HEX:
		return !strcmp(type, "tls-alpn-01") && f[FIELD_VALUE] ? digest_hex(f[FIELD_VALUE])
								      : copy(f[FIELD_VALIDATION]);
	case VIEW_URI:
		if (strcmp(type, "http-01") || !f[FIELD_TOKEN])
			return NULL;
		return xasprintf(strchr(f[FIELD_DOMAIN], ':')
				     ? "http://[%s]/.well-known/acme-challenge/%s"
				     : "http://%s/.well-known/acme-challenge/%s",
		    f[FIELD_DOMAIN], f[FIELD_TOKEN]);
	case VIEW_FQDN_DOT:
		return f[FIELD_FQDN] ? xasprintf("%s.", f[FIELD_FQDN]) : NULL;
	case VIEW_LINEAGE:
		return directory_of_files(event, ".pem");
	case VIEW_STATE_DIR:
		return state_dir(event);
	case VIEW_EMPTY:
		return xstrdup("");
	case VIEW_DASHES:
		return xstrdup("--");
	case VIEW_COMMAND: /* token and key authorization need no quotes */
		if (strcmp(type, "http-01") || !f[FIELD_TOKEN])
			return NULL;
		return xasprintf("mkdir -p .well-known/acme-challenge && printf %%s %s "
				 ">.well-known/acme-challenge/%s",
		    f[FIELD_VALIDATION], f[FIELD_TOKEN]);
	case VIEW_TIMESTAMP:
		return whole_seconds(f[FIELD_TIMESTAMP]);
	default:
		return copy(f[field]);
	}
}
