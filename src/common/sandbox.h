/* SPDX-License-Identifier: MIT */
/* What a program can no longer do once it reads from the network. */
#ifndef ACMEHOOK_SANDBOX_H
#define ACMEHOOK_SANDBOX_H

#include <stdbool.h>

/* Is this a build with AddressSanitizer? Its leak checker makes a thread, which stops the others by
 * ptrace(2) and reads /proc: that is left to it. */
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED true
#endif
#endif
#ifndef SANITIZED
#define SANITIZED false
#endif

/* What this system had of it. */
struct sandbox {
	bool limits;  /* no process or thread, no file written, no core */
	int landlock; /* its version, 0: none; no file but those it needs */
	bool seccomp; /* no program started, nothing opened for writing, no other process */
};

/* What it has to be able to do all the same. */
struct sandbox_needs {
	const char *resolvers; /* to read this file, see below */
	const char *directory; /* to read the files in it, and their names */
	bool serves;	       /* to take connections, at sockets that are there; and no others */
};

/*
 * Shuts the doors, for good; to be called when all is initialised, and after privileges_drop().
 * Left are the files that are open, sockets to the network (one that serves keeps to those it has),
 * and what it needs, where NULL is nothing. resolvers is the file with the resolvers' addresses;
 * where that is a link into another directory than /etc (systemd, NetworkManager replace what is
 * there) all of that directory. What the system does not have is left out.
 *
 * A build with sanitizers may have more: threads, and its own state in /proc.
 */
void sandbox_enter(struct sandbox *sandbox, const struct sandbox_needs *needs);

#endif
