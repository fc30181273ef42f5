/* SPDX-License-Identifier: MIT */
/*
 * Calls of clients: the client's name, its variables, an empty word, and the words of the call,
 * each with a NUL behind it. What is understood goes to handlers of every kind.
 */
#include "config.h"

#include "writes.h"

#define WORDS 64

extern char **environ;

/* Takes strings up to an empty one, or the end; where the next ones are. */
static char *take(char *p, const char *end, char **words, size_t *n)
{
	for (*n = 0; p < end && *p && *n < WORDS; p += strlen(p) + 1)
		words[(*n)++] = p;
	words[*n] = NULL;
	return p < end ? p + strlen(p) + 1 : p;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = calloc(1, size + 1), *p, *variables[WORDS + 1], *words[WORDS + 1];
	char **ours = environ;
	const struct dialect *from;
	struct events events = {0};
	const struct form *form = NULL;
	struct error error = {0};
	size_t n;
	bool good;

	if (!freopen(
		"/dev/null", "r", stdin)) /* acmetool's key authorization would come from there */
		abort();
	memcpy(text, data, size);
	from = dialect_find(text, DIALECT_FROM);
	if (!from || from->flags & DIALECT_STREAM) {
		free(text);
		return 0;
	}
	p = take(text + strlen(text) + 1, text + size, variables, &n);
	take(p, text + size, words, &n);
	environ = variables;
	good = dialect_read(from, words, n, &events, &form, &error);
	MUST(good == !error.failure);
	for (size_t i = 0; good && i < events.n; i++)
		MUST(events.v[i].verb && events.v[i].verb == events.v[0].verb);
	if (good)
		check_writes(&events);
	environ = ours;
	events_free(&events);
	free(text);
	return 0;
}
