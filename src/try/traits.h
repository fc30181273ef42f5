/* SPDX-License-Identifier: MIT */
/* What a handler is like, as far as trying it showed; and the configuration that suits it. */
#ifndef ACMEHOOK_TRAITS_H
#define ACMEHOOK_TRAITS_H

#include "buf.h"

/* 0 is always: not known. */
enum adding { ADDING_UNKNOWN, ADDING_ADDS, ADDING_REPLACES, ADDING_FAILS, ADDING__MAX };
enum cleaning { CLEANING_UNKNOWN, CLEANING_OWN, CLEANING_ALL, CLEANING_NOTHING, CLEANING__MAX };
enum chaining {
	CHAINING_UNKNOWN,
	CHAINING_ALL,
	CHAINING_FIRST,
	CHAINING_LAST,
	CHAINING_FAILS,
	CHAINING_NONE, /* its dialect has no such calls */
	CHAINING__MAX
};
enum dash { DASH_UNKNOWN, DASH_FINE, DASH_STATUS, DASH_FAILS, DASH__MAX };
enum word {
	WORD_UNKNOWN,
	WORD_SUCCEEDS,
	WORD_FAILS,
	WORD_ACTS, /* it deploys or removes something */
	WORD_HANGS,
	WORD_NONE, /* its dialect has no words */
	WORD__MAX
};
enum variables { VARIABLES_UNKNOWN, VARIABLES_NONE, VARIABLES_SOME, VARIABLES__MAX };

struct traits {
	bool works; /* a first value came to be there */
	enum adding adding;
	enum cleaning cleaning;
	enum chaining chaining;
	enum dash dash;
	enum word word;
	enum variables variables;
	struct strlist needs;	  /* names */
	bool needs_more;	  /* and perhaps others: it was not looked any further */
	bool lies;		  /* it fails, and what it was to do is done */
	bool claims;		  /* it succeeds, and nothing is there */
	bool hangs;		  /* it does not end although it has done its work */
	bool clean_fails;	  /* its status, when it cleans */
	bool prints;		  /* on standard output */
	bool other_words;	  /* its dialect has more than those for challenges */
	int word_status;	  /* for a word that it does not know; -1: killed */
	long deploy_ms, clean_ms; /* the longest calls that ended by themselves */
	long done_ms;		  /* the longest time until a value was everywhere */
	long ahead_ms;		  /* so long before its end, at most, its value was everywhere */
	long lag_ms;		  /* and so long afterwards */
	char *fault;		  /* why it does not work */
	char *output;		  /* what it printed then */
};

/* A trait as data, and for people. */
struct trait {
	const char *name, *label;  /* "adding", "second value" */
	const char *value, *words; /* "replaces", "replaces the first" */
};

/* The traits that are words. What is not known has the value NULL. Returns how many they are. */
#define TRAITS 6
void traits_list(const struct traits *traits, struct trait list[TRAITS]);
/* Adds the lines, "NAME=VALUE", that cure what can be cured. */
void traits_cure(
    const struct traits *traits, long timeout, long verify_timeout, struct strlist *lines);
/* What stands in the way of a certificate for a name and its wildcard, whatever the configuration
 * says; NULL: nothing. Static. */
const char *traits_obstacle(const struct traits *traits);
/* What people should know besides: adds sentences. */
void traits_remarks(const struct traits *traits, struct strlist *remarks);
void traits_free(struct traits *traits);

#endif
