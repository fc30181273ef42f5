/* SPDX-License-Identifier: MIT */
/* acmehook: any ACME client, any hook script, proven before the CA looks. */
#include "config.h"

#include <stdio.h>

#include "commands/command.h"
#include "handlers/process.h"
#include "report/report.h"
#include "commands/session.h"

static void print_dialects(void)
{
	for (size_t i = 0; dialects[i]; i++) {
		const struct dialect *d = dialects[i];

		printf("%-14s %-5s %-3s %s\n", d->name, d->flags & DIALECT_FROM ? "from" : "",
		    d->flags & DIALECT_TO ? "to" : "", d->summary);
	}
}

/* Commands that need no session. */
static bool print_only(enum command_kind kind)
{
	switch (kind) {
	case COMMAND_HELP:
		options_help(stdout);
		return true;
	case COMMAND_VERSION:
		printf("acmehook %s\n", PACKAGE_VERSION);
		return true;
	case COMMAND_DIALECTS:
		print_dialects();
		return true;
	default:
		return false;
	}
}

static int perform(const struct command *command, struct error *error)
{
	static int (*const commands[COMMAND__MAX])(struct session *) = {
	    [COMMAND_CALL] = call_command,
	    [COMMAND_RUN] = stream_command,
	    [COMMAND_VERIFY] = look_command,
	    [COMMAND_PENDING] = pending_command,
	    [COMMAND_TRY] = try_command,
	};
	struct session session;
	int status = 0;

	if (print_only(command->kind))
		return 0;
	if (session_open(&session, command, error))
		status = commands[command->kind](&session);
	session_close(&session);
	return status;
}

int main(int argc, char **argv)
{
	struct command command;
	struct error error = {0};
	int status = 0;

	process_clean_start();
	if (command_read(&command, argc, argv, &error))
		status = perform(&command, &error);
	command_free(&command);
	if (error.failure) {
		report_line(NULL, "%s", error.text);
		status = failure_status(error.failure);
	}
	if ((fflush(stdout) || ferror(stdout) || output_lost()) && !status) {
		report_line(NULL, "stdout: cannot write");
		status = failure_status(FAILURE_STOPPED);
	}
	return status;
}
