/* SPDX-License-Identifier: MIT */
/* Scripts for lego's exec provider with EXEC_MODE=RAW (lego, providers/dns/exec/exec.go). */
#include "config.h"

#include "dialects/dialect.h"

static const struct form forms[] = {
    {VERB_DEPLOY, "present", {VIEW_DASHES, FIELD_DOMAIN, FIELD_TOKEN, FIELD_KEY_AUTH}, .least = 4,
	.type = "dns-01"},
    {VERB_CLEAN, "cleanup", {VIEW_DASHES, FIELD_DOMAIN, FIELD_TOKEN, FIELD_KEY_AUTH}, .least = 4,
	.type = "dns-01"},
    {.word = NULL},
};

const struct dialect dialect_lego_raw = {
    .name = "lego-raw",
    .summary = "scripts for lego's exec provider with EXEC_MODE=RAW",
    .flags = DIALECT_TO,
    .forms = forms,
};
