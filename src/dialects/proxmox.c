/* SPDX-License-Identifier: MIT */
/* Proxmox VE in the place of its proxmox-acme: setup|teardown PLUGIN DOMAIN, the value and the
 * plugin's data on standard input (proxmox-acme, src/PVE/ACME/DNSChallenge.pm). */
#include "config.h"

#include "dialects/dialect.h"

#include <stdlib.h>
#include <string.h>

/* The plugin is a script of acme.sh's that proxmox-acme would source; handlers are ours to choose.
 */
static const struct form forms[] = {
    {VERB_DEPLOY, "setup", {VIEW_EMPTY, FIELD_DOMAIN}, .least = 2, .type = "dns-01",
	.input = FIELD_VALUE},
    {VERB_CLEAN, "teardown", {VIEW_EMPTY, FIELD_DOMAIN}, .least = 2, .type = "dns-01",
	.input = FIELD_VALUE},
    {.word = NULL},
};

/* Behind the first line are the plugin's data, NAME=VALUE: variables of whoever is called. */
static bool refine(struct event *event, struct error *error)
{
	char *value = event->field[FIELD_VALUE], *rest = NULL;

	if (!strtok_r(value, "\n", &rest))
		return true;
	for (char *line; (line = strtok_r(NULL, "\n", &rest)) != NULL;) {
		char *equals = strchr(line, '=');

		if (!equals || equals == line)
			return error_set(error, FAILURE_USAGE,
			    "the data of the plugin, behind the value on standard input, have a "
			    "line that is not NAME=VALUE");
		*equals = '\0';
		setenv(line, equals + 1, 1);
	}
	return true;
}

const struct dialect dialect_proxmox = {
    .name = "proxmox",
    .summary = "Proxmox VE in the place of proxmox-acme: setup, teardown",
    .flags = DIALECT_FROM | DIALECT_EXPLICIT | DIALECT_LEAKS,
    .forms = forms,
    .refine = refine,
};
