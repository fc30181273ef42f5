/* SPDX-License-Identifier: MIT */
/* What a program gives up before it reads anything from the network. */
#ifndef ACMEHOOK_PRIVILEGES_H
#define ACMEHOOK_PRIVILEGES_H

#include <stdbool.h>

#include "error.h"

/*
 * Started by root, the process becomes that user for good ("nobody" if there is none of that name);
 * in a user namespace that has no other users it stays who it is. In any case it has no capability
 * any more, can gain nothing by exec, leaves no core file, and may open as many files as its hard
 * limit says. False, with a sentence in *error, when it would go on with more rights than it should
 * have.
 */
bool privileges_drop(const char *user, struct error *error);

#endif
