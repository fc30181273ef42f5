/* SPDX-License-Identifier: MIT */
/* The options: one table for command line, configuration file and --help. */
#include "config.h"

#include "settings/options.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "ca.h"
#include "duration.h"
#include "event.h"
#include "identifier.h"
#include "nearest.h"

static const char *const verify_modes[] = {
    [VERIFY_STRICT] = "strict",
    [VERIFY_REQUIRE] = "require",
    [VERIFY_WARN] = "warn",
    [VERIFY_OFF] = "off",
    [VERIFY__MAX] = NULL,
};
static const char *const deciding[] = {
    [DECIDING_BOTH] = "both",
    [DECIDING_DNS] = "dns",
    [DECIDING_STATUS] = "status",
    [DECIDING__MAX] = NULL,
};
static const char *const delegation[] = {
    [DELEGATION_FOLLOW] = "follow",
    [DELEGATION_IGNORE] = "ignore",
    [DELEGATION__MAX] = NULL,
};
static const char *const no_yes[] = {"no", "yes", NULL};
static const char *const formats[] = {[FORMAT_TEXT] = "text", [FORMAT_JSON] = "json", NULL};

const struct option_def option_defs[OPTION__MAX] = {
    [OPTION_FROM] = {"from", 'f', OPTION_IS_TEXT, ON_COMMAND_LINE, "CLIENT",
	"called as this client calls its hook (acmehook dialects lists them)", NULL, NULL},
    [OPTION_HANDLER] = {"handler", 'H', OPTION_IS_TEXT, EVERYWHERE | ABSOLUTE, "PATH",
	"the hook script or program to call", NULL, NULL},
    [OPTION_TO] = {"to", 't', OPTION_IS_TEXT, EVERYWHERE, "DIALECT",
	"how the handler wants to be called", NULL, "dehydrated"},
    [OPTION_INTERPRETER] = {"interpreter", 0, OPTION_IS_TEXT, EVERYWHERE | ABSOLUTE, "PATH",
	"the program that runs the handler, whatever its first line says", NULL, NULL},
    [OPTION_DEHYDRATED_DNS] = {"dehydrated-dns", 0, OPTION_IS_FLAG, ON_COMMAND_LINE, NULL,
	"the same as --to dehydrated", NULL, NULL},
    [OPTION_TEXT_MODE] = {"text-mode", 0, OPTION_IS_FLAG, ON_COMMAND_LINE, NULL,
	"the same as --to manual", NULL, NULL},
    [OPTION_CHANNEL] = {"channel", 0, OPTION_IS_TEXT, EVERYWHERE, "ADDRESS",
	"--to json: unix:PATH, fifo:IN,OUT or fd:N to talk to", NULL, NULL},
    [OPTION_EVENTS] = {"events", 0, OPTION_IS_EVENTS, EVERYWHERE, "EVENT",
	"the only event that the handler is told of; may be repeated [all]", NULL, NULL},
    [OPTION_CHAIN] = {"chain", 0, OPTION_IS_FLAG, EVERYWHERE, NULL,
	"the handler takes many challenges in one call", NULL, NULL},
    [OPTION_CHAIN_MAX] = {"chain-max", 0, OPTION_IS_COUNT, EVERYWHERE, "N",
	"run: how many challenges in one such call", NULL, "100"},
    [OPTION_CHAIN_DELAY] = {"chain-delay", 0, OPTION_IS_TIME, EVERYWHERE, "TIME",
	"run: how long to wait for more of them", NULL, "0.1"},
    [OPTION_REPLACES] = {"replaces", 0, OPTION_IS_FLAG, EVERYWHERE, NULL,
	"the handler keeps one value of a name, or those of one call", NULL, NULL},
    [OPTION_CLEANS_ALL] = {"cleans-all", 0, OPTION_IS_FLAG, EVERYWHERE, NULL,
	"the handler cleans all values of a name at once", NULL, NULL},
    [OPTION_SERIAL] = {"serial", 0, OPTION_IS_FLAG, EVERYWHERE, NULL,
	"run: never two runs of the handler at once", NULL, NULL},
    [OPTION_TRUST] = {"trust", 0, OPTION_IS_CHOICE, EVERYWHERE, "WHAT",
	"what says that the handler did its work", deciding, "both"},
    [OPTION_TIMEOUT] = {"timeout", 0, OPTION_IS_TIME, EVERYWHERE, "TIME",
	"how long one run of the handler may take", NULL, "600"},
    [OPTION_KILL_AFTER] = {"kill-after", 0, OPTION_IS_TIME, EVERYWHERE, "TIME",
	"from SIGTERM to SIGKILL", NULL, "5"},
    [OPTION_CWD] = {"cwd", 0, OPTION_IS_TEXT, EVERYWHERE | ABSOLUTE, "DIR",
	"the handler's working directory", NULL, NULL},
    [OPTION_UMASK] = {"umask", 0, OPTION_IS_MODE, EVERYWHERE, "MODE", "the handler's umask", NULL,
	"022"},
    [OPTION_ENV] = {"env", 0, OPTION_IS_LIST, IN_FILE | IN_RULE, "NAME=VALUE",
	"variables for the handler", NULL, NULL},
    [OPTION_ENV_FILE] = {"env-file", 0, OPTION_IS_TEXT, EVERYWHERE | ABSOLUTE, "FILE",
	"more variables for the handler, one NAME=VALUE a line", NULL, NULL},
    [OPTION_USER] = {"user", 0, OPTION_IS_TEXT, EVERYWHERE, "NAME", "whom root runs the handler as",
	NULL, NULL},
    [OPTION_VERIFY] = {"verify", 0, OPTION_IS_CHOICE, EVERYWHERE, "MODE", "what must be proven",
	verify_modes, "require"},
    [OPTION_VERIFY_TIMEOUT] = {"verify-timeout", 0, OPTION_IS_TIME, EVERYWHERE, "TIME",
	"how long to wait for the proof [300 for dns-01, else 60]", NULL, NULL},
    [OPTION_VERIFY_CLEAN] = {"verify-clean", 0, OPTION_IS_CHOICE, EVERYWHERE, "YESNO",
	"look whether what was cleaned is gone", no_yes, "yes"},
    [OPTION_DELEGATION] = {"delegation", 0, OPTION_IS_CHOICE, EVERYWHERE, "WHAT",
	"a CNAME from one _acme-challenge name to another", delegation, "follow"},
    [OPTION_RESOLVER] = {"resolver", 0, OPTION_IS_SERVERS, EVERYWHERE, "ADDR[#PORT]",
	"a recursive resolver to use instead of resolv.conf's", NULL, NULL},
    [OPTION_AUTHORITY] = {"authority", 0, OPTION_IS_SERVERS, EVERYWHERE, "ADDR[#PORT]",
	"a name server to ask; no others are looked for", NULL, NULL},
    [OPTION_HTTP_PORT] = {"http-port", 0, OPTION_IS_PORT, EVERYWHERE, "PORT",
	"where http-01 is served", NULL, "80"},
    [OPTION_TLS_PORT] = {"tls-port", 0, OPTION_IS_PORT, EVERYWHERE, "PORT",
	"where tls-alpn-01, and https behind a redirect, is served", NULL, "443"},
    [OPTION_CONNECT_TO] = {"connect-to", 0, OPTION_IS_LIST, EVERYWHERE, "ADDR",
	"the web server's address as seen from here, instead of the published ones", NULL, NULL},
    [OPTION_ALLOW_RESERVED] = {"allow-reserved", 0, OPTION_IS_FLAG, EVERYWHERE, NULL,
	"the CA goes to private and reserved addresses", NULL, NULL},
    [OPTION_JOBS] = {"jobs", 'j', OPTION_IS_COUNT, ON_COMMAND_LINE | IN_FILE, "N",
	"run: how many handlers at once [the number of CPUs]", NULL, NULL},
    [OPTION_QUEUE] = {"queue", 0, OPTION_IS_COUNT, ON_COMMAND_LINE | IN_FILE, "N",
	"run: how many events begun and not yet answered", NULL, "12288"},
    [OPTION_ORDERED] = {"ordered", 0, OPTION_IS_FLAG, ON_COMMAND_LINE | IN_FILE, NULL,
	"run: results in the order of the events", NULL, NULL},
    [OPTION_FIFO] = {"fifo", 0, OPTION_IS_TEXT, ON_COMMAND_LINE, "PATH",
	"run: read events from this FIFO, without end", NULL, NULL},
    [OPTION_LISTEN] = {"listen", 0, OPTION_IS_LIST, ON_COMMAND_LINE, "unix:PATH",
	"run: serve clients of this socket", NULL, NULL},
    [OPTION_CLEAN_TRIES] = {"clean-tries", 0, OPTION_IS_COUNT, EVERYWHERE, "N",
	"how often a clean that fails is tried", NULL, "1"},
    [OPTION_ON_FAILURE] = {"on-failure", 0, OPTION_IS_TEXT, EVERYWHERE | ABSOLUTE, "PATH",
	"a program that is given the result of what failed, once a day for each cause", NULL, NULL},
    [OPTION_ON_FAILURE_TIMEOUT] = {"on-failure-timeout", 0, OPTION_IS_TIME, EVERYWHERE, "TIME",
	"how long one run of it may take", NULL, "30"},
    [OPTION_RETRY_LIMIT] = {"retry-limit", 0, OPTION_IS_COUNT, EVERYWHERE, "N",
	"how often a certificate is tried to be installed", NULL, "20"},
    [OPTION_RETRY_PAUSE] = {"retry-pause", 0, OPTION_IS_TIME, EVERYWHERE, "TIME",
	"before it is tried once more; doubled each time, up to a day", NULL, "10m"},
    [OPTION_LOCK_TIMEOUT] = {"lock-timeout", 0, OPTION_IS_TIME, EVERYWHERE, "TIME",
	"how long to wait for another acmehook that works on the name", NULL, "10m"},
    [OPTION_STATE] = {"state", 0, OPTION_IS_TEXT, ON_COMMAND_LINE | IN_FILE | ABSOLUTE, "DIR",
	"where what is deployed is recorded [" LOCALSTATEDIR "/lib/acmehook]", NULL, NULL},
    [OPTION_CLEAN] = {"clean", 0, OPTION_IS_FLAG, ON_COMMAND_LINE, NULL,
	"pending: clean what was left behind", NULL, NULL},
    [OPTION_RETRY] = {"retry", 0, OPTION_IS_FLAG, ON_COMMAND_LINE, NULL,
	"pending: try again what could not be installed", NULL, NULL},
    [OPTION_FORGET] = {"forget", 0, OPTION_IS_FLAG, ON_COMMAND_LINE, NULL,
	"pending: do not try again to install for these names", NULL, NULL},
    [OPTION_OLDER_THAN] = {"older-than", 0, OPTION_IS_TIME, ON_COMMAND_LINE, "TIME",
	"pending: only what is older; for what a client still uses [1h]", NULL, NULL},
    [OPTION_FILE] = {"file", 0, OPTION_IS_TEXT, ON_COMMAND_LINE, "FILE",
	"verify: what is asked is in this file, a line each; - is standard input", NULL, NULL},
    [OPTION_TYPE] = {"type", 0, OPTION_IS_TEXT, ON_COMMAND_LINE, "TYPE", "try: of challenge", NULL,
	"dns-01"},
    [OPTION_THUMBPRINT] = {"thumbprint", 0, OPTION_IS_DIGESTS, ON_COMMAND_LINE | IN_FILE,
	"THUMBPRINT", "of an account key, for handlers that want key authorizations", NULL, NULL},
    [OPTION_CA] = {"ca", 0, OPTION_IS_CHOICE, EVERYWHERE, "PROFILE", "by whose rules to verify",
	ca_names, "generic"},
    [OPTION_CAA_IDENTITY] = {"caa-identity", 0, OPTION_IS_LIST, EVERYWHERE, "NAME",
	"the CA's name in CAA records, which are looked at first [--ca's]", NULL, NULL},
    [OPTION_ACCOUNT] = {"account", 0, OPTION_IS_TEXT, EVERYWHERE, "URI",
	"of your account at the CA, for records that are bound to it", NULL, NULL},
    [OPTION_VERIFIER] = {"verifier", 0, OPTION_IS_TEXT, ON_COMMAND_LINE | IN_FILE | ABSOLUTE,
	"PATH", "the program that verifies", NULL, LIBEXECDIR "/acmehook-verify"},
    [OPTION_CONFIG] = {"config", 'c', OPTION_IS_TEXT, ON_COMMAND_LINE, "FILE",
	"the configuration file [" SYSCONFDIR "/acmehook/acmehook.conf]", NULL, NULL},
    [OPTION_FORMAT] = {"format", 0, OPTION_IS_CHOICE, ON_COMMAND_LINE | IN_FILE, "FORMAT",
	"of reports", formats, "text"},
    [OPTION_QUIET] = {"quiet", 'q', OPTION_IS_FLAG, ON_COMMAND_LINE | IN_FILE, NULL,
	"no progress, no summary: only what is not well", NULL, NULL},
    [OPTION_VERBOSE] = {"verbose", 'v', OPTION_IS_FLAG, ON_COMMAND_LINE | IN_FILE, NULL,
	"report what went well too", NULL, NULL},
    [OPTION_DRY_RUN] = {"dry-run", 'n', OPTION_IS_FLAG, ON_COMMAND_LINE, NULL,
	"the same as the command explain", NULL, NULL},
    [OPTION_HELP] = {"help", 'h', OPTION_IS_FLAG, ON_COMMAND_LINE, NULL, "this text", NULL, NULL},
    [OPTION_VERSION] = {"version", 'V', OPTION_IS_FLAG, ON_COMMAND_LINE, NULL,
	"the version of acmehook", NULL, NULL},
};
_Static_assert(nitems(deciding) == DECIDING__MAX + 1, "what decides has no name");
_Static_assert(nitems(verify_modes) == VERIFY__MAX + 1, "a mode without name");

