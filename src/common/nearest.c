/* SPDX-License-Identifier: MIT */
/* The edit distance of Damerau and Levenshtein, each place edited once. */
#include "config.h"

#include "nearest.h"

#include <stdio.h>
#include <string.h>

/* Longer words are none of ours. */
#define WORD_MAX 40

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static unsigned distance(const char *a, size_t n, const char *b, size_t m)
{
	unsigned row[WORD_MAX + 1][WORD_MAX + 1];

	for (size_t j = 0; j <= m; j++)
		row[0][j] = (unsigned)j;
	for (size_t i = 1; i <= n; i++) {
		row[i][0] = (unsigned)i;
		for (size_t j = 1; j <= m; j++) {
			unsigned changed = row[i - 1][j - 1] + (a[i - 1] != b[j - 1]);

			row[i][j] = least(changed, least(row[i - 1][j], row[i][j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				row[i][j] = least(row[i][j], row[i - 2][j - 2] + 1);
		}
	}
	return row[n][m];
}

void nearest_try(struct nearest *nearest, const char *word)
{
	size_t m = strlen(word);
	unsigned d;

	if (nearest->len > WORD_MAX || m > WORD_MAX)
		return;
	d = distance(nearest->written, nearest->len, word, m);
	if (!nearest->word || d < nearest->distance) {
		nearest->word = word;
		nearest->distance = d;
	}
}

const char *nearest_word(const struct nearest *nearest)
{
	/* of short words half would be changed */
	return nearest->word && nearest->distance <= (nearest->len < 5 ? 1 : 2) ? nearest->word
										: NULL;
}

const char *nearest_advice(struct nearest *nearest, const char *prefix, const char *otherwise)
{
	const char *word = nearest_word(nearest);

	if (!word)
		return otherwise;
	snprintf(nearest->advice, sizeof(nearest->advice), "did you mean %s%s?", prefix, word);
	return nearest->advice;
}
