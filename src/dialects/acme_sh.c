/* SPDX-License-Identifier: MIT */
/* acme.sh: its DNS API and deploy hooks. Scripts are not run but sourced by acme.sh, whose
 * functions they use (acme.sh, issue(), _clearupdns(), _deploy(); dnsapi/README.md,
 * deploy/README.md). */
#include "config.h"

#include "dialect.h"

/* As a client it is hooks/acme.sh that calls: rm and add find the key authorization in acme.sh's
 * own variables, if they are there. */
static const struct form forms[] = {
    {VERB_DEPLOY, "add", {FIELD_FQDN, FIELD_VALUE, FIELD_KEY_AUTH}, .least = 2, .type = "dns-01"},
    {VERB_CLEAN, "rm", {FIELD_FQDN, FIELD_VALUE, FIELD_KEY_AUTH}, .least = 2, .type = "dns-01"},
    {VERB_DEPLOY_CERT, "deploy",
	{FIELD_DOMAIN, FIELD_KEY_PATH, FIELD_CERT_PATH, FIELD_CHAIN_PATH, FIELD_FULLCHAIN_PATH},
	.least = 5, .flags = FORM_READ_ONLY},
    {.word = NULL},
};
static const struct form deploy_forms[] = {
    {VERB_DEPLOY_CERT, "deploy",
	{FIELD_DOMAIN, FIELD_KEY_PATH, FIELD_CERT_PATH, FIELD_CHAIN_PATH, FIELD_FULLCHAIN_PATH},
	.least = 5},
    {.word = NULL},
};

/*
 * $0 is the script, $1 the end of its function's name. acme.sh runs a first word without "-" as a
 * command: eval gives the script acme.sh's functions, with nothing of acme.sh changed. What is told
 * are variables and quoted parameters all the way; no shell reads it as its own. Many scripts save
 * settings for the domain, which _initpath and its directory are for.
 */
static const char shell[] =
    "fail() { echo \"$0: $1\" >&2; exit 1; }\n"
    "[ -r \"$0\" ] || fail 'no such file, or not readable'\n"
    "word=$1 name=${0##*/}\n"
    "shift\n"
    "unset ACMEHOOK_3 ACMEHOOK_4 ACMEHOOK_5\n"
    "export ACMEHOOK_SCRIPT=\"$0\" ACMEHOOK_FUNCTION=\"${name%.sh}_$word\" "
    "ACMEHOOK_1=\"$1\" ACMEHOOK_2=\"$2\"\n"
    "[ \"$word\" != deploy ] || export ACMEHOOK_3=\"$3\" ACMEHOOK_4=\"$4\" ACMEHOOK_5=\"$5\"\n"
    "for file in \"$ACME_SH\" \"${0%/*}/../acme.sh\" \"$LE_WORKING_DIR/acme.sh\" "
    "\"$HOME/.acme.sh/acme.sh\" \"$(command -v acme.sh)\"; do\n"
    "    [ -f \"$file\" ] || continue\n"
    "    [ -n \"$LE_WORKING_DIR\" ] || [ ! -f \"${file%/*}/account.conf\" ] ||\n"
    "        export LE_WORKING_DIR=\"${file%/*}\"\n"
    "    exec sh \"$file\" eval '\n"
    "        _initpath \"${ACMEHOOK_1#_acme-challenge.}\" && mkdir -p \"$DOMAIN_PATH\" || exit\n"
    "        . \"$ACMEHOOK_SCRIPT\"\n"
    "        command -v \"$ACMEHOOK_FUNCTION\" >/dev/null || {\n"
    "            echo \"$ACMEHOOK_SCRIPT: has no function $ACMEHOOK_FUNCTION\" >&2\n"
    "            exit 1\n"
    "        }\n"
    "        \"$ACMEHOOK_FUNCTION\" \"$ACMEHOOK_1\" \"$ACMEHOOK_2\" ${ACMEHOOK_3+\"$ACMEHOOK_3\"} "
    "${ACMEHOOK_4+\"$ACMEHOOK_4\"} ${ACMEHOOK_5+\"$ACMEHOOK_5\"}'\n"
    "done\n"
    "fail 'acme.sh, whose functions it needs, was not found; set ACME_SH to its path'\n";
static const char *const launcher[] = {"/bin/sh", "-c", shell, NULL};

static bool refine(struct event *event, struct error *error)
{
	return event->verb != VERB_DEPLOY_CERT || event_stamp(event, "acme.sh", error);
}

const struct dialect dialect_acme_sh = {
    .name = "acme.sh",
    .summary = "acme.sh's DNS API: add, rm; and deploy",
    .flags = DIALECT_FROM | DIALECT_TO | DIALECT_EXPLICIT | DIALECT_LEAKS,
    .forms = forms,
    .launcher = launcher,
    .refine = refine,
};

const struct dialect dialect_acme_sh_deploy = {
    .name = "acme.sh-deploy",
    .summary = "acme.sh's deploy hooks: scripts of its directory deploy",
    .flags = DIALECT_TO,
    .forms = deploy_forms,
    .launcher = launcher,
};
