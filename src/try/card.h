/* SPDX-License-Identifier: MIT */
/* The report card of a handler that was tried. */
#ifndef ACMEHOOK_CARD_H
#define ACMEHOOK_CARD_H

#include <json-c/json.h>

#include "try/traits.h"
#include "try/trial.h"

enum proof_of_lines {
	LINES_UNPROVEN, /* it was not tried whether they work */
	LINES_PROVEN,
	LINES_FAIL
};

struct card {
	const struct trial *trial;
	const struct traits *traits;
	const struct strlist *cure; /* the lines, "NAME=VALUE", that trying it added */
	enum proof_of_lines lines;
	bool works;	      /* for a name and its wildcard */
	const char *obstacle; /* why not; NULL */
	struct strlist left;  /* values that could not be cleaned */
};

/* Adds it to a buffer, for people or as one line of JSON; acmehook-events(5). */
void card_text(struct buf *b, const struct card *card);
void card_json(struct buf *b, const struct card *card);

#endif
