/* SPDX-License-Identifier: MIT */
/* Why a handler does not start, as a sentence with its remedy. */
#ifndef ACMEHOOK_DIAGNOSE_H
#define ACMEHOOK_DIAGNOSE_H

#include <sys/types.h>

#include "error.h"

/*
 * Looks for what is wrong with a program: called when it could not be started (spawn_error is the
 * errno), or ended with 126 or 127, by which env(1) and shells say the same (spawn_error 0). False,
 * with a sentence of the form `hook.sh: not executable; try: chmod +x hook.sh`, or true if nothing
 * is wrong that can be seen.
 */
bool diagnose(const char *path, const char *cwd, int spawn_error, struct error *error);

/* trust_path_of() for a program; one that is not there, or no program, gets diagnose()'s sentence.
 */
bool diagnose_trust(const char *path, unsigned what, uid_t owner, struct error *error);

/*
 * The same for a handler and the program that is started for it: itself, a launcher, or (then
 * interpreted) the interpreter that was set, so that the handler need not be executable, and its
 * first line does not matter.
 */
bool diagnose_handler(
    const char *program, const char *handler, bool interpreted, uid_t owner, struct error *error);

/*
 * All that can be seen of such a handler before it is started, as explain shows it: the same, its
 * working directory (NULL: ours), and what makes no program of a file.
 */
bool diagnose_ahead(const char *program, const char *handler, bool interpreted, uid_t owner,
    const char *cwd, struct error *error);

#endif
