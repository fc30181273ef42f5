/* SPDX-License-Identifier: MIT */
/* Somebody who has events: lines in, one result line out for each. */
#ifndef ACMEHOOK_PEER_H
#define ACMEHOOK_PEER_H

#include "handlers/lineio.h"
#include "stream/schedule.h"

struct line;
struct peer;

/* What all peers share. */
struct peers {
	struct schedule *schedule;
	bool ordered; /* results in the order of the lines */
	bool explain; /* only say what would be done */
	const struct strlist *thumbprints;
	struct peer *first;
	size_t n;
	enum failure worst; /* the first failure of an event */
	size_t stopped;	    /* events that were given up because we were told to stop */
	bool lost;	    /* nobody reads our standard output any more */
	void (*gone)(struct peers *peers);			       /* there is one peer less */
	void (*after)(struct peers *peers, const struct event *event); /* it was handled */
	void *arg;
};

struct peer {
	struct peer *next;
	struct peers *peers;
	const char *name; /* for people */
	struct lineio *io;
	struct source source;
	struct line *first, **last; /* with ordered: those that are not answered */
	size_t unanswered;
	long long number; /* of the last line */
	bool ended, lost; /* nothing more comes; nobody reads */
	bool vital;	  /* its results go to our standard output */
};

/* Takes over the descriptors, see lineio_new(); reads until it is stopped. name is borrowed. NULL,
 * with a sentence; the descriptors are closed then. */
struct peer *peer_new(
    struct peers *peers, uv_loop_t *loop, const char *name, int in, int out, struct error *error);
/* Reads nothing more. */
void peers_stop(struct peers *peers);
/* Drops all; nothing may run any more. */
void peers_close(struct peers *peers);

#endif
