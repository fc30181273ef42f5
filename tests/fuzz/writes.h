/* SPDX-License-Identifier: MIT */
/* What was understood, told to handlers of every kind. */
#ifndef ACMEHOOK_FUZZ_WRITES_H
#define ACMEHOOK_FUZZ_WRITES_H

#include <string.h>

#include "fuzz.h"
#include "dialects/dialect.h"

/* Nothing that a shell script would trip over. */
static inline void check_text(const char *text)
{
	for (; *text; text++)
		MUST((unsigned char)*text >= ' ' && *text != 0x7f);
}

static inline void check_call(const struct call *call, const struct dialect *to, enum verb verb)
{
	size_t at = 0;

	if (to->compose) /* no program is called */
		return;
	while (at < call->argv.n && strcmp(call->argv.v[at], "/handler"))
		at++; /* what runs the handler comes before it */
	for (size_t i = 0; i < call->env.n; i++)
		MUST(*call->env.v[i] && *call->env.v[i] != '=');
	for (size_t i = at; i < call->argv.n && verb == VERB_DEPLOY; i++)
		check_text(call->argv.v[i]);
	for (size_t i = 0; i < call->env.n && verb == VERB_DEPLOY; i++)
		check_text(call->env.v[i]);
}

static inline void check_writes(const struct events *events)
{
	for (size_t d = 0; dialects[d] && events->n; d++) {
		for (int chain = 0; chain < 2 && dialects[d]->flags & DIALECT_TO; chain++) {
			struct calls calls = {0};
			struct error error = {0};
			bool good = dialect_write(dialects[d], "/handler", chain, events->v, 0,
			    events->n, &calls, &error);

			MUST(good == !error.failure);
			for (size_t i = 0; i < calls.n; i++)
				check_call(&calls.v[i], dialects[d], events->v[0].verb);
			calls_free(&calls);
		}
	}
}

#endif
