/* SPDX-License-Identifier: MIT */
/* What a dns-01 check has seen: filled in by dns01_*.c, judged by dns01_judge.c. */
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

struct tally;

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
	SIGHT_LAME,	   /* it answers, but not for the zone; this and all below: of no use */
	SIGHT_NO_TXT,	   /* it does not understand the question */
	SIGHT_GARBAGE,	   /* what it answers cannot be read */
	SIGHT_CUT,	   /* what it answers is truncated, and there is no way by TCP */
	SIGHT_SILENT,	   /* no answer */
	SIGHT_UNREACHABLE, /* there is no way from this host to it */
	SIGHT_NO_ADDRESS,  /* a name server whose address cannot be found */
	SIGHT__MAX
};

/* A question on the side, which the look waits for. All zero before it is asked. */
struct aside {
	struct dns01 *dns;
	struct exchange *asking; /* NULL unless under way */
	unsigned look;		 /* that it belongs to; 0: never asked */
	void (*answered)(struct aside *aside, const struct message *m); /* m NULL: no answer */
};

void dns01_aside(struct dns01 *dns, struct aside *aside, const union address *server,
    const struct question *question, bool brief,
    void (*answered)(struct aside *aside, const struct message *m));
void dns01_aside_end(struct aside *aside);

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
	enum sight before; /* SIGHT_PENDING: what it said when it was asked before */
	int rcode;	   /* -1: there was no reply */
	char *reason;	   /* in words, where the sight is not enough; or NULL */
	unsigned odd;	   /* ODD_... */
	bool refused;	   /* SIGHT_CUT: by TCP, actively */
	struct txt *txts;
	size_t n_txts;
	uint32_t ttl;	      /* of these, seconds */
	struct place *onward; /* SIGHT_ALIAS, SIGHT_REFERRAL; owned by the check */
	char *target;	      /* where the CNAME leads to; canonical */
	bool dname;	      /* that follows from a DNAME above */
	bool torn;	      /* it has several CNAMEs */
	uint64_t ms;	      /* that it took to answer */
	struct aside side;    /* for the serial */
	bool has_serial;      /* in this look */
	uint32_t serial;      /* of the zone, from SOA */
	int64_t first_serial; /* -1: none yet */
	bool denied;	      /* it has signed that the name is not there: NSEC or NSEC3 */
	bool *had;	      /* each of the check's values: once in this check; NULL: none */
};

/* A name, and the servers to ask about it. */
struct place {
	struct dns01 *dns;
	struct place *next;
	struct place *parent;	       /* where the CNAME or the referral was; NULL for the first */
	unsigned number;	       /* of this place, from 0 */
	char *name;		       /* canonical */
	char *zone;		       /* NULL until found, or if the servers were given */
	unsigned cnames;	       /* before it, in this look, by the shortest way */
	unsigned look;		       /* the last look that came here */
	struct find *finding;	       /* NULL unless under way */
	unsigned find_look;	       /* that began it */
	char *fault;		       /* why the servers were not found, or NULL */
	bool blind;		       /* that is because no resolver answers */
	bool orphan;		       /* to the resolvers the name above it does not exist */
	bool looked_above;	       /* at what the zone above says of the servers */
	struct delegation *delegation; /* NULL unless that is under way */
	unsigned above_look;	       /* that began it */
	char *difference;	       /* between that and the zone itself, or NULL */
	bool disjoint;		       /* they have no server in common */
	struct place *above; /* the servers that only the zone above names; owned by the check */
	bool is_above;	     /* this is such a place */
	uint64_t found_at;   /* ms */
	char *apex;	     /* the owner of the SOA in a denial, or NULL */
	char *primary;	     /* the server that this names, or NULL */
	struct server *servers;
	size_t n;
};

/* What the resolvers make of the zone. */
enum validity {
	VALIDITY_NONE,	  /* they have not been asked in this look */
	VALIDITY_PENDING, /* they have not answered */
	VALIDITY_FINE,	  /* nothing is wrong; or they do not look */
	VALIDITY_BOGUS,	  /* one of them rejects its signatures */
	VALIDITY_MUTE,	  /* none of them says anything useful */
};

/* What a resolver remembers, which the servers have replaced long ago. */
enum memory { MEMORY_NONE, MEMORY_NOTHING, MEMORY_OTHER };

struct validation {
	enum validity validity;
	enum validity result;	      /* of those that have answered so far */
	struct validator *validators; /* one per resolver */
	size_t n, left;
	size_t culprit;		     /* VALIDITY_BOGUS: which one says so */
	uint64_t bogus_since;	     /* ms, 0 if it is not */
	struct extended_error known; /* why, from before: what is in its cache, it may not tell */
	enum memory memory;	     /* of one of them */
	const union address *rememberer;
	uint32_t remembers; /* for so many seconds more */
};

/* Names that the value may be at by mistake. */
#define ELSEWHERE_MAX 5

struct probe {
	struct aside aside; /* first, so that it can be told from that */
	char *name;	    /* NULL if there is none to ask for */
};

struct elsewhere {
	struct probe probes[ELSEWHERE_MAX];
	const char *found; /* the name of a probe, or NULL */
	enum case_id id;   /* what it means that it is there */
	bool no_domain;	   /* the domain itself does not exist */
	unsigned times;	   /* that it was looked for */
	uint64_t asked_at; /* ms */
	unsigned look;	   /* that began it */
};

