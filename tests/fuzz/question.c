/* SPDX-License-Identifier: MIT */
/*
 * Questions to the verifier, in words and in JSON. What is taken for one can be asked: it has a
 * type, a name without anything odd in it, and values where the type has such.
 */
#include "config.h"

#include <string.h>

#include "fuzz.h"
#include "verify/question.h"

static void check_one(const struct check *c, const char *fault)
{
	MUST(!fault || strlen(fault) > 10);
	if (fault)
		return;
	MUST(c->type && c->domain && *c->domain);
	for (const char *p = c->domain; *p; p++)
		MUST(*p > ' ' && *p < 0x7f && (*p < 'A' || *p > 'Z'));
	MUST(c->type->valueless || c->values.n);
	MUST(c->values.n <= 100 && c->profile && c->http_port && c->tls_port);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct check common, words = {0}, json = {0};
	struct json_object *o;
	const char *why;
	char *line = malloc(size + 1);

	memcpy(line, data, size);
	line[size] = '\0';
	question_init(&common);
	question_copy(&words, &common);
	check_one(&words, question_words(&words, line, size));
	MUST(!words.progress && !words.absent && !words.authorities.n);
	question_copy(&json, &common);
	o = jsonline_parse(line, size, &why);
	if (o)
		check_one(&json, question_read(&json, o));
	json_object_put(o);
	question_free(&words);
	question_free(&json);
	free(line);
	return 0;
}
