/* SPDX-License-Identifier: MIT */
/* What a handler printed: the beginning and the end of it, however much it was. */
#ifndef ACMEHOOK_CAPTURE_H
#define ACMEHOOK_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes kept of the beginning and of the end; what lies between is counted. */
#define CAPTURE_HEAD (48 * 1024)
#define CAPTURE_TAIL (16 * 1024)

/* All zero is an empty capture. Memory grows with what is kept, never beyond head and tail. */
struct capture {
	char *head, *tail;
	size_t head_len, head_size;
	size_t tail_at; /* where the next byte of the ring goes */
	size_t total;	/* bytes that came */
};

void capture_add(struct capture *c, const char *data, size_t len);
bool capture_truncated(const struct capture *c);
/*
 * The text as valid UTF-8 without NUL: what is neither becomes U+FFFD; where something was cut, a
 * line says how much. The caller frees it.
 */
char *capture_text(const struct capture *c);
void capture_free(struct capture *c);

#endif