static bool wrong(enum option_id id, const char *value, const char *fault, struct error *error)
{
	return error_set(error, FAILURE_USAGE, "%s: \"%s\" %s", option_defs[id].name, value, fault);
}

static bool parse_choice(
    enum option_id id, const char *value, struct setting *s, struct error *error)
{
	struct buf list = BUF_INIT(200);

	for (long i = 0; option_defs[id].choices[i]; i++) {
		if (!strcmp(value, option_defs[id].choices[i])) {
			buf_free(&list);
			s->number = i;
			return true;
		}
		buf_printf(&list, "%s%s", i ? ", " : "", option_defs[id].choices[i]);
	}
	error_set(error, FAILURE_USAGE, "%s: \"%s\" is none of %s", option_defs[id].name, value,
	    buf_text(&list));
	buf_free(&list);
	return false;
}

static bool parse_number(const char *value, int base, long least, long most, long *number)
{
	char *end;

	if (!*value || value[strspn(value, "0123456789")])
		return false;
	*number = strtol(value, &end, base);
	return !*end && *number >= least && *number <= most;
}

/* ADDR[#PORT]; an IPv6 address may have a scope (fe80::1%eth0). */
static bool is_server(const char *value)
{
	char *address = xstrndup(value, strcspn(value, "#%"));
	const char *port = strchr(value, '#');
	long number;
	bool good = identifier_is_ip(address);

	free(address);
	return good && (!port || parse_number(port + 1, 10, 1, 65535, &number));
}

