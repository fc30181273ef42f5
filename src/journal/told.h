/* SPDX-License-Identifier: MIT */
/* What the failure command was told lately: a file of the journal, for all processes. */
#ifndef ACMEHOOK_TOLD_H
#define ACMEHOOK_TOLD_H

#include "journal/journal.h"

/* So long it is not told again, in s. */
#define TOLD_FOR (24 * 3600)

/*
 * Has a cause, which is any text, not been told within a day before now (seconds since 1970)? It
 * has from now on. Some 4000 causes are remembered; of more the oldest are forgotten. If the file
 * cannot be used, none is known.
 */
bool told_is_new(const struct journal *journal, const char *cause, long long now);

#endif
