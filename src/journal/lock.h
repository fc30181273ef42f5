/* SPDX-License-Identifier: MIT */
/* Locks on identifiers, between all acmehook processes that share a state directory. */
#ifndef ACMEHOOK_LOCK_H
#define ACMEHOOK_LOCK_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * fd: of the lock file, which is opened once in a process: closing any descriptor of a file drops
 * all POSIX locks that the process has on it. A name is one octet of it, far behind its end.
 */

/* Takes the lock of a name, without waiting. False if another process has it; holder is its id, 0
 * if that cannot be told. A process that ends, however it ends, has no locks any more. */
bool lock_take(int fd, const char *name, pid_t *holder);
void lock_drop(int fd, const char *name);

#endif
