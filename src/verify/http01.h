/* SPDX-License-Identifier: MIT */
/* What an http-01 check has seen: filled in by http01.c and http01_walk.c, judged by the others. */
#ifndef ACMEHOOK_HTTP01_H
#define ACMEHOOK_HTTP01_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "verify/check.h"
#include "verify/dns/servers.h"
#include "verify/fetch.h"
#include "verify/host.h"
#include "verify/redirect.h"

struct http01;

/* One address of the identifier, and the way from it through redirects to a response. */
struct walk {
	struct http01 *http;
	union address address; /* of the first hop */
	union address peer;    /* of the present one */
	char *url;
	struct strlist seen; /* the URLs of the hops so far, with the present one */
	char *name;	     /* the host of the present URL */
	unsigned hops;	     /* redirects followed */
	struct fetch *fetch; /* NULL unless under way */
	struct host *host;   /* of a redirect: its addresses; NULL for the first hop */
	bool fell_back;	     /* from IPv6 to IPv4 behind a redirect */
	bool done;
	struct outcome
	    outcome; /* when done: what would be said if this address were the only one */
	long status; /* of the last response, 0 if there was none */
	char *body;  /* its beginning, clean */
	uint64_t ms; /* the requests took, all together */
};

struct http01 {
	struct check *check;
	struct host *host;   /* the identifier's */
	struct walk **walks; /* one per address, and more where a redirect leads to several */
	size_t n;
	size_t left;	     /* walks that are not done */
	unsigned round;	     /* of walks, from 0: all of them must be good */
	bool missed;	     /* a round after the first was not good ... */
	bool returned;	     /* ... and a later one was */
	struct outcome miss; /* what was not good about it */
	struct outcome last; /* what a look came to that had time for all of its walks */
};

/* Starts a walk from that address with the challenge's URL, and adds it to the walks. */
void http01_walk(struct http01 *http, const union address *address);
/* A walk, or one that branched off, has its outcome. Never called from within http01_walk(). */
void http01_walk_done(struct walk *walk);
/* Ends what is under way. */
void http01_walk_free(struct walk *walk);

/* The case of a response that is no redirect to follow, with its facts; H01 and H02 are good. */
void http01_judge_response(struct walk *walk, const struct fetch_result *result);
/* The case of a fetch that brought no response, for the same. */
void http01_judge_failure(struct walk *walk, const struct fetch_result *result);
/* Is it done, and would the CA be content? */
bool http01_is_good(const struct walk *walk);
/* What the walks of the last round mean. */
void http01_judge_round(struct http01 *http, struct outcome *outcome);
/* What it all means; walks that are not done count as no response yet. */
void http01_judge(struct http01 *http, struct outcome *outcome);

#endif
