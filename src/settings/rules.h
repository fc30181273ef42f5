/* SPDX-License-Identifier: MIT */
/* The configuration file: settings for all, and rules for some; acmehook.conf(5). */
#ifndef ACMEHOOK_RULES_H
#define ACMEHOOK_RULES_H

#include "event.h"
#include "settings/options.h"

/* A section `match "PATTERN" { ... }`. */
struct rule {
	char *pattern;
	int line;
	char *name;	/* NULL: any; "example.test", "*.example.test" or ".example.test" */
	char *type;	/* NULL: any */
	enum verb verb; /* VERB_UNKNOWN: any */
	struct settings settings;
};

struct rules {
	char *file; /* what was read; NULL if there is none */
	struct settings top;
	struct rule *v;
	size_t n;
};

/*
 * Reads file, or with NULL $ACMEHOOK_CONFIG or the installed default, which need not exist.
 * False, with FILE:LINE and a sentence, on any error.
 */
bool rules_read(struct rules *rules, const char *file, struct error *error);
/* Reads a text as if it were that of the file of this name; the text is changed. */
bool rules_parse(struct rules *rules, const char *file, struct buf *text, struct error *error);
/* Is there a handler for anything? */
bool rules_have_handler(const struct rules *rules);
void rules_free(struct rules *rules);

#endif
