/* SPDX-License-Identifier: MIT */
/* What has to be published elsewhere, for us to be asked about a domain. */
#ifndef ACMEHOOK_RESPONDER_DELEGATION_H
#define ACMEHOOK_RESPONDER_DELEGATION_H

#include "responder/setup.h"

/* Prints the records for the domain to standard output. False, with a sentence, if it cannot be. */
bool delegation_print(const struct setup *setup, const char *domain, struct error *error);

#endif
