/* SPDX-License-Identifier: MIT */
/* argv into a command: parsing only, nothing is done here. */
#ifndef ACMEHOOK_COMMAND_H
#define ACMEHOOK_COMMAND_H

#include "dialects/dialect.h"
#include "settings/options.h"

enum command_kind {
	COMMAND_CALL, /* one call of a client */
	COMMAND_RUN,
	COMMAND_VERIFY,
	COMMAND_PENDING,
	COMMAND_TRY,
	COMMAND_DIALECTS,
	COMMAND_HELP,
	COMMAND_VERSION,
	COMMAND__MAX
};

struct command {
	enum command_kind kind;
	bool explain;		    /* say what would be done, do nothing */
	const struct dialect *from; /* who calls; NULL where nobody does */
	struct strlist words;	    /* what stands behind the command, or the client's words */
	struct settings settings;   /* the options */
};

/*
 * Reads argv. Called by a name such as dehydrated or certbot-deploy (links in the libexec
 * directory) all words belong to that client. False, with a sentence, on wrong usage.
 */
bool command_read(struct command *command, int argc, char **argv, struct error *error);
void command_free(struct command *command);

#endif