/* Whether what is there comes from a wildcard: a sibling of the name has the same. */
struct wildcard {
	struct aside aside;
	char *sibling;
	const struct server *like; /* that was asked */
	enum case_id id;	   /* what it comes from; CASE_D04: no wildcard */
};

/* Whether the primary server, which the zone does not name as a server, has the value. */
struct primary {
	struct find *finding; /* NULL unless under way */
	unsigned find_look;
	char *name;
	struct addresses addresses; /* found so far, which are asked one after the other */
	size_t next;
	struct aside aside;
	uint64_t asked_at; /* ms */
	unsigned look;
	bool has;
};

/* What differs among the types of challenges that a TXT record answers. */
struct dns01_kind {
	/* Is it the k-th of the values that must be there? */
	bool (*is_value)(const struct check *check, const struct txt *txt, size_t k);
	/* What could make it of a wrong value; CASE_D04 if nothing that we know. */
	enum case_id (*mistake)(const struct check *check, const struct txt *txt);
	/* Adds the facts that it has of its own; wrong is NULL if there is no wrong value. */
	void (*explain)(const struct check *check, const struct txt *wrong, struct outcome *o);
};

/* Is a TXT record one of the values? */
bool dns01_is_ours(const struct check *check, const struct record *r);

extern const struct dns01_kind dns01_digest, dns01_account, dns01_persist;

/* What is wrong with a question of each kind, or NULL. */
const char *dns01_fault(const struct check *check);
const char *dns01_account_fault(const struct check *check);
const char *dns01_persist_fault(const struct check *check);

struct dns01 {
	struct check *check;
	struct place *places; /* the first is the challenge name's */
	unsigned look;	      /* counts looks, from 1 */
	size_t pending;	      /* exchanges and finds under way */
	size_t fresh;	      /* those of them that this look began */
	struct validation validation;
	struct elsewhere elsewhere;
	struct wildcard wildcard;
	struct primary primary;
	struct aside parent; /* does the server deny the name above? */
	bool parent_denied;
};

/* Something is under way that the look waits for; the look is remembered for dns01_done(). */
void dns01_begun(struct dns01 *dns, unsigned *look);
/* To be called before what came in is taken, as that may begin something new. */
void dns01_done(struct dns01 *dns, unsigned look);
/* To be called when what came in is taken. The check may end here. */
void dns01_arrived(struct dns01 *dns);

/* More places than anything sensible leads to. */
#define PLACES_MAX 64

/* A new place, the last; NULL if there are too many. */
struct place *dns01_place_add(struct dns01 *dns, struct place *parent, const char *name);
void dns01_place_free(struct place *place);
/* The look comes to the place: its servers are asked, or looked for. */
void dns01_visit(struct place *place);
/* The servers of a place, which it asked for, were found or not. */
void dns01_found(void *arg, const struct find_result *result);
/* Goes where the CNAME of a server, its target, leads; its sight says whether that can be. */
void dns01_follow(struct server *server);
/* The same name in a zone below, whose servers a referral names; NULL if there is no such place. */
struct place *dns01_referral_place(struct place *from, const char *zone, const struct message *m);
/* Takes a server's answer, and goes on to where it leads. */
void dns01_take(struct server *s, const struct message *m);

/*
 * Closer looks, when the servers have said what they have to say. Each begins what there is to be
 * looked at, if that makes sense and it is time for it; false if it is not. What they find out is
 * kept in struct dns01, whose owner calls the functions that end and free it.
 */

/* All is well: asks the resolvers whether the challenge name validates. */
bool dns01_validate(struct dns01 *dns, const struct tally *t);
void dns01_validate_end(struct dns01 *dns);
/* VALIDITY_BOGUS: the resolver that says so, and its reason. */
const union address *dns01_validate_culprit(
    const struct dns01 *dns, const struct extended_error **error);
/* All is well, or all servers are private: asks the zones above for the servers, once. */
bool dns01_look_above(struct dns01 *dns, const struct tally *t);
/* All is well: does a server deny the name above the challenge, which resolvers do not know? */
bool dns01_look_at_parent(struct dns01 *dns, const struct tally *t);
/* There is nothing: is the value at another name? */
bool dns01_look_elsewhere(struct dns01 *dns, const struct tally *t);
void dns01_look_elsewhere_end(struct dns01 *dns);
/* There is something else: is that from a wildcard? */
bool dns01_look_for_wildcard(struct dns01 *dns, const struct tally *t);
void dns01_look_for_wildcard_end(struct dns01 *dns);
/* No server has it: does the primary? */
bool dns01_look_at_primary(struct dns01 *dns, const struct tally *t);
void dns01_look_at_primary_end(struct dns01 *dns);
/* Some have it: asks for the serials of the zone. */
bool dns01_look_at_serials(struct dns01 *dns, const struct tally *t);

/* Which mistake would make one of the digests what was found? CASE_D04 if none that we know. */
enum case_id dns01_mistake(const struct check *check, const struct txt *found);
/* Is one of the values spread over several of these records? */
bool dns01_is_scattered(const struct txt *txts, size_t n, const struct strlist *values);
/* What it all means, for the look that is going on or ended last, whose servers t has counted. */
void dns01_judge(const struct dns01 *dns, struct tally *t, struct outcome *outcome);

#endif
