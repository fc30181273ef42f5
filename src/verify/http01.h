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
	bool https;	     /* that is its scheme ... */
	uint16_t port;	     /* ... and its port, which is elsewhere for us perhaps */
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

/* What a round of walks is for; all walks of a round are made at once. */
enum round {
	ROUND_FIRST,  /* is it there? One walk for each address */
	ROUND_AGAIN,  /* is it there every time? Several for each address */
	ROUND_MISSED, /* no: is it gone, or is it there at times? Several again */
};

struct http01 {
	struct check *check;
	struct host *host;   /* the identifier's */
	struct walk **walks; /* one per address, and more where a redirect leads to several */
	size_t n;
	size_t left; /* walks that are not done */
	enum round round;
	bool missed;		     /* a round after the first was not good ... */
	bool returned;		     /* ... and in the one after that some walks were */
	struct outcome miss;	     /* what was not good about it */
	struct outcome last;	     /* what a look came to that had time for all of its walks */
	struct sharing *sharing;     /* of the later rounds; NULL unless it takes part in that */
	struct http01 *next, **link; /* in a list of that, while it waits */
	bool alone; /* what another had missed counted for it: now it asks itself */
};

/*
 * The first round was good: calls http01_repeat(), at once or later, or http01_heard() instead when
 * another has asked again, at the same addresses for the same name. http01_sharing.c says why this
 * is as good.
 */
void sharing_enter(struct http01 *http);
/* All rounds are over: what they came to counts for those, too, that wait for it. */
void sharing_done(struct http01 *http);
/* It does not take part any more. Safe to call at any time. */
void sharing_leave(struct http01 *http);
/* Does it wait for what another finds out? */
bool sharing_waits(const struct http01 *http);

/* Begins the rounds after the first. */
void http01_repeat(struct http01 *http);
/* The rounds of the other were as its own; the check may be gone afterwards. */
void http01_heard(struct http01 *http, const struct http01 *from);

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
/* How many walks are good? */
size_t http01_good(const struct http01 *http);
/* What is wrong with a round that is over and not good goes into http->miss. */
void http01_judge_miss(struct http01 *http);
/* What it all means; walks that are not done count as no response yet. */
void http01_judge(struct http01 *http, struct outcome *outcome);

#endif
