/* SPDX-License-Identifier: MIT */
/*
 * What is asked, into checks: a question in JSON, or one in words. acmehook-verify(8) describes
 * both.
 */
#ifndef ACMEHOOK_QUESTION_H
#define ACMEHOOK_QUESTION_H

#include <stddef.h>

#include "verify/check.h"

/* What all questions have in common, to begin with: what holds if nobody says otherwise. */
void question_init(struct check *check);
/* A copy of that, all zero before; to be freed by question_free(). */
void question_copy(struct check *check, const struct check *common);
/* What was asked; not the rest of the check. */
void question_free(struct check *check);

/*
 * These fill in the check; what is wrong with the question, as a sentence in static storage, or
 * NULL. The check is to be freed in either case.
 */

/* The members of an object, those that are known; "id" and "cancel" are not for here. */
const char *question_members(struct check *check, struct json_object *members);
/* The same of a question: all of it must be there, and be one that can be asked. */
const char *question_read(struct check *check, struct json_object *question);
/* TYPE NAME [VALUE...], with blanks in between. */
const char *question_words(struct check *check, const char *line, size_t len);

#endif
