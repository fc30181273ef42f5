/* SPDX-License-Identifier: MIT */
/*
 * The options of acmehook-verify: what all questions have in common. They have the names of
 * acmehook's, and become members of a question, which are then read as those of a line are.
 */
#include "config.h"

#include "verify/options.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "duration.h"
#include "verify/question.h"

enum kind { KIND_TEXT, KIND_LIST, KIND_NUMBER, KIND_TIME, KIND_FLAG };

#define ADDRESS_FAULT "is not ADDR or ADDR#PORT; write 192.0.2.1, or 2001:db8::1#5353"
#define PORT_FAULT "is not a port from 1 to 65535"
#define SEE_HELP "; see acmehook-verify --help"

/* What getopt_long() returns for the first option; for the next one more. */
#define LONG 256

static const struct verify_option {
	const char *name, *argument, *help;
	const char *member; /* of a question */
	enum kind kind;
	const char *fault; /* of what cannot be read */
} options[] = {
    {"authority", "ADDR[#PORT]", "a name server to ask; no others are looked for", "authorities",
	KIND_LIST, ADDRESS_FAULT},
    {"resolver", "ADDR[#PORT]", "a recursive resolver to use instead of resolv.conf's", "resolvers",
	KIND_LIST, ADDRESS_FAULT},
    {"verify-timeout", "TIME", "how long to look for each of them [0: once]", "timeout_ms",
	KIND_TIME, "is not a time of at most a day; write 90, 2.5 or 5m"},
    {"ca", "PROFILE", "by whose rules: generic, letsencrypt or pebble [generic]", "ca", KIND_TEXT,
	"is none of generic, letsencrypt, pebble"},
    {"caa-identity", "NAME", "the CA's name in CAA records [--ca's]", "identities", KIND_LIST,
	"is no name"},
    {"account", "URI", "your account at the CA", "account", KIND_TEXT, "is no URI"},
    {"http-port", "PORT", "where http-01 is served [80]", "http_port", KIND_NUMBER, PORT_FAULT},
    {"tls-port", "PORT", "where tls-alpn-01 is served [443]", "tls_port", KIND_NUMBER, PORT_FAULT},
    {"connect-to", "ADDR", "the web server's address, instead of the published ones", "connect_to",
	KIND_LIST, "is not an address; write 192.0.2.1 or 2001:db8::1"},
    {"allow-reserved", NULL, "the CA goes to private and reserved addresses", "allow_reserved",
	KIND_FLAG, ""},
};

/* The value as JSON; NULL if it cannot be. */
static struct json_object *to_json(enum kind kind, const char *value)
{
	char *end;
	long n;

	switch (kind) {
	case KIND_TIME:
		return duration_parse(value, &n) ? json_object_new_int64(n) : NULL;
	case KIND_NUMBER:
		n = strtol(value, &end, 10);
		return *end || end == value ? NULL : json_object_new_int64(n);
	case KIND_FLAG:
		return json_object_new_boolean(true);
	default:
		return json_object_new_string(value);
	}
}

static void take(struct json_object *all, const struct verify_option *o, const char *value,
    struct check *common, struct error *error)
{
	struct json_object *json = to_json(o->kind, value), *list = NULL;

	if (json && o->kind == KIND_LIST) {
		if (!json_object_object_get_ex(all, o->member, &list)) {
			list = json_object_new_array();
			jsonline_set_value(all, o->member, list);
		}
		json_object_array_add(list, json);
	} else if (json) {
		jsonline_set_value(all, o->member, json);
	}
	if (!json || question_members(common, all))
		error_set(error, FAILURE_USAGE, "%s: \"%s\" %s", o->name, value, o->fault);
}

/* The name of a CA that is known need not be given. */
static void add_identity(struct json_object *all, struct check *common)
{
	const char *name = jsonline_string(all, "ca"), *identity = NULL;
	enum ca ca;

	if (name && ca_from_name(name, &ca))
		identity = ca_identity(ca);
	if (identity && !common->identities.n)
		strlist_add(&common->identities, identity);
}

/* getopt_long() has found something that is no option, or one without its value. */
static void misused(int c, const char *word, struct error *error)
{
	if (c == '?' && optopt && optopt < LONG)
		error_set(error, FAILURE_USAGE, "-%c is not an option" SEE_HELP, optopt);
	else if (c == '?')
		error_set(error, FAILURE_USAGE, "%s %s" SEE_HELP, word,
		    optopt ? "takes no value" : "is not an option");
	else
		error_set(error, FAILURE_USAGE, "%s needs a value" SEE_HELP, word);
}

enum wish verify_options_read(int argc, char **argv, struct check *common, struct error *error)
{
	struct option longs[nitems(options) + 3] = {
	    [nitems(options)] = {"help", no_argument, NULL, LONG + (int)nitems(options)},
	    [nitems(options) + 1] = {"version", no_argument, NULL, LONG + (int)nitems(options) + 1},
	};
	struct json_object *all = json_object_new_object();
	enum wish wish = WISH_WORK;
	int c;

	for (size_t i = 0; i < nitems(options); i++)
		longs[i] = (struct option){options[i].name,
		    options[i].argument ? required_argument : no_argument, NULL, LONG + (int)i};
	opterr = 0;
	while (wish == WISH_WORK && (c = getopt_long(argc, argv, ":hV", longs, NULL)) != -1) {
		if (c == 'h' || c == longs[nitems(options)].val)
			wish = WISH_HELP;
		else if (c == 'V' || c == longs[nitems(options) + 1].val)
			wish = WISH_VERSION;
		else if (c < LONG)
			misused(c, argv[optind - 1], error);
		else
			take(all, &options[c - LONG], optarg ? optarg : "", common, error);
		if (error->failure)
			wish = WISH_NONE;
	}
	if (wish == WISH_WORK && optind < argc) {
		wish = WISH_NONE;
		error_set(error, FAILURE_USAGE,
		    "\"%s\" is no option; questions are read from standard input" SEE_HELP,
		    argv[optind]);
	}
	add_identity(all, common);
	json_object_put(all);
	return wish;
}

void verify_options_help(FILE *to)
{
	fputs("usage: acmehook-verify [OPTION...] <QUESTIONS\n"
	      "\n"
	      "Reads questions about ACME challenges from standard input, one a line, and writes\n"
	      "what it finds to standard output. A question is TYPE NAME [VALUE...], such as\n"
	      "  dns-01 example.org LPJNul-wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ\n"
	      "or an object in JSON. See acmehook-verify(8).\n"
	      "\n"
	      "What holds for all questions that do not say otherwise:\n",
	    to);
	for (size_t i = 0; i < nitems(options); i++) {
		const char *argument = options[i].argument;
		int n = fprintf(to, "  --%s%s%s", options[i].name, argument ? " " : "",
		    argument ? argument : "");

		fprintf(to, "%*s%s\n", 28 - n, "", options[i].help);
	}
	fputs("\n"
	      "  -h, --help                print this\n"
	      "  -V, --version             print the version, and what of the sandbox there "
	      "is\n",
	    to);
}
