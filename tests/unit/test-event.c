/* SPDX-License-Identifier: MIT */
/* Events: names, derivation, checks, JSON there and back. */
#include "config.h"

#include <stdlib.h>

#include "event_json.h"
#include "jsonline.h"
#include "tap.h"

#define TOKEN "LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0"
#define KEY_AUTH TOKEN ".9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI"
#define DIGEST "LPsIwTo7o8BoG0-vjCyGQGBWSVIPxI-i_X336eUOQZo"
#define HEX                                                \
	"2c:fb:08:c1:3a:3b:a3:c0:68:1b:4f:af:8c:2c:86:40:" \
	"60:56:49:52:0f:c4:8f:a2:fd:7d:f7:e9:e5:0e:41:9a"

static void test_names(void)
{
	bool good = true;

	for (enum verb v = VERB_UNKNOWN + 1; v < VERB__MAX; v++)
		good = good && verb_from_name(verb_name(v)) == v;
	ok(good, "every verb has a name that leads back to it");
	good = true;
	for (int f = 0; f < VIEW__MAX; f++)
		good = good && field_name(f) && *field_name(f);
	ok(good, "every field and view has a name");
	ok(verb_from_name("deploy_challenge") == VERB_DEPLOY &&
		verb_from_name("unknown") == VERB_UNKNOWN,
	    "dehydrated's words are names too");
}

/* A deploy with these fields, completed. */
static bool make(struct event *e, struct error *error, const char *type, const char *domain,
    const char *token, const char *validation, const char *key_auth)
{
	*e = (struct event){.verb = VERB_DEPLOY};
	*error = (struct error){0};
	event_set(e, FIELD_TYPE, type);
	event_set(e, FIELD_DOMAIN, domain);
	event_set(e, FIELD_TOKEN, token);
	event_set(e, FIELD_VALIDATION, validation);
	event_set(e, FIELD_KEY_AUTH, key_auth);
	return event_complete(e, error);
}

static void test_derive(void)
{
	struct event e;
	struct error error;
	char *text;

	ok(make(&e, &error, NULL, "Example.TEST.", NULL, DIGEST, NULL), "a digest alone is dns-01");
	is_text(e.field[FIELD_TYPE], "dns-01", "by its shape");
	is_text(e.field[FIELD_DOMAIN], "example.test", "the name is in one form");
	is_text(e.field[FIELD_FQDN], "_acme-challenge.example.test", "the record's name follows");
	is_text(e.field[FIELD_TOKEN], NULL, "no token is invented");
	text = event_text(&e, VIEW_TOKEN);
	is_text(text, DIGEST, "but handlers get something that is not empty");
	free(text);
	event_free(&e);

	ok(make(&e, &error, "dns-01", "*.example.test", NULL, NULL, KEY_AUTH),
	    "from the key authorization");
	is_text(e.field[FIELD_VALIDATION], DIGEST, "the digest follows");
	is_text(e.field[FIELD_TOKEN], TOKEN, "and the token");
	is_text(e.field[FIELD_DOMAIN], "example.test", "a challenge is for the name without *.");
	event_free(&e);

	ok(make(&e, &error, NULL, "2001:db8::1", TOKEN, KEY_AUTH, NULL), "an address, http-01");
	text = event_text(&e, VIEW_URI);
	is_text(text, "http://[2001:db8::1]/.well-known/acme-challenge/" TOKEN,
	    "has brackets in the URL");
	free(text);
	is_text(e.field[FIELD_VALUE], DIGEST, "the digest is known for http-01 too");
	event_free(&e);

	ok(make(&e, &error, NULL, "example.test", TOKEN, HEX, NULL), "colons are tls-alpn-01");
	is_text(e.field[FIELD_VALIDATION], DIGEST, "which is the same digest");
	text = event_text(&e, VIEW_VALIDATION_HEX);
	is_text(text, HEX, "and goes back to hex for dehydrated");
	free(text);
	event_free(&e);

	event_set(&e, FIELD_TIMESTAMP, "1477582245.99");
	text = event_text(&e, VIEW_TIMESTAMP);
	is_text(text, "1477582246", "fractions of seconds are rounded up");
	free(text);
	event_free(&e);
}

