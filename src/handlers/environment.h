/* SPDX-License-Identifier: MIT */
/* The environment that a handler gets: chosen, not simply inherited; acmehook(1), HANDLERS. */
#ifndef ACMEHOOK_ENVIRONMENT_H
#define ACMEHOOK_ENVIRONMENT_H

#include <stdbool.h>

#include "buf.h"
#include "error.h"

/*
 * Ours without what is meant for us alone (service managers) and, for root, without what changes
 * the programs that a handler runs (loaders, shells, interpreters); with a PATH. Then the layers,
 * of which each wins over those before it: NAME=VALUE sets, NAME alone unsets. NULL layers are
 * passed over. The array is the caller's, its strings are borrowed.
 */
char **environment_make(const struct strlist *const *layers, size_t n);

/* Is this entry of our environment one that is passed on? */
bool environment_inherits(const char *entry);

/*
 * Adds the variables of a file to a list: lines NAME=VALUE, of which nothing is expanded; empty
 * lines and lines that begin with '#' are skipped, so is "export " before a name, and one pair of
 * quotes around a value is taken off. The file has to be ours (trust.h). False, with FILE:LINE and
 * a sentence that has no values.
 */
bool environment_read(struct strlist *list, const char *file, struct error *error);

#endif
