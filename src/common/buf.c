/* SPDX-License-Identifier: MIT */
/* A growing string with a limit; memory that is there or ends the program. */
#include "config.h"

#include "buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* As much is cleared here. */
#define CLEAR_MAX 4096

static void *or_die(void *p)
{
	if (!p) {
		fputs("acmehook: out of memory\n", stderr);
		abort();
	}
	return p;
}

void *xcalloc(size_t n, size_t size)
{
	void *p;

	/* glibc's calloc() passes by what was freed last (its tcache), which malloc() is fast for.
	 */
	if (!n || !size || n > CLEAR_MAX / size)
		return or_die(calloc(n ? n : 1, size ? size : 1));
	p = xrealloc(NULL, n * size); /* malloc() and memset() become calloc() again */
	return memset(p, 0, n * size);
}

void *xrealloc(void *p, size_t size)
{
	return or_die(realloc(p, size ? size : 1));
}

char *xstrdup(const char *s)
{
	return or_die(strdup(s));
}

uint64_t text_hash(const char *text)
{
	uint64_t hash = 14695981039346656037u;

	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * 1099511628211u;
	return hash;
}

char *xstrndup(const char *s, size_t n)
{
	return or_die(strndup(s, n));
}

char *xasprintf(const char *format, ...)
{
	char *s = NULL;
	va_list ap;

	va_start(ap, format);
	if (vasprintf(&s, format, ap) < 0)
		s = NULL;
	va_end(ap);
	return or_die(s);
}

char *xabsolute(const char *path)
{
	char *here = *path == '/' ? NULL : getcwd(NULL, 0), *all;

	all = here ? xasprintf("%s/%s", here, path) : xstrdup(path);
	free(here);
	return all;
}

bool buf_add(struct buf *b, const void *data, size_t len)
{
	if (len > b->max - b->len) {
		b->overflow = true;
		return false;
	}
	if (b->len + len + 1 > b->size) {
		size_t size = b->size ? b->size : 64;
		while (size < b->len + len + 1)
			size *= 2;
		b->data = xrealloc(b->data, size);
		b->size = size;
	}
	if (len)
		memcpy(b->data + b->len, data, len);
	b->len += len;
	b->data[b->len] = '\0';
	return true;
}

bool buf_puts(struct buf *b, const char *text)
{
	return buf_add(b, text, strlen(text));
}

bool buf_number(struct buf *b, long long n)
{
	unsigned long long rest = n < 0 ? 0 - (unsigned long long)n : (unsigned long long)n;
	char digits[24], *p = digits + sizeof(digits);

	do
		*--p = (char)('0' + rest % 10);
	while (rest /= 10);
	if (n < 0)
		*--p = '-';
	return buf_add(b, p, (size_t)(digits + sizeof(digits) - p));
}

bool buf_printf(struct buf *b, const char *format, ...)
{
	char *s = NULL;
	va_list ap;
	int n;
	bool ok;

	va_start(ap, format);
	n = vasprintf(&s, format, ap);
	va_end(ap);
	if (n < 0)
		or_die(NULL);
	ok = buf_add(b, s, (size_t)n);
	free(s);
	return ok;
}

bool buf_shell_word(struct buf *b, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_-./:=@%+,";
	bool ok;

	if (*word && strspn(word, plain) == strlen(word))
		return buf_puts(b, word);
	ok = buf_puts(b, "'");
	for (; *word; word++)
		ok = (*word == '\'' ? buf_puts(b, "'\\''") : buf_add(b, word, 1)) && ok;
	return buf_puts(b, "'") && ok;
}

/* How many bytes at p, of which a NUL is behind the last, are not for terminals. */
static size_t invisible(const unsigned char *p)
{
	if (p[0] < 0x20 || p[0] == 0x7f)
		return p[0] != '\n' && p[0] != '\t';
	if (p[0] == 0xc2 && p[1] >= 0x80 && p[1] <= 0x9f)
		return 2;
	if (p[0] == 0xe2 && p[1] == 0x80 && p[2] >= 0xaa && p[2] <= 0xae)
		return 3;
	return p[0] == 0xe2 && p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9 ? 3 : 0;
}

void buf_visible(struct buf *b)
{
	for (size_t i = 0; i < b->len;) {
		size_t n = invisible((unsigned char *)b->data + i);

		memset(b->data + i, '?', n);
		i += n ? n : 1;
	}
}

void buf_drop(struct buf *b, size_t n)
{
	if (n >= b->len)
		n = b->len;
	if (!n)
		return;
	memmove(b->data, b->data + n, b->len - n + 1);
	b->len -= n;
}

void buf_cut(struct buf *b, size_t len)
{
	if (len >= b->len)
		return;
	b->data[len] = '\0';
	b->len = len;
}

void buf_free(struct buf *b)
{
	free(b->data);
	*b = (struct buf)BUF_INIT(b->max);
}

const char *buf_text(const struct buf *b)
{
	return b->data ? b->data : "";
}

void strlist_take(struct strlist *l, char *s)
{
	l->v = xrealloc(l->v, (l->n + 2) * sizeof(*l->v));
	l->v[l->n++] = s;
	l->v[l->n] = NULL;
}

void strlist_add(struct strlist *l, const char *s)
{
	strlist_take(l, xstrdup(s));
}

void strlist_put_first(struct strlist *l, const char *s)
{
	char *copy = xstrdup(s);

	strlist_take(l, copy);
	memmove(l->v + 1, l->v, (l->n - 1) * sizeof(*l->v));
	l->v[0] = copy;
}

bool strlist_has(const struct strlist *l, const char *s)
{
	for (size_t i = 0; i < l->n; i++)
		if (!strcmp(l->v[i], s))
			return true;
	return false;
}

void strlist_free(struct strlist *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->v[i]);
	free(l->v);
	*l = (struct strlist){0};
}
