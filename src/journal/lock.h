/* SPDX-License-Identifier: MIT */
/* Locks on names, between all acmehook processes that share a state directory. */
#ifndef ACMEHOOK_LOCK_H
#define ACMEHOOK_LOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * There is one file, in which each process that has locks holds one octet for as long as it lives
 * (fcntl(2)), far behind the end: whose it is. What names are its own is written there. A lock of
 * the kernel for each name would be simpler, but all those of a file are looked at whenever a
 * process that has it open executes a program, as every handler is: ten thousand names cost as much
 * as the handler.
 */
struct locks {
	int dir;	/* the state directory, borrowed */
	int fd;		/* -1: not opened yet. It is opened once: to close any descriptor of a file
			 * drops all locks that the process has on it */
	uint64_t owner; /* by which the names are ours */
};

void locks_init(struct locks *locks, int dir);
/* Drops them all. */
void locks_close(struct locks *locks);

/* Takes the lock of a name, if it is not ours already. False if another process has it; holder is
 * its id, 0 if that cannot be told, or -1, with errno, if it cannot be locked at all. A process
 * that ends, however it ends, has no locks any more. */
bool lock_take(struct locks *locks, const char *name, pid_t *holder);
/* Why it was not taken, as a clause about the name; to be called at once, and freed. */
char *lock_refusal(const char *name, pid_t holder);
/* Nothing happens if it is not ours. */
void lock_drop(const struct locks *locks, const char *name);

#endif
