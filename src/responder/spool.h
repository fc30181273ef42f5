/* SPDX-License-Identifier: MIT */
/*
 * The spool: a directory with one file for each value that is to be served. What is in it is
 * served, what is removed from it is not, and there is no other state.
 */
#ifndef ACMEHOOK_SPOOL_H
#define ACMEHOOK_SPOOL_H

#include <uv.h>

#include "error.h"
#include "responder/names.h"
#include "responder/table.h"
#include "responder/values.h"

/* What is served. */
struct served {
	struct names names;
	struct values tokens;  /* http-01: key authorizations */
	struct values digests; /* tls-alpn-01: by the name of the server */
};

struct spool {
	const char *path;
	struct served *served;
	struct table files;
	unsigned round; /* of looking through all of them */
	int events; /* what happens in it; its being open would keep us from hearing of its end */
	uv_poll_t poll;
	uv_fs_event_t watch;
	void (*lost)(void); /* the directory itself is gone */
};

/*
 * Opens the directory and begins to watch it; root makes it if it is not there. To be called before
 * the sandbox is entered. path and served stay the caller's; lost() is called when somebody takes
 * the directory away. False, with a sentence, if it cannot be.
 */
bool spool_open(struct spool *spool, uv_loop_t *loop, const char *path, struct served *served,
    void (*lost)(void), struct error *error);
/* Reads what is there; without root's rights. False, with a sentence, if it cannot. */
bool spool_read(struct spool *spool, struct error *error);
/* Closes it; the loop must run once more. */
void spool_close(struct spool *spool);

#endif
