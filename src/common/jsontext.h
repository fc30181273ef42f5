/* SPDX-License-Identifier: MIT */
/*
 * JSON that is written as text at once, in the form of jsonline_add(): what the verifier says by
 * the ten thousand is not built as objects first.
 */
#ifndef ACMEHOOK_JSONTEXT_H
#define ACMEHOOK_JSONTEXT_H

#include "buf.h"

/* All of these add a member with that key to an object, or with key NULL an element to an array. */

/* '{' or '['; with key NULL also the value that a line is, in an empty buffer or after a newline.
 */
void jsontext_open(struct buf *b, const char *key, char bracket);
/* '}' or ']' */
void jsontext_close(struct buf *b, char bracket);
/* Valid UTF-8; NULL becomes null. */
void jsontext_string(struct buf *b, const char *key, const char *text);
void jsontext_integer(struct buf *b, const char *key, long long n);
/* A value that is JSON already. */
void jsontext_raw(struct buf *b, const char *key, const char *json);

#endif
