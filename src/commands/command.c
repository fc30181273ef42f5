/* SPDX-License-Identifier: MIT */
/* argv into a command. */
#include "config.h"

#include "commands/command.h"

#include <string.h>

#include "nearest.h"

static const struct {
	const char *word;
	enum command_kind kind;
	int least, most; /* words behind it */
	const char *usage;
} commands[] = {
    {"run", COMMAND_RUN, 0, 1, "run [FILE]"},
    {"verify", COMMAND_VERIFY, 2, 100, "verify TYPE NAME [VALUE...], or verify --file FILE"},
    {"pending", COMMAND_PENDING, 0, 100,
	"pending [--clean] [--retry|--forget] [--older-than TIME] [NAME...]"},
    {"try", COMMAND_TRY, 1, 100, "try [--type TYPE] NAME..."},
    {"dialects", COMMAND_DIALECTS, 0, 0, "dialects"},
};

/* Links: DIALECT, or DIALECT-WORD for clients whose calls do not say what happens. */
static bool read_link(struct command *command, const char *program)
{
	const char *name = strrchr(program, '/');

	name = name ? name + 1 : program;
	if (!strncmp(name, "acmehook-", 9))
		name += 9;
	for (size_t i = 0; dialects[i]; i++) {
		const struct dialect *d = dialects[i];
		size_t len = strlen(d->name);

		if (!(d->flags & DIALECT_FROM) || d->flags & DIALECT_STREAM ||
		    strncmp(name, d->name, len) || (name[len] && name[len] != '-'))
			continue;
		command->from = d;
		if (name[len])
			strlist_add(&command->words, name + len + 1);
		return true;
	}
	return false;
}

static void take_words(struct command *command, char **words)
{
	for (; *words; words++)
		strlist_add(&command->words, *words);
}

static bool read_from(struct command *command, struct error *error)
{
	const char *name = command->settings.v[OPTION_FROM].text;

	command->from = dialect_named(name, DIALECT_FROM, error);
	if (!command->from)
		return false;
	if (command->from->flags & DIALECT_STREAM)
		command->kind = COMMAND_RUN;
	return true;
}

/* Are the words in a file? */
static bool takes_file(const struct command *command)
{
	return command->kind == COMMAND_VERIFY && command->settings.v[OPTION_FILE].set;
}

static bool refuse_word(const char *word, struct error *error)
{
	struct nearest nearest = {.written = word, .len = strlen(word)};

	for (size_t i = 0; i < nitems(commands); i++)
		nearest_try(&nearest, commands[i].word);
	nearest_try(&nearest, "explain");
	return error_set(error, FAILURE_USAGE,
	    "\"%s\" is no command, and no word that one client alone uses; %s", word,
	    nearest_advice(&nearest, "acmehook ", "say who calls with --from CLIENT"));
}

/* What stands where an option does not: a command, or the client's first word. */
static bool read_word(struct command *command, int argc, char **argv, int at, struct error *error)
{
	const char *word = argv[at];

	for (size_t i = 0; i < nitems(commands); i++) {
		int n;

		if (strcmp(word, commands[i].word))
			continue;
		command->kind = commands[i].kind;
		at = options_read(argc, argv, at + 1, &command->settings, error);
		if (!at)
			return false;
		n = argc - at;
		if (takes_file(command) ? n > 0 : n < commands[i].least || n > commands[i].most)
			return error_set(error, FAILURE_USAGE, "usage: acmehook [OPTION...] %s",
			    commands[i].usage);
		take_words(command, argv + at);
		return true;
	}
	command->from = dialect_of_word(word);
	if (!command->from)
		return refuse_word(word, error);
	take_words(command, argv + at);
	return true;
}

static bool read_command(
    struct command *command, int argc, char **argv, int first, struct error *error)
{
	int at = options_read(argc, argv, first, &command->settings, error);
	const struct setting *v = command->settings.v;

	if (!at)
		return false;
	if (v[OPTION_HELP].number || v[OPTION_VERSION].number) {
		command->kind = v[OPTION_HELP].number ? COMMAND_HELP : COMMAND_VERSION;
		return true;
	}
	command->explain = command->explain || v[OPTION_DRY_RUN].number;
	if (v[OPTION_FROM].set) {
		take_words(command, argv + at);
		return read_from(command, error);
	}
	if (at == argc)
		return error_set(error, FAILURE_USAGE,
		    "nothing to do: give a command, or say who calls with --from CLIENT; see "
		    "acmehook "
		    "--help");
	if (!command->explain && !strcmp(argv[at], "explain")) {
		command->explain = true;
		return read_command(command, argc, argv, at + 1, error);
	}
	return read_word(command, argc, argv, at, error);
}

bool command_read(struct command *command, int argc, char **argv, struct error *error)
{
	*command = (struct command){0};
	if (read_link(command, argv[0] ? argv[0] : "")) {
		take_words(command, argv + 1);
		return true;
	}
	if (!read_command(command, argc, argv, 1, error))
		return false;
	if (command->settings.v[OPTION_TEXT_MODE].number)
		return settings_put(&command->settings, OPTION_TO, "manual", error);
	return !command->settings.v[OPTION_DEHYDRATED_DNS].number ||
	       settings_put(&command->settings, OPTION_TO, "dehydrated", error);
}

void command_free(struct command *command)
{
	strlist_free(&command->words);
	settings_free(&command->settings);
}
