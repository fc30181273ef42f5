/* SPDX-License-Identifier: MIT */
/* What is served under a word: the contents of tokens, the digests of server names. */
#ifndef ACMEHOOK_VALUES_H
#define ACMEHOOK_VALUES_H

#include <stddef.h>

#include "responder/table.h"

/* All zero in the beginning. */
struct values {
	struct table table;
	unsigned long added; /* so many, ever */
};

/* Adds a value; there may be several under one word, and the same one more than once. */
void values_add(struct values *all, const char *word, const char *value);
/* Takes it back once. */
void values_remove(struct values *all, const char *word, const char *value);
/* Of the values the one that was added last; NULL if there is none. It is valid until something is
 * removed. */
const char *values_find(const struct values *all, const char *word);
void values_free(struct values *all);

#endif
