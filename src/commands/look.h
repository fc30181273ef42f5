/* SPDX-License-Identifier: MIT */
/* One question of "acmehook verify": TYPE NAME [VALUE...]. */
#ifndef ACMEHOOK_LOOK_H
#define ACMEHOOK_LOOK_H

#include "commands/session.h"
#include "jobs/verifier.h"
#include "verdict.h"

/* All zero in the beginning, but what is said to be given. */
struct look {
	struct session *session;	 /* given */
	size_t line;			 /* given: of the file it is from; 0: none */
	void (*done)(struct look *look); /* given, or NULL: the verdict is there; may end it */
	struct look *next, **link;	 /* for whoever has many */
	char *title;
	struct event event;
	const char *value; /* the one there is, in the form that the verifier wants */
	struct json_object *verdict;
	struct question *question; /* NULL unless under way */
};

/* Asks; progress may be NULL. False, with a sentence, if that cannot be asked. */
bool look_begin(struct look *look, const struct strlist *words, verifier_progress *progress,
    struct error *error);
/* On standard output, as the format wants it; with what each server said, if that is text. */
void look_print(const struct look *look, bool evidence);
enum verdict look_verdict(const struct look *look);
enum failure look_failure(enum verdict verdict);
/* Whether it was begun, is under way, or over. */
void look_end(struct look *look);

/* The questions of the file that --file names. Returns the exit status. */
int look_at_file(struct session *session);

#endif
