/* SPDX-License-Identifier: MIT */
/* What a dns-01 check has seen: filled in by dns01.c, judged by dns01_judge.c. */
#ifndef ACMEHOOK_DNS01_H
#define ACMEHOOK_DNS01_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "verify/check.h"
#include "verify/dns/delegation.h"
#include "verify/dns/exchange.h"
#include "verify/dns/resolve.h"
#include "verify/dns/servers.h"

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
	struct place *parent;	       /* where the CNAME or the referral was; NULL for the first */
	char *name;		       /* canonical */
	char *zone;		       /* NULL until found, or if the servers were given */
	unsigned cnames;	       /* before it */
	unsigned look;		       /* the last look that came here */
	struct find *finding;	       /* NULL unless under way */
	unsigned find_look;	       /* that began it */
	char *fault;		       /* why the servers were not found, or NULL */
	bool blind;		       /* that is because no resolver answers */
	bool looked_above;	       /* at what the zone above says of the servers */
	struct delegation *delegation; /* NULL unless that is under way */
	unsigned above_look;	       /* that began it */
	char *difference;	       /* between that and the zone itself, or NULL */
	struct place *above; /* the servers that only the zone above names; owned by the check */
	bool is_above;	     /* this is such a place */
	uint64_t found_at;   /* ms */
	struct server *servers;
	size_t n;
};

/* What the resolvers make of the signatures of the zone. */
enum validity {
	VALIDITY_NONE,	  /* they have not been asked in this look */
	VALIDITY_PENDING, /* they have not answered */
	VALIDITY_FINE,	  /* nothing is wrong; or they do not look */
	VALIDITY_BOGUS,	  /* one of them rejects it */
	VALIDITY_MUTE,	  /* none of them says anything useful */
};

struct validation {
	enum validity validity;
	enum validity result;	      /* of those that have answered so far */
	struct validator *validators; /* one per resolver */
	size_t n, left;
	size_t culprit;	      /* VALIDITY_BOGUS: which one says so */
	uint64_t bogus_since; /* ms, 0 if it is not */
	unsigned look;	      /* that began it */
	void (*done)(struct dns01 *dns);
};

/* Names that the value may be at by mistake. */
#define ELSEWHERE_MAX 4

struct probe {
	struct dns01 *dns;
	char *name; /* NULL if there is none to ask for */
	struct exchange *asking;
	bool found;
};

struct elsewhere {
	struct probe probes[ELSEWHERE_MAX];
	size_t left;
	const char *found; /* the name of a probe, or NULL */
	enum case_id id;   /* what it means that it is there */
	unsigned times;	   /* that it was looked for */
	uint64_t asked_at; /* ms */
	unsigned look;	   /* that began it */
	void (*done)(struct dns01 *dns);
};

struct dns01 {
	struct check *check;
	struct place *places; /* the first is the challenge name's */
	unsigned look;	      /* counts looks, from 1 */
	size_t pending;	      /* exchanges and finds under way */
	size_t fresh;	      /* those of them that this look began */
	struct validation validation;
	struct elsewhere elsewhere;
	/* The zone above a place has told of these servers besides those of the place. */
	void (*delegation_told)(struct place *place, const struct strlist *above);
};

/* Something is under way that the look waits for; the look is remembered for dns01_done(). */
void dns01_begun(struct dns01 *dns, unsigned *look);
/* To be called before what came in is taken, as that may begin something new. */
void dns01_done(struct dns01 *dns, unsigned look);
/* To be called when what came in is taken. The check may end here. */
void dns01_arrived(struct dns01 *dns);

/* A new place, the last; NULL if there are too many. */
struct place *dns01_place_add(struct dns01 *dns, struct place *parent, const char *name);
void dns01_place_free(struct place *place);
/* The look comes to the place: its servers are asked, or looked for. */
void dns01_visit(struct place *place);
/* The servers of a place, which it asked for, were found or not. */
void dns01_found(void *arg, const struct find_result *result);
/* The place that a CNAME leads to, or NULL with the sight that says why there is none. */
struct place *dns01_alias_place(struct place *from, const char *target, enum sight *sight);
/* The same name in a zone below, whose servers a referral names; NULL if there is no such place. */
struct place *dns01_referral_place(struct place *from, const char *zone, const struct message *m);
/* Takes a server's answer, and goes on to where it leads. */
void dns01_take(struct server *s, const struct message *m);

/* Asks the zone above a place for its servers, once in a check. False if there is nothing to do. */
bool dns01_look_above(struct place *place);

/*
 * Asks the resolvers whether the challenge name validates. done() is called once, never from within
 * dns01_validate(), unless dns01_validate_end() comes first; this also frees what is known.
 */
void dns01_validate(struct dns01 *dns, void (*done)(struct dns01 *dns));
void dns01_validate_end(struct dns01 *dns);
/* VALIDITY_BOGUS: the resolver that says so, and its reason. */
const union address *dns01_validate_culprit(
    const struct dns01 *dns, const struct extended_error **error);

/*
 * Looks whether the value is at another name, if it is time for that. done() is called once unless
 * it returns false or the end comes first.
 */
bool dns01_look_elsewhere(struct dns01 *dns, void (*done)(struct dns01 *dns));
void dns01_look_elsewhere_end(struct dns01 *dns);

/* Which mistake would make one of the values what was found? CASE_D04 if none that we know. */
enum case_id dns01_mistake(const struct txt *found, const struct strlist *values);
/* What it all means, for the look that is going on or ended last. */
void dns01_judge(const struct dns01 *dns, struct outcome *outcome);
/* Is there nothing at the challenge name, and is it no alias? */
bool dns01_is_nothing(const struct dns01 *dns);
/* Is all well, as far as is known, so that it is time to look closer? */
bool dns01_is_good(const struct dns01 *dns);
/* Would all be well if only the answers came that are still missing? */
bool dns01_may_turn_good(const struct dns01 *dns);

#endif