static void test_refuse(void)
{
	static const struct {
		const char *type, *domain, *token, *validation, *key_auth, *why;
	} rows[] = {
	    {NULL, NULL, TOKEN, DIGEST, NULL, "the domain is missing"},
	    {NULL, "a..test", TOKEN, DIGEST, NULL, "has an empty label"},
	    {NULL, "a.test", "a/b", DIGEST, NULL, "outside base64url"},
	    {NULL, "a.test", TOKEN, NULL, NULL, "the challenge type is missing"},
	    {"dns-01", "a.test", TOKEN, NULL, NULL, "the value of the dns-01 challenge is missing"},
	    {"http-01", "a.test", TOKEN, NULL, NULL, "the key authorization of the http-01"},
	    {"dns-01", "a.test", TOKEN, "short", NULL, "is not a base64url SHA-256 digest"},
	    {"http-01", "a.test", TOKEN, DIGEST, NULL, "has no '.'"},
	    {"dns-01", "192.0.2.1", TOKEN, DIGEST, NULL, "not possible for the IP address"},
	    {"dns-02", "a.test", TOKEN, DIGEST, NULL, "is not a challenge type known here"},
	    {"dns-01", "a.test", "other", NULL, KEY_AUTH, "is not the one the key authorization"},
	    {"dns-01", "a.test", TOKEN, "667drNmQL3vX6bu8YZlgy0wKNBlCny8yrjF1lSaUndc", KEY_AUTH,
		"is not the digest of the key authorization"},
	    {"http-01", "a.test", TOKEN, "x.y", KEY_AUTH, "validation and key_auth"},
	};

	for (size_t i = 0; i < nitems(rows); i++) {
		struct event e;
		struct error error;
		bool made = make(&e, &error, rows[i].type, rows[i].domain, rows[i].token,
		    rows[i].validation, rows[i].key_auth);

		if (!ok(!made && strstr(error.text, rows[i].why), "refused: %s", rows[i].why))
			printf("# it says: %s\n", error.text);
		event_free(&e);
	}
}

static void test_round_trip(void)
{
	static const char *const lines[] = {
	    "{ \"cmd\": \"perform_challenge\", \"type\": \"dns-01\", \"domain\": \"a.test\", "
	    "\"token\": \"" TOKEN "\", \"validation\": \"" DIGEST
	    "\", \"txt_domain\": \"_acme-challenge.a.test\", \"key_auth\": \"" KEY_AUTH "\" }",
	    "{ \"cmd\": \"perform_challenge\", \"type\": \"http-01\", \"domain\": \"a.test\", "
	    "\"token\": \"" TOKEN "\", \"validation\": \"" KEY_AUTH
	    "\", \"uri\": \"http://a.test/.well-known/acme-challenge/" TOKEN
	    "\", \"command\": \"mkdir -p .well-known/acme-challenge && printf %s " KEY_AUTH
	    " >.well-known/acme-challenge/" TOKEN "\", \"key_auth\": \"" KEY_AUTH "\" }",
	    "{ \"cmd\": \"cleanup\", \"type\": \"dns-01\", \"status\": \"pending\", \"domain\": "
	    "\"a.test\", \"token\": \"" TOKEN "\", \"validation\": \"" DIGEST
	    "\", \"key_auth\": \"" KEY_AUTH "\", \"validated\": null, \"error\": null }",
	    "{ \"cmd\": \"deploy_cert\", \"domain\": \"*.a.test\", \"cert_path\": \"/c\", "
	    "\"key_path\": \"/k\", "
	    "\"chain_path\": \"/ch\", \"fullchain_path\": \"/f\", \"timestamp\": 100, "
	    "\"cert_timestamp\": 100.5 }",
	    "{ \"cmd\": \"save\", \"title\": null, \"temporary\": false }",
	    "{ \"cmd\": \"restart\" }",
	    "{ \"cmd\": \"report\", \"messages\": [ { \"priority\": 1, \"on_crash\": true, "
	    "\"lines\": [ \"x\" ] } ] }",
	    "{ \"cmd\": \"exit_hook\", \"error\": \"x\" }",
	};

	for (size_t i = 0; i < nitems(lines); i++) {
		struct event e;
		struct error error = {0};
		const char *why;
		struct json_object *o = jsonline_parse(lines[i], strlen(lines[i]), &why);
		struct buf b = BUF_INIT(JSONLINE_MAX);

		if (!event_from_json(o, &e, &error))
			printf("# %s\n", error.text);
		json_object_put(o);
		o = event_to_json(&e);
		jsonline_add(&b, o);
		json_object_put(o);
		event_free(&e);
		if (b.len)
			b.data[b.len - 1] = '\0';
		is_text(buf_text(&b), lines[i], "an event is written as it was read, key by key");
		buf_free(&b);
	}
}

int main(void)
{
	test_names();
	test_derive();
	test_refuse();
	test_round_trip();
	return done();
}
