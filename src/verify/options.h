/* SPDX-License-Identifier: MIT */
/* The options of acmehook-verify. */
#ifndef ACMEHOOK_VERIFY_OPTIONS_H
#define ACMEHOOK_VERIFY_OPTIONS_H

#include <stdio.h>

#include "error.h"
#include "verify/check.h"

enum wish { WISH_NONE, WISH_WORK, WISH_HELP, WISH_VERSION };

/*
 * Reads them; what they say about questions goes into common, see question.h. WISH_NONE, with a
 * sentence, on wrong usage.
 */
enum wish verify_options_read(int argc, char **argv, struct check *common, struct error *error);
void verify_options_help(FILE *to);

#endif
