/* SPDX-License-Identifier: MIT */
/* Dialects: how a client tells its hook what happens, and how a handler wants to be told. */
#ifndef ACMEHOOK_DIALECT_H
#define ACMEHOOK_DIALECT_H

#include "buf.h"
#include "event.h"

/* One word of a dialect, as it is said in one situation. The same row is read and written. */
struct form {
	enum verb verb;
	const char *word;
	unsigned char args[7]; /* field or view of each word behind it; FIELD_NONE ends */
	unsigned char least;   /* how many of them must be there; the others may be missing */
	unsigned flags;	       /* FORM_... */
	const struct variable *variables; /* NULL or ended by a NULL name */
	const char
	    *type; /* of challenge that this row is for, or types; NULL: any that needs no name */
	const char *status;  /* of a challenge when it is cleaned that this word tells */
	const char *error;   /* what went wrong, where this word tells it */
	unsigned char needs; /* field or view without which a handler cannot be told */
	unsigned char input; /* field or view that is on standard input; FIELD_NONE: nothing */
	const char *answer;  /* what the client wants to read; such a word tells of nothing */
};

/* A variable of the environment. */
struct variable {
	const char *name;
	unsigned char field; /* or view */
};

#define FORM_REPEATS 1u	   /* the args may come many times in a call: as many events */
#define FORM_ADVISORY 2u   /* the status of this event decides nothing */
#define FORM_OUTPUT 4u	   /* what the handler prints is the client's */
#define FORM_CSR 8u	   /* likewise, but only if it is a certificate signing request */
#define FORM_READ_ONLY 16u /* a client says it; handlers do not know it */
#define FORM_LINES 32u	   /* standard input has many of the field, one a line: as many events */
#define FORM_FORGETS 64u   /* the value may be missing: the journal knows what was deployed */

/* Words around the calls of one verb, without data of their own. */
struct bracket {
	enum verb verb; /* VERB_UNKNOWN ends */
	const char *before, *after;
};

struct dialect {
	const char *name, *summary;
	unsigned flags;		  /* DIALECT_... */
	const struct form *forms; /* ended by a NULL word */
	const struct bracket *brackets;
	/* Of a handler: the program of ours that is run with its path as the first word; NULL: the
	 * handler itself. */
	const char *launcher;
	/* Of a client: why a failure does not stop it; NULL if it does. */
	const char *goes_on;
	/* Of a handler: what it prints, with a status other than 0, for a word it does not know. */
	const char *not_implemented;
	/* Of a client: the one exit status of every failure; 0: acmehook(1)'s own. */
	int failure_status;
	/* Of a client: the silent answer to what is not for us; of a handler: the same answer
	 * to us. 0: there is no such thing. */
	int unknown_status;
	/* What the tables cannot say of one event that was read; it is completed afterwards. */
	bool (*refine)(struct event *event, struct error *error);
	/* The environment beyond form->variables, for events[i] of n: entries as in struct call. */
	void (*environment)(const struct event *events, size_t i, size_t n, struct strlist *env);
	/* Of handlers that are no programs, instead of forms: what they are told, see talk.h; the
	 * caller frees it. NULL: they are not told of this event. */
	char *(*compose)(const struct event *event);
};

#define DIALECT_FROM 1u	      /* a client speaks it */
#define DIALECT_TO 2u	      /* a handler understands it */
#define DIALECT_STREAM 4u     /* its events come as lines, not as calls */
#define DIALECT_EXPLICIT 8u   /* never guessed from the first word */
#define DIALECT_LEAKS 16u     /* a client that does not clean after a deploy that failed */
#define DIALECT_MUTE 64u      /* handlers are not given the word: they are one program for each */
#define DIALECT_OFFERS 128u   /* a client that offers types in turn: without a handler it is no */
#define DIALECT_DECLINES 256u /* a handler that fails to deploy has nothing to clean */
#define DIALECT_STDIO 65536u  /* a client that leaves standard input and output to its hook */
#define DIALECT_LENIENT 32u   /* words that it does not know succeed, and reach nobody */

/* All dialects, in the order of `acmehook dialects`; ended by NULL. */
extern const struct dialect *const dialects[];

/* NULL if there is none of this name that has all of the flags. */
const struct dialect *dialect_find(const char *name, unsigned flags);
/* The same, for what somebody wrote after --from or --to (flag says which): NULL, with a sentence.
 */
const struct dialect *dialect_named(const char *name, unsigned flag, struct error *error);
/* The one client that alone uses this word, NULL if there is none or more than one. */
const struct dialect *dialect_of_word(const char *word);

/*
 * Reads the call of a client: words as it gave them, variables from the environment. A word that
 * succeeds without reaching anybody gives no event and *form NULL. False, with a sentence, if the
 * call cannot be understood; what was read by then is in events all the same.
 */
bool dialect_read(const struct dialect *from, char *const *words, size_t n, struct events *events,
    const struct form **form, struct error *error);

/* One run of a handler. */
struct call {
	const char *word;    /* the operation, for people; part of the dialect */
	char *input;	     /* standard input; NULL: /dev/null */
	struct strlist argv; /* the handler first */
	struct strlist env;  /* "NAME=VALUE" to set, "NAME" to take away */
	size_t first, count; /* the events it is for, of those that were written */
	bool bracket;	     /* carries no event itself */
	bool awaited;	     /* of something that is said: there is an answer to wait for */
};

struct calls {
	struct call *v;
	size_t n;
};

/*
 * Adds the calls that tell a handler of events[first .. first + count), which have one verb; with
 * chain in one call where the dialect can do that. No calls: the dialect has no word for the verb.
 * False, with a sentence, if something is missing that the handler must be told.
 */
bool dialect_write(const struct dialect *to, const char *handler, bool chain,
    const struct event *events, size_t first, size_t count, struct calls *calls,
    struct error *error);
void calls_free(struct calls *calls);
/* Can a handler be told of many events of this verb in one call? */
bool dialect_repeats(const struct dialect *to, enum verb verb);
/* Has it words for other events than challenges? */
bool dialect_has_others(const struct dialect *to);

/* The words of a row, without a view of literal text. */
size_t form_args(const struct form *form);

/*
 * For dialects' refine(): the time of the certificate file becomes the event's timestamp. False,
 * with a sentence that says who named it, if it is not there.
 */
bool event_stamp(struct event *event, const char *named_by, struct error *error);
/* Likewise: sets a field to a path, DIRECTORY/NAME. */
void event_set_file(struct event *event, enum field field, const char *directory, const char *name);

/* For dialects' environment(): sets a variable, or takes it away when value is NULL; what was said
 * of it before does not count any more. */
void env_set(struct strlist *env, const char *name, const char *value);

#endif
