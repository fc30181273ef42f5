/* SPDX-License-Identifier: MIT */
/*
 * The grammar that CAA records and dns-persist-01 have in common (RFC 8659 section 4.2): the name
 * of an issuer, and after it parameters, all separated by ';'.
 */
#ifndef ACMEHOOK_ISSUE_VALUE_H
#define ACMEHOOK_ISSUE_VALUE_H

#include <stdbool.h>
#include <stddef.h>

/* A part of a value: not terminated, and not owned. */
struct piece {
	const char *p;
	size_t len;
};

/*
 * Cuts off what is before the next ';', without the blanks around it, and leaves in *rest what is
 * behind. False if there is nothing more; even an empty value has one piece.
 */
bool piece_next(struct piece *rest, struct piece *piece);
/* "tag=value", without the blanks around the two; false if there is no '='. */
bool piece_split(const struct piece *piece, struct piece *tag, struct piece *value);
/* Has the value of a parameter visible ASCII characters only? */
bool piece_is_value(const struct piece *value);
bool piece_is(const struct piece *piece, const char *text);
/* The same, whatever the case of ASCII letters. */
bool piece_is_nocase(const struct piece *piece, const char *text);

#endif
