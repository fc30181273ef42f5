/* SPDX-License-Identifier: MIT */
/* A new process with nothing of ours but what it shall have. */
#ifndef ACMEHOOK_LAUNCH_H
#define ACMEHOOK_LAUNCH_H

#include <stdbool.h>
#include <sys/types.h>

#include "buf.h"
#include "error.h"

/* Another user that a handler runs as. All zero is none. */
struct account {
	uid_t uid;
	gid_t gid;
	gid_t *groups;
	int n;
	struct strlist env; /* HOME, LOGNAME, SHELL, USER */
};

/*
 * Looks a user up; name NULL, or the user we are, is none: *account is all zero but for the uid,
 * which is ours. False, with a sentence, if there is no such user, or if we are not root and so
 * cannot become another one. account_free() it in any case.
 */
bool account_find(struct account *account, const char *name, struct error *error);
/* Is it another user than we are? */
bool account_is_other(const struct account *account);
void account_free(struct account *account);

struct launch {
	char *const *argv; /* argv[0] is the path, seen from our working directory */
	char *const *env;
	const char *cwd; /* NULL: ours */
	mode_t umask;
	const int *fds; /* 0, 1 and 2; fds[0] -1 is /dev/null */
	const struct account *account;
};

/*
 * Starts it in a session and process group of its own, with default signals and no other file open
 * (ours are close-on-exec). 0, or the errno of what failed.
 *
 * Not uv_spawn(): its fork(2) costs as much as a small handler, and scripts without "#!" would be
 * given to a shell. posix_spawn(3) cannot change the user; for that alone there is a fork.
 */
int launch(pid_t *pid, const struct launch *options);

#endif
