/* SPDX-License-Identifier: MIT */
/* The names of kinds of CAs. */
#include "config.h"

#include "ca.h"

#include <string.h>

const char *const ca_names[CA__MAX + 1] = {
    [CA_GENERIC] = "generic",
    [CA_LETSENCRYPT] = "letsencrypt",
    [CA_PEBBLE] = "pebble",
};

bool ca_from_name(const char *name, enum ca *ca)
{
	for (int i = 0; i < CA__MAX; i++) {
		if (!strcmp(name, ca_names[i])) {
			*ca = (enum ca)i;
			return true;
		}
	}
	return false;
}

const char *ca_identity(enum ca ca)
{
	static const char *const identities[CA__MAX] = {
	    [CA_LETSENCRYPT] = "letsencrypt.org", [CA_PEBBLE] = "pebble.letsencrypt.org"};

	return identities[ca];
}

bool ca_checks_caa(enum ca ca)
{
	return ca != CA_PEBBLE; /* letsencrypt/pebble va/va.go */
}
