/* SPDX-License-Identifier: MIT */
/* A growing string with a limit, and the few words about memory both programs share. */
#ifndef ACMEHOOK_BUF_H
#define ACMEHOOK_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define nitems(array) (sizeof(array) / sizeof((array)[0]))

/*
 * data is always NUL-terminated once something was added, NULL before; len does not count the
 * NUL. Nothing beyond max bytes is kept: an addition that does not fit adds nothing, sets
 * overflow and returns false.
 */
struct buf {
	char *data;
	size_t len;
	size_t size;
	size_t max;
	bool overflow;
};

#define BUF_INIT(limit)        \
	{                      \
		.max = (limit) \
	}

bool buf_add(struct buf *b, const void *data, size_t len);
bool buf_puts(struct buf *b, const char *text);
/* In decimal. */
bool buf_number(struct buf *b, long long n);
bool buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Adds one word as a POSIX shell would have to be given it: quoted only where it must be. */
bool buf_shell_word(struct buf *b, const char *word);
/*
 * Makes of what could upset or deceive a terminal '?': control characters but for newline and tab,
 * those of C1 in UTF-8 (ECMA-48), and those that turn the direction of writing (Unicode's bidi
 * embeddings, overrides and isolates).
 */
void buf_visible(struct buf *b);
/* Drops the first n bytes. */
void buf_drop(struct buf *b, size_t n);
/* Drops all behind the first len bytes. */
void buf_cut(struct buf *b, size_t len);
/* Frees the data; the buffer is empty then and can be used again. */
void buf_free(struct buf *b);
/* The text, never NULL; owned by the buffer. */
const char *buf_text(const struct buf *b);

/* As malloc, calloc, realloc, strdup; they end the program when there is no memory. */
void *xcalloc(size_t n, size_t size);
void *xrealloc(void *p, size_t size);
char *xstrdup(const char *s);
char *xstrndup(const char *s, size_t n);
/* The same for the same text, everywhere and for ever (FNV-1a, 64 bits). */
uint64_t text_hash(const char *text);
char *xasprintf(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* A path as it is called from any directory; as it is, if we do not know where we are. */
char *xabsolute(const char *path);

/* A list of strings it owns, NULL-terminated at every moment (v is NULL while it is empty). */
struct strlist {
	char **v;
	size_t n;
};

void strlist_add(struct strlist *l, const char *s);
/* Takes ownership of s. */
void strlist_take(struct strlist *l, char *s);
/* Puts a copy before all others. */
void strlist_put_first(struct strlist *l, const char *s);
bool strlist_has(const struct strlist *l, const char *s);
void strlist_free(struct strlist *l);

#endif