bool settings_put(
    struct settings *settings, enum option_id id, const char *value, struct error *error)
{
	struct setting *s = &settings->v[id];
	unsigned char digest[DIGEST_SIZE];

	if (!*value && option_defs[id].kind != OPTION_IS_FLAG)
		return wrong(id, value, "is empty", error);
	switch (option_defs[id].kind) {
	case OPTION_IS_FLAG:
		s->number = !strcmp(value, "true");
		break;
	case OPTION_IS_TEXT:
		free(s->text);
		s->text = xstrdup(value);
		break;
	case OPTION_IS_CHOICE:
		if (!parse_choice(id, value, s, error))
			return false;
		break;
	case OPTION_IS_TIME:
		if (!duration_parse(value, &s->number))
			return wrong(id, value, DURATION_FAULT, error);
		break;
	case OPTION_IS_PORT:
		if (!parse_number(value, 10, 1, 65535, &s->number))
			return wrong(id, value, "is not a port from 1 to 65535", error);
		break;
	case OPTION_IS_COUNT:
		if (!parse_number(value, 10, 1, 1000000, &s->number))
			return wrong(id, value, "is not a number from 1 to 1000000", error);
		break;
	case OPTION_IS_MODE:
		if (!parse_number(value, 8, 0, 0777, &s->number))
			return wrong(id, value, "is not an octal mode such as 022", error);
		break;
	case OPTION_IS_SERVERS:
		if (!is_server(value))
			return wrong(id, value,
			    "is not ADDR or ADDR#PORT; write 192.0.2.1, or 2001:db8::1#5353",
			    error);
		strlist_add(&s->list, value);
		break;
	case OPTION_IS_DIGESTS:
		if (!digest_decode(value, digest))
			return wrong(
			    id, value, "is not a base64url SHA-256 digest of 43 characters", error);
		strlist_add(&s->list, value);
		break;
	case OPTION_IS_EVENTS:
		if (verb_from_name(value) == VERB_UNKNOWN)
			return wrong(id, value,
			    "is no event; acmehook.conf(5) lists them under RULES", error);
		strlist_add(&s->list, value);
		break;
	case OPTION_IS_LIST:
		if (id == OPTION_ENV && (!strchr(value, '=') || *value == '='))
			return error_set(error, FAILURE_USAGE,
			    "env: an element is not NAME=VALUE; it is not shown, as it may be "
			    "secret");
		if (id == OPTION_CONNECT_TO && !identifier_is_ip(value))
			return wrong(
			    id, value, "is not an address; write 192.0.2.1 or 2001:db8::1", error);
		strlist_add(&s->list, value);
		break;
	}
	s->set = true;
	return true;
}

