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
