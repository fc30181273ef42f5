/* SPDX-License-Identifier: MIT */
/*
 * Checks in flight: from a question to looking, again and again if need be, to the verdict.
 * What is looked at is the business of a type of check; when, and how long, is decided here.
 */
#ifndef ACMEHOOK_CHECK_H
#define ACMEHOOK_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include <uv.h>

#include "buf.h"
#include "verify/dns/exchange.h"
#include "verify/dns/servers.h"
#include "verify/explain.h"
#include "verify/fetch.h"
#include "verify/handshake.h"
#include "verify/profile.h"
#include "jsonline.h"

struct check;
struct dns01_kind;

/* The context of the program: what all checks share. */
struct checks {
	uv_loop_t *loop;
	struct exchanges exchanges;
	struct fetches fetches;
	struct handshakes handshakes;
	void *sharings; /* of http-01, in a tree of tsearch(3) */
	struct check *first;
	struct addresses resolvers; /* of resolv.conf, when it was read last */
	uint64_t resolvers_at;	    /* ms */
	size_t lines;		    /* that came so far */
	size_t begun;		    /* checks in their first look */
	const struct check *common; /* what questions have in common */
	struct buf *replies;	    /* lines that are to be written */
};

/*
 * What a question does not say is as in common (see question.h), which must stay as it is. Replies
 * are added to the buffer, whose owner writes them; progress is left out when much waits there
 * already. False if there is not enough memory, or the like.
 */
bool checks_init(
    struct checks *all, uv_loop_t *loop, const struct check *common, struct buf *replies);
/*
 * Takes a line of input, without newline: a question in JSON or in words, the end of one, or a
 * comment. data NULL: too long.
 */
void checks_line(struct checks *all, const char *data, size_t len);
/* Are so many at their first look that others would only be kept waiting for it? */
bool checks_are_busy(const struct checks *all);
void checks_free(struct checks *all);

/* What follows the name in a question of words. */
enum words {
	WORDS_VALUES,
	WORDS_KEY_AUTHORIZATION, /* the value, which begins with the token */
	WORDS_METHOD,		 /* the type of challenge that is meant, if any */
	WORDS_NONE,
};

/*
 * One type of check. A look begins with look() and ends with check_looked(). The functions here are
 * never called while one of them, or check_looked(), is running for the same check, but for end().
 */
struct check_type {
	const char *name;
	const struct dns01_kind *kind; /* of those that look for a TXT record; else NULL */
	bool valueless;		       /* the question needs no values */
	enum words words;	       /* what follows the name in a question of words */
	uint64_t patience;	       /* ms that a look may take while there is time for another */
	uint64_t last_patience;	       /* ms that a look may take which is the only one */
	/* What is wrong with the question, or NULL. */
	const char *(*fault)(const struct check *check);
	void (*look)(struct check *check);
	/* The time for a look is over: calls check_looked() with what is known so far. */
	void (*settle)(struct check *check);
	/* Cancels what is under way and frees check->work; called once, work may be NULL. */
	void (*end)(struct check *check);
};

extern const struct check_type check_dns01, check_dns_account01, check_dns_persist01, check_http01,
    check_tlsalpn01, check_caa, check_alias;

struct check {
	struct checks *all;
	struct check *next, *prev;
	char *id; /* as JSON */
	const struct check_type *type;
	char *domain;		   /* canonical, without "*." */
	char *token;		   /* http-01 */
	struct strlist values;	   /* all of them must be there */
	struct strlist known;	   /* those of them that have been at all servers before */
	struct strlist identities; /* the names of the CA in CAA records */
	char *method;		   /* caa: the type of challenge that is meant; NULL: any */
	char *account;		   /* URI; NULL if it is not known */
	bool wildcard;		   /* the name with "*." is what matters */
	uint64_t timeout;	   /* ms */
	struct addresses resolvers;
	struct addresses authorities;
	bool absent; /* the question is whether the values are gone */
	bool progress;
	uint16_t http_port, tls_port; /* where the CA's ports 80 and 443 are, seen from here */
	bool allow_reserved; /* the CA goes to private addresses, whatever its profile says */
	struct addresses connect_to;   /* instead of the addresses of the identifier, if any */
	const struct profile *profile; /* of the CA */
	uint64_t started;	       /* ms, by uv_now() */
	bool looking;
	bool last;	   /* the present look, or the one before, is the last one */
	unsigned attempts; /* complete looks */
	uint64_t interval; /* ms until the look after the next */
	uv_timer_t timer;  /* for the next look; while looking, for the end of its time */
	void *work;	   /* the type's own */
};

/* Milliseconds since the question. */
uint64_t check_age(const struct check *check);

/*
 * Ends the look, or corrects what it said while the next is waited for. Takes over what the outcome
 * holds. The check may be gone afterwards: do nothing with it any more.
 */
void check_looked(struct check *check, struct outcome *outcome);
/*
 * The same for a type whose looks take long: one that had no time to find anything out ends as the
 * last one did that had, if there is one. That is kept in *last, all zero before the first look.
 */
void check_looked_again(struct check *check, struct outcome *outcome, struct outcome *last);

#endif