void settings_free(struct settings *settings)
{
	for (size_t i = 0; i < OPTION__MAX; i++) {
		free(settings->v[i].text);
		strlist_free(&settings->v[i].list);
	}
	*settings = (struct settings){0};
}

void settings_initial(struct settings *settings)
{
	struct error error = {0};

	for (size_t i = 0; i < OPTION__MAX; i++)
		if (option_defs[i].initial)
			settings_put(settings, (enum option_id)i, option_defs[i].initial, &error);
}

const struct setting *view_get(const struct view *view, enum option_id id)
{
	static const struct setting unset;

	for (size_t i = 0; i < nitems(view->layer); i++)
		if (view->layer[i] && view->layer[i]->v[id].set)
			return &view->layer[i]->v[id];
	return &unset;
}

const char *view_text(const struct view *view, enum option_id id)
{
	return view_get(view, id)->text;
}

long view_number(const struct view *view, enum option_id id)
{
	return view_get(view, id)->number;
}

/* The tables getopt_long(3) wants, made of ours. */
static void getopt_tables(struct option *longs, char *letters)
{
	*letters++ = '+'; /* stop at the first other word: the rest is the client's */
	*letters++ = ':';
	for (int i = 0; i < OPTION__MAX; i++) {
		const struct option_def *def = &option_defs[i];

		if (!(def->where & ON_COMMAND_LINE))
			continue;
		*longs++ = (struct option){def->name, def->argument != NULL, NULL, 256 + i};
		if (def->letter) {
			*letters++ = def->letter;
			if (def->argument)
				*letters++ = ':';
		}
	}
	*longs = (struct option){0};
	*letters = '\0';
}

