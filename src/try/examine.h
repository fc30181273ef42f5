/* SPDX-License-Identifier: MIT */
/* Finds out what a handler is like: the calls, and what follows from what is seen of them. */
#ifndef ACMEHOOK_EXAMINE_H
#define ACMEHOOK_EXAMINE_H

#include "try/traits.h"
#include "try/trial.h"

/* The values that it needs; one begins with '-'. */
enum { SPECIMEN_FIRST, SPECIMEN_DASHED, SPECIMEN_THIRD, SPECIMEN_OTHER, SPECIMENS };

/*
 * Examines a handler; ends early when trial_goes_on() does not, or when it does not work at all.
 * How it can be called at all goes into trial->lines. What is still out is left to trial_clean().
 */
void examine(struct trial *trial, struct traits *traits);

/* Which variables does it need? A part of it. */
void examine_variables(struct trial *trial, struct traits *traits);

/* Calls to deploy or clean one value, and what they tell of the traits; for the parts of it. */
void examine_call(
    struct trial *trial, struct traits *traits, const struct attempt *attempt, struct seen *seen);

#endif
