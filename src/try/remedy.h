/* SPDX-License-Identifier: MIT */
/* Other ways to call a handler that does not work as it is called. */
#ifndef ACMEHOOK_REMEDY_H
#define ACMEHOOK_REMEDY_H

#include "jobs/plan.h"

/* Adds lines, "NAME=VALUE", each of which may help by itself, to remedies: its own directory as
 * working directory, another interpreter. What is set already is left alone. */
void remedies_find(const struct target *target, struct strlist *remedies);

#endif
