/* SPDX-License-Identifier: MIT */
/* dns-01: what the servers of a look said, counted: for the judge and for the evidence. */
#ifndef ACMEHOOK_DNS01_TALLY_H
#define ACMEHOOK_DNS01_TALLY_H

#include "verify/dns01.h"

/* What the servers of all places of a look said, counted. */
struct tally {
	const struct check *check;
	unsigned look;
	enum case_id id; /* what it comes to */
	size_t said[SIGHT__MAX];
	size_t total;  /* servers at the end of the CNAMEs and referrals */
	size_t answer; /* those of them that answer */
	size_t have;   /* those of them that have all values; "absent": any value */
	size_t part;   /* those of them that have some of the values */
	size_t v4_unreachable;
	size_t finding, lost; /* places whose servers are looked for, or not to be found */
	size_t mute;	      /* places that nobody said anything about */
	bool split, others;   /* values in several strings; other values besides ours */
	bool many;	      /* more values than are good */
	bool replaced;	      /* a server had a value, and now has another one instead */
	size_t known_lost;    /* those that answer with another one instead of a known value */
	bool alias, dname;
	unsigned cnames;	       /* one after the other */
	bool too_long;		       /* more of them than the CA's resolver follows */
	bool circle;		       /* they lead back to where they were before */
	const struct place *circle_at; /* there; NULL if a server's target tells */
	bool torn;		       /* a server has several of them at one name */
	uint32_t ttl;		       /* of the values, in seconds */
	bool conflict;		       /* a CNAME and something else at the same name */
	bool misplaced;		       /* the values beside a CNAME, in the same answer */
	bool only_v6;		       /* whoever is of no use is so by IPv6 only */
	unsigned odd;		       /* ODD_... of those that answer */
	bool passive;		       /* SIGHT_CUT: for one of them no refusal, but silence */
	enum case_id wrong; /* about the first value that is not ours, D04 if nothing special */
	const struct server *wrong_at;
	const struct txt *wrong_txt;
	const struct place *last;	 /* a place that said something, the last */
	const struct place *lost_at;	 /* a place whose servers are not to be found */
	size_t reserved, public;	 /* addresses that were found, of either kind */
	const struct place *closed;	 /* no public address of it answers */
	bool shut;			 /* and it has none */
	size_t have_above, answer_above; /* those of them that only a zone above names */
	const struct place *differs;	 /* the zone above names others */
	bool looking_above;
	const struct server *behind; /* its serial is lower than that of one that has the values */
	const struct server *ahead;  /* one of those */
	bool same_serial;	     /* of one that has them and one that does not */
	bool stuck;		     /* all that are behind have not moved since the first look */
	bool denied;		     /* one has signed that there is nothing */
	bool parent_denied;
	enum validity validity;
	bool not_yet; /* VALIDITY_BOGUS: but will be good some day */
	enum memory memory;
};

/* Counts, and finds the case. */
struct tally dns01_tally(const struct dns01 *dns);
/* The case of what was counted. */
enum case_id dns01_case(const struct tally *t);

/* Does the server say something about the name, right or wrong, that the CA would take? */
bool dns01_answers(const struct tally *t, const struct server *s);
/* Does it have all values; "absent": any? */
bool dns01_has_values(const struct tally *t, const struct server *s);
/* Is it one that a public CA does not ask, while there are others? */
bool dns01_out_of_reach(const struct tally *t, const struct server *s);
/* Where the CNAMEs of a look lead, whatever servers they are from. */
struct ways {
	const struct place *circle; /* that they come back to; NULL: none */
	unsigned cnames;	    /* as many are one after the other at most */
};
struct ways dns01_ways(const struct dns01 *dns);

/* A place of which no server was of any use: what is there, nobody has said. */
bool dns01_is_mute(const struct place *place);
/* Is its serial lower than that of one that has the values? */
bool dns01_is_behind(const struct tally *t, const struct server *s);

/* Is all well, as far as is known, so that it is time to look closer? */
bool dns01_is_good(const struct tally *t);
/* Would all be well if only the answers came that are still missing? */
bool dns01_may_turn_good(const struct tally *t);
/* Is there nothing at the challenge name, and is it no alias? */
bool dns01_is_nothing(const struct tally *t);
/* Do servers answer, and none has the values? */
bool dns01_is_missing(const struct tally *t);

/* Adds to an outcome what its sentences speak of, and the servers. */
void dns01_explain(struct outcome *o, const struct dns01 *dns, const struct tally *t);

#endif