static enum option_id id_of(int c)
{
	int id = 0;

	if (c >= 256)
		return (enum option_id)(c - 256);
	while (option_defs[id].letter != c)
		id++;
	return (enum option_id)id;
}

static void refuse_option(const char *word, struct error *error)
{
	struct nearest nearest = {.written = word + 2, .len = strcspn(word + 2, "=")};

	for (int i = 0; i < OPTION__MAX; i++)
		if (option_defs[i].where & ON_COMMAND_LINE)
			nearest_try(&nearest, option_defs[i].name);
	error_set(error, FAILURE_USAGE, "%s is not an option; %s", word,
	    nearest_advice(&nearest, "--", "see acmehook --help"));
}

int options_read(int argc, char **argv, int first, struct settings *settings, struct error *error)
{
	struct option longs[OPTION__MAX + 1];
	char letters[2 * OPTION__MAX + 3];
	int c;

	getopt_tables(longs, letters);
	opterr = 0;
	optind = first;
	while ((c = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		if (c == ':' || c == '?') {
			/* optopt: the letter, 256 + id for a long one, 0 for an unknown long one */
			const char *word = argv[optind > first ? optind - 1 : optind];

			if (c == ':' || optopt >= 256)
				error_set(error, FAILURE_USAGE, "%s %s; see acmehook --help", word,
				    c == ':' ? "needs a value" : "takes no value");
			else if (optopt)
				error_set(error, FAILURE_USAGE,
				    "-%c is not an option; see acmehook --help", optopt);
			else
				refuse_option(word, error);
			return 0;
		}
		if (!settings_put(settings, id_of(c), optarg ? optarg : "true", error))
			return 0;
	}
	return optind;
}

/* ": strict, require, warn or off" */
static void print_choices(FILE *to, const char *const *choices)
{
	for (size_t i = 0; choices[i]; i++) {
		const char *before = i == 0 ? ": " : choices[i + 1] ? ", " : " or ";

		fprintf(to, "%s%s", before, choices[i]);
	}
}

void options_help(FILE *to)
{
	fputs(
	    "usage: acmehook [OPTION...] --from CLIENT [WORD...]   one event, as CLIENT tells it\n"
	    "       acmehook [OPTION...] run [FILE]                JSON events in, results out\n"
	    "       acmehook [OPTION...] verify TYPE NAME VALUE... look only, call nothing\n"
	    "       acmehook [OPTION...] verify caa NAME [TYPE]    may the CA issue for it?\n"
	    "       acmehook [OPTION...] verify dns-persist-01 NAME\n"
	    "       acmehook [OPTION...] verify --file FILE        the same of many names\n"
	    "       acmehook [OPTION...] explain ...               what would be done, and why\n"
	    "       acmehook [OPTION...] pending [--clean] [--retry] [NAME...]  not yet cleaned, "
	    "not installed\n"
	    "       acmehook [OPTION...] try NAME...               what a handler is like, without "
	    "a CA\n"
	    "       acmehook dialects                              clients and kinds of "
	    "handlers\n\n",
	    to);
	for (int i = 0; i < OPTION__MAX; i++) {
		const struct option_def *def = &option_defs[i];
		char left[64];

		if (!(def->where & ON_COMMAND_LINE))
			continue;
		snprintf(left, sizeof(left), "%c%c%c --%s %s", def->letter ? '-' : ' ',
		    def->letter ? def->letter : ' ', def->letter ? ',' : ' ', def->name,
		    def->argument ? def->argument : "");
		fprintf(to, "  %-30s %s", left, def->help);
		if (def->choices)
			print_choices(to, def->choices);
		if (def->initial && def->initial[0] != '/')
			fprintf(to, " [%s]", def->initial);
		fputc('\n', to);
	}
	fputs("\nTIME is in seconds (90, 2.5) or has a unit (5m, 1h). Every option but those for "
	      "one\n"
	      "call is a key of the configuration file too. Details: acmehook(1), "
	      "acmehook.conf(5).\n",
	    to);
}
