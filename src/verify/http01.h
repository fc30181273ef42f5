/* SPDX-License-Identifier: MIT */
/* What an http-01 check has seen: filled in by http01.c, judged by http01_judge.c. */
#ifndef ACMEHOOK_HTTP01_H
#define ACMEHOOK_HTTP01_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "verify/check.h"
#include "verify/dns/resolve.h"
#include "verify/dns/servers.h"
#include "verify/fetch.h"
#include "verify/redirect.h"

/* One address of the identifier, and the way from it through redirects to a response. */
struct walk {
	struct http01 *http;
	union address address; /* of the first hop */
	union address peer;    /* of the present one */
	char *url;
	struct strlist seen; /* the URLs of the hops so far, with the present one */
	char *host;	     /* of the present URL */
	unsigned hops;	     /* redirects followed */
	struct fetch *fetch; /* NULL unless under way */
	struct lookup *v4, *v6;
	struct addresses peers; /* of the host of a redirect, in the order to be tried */
	size_t next_peer;
	bool done;
	struct outcome
	    outcome; /* when done: what would be said if this address were the only one */
	long status; /* of the last response, 0 if there was none */
	char *body;  /* its beginning, clean */
	uint64_t ms; /* the requests took, all together */
};

struct http01 {
	struct check *check;
	struct lookup *v4, *v6;	   /* NULL unless under way */
	char *v4_fault, *v6_fault; /* why a lookup was in vain, or NULL */
	struct addresses addresses;
	struct walk *walks; /* one per address, once these are known */
	size_t n;
	size_t left; /* walks that are not done */
};

/* The case of a response that is no redirect to follow, with its facts; H01 and H02 are good. */
void http01_judge_response(struct walk *walk, const struct fetch_result *result);
/* The case of a fetch that brought no response, for the same. */
void http01_judge_failure(struct walk *walk, const struct fetch_result *result);
/* What it all means; walks that are not done count as no response yet. */
void http01_judge(struct http01 *http, struct outcome *outcome);

#endif
