/* SPDX-License-Identifier: MIT */
/* May we believe a file? Only if nobody else could have written it; as sshd(8)'s StrictModes. */
#ifndef ACMEHOOK_TRUST_H
#define ACMEHOOK_TRUST_H

#include <stdbool.h>
#include <sys/types.h>

#include "error.h"

/* What the file is to us: how the sentence begins, and whether others may read it. */
enum trust {
	TRUST_HANDLER,	   /* with the interpreter that its first line names */
	TRUST_SCRIPT,	   /* one whose first line does not count: interpreter has run it */
	TRUST_INTERPRETER, /* that runs it */
	TRUST_CONFIGURATION,
	TRUST_ENV_FILE, /* nobody but its owner and its group may read it */
	TRUST_STATE,	/* the directory of the journal */
	TRUST_VERIFIER,
	TRUST_CHANNEL, /* a FIFO or a socket: who may only connect to that is of no matter */
	TRUST__MAX
};

/*
 * True if only root and we ourselves can change the file or directory, whatever symbolic links
 * lead to it and every directory on the way from the root. Else false, with who else could, where,
 * and the remedy: `handler /etc/x/hook.sh: directory /etc/x can be written to by group staff; try:
 * chmod g-w /etc/x`. A path that leads nowhere is not trusted either.
 *
 * A directory such as /tmp, which is sticky, will do: what is ours there nobody else can replace.
 * A user's private group (his name, no other members) will do for him, but not for root. And who
 * could replace this program needs no handler to have his way, so that he is trusted, too: a build
 * in somebody's home directory can be tried by root.
 *
 * As everything is looked at from the root downwards, and nothing below a directory is believed
 * before the directory is, those who are not trusted can change nothing between this call and the
 * use of the path. Those who are can.
 */
bool trust_path(const char *path, unsigned what, struct error *error);

/* The same; owner is trusted, too: the file will be run with no other rights than his. */
bool trust_path_of(const char *path, unsigned what, uid_t owner, struct error *error);

#endif
