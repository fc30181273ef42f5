/* SPDX-License-Identifier: MIT */
/* The options: one table for command line, configuration file and --help. */
#ifndef ACMEHOOK_OPTIONS_H
#define ACMEHOOK_OPTIONS_H

#include <stdbool.h>
#include <stdio.h>

#include "buf.h"
#include "error.h"

enum option_id {
	OPTION_FROM,
	OPTION_HANDLER,
	OPTION_TO,
	OPTION_INTERPRETER,
	OPTION_DEHYDRATED_DNS,
	OPTION_TEXT_MODE,
	OPTION_CHANNEL,
	OPTION_EVENTS,
	OPTION_CHAIN,
	OPTION_CHAIN_MAX,
	OPTION_CHAIN_DELAY,
	OPTION_REPLACES,
	OPTION_CLEANS_ALL,
	OPTION_SERIAL,
	OPTION_TRUST,
	OPTION_TIMEOUT,
	OPTION_KILL_AFTER,
	OPTION_CWD,
	OPTION_UMASK,
	OPTION_ENV,
	OPTION_ENV_FILE,
	OPTION_USER,
	OPTION_VERIFY,
	OPTION_VERIFY_TIMEOUT,
	OPTION_VERIFY_CLEAN,
	OPTION_DELEGATION,
	OPTION_RESOLVER,
	OPTION_AUTHORITY,
	OPTION_HTTP_PORT,
	OPTION_TLS_PORT,
	OPTION_CONNECT_TO,
	OPTION_ALLOW_RESERVED,
	OPTION_JOBS,
	OPTION_QUEUE,
	OPTION_ORDERED,
	OPTION_FIFO,
	OPTION_LISTEN,
	OPTION_CLEAN_TRIES,
	OPTION_ON_FAILURE,
	OPTION_ON_FAILURE_TIMEOUT,
	OPTION_RETRY_LIMIT,
	OPTION_RETRY_PAUSE,
	OPTION_LOCK_TIMEOUT,
	OPTION_STATE,
	OPTION_CLEAN,
	OPTION_RETRY,
	OPTION_FORGET,
	OPTION_OLDER_THAN,
	OPTION_FILE,
	OPTION_TYPE,
	OPTION_THUMBPRINT,
	OPTION_CA,
	OPTION_CAA_IDENTITY,
	OPTION_ACCOUNT,
	OPTION_VERIFIER,
	OPTION_CONFIG,
	OPTION_FORMAT,
	OPTION_QUIET,
	OPTION_VERBOSE,
	OPTION_DRY_RUN,
	OPTION_HELP,
	OPTION_VERSION,
	OPTION__MAX
};

enum option_kind {
	OPTION_IS_FLAG,	   /* number: 0 or 1 */
	OPTION_IS_TEXT,	   /* text */
	OPTION_IS_CHOICE,  /* number: index into choices */
	OPTION_IS_TIME,	   /* number: milliseconds */
	OPTION_IS_PORT,	   /* number */
	OPTION_IS_COUNT,   /* number, from 1 */
	OPTION_IS_MODE,	   /* number: the octal file mode bits */
	OPTION_IS_SERVERS, /* list of ADDR[#PORT], one element each time it is given */
	OPTION_IS_DIGESTS, /* list of base64url SHA-256 digests, likewise */
	OPTION_IS_EVENTS,  /* list of names of verbs, likewise */
	OPTION_IS_LIST,	   /* list, one element each time it is given */
};

/* Where an option may stand. */
#define ON_COMMAND_LINE 1u
#define IN_FILE 2u
#define IN_RULE 4u
#define ABSOLUTE 8u /* a path; in a file it must be absolute: who calls us runs anywhere */
#define EVERYWHERE (ON_COMMAND_LINE | IN_FILE | IN_RULE)

struct option_def {
	const char *name; /* without "--"; the key of the configuration file */
	char letter;	  /* 0: none */
	enum option_kind kind;
	unsigned where;
	const char *argument; /* for --help; NULL for flags */
	const char *help;
	const char *const *choices; /* NULL-terminated */
	const char *initial;	    /* as the user would write it; NULL: not set */
};

extern const struct option_def option_defs[OPTION__MAX];

/* --verify, in the order of its choices. */
enum verify_mode { VERIFY_STRICT, VERIFY_REQUIRE, VERIFY_WARN, VERIFY_OFF, VERIFY__MAX };
/* --trust: what says that a challenge is deployed; likewise. */
enum deciding { DECIDING_BOTH, DECIDING_DNS, DECIDING_STATUS, DECIDING__MAX };
/* --delegation, likewise. */
enum delegation { DELEGATION_FOLLOW, DELEGATION_IGNORE, DELEGATION__MAX };
/* --format, likewise. */
enum format { FORMAT_TEXT, FORMAT_JSON };

struct setting {
	bool set;
	long number;
	char *text;
	struct strlist list;
};

/* One layer of settings, such as a rule; owns its strings. All zero is an empty one. */
struct settings {
	struct setting v[OPTION__MAX];
};

/* Understands one value and sets it. False, with a sentence that names the option, if it is none.
 */
bool settings_put(
    struct settings *settings, enum option_id id, const char *value, struct error *error);
void settings_free(struct settings *settings);

/* What holds for one event: the first layer that has a setting wins. NULL layers are passed over.
 */
struct view {
	const struct settings *layer[5];
};

/* Never NULL; not set if no layer has it. */
const struct setting *view_get(const struct view *view, enum option_id id);
const char *view_text(const struct view *view, enum option_id id);
long view_number(const struct view *view, enum option_id id);
/* The initial values as the last layer of a view. */
void settings_initial(struct settings *settings);

/*
 * Reads options up to the first other word, whose index is returned; 0 on an error. May be called
 * again behind a command word.
 */
int options_read(int argc, char **argv, int first, struct settings *settings, struct error *error);
void options_help(FILE *to);

#endif
