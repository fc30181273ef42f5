/* SPDX-License-Identifier: MIT */
/* Locks on identifiers, between all acmehook processes that share a state directory. */
#ifndef ACMEHOOK_LOCK_H
#define ACMEHOOK_LOCK_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * A name is one octet, far behind its end, of one of these files, which are made and opened as they
 * are needed. There are several because the kernel looks at all locks of a file for each that is
 * taken or dropped. Each is opened once in a process: closing any descriptor of a file drops all
 * POSIX locks that the process has on it.
 */
#define LOCK_FILES 64

struct locks {
	int dir;	    /* the state directory, borrowed */
	int fd[LOCK_FILES]; /* -1: not opened yet */
};

void locks_init(struct locks *locks, int dir);
/* Drops them all. */
void locks_close(struct locks *locks);

/* Takes the lock of a name, without waiting. False if another process has it; holder is its id, 0
 * if that cannot be told, or -1, with errno, if there can be no such file. A process that ends,
 * however it ends, has no locks any more. */
bool lock_take(struct locks *locks, const char *name, pid_t *holder);
/* Why it was not taken, as a clause about the name; to be called at once, and freed. */
char *lock_refusal(const char *name, pid_t holder);
/* It must be ours. */
void lock_drop(const struct locks *locks, const char *name);

#endif
