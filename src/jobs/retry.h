/* SPDX-License-Identifier: MIT */
/* Certificates that were not installed are tried again, one after the other. */
#ifndef ACMEHOOK_RETRY_H
#define ACMEHOOK_RETRY_H

#include "journal/certs.h"
#include "jobs/job.h"

struct retries {
	struct jobs *jobs;
	struct certs certs; /* owned */
	bool forced;	    /* whatever the pause and the limit */
	long patience;	    /* so long none is begun any more, in ms; 0: for ever */
	size_t installed, failed;
	/* private */
	size_t at;
	uint64_t until;
	struct settings fixed; /* the options of the one that is tried */
};

/* Begins; all is done when the loop has nothing more to do. What another process works on is passed
 * over. The journal is open. */
void retries_start(struct retries *retries);
void retries_free(struct retries *retries);

/* What holds for it: when it is tried again by itself, as cert_next(), and how often at most. */
long long cert_due(const struct scope *scope, const struct cert *cert, long *limit);
/* Does an event make that other ones are tried again? */
bool verb_retries(enum verb verb);
/* Those that an event, of such a verb, is a reason to try again, as far as it is their turn; the
 * journal need not be open, or exist. */
struct certs certs_after(struct jobs *jobs, const struct event *event);

#endif
