/* SPDX-License-Identifier: MIT */
/* Which of the words that are known was probably meant. */
#ifndef ACMEHOOK_NEAREST_H
#define ACMEHOOK_NEAREST_H

#include <stddef.h>

/* Of the words that were tried, the one that is nearest to what was written; both are borrowed. */
struct nearest {
	const char *written;
	size_t len; /* of written, which may go on */
	const char *word;
	unsigned distance; /* so many letters were left out, added, changed, or swapped */
	char advice[64];
};

/* {written, len} is one that was compared with nothing yet. */
void nearest_try(struct nearest *nearest, const char *word);
/* The word; NULL if none is so near that the difference is a slip. */
const char *nearest_word(const struct nearest *nearest);
/* "did you mean PREFIX and the word?", which belongs to nearest; or what is said otherwise. */
const char *nearest_advice(struct nearest *nearest, const char *prefix, const char *otherwise);

#endif
