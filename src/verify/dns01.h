/* SPDX-License-Identifier: MIT */
/* What a dns-01 check has seen: filled in by dns01.c, judged by dns01_judge.c. */
#ifndef ACMEHOOK_DNS01_H
#define ACMEHOOK_DNS01_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "verify/check.h"
#include "verify/dns/exchange.h"
#include "verify/dns/resolve.h"
#include "verify/dns/servers.h"

/* As many CNAMEs one after the other a resolver follows; Unbound, which the CA uses, 11. */
#define CNAMES_MAX 11

/* What one address of one name server said, the last time. */
enum sight {
	SIGHT_PENDING,	   /* nothing yet */
	SIGHT_TXT,	   /* TXT records; whether they are the right ones is for the judge */
	SIGHT_NODATA,	   /* the name is there, without TXT records */
	SIGHT_NXDOMAIN,	   /* the name is not there */
	SIGHT_ALIAS,	   /* a CNAME: onward has what is there */
	SIGHT_REFERRAL,	   /* the name belongs to a zone below: onward has its servers */
	SIGHT_LOOP,	   /* a CNAME to a name that came before */
	SIGHT_TOO_LONG,	   /* a CNAME too many */
	SIGHT_LAME,	   /* it answers, but not for the zone */
	SIGHT_SILENT,	   /* no answer */
	SIGHT_UNREACHABLE, /* there is no way from this host to it */
	SIGHT_NO_ADDRESS,  /* a name server whose address cannot be found */
	SIGHT__MAX
};

struct txt {
	unsigned char *data; /* the strings of one record, joined */
	size_t len;
	unsigned strings;
};

struct place;

struct server {
	struct place *place;
	char *name; /* NULL if only the address was given */
	union address address;
	struct exchange *asking; /* NULL unless an exchange is under way */
	unsigned look;		 /* that asked it last */
	bool silent;		 /* its last full exchange was in vain: be brief from now on */
	enum sight sight;
	int rcode;    /* -1: there was no reply */
	char *reason; /* in words, where the sight is not enough; or NULL */
	struct txt *txts;
	size_t n_txts;
	struct place *onward; /* SIGHT_ALIAS, SIGHT_REFERRAL; owned by the check */
	char *target;	      /* where the CNAME leads to; canonical */
	uint64_t ms;	      /* that it took to answer */
};

/* A name, and the servers to ask about it. */
struct place {
	struct dns01 *dns;
	struct place *next;
	struct place *parent; /* where the CNAME or the referral was; NULL for the first */
	char *name;	      /* canonical */
	char *zone;	      /* NULL until found, or if the servers were given */
	unsigned cnames;      /* before it */
	unsigned look;	      /* the last look that came here */
	struct find *finding; /* NULL unless under way */
	unsigned find_look;   /* that began it */
	char *fault;	      /* why the servers were not found, or NULL */
	uint64_t found_at;    /* ms */
	struct server *servers;
	size_t n;
};

struct dns01 {
	struct check *check;
	struct place *places; /* the first is the challenge name's */
	unsigned look;	      /* counts looks, from 1 */
	size_t pending;	      /* exchanges and finds under way */
	size_t fresh;	      /* those of them that this look began */
};

/* Which mistake would make one of the values what was found? CASE_D04 if none that we know. */
enum case_id dns01_mistake(const struct txt *found, const struct strlist *values);
/* What it all means, for the look that is going on or ended last. */
void dns01_judge(const struct dns01 *dns, struct outcome *outcome);
/* Would all be well if only the answers came that are still missing? */
bool dns01_may_turn_good(const struct dns01 *dns);

#endif
