/* SPDX-License-Identifier: MIT */
/* What a CAA check has seen: filled in by caa.c, judged by caa_judge.c. */
#ifndef ACMEHOOK_CAA_H
#define ACMEHOOK_CAA_H

#include "verify/caa_rules.h"
#include "verify/check.h"
#include "verify/dns/resolve.h"

/* What one address of one name server said. */
enum caa_sight {
	CAA_SIGHT_PENDING,     /* nothing yet */
	CAA_SIGHT_SET,	       /* CAA records */
	CAA_SIGHT_EMPTY,       /* none */
	CAA_SIGHT_ALIAS,       /* a CNAME; onward has what is there, NULL if it leads nowhere */
	CAA_SIGHT_LAME,	       /* it answers, but not for the zone */
	CAA_SIGHT_SILENT,      /* no answer */
	CAA_SIGHT_UNREACHABLE, /* there is no way from this host to it */
	CAA_SIGHT_NO_ADDRESS,  /* a name server whose address cannot be found */
	CAA_SIGHT__MAX
};

struct caa_step;

struct caa_server {
	struct caa_step *step;
	char *name; /* NULL if only the address was given */
	union address address;
	struct exchange *asking; /* NULL unless an exchange is under way */
	enum caa_sight sight;
	int rcode;    /* -1: there was no reply */
	char *reason; /* in words, where the sight is not enough; or NULL */
	struct caa_record *records;
	size_t n_records;
	struct caa_step *onward; /* CAA_SIGHT_ALIAS */
	uint64_t ms;		 /* that it took to answer */
};

/* A name that is asked for, and the servers to ask. */
struct caa_step {
	struct caa *caa;
	struct caa_step *next;
	const struct caa_step *from; /* an alias: of this; else the one below, NULL for the first */
	char *name;		     /* canonical */
	char *level;	      /* where in the tree this is: the name, or what it is an alias of */
	unsigned cnames;      /* from the level to the name */
	struct find *finding; /* NULL unless under way */
	char *zone;	      /* NULL until found, or if the servers were given */
	char *fault;	      /* why the servers were not found, or NULL */
	bool blind;	      /* that is because no resolver answers */
	bool thorough;	      /* a brief question has led nowhere */
	size_t pending;	      /* exchanges */
	struct caa_step
	    *above; /* the next level of the tree, if somebody said that there is nothing */
	struct caa_server *servers;
	size_t n;
};

struct caa {
	struct check *check;
	struct caa_step *steps; /* the first is that of the identifier */
	size_t pending;		/* finds and exchanges */
};

/* What it all means. */
void caa_conclude(const struct caa *caa, struct outcome *outcome);

#endif
