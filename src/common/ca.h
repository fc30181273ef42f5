/* SPDX-License-Identifier: MIT */
/* The kinds of CAs whose ways are known, by the names that people give them: --ca. */
#ifndef ACMEHOOK_CA_H
#define ACMEHOOK_CA_H

#include <stdbool.h>

enum ca { CA_GENERIC, CA_LETSENCRYPT, CA_PEBBLE, CA__MAX };

/* In the order of the enum, then NULL. */
extern const char *const ca_names[CA__MAX + 1];

/* False if it is none of the names. */
bool ca_from_name(const char *name, enum ca *ca);

/* The name by which DNS records mean it; NULL if it is not known. */
const char *ca_identity(enum ca ca);
/* Does it look at CAA records? True if that is not known. */
bool ca_checks_caa(enum ca ca);

#endif
