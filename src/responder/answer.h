/* SPDX-License-Identifier: MIT */
/* The answer to a query. */
#ifndef ACMEHOOK_ANSWER_H
#define ACMEHOOK_ANSWER_H

#include <stddef.h>

#include "responder/names.h"

/* Room for the longest answer: by UDP, and by TCP. */
#define ANSWER_UDP 1232
#define ANSWER_TCP 65535
/* As many octets of an answer to a query of so many are no amplification worth the name. */
#define ANSWER_MODEST(query) (4 * (query))

/*
 * Writes the answer to out, which has room for so many octets, ANSWER_UDP at least; it is limited
 * to what the query says that its sender takes, unless there is room for ANSWER_TCP. An answer that
 * is too long is replaced by one that says so (TC). Returns its length; 0 if there is to be none.
 */
size_t answer(const struct names *names, const unsigned char *query, size_t len, unsigned char *out,
    size_t room);
/* The same, but it says in any case that it would be too long. */
size_t answer_by_tcp(const struct names *names, const unsigned char *query, size_t len,
    unsigned char *out, size_t room);

#endif
