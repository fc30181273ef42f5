/* SPDX-License-Identifier: MIT */
/* How people write how long something may take. */
#ifndef ACMEHOOK_DURATION_H
#define ACMEHOOK_DURATION_H

#include <stdbool.h>

/* What is wrong with one that duration_parse() does not take, as the end of a sentence. */
#define DURATION_FAULT "is not a time; write 90, 2.5 or 5m"

/* Seconds with an optional fraction, or a unit (s, m, h, ms) behind it; at most a week. */
bool duration_parse(const char *text, long *ms);

#endif
