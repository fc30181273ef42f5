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

/* The name that it has in CAA records; NULL if it is not known, or the CA does not look at them. */
const char *ca_identity(enum ca ca);

#endif
