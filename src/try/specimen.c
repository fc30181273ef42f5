/* SPDX-License-Identifier: MIT */
/* Values to try a handler with. */
#include "config.h"

#include "try/specimen.h"

#include <stdlib.h>

#include <uv.h>

#include "identifier.h"

/* One of the characters of base64url that scripts trip over at the begin of a word, or one of the
 * others. */
static void make_text(char out[DIGEST_TEXT + 1], bool dash)
{
	unsigned char random[DIGEST_SIZE];

	do {
		uv_random(NULL, NULL, random, sizeof(random), 0, NULL);
		if (dash)
			random[0] |= 0xf8; /* 62 is '-' */
		digest_encode(random, out);
	} while ((*out == '-') != dash);
}

/* A key authorization whose token begins with '-', or not, and so does its digest. */
static char *make_key_authorization(bool dash)
{
	char token[DIGEST_TEXT + 1], thumbprint[DIGEST_TEXT + 1], digest[DIGEST_TEXT + 1];
	char *text = NULL;

	do {
		free(text);
		make_text(token, dash);
		make_text(thumbprint, false);
		text = xasprintf("%s.%s", token, thumbprint);
		digest_text(text, digest);
	} while ((*digest == '-') != dash);
	return text;
}

bool specimen_make(struct event *event, const char *type, const char *name, const char *account,
    bool dash, struct error *error)
{
	char *key_auth = make_key_authorization(dash);

	event->verb = VERB_DEPLOY;
	event_set(event, FIELD_TYPE, type);
	event_set(event, FIELD_DOMAIN, name);
	event_set(event, FIELD_KEY_AUTH, key_auth);
	event_set(event, FIELD_ACCOUNT, account);
	free(key_auth);
	return event_complete(event, error);
}
