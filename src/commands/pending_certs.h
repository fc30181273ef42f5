/* SPDX-License-Identifier: MIT */
/* acmehook pending: of certificates that could not be installed. */
#ifndef ACMEHOOK_PENDING_CERTS_H
#define ACMEHOOK_PENDING_CERTS_H

#include "journal/certs.h"
#include "commands/session.h"

/* now: seconds since 1970. */
void pending_print(struct session *session, const struct certs *certs, long long now);
/* Tries them again: those whose turn it is, or all that were named. Takes them. Returns how many
 * failed. */
size_t pending_retry(struct session *session, struct certs *certs);
/* Forgets them, which must have been named. Returns how many could not be. */
size_t pending_forget(struct session *session, const struct certs *certs);

/* An age in one column: "  3d". */
void print_age(long long seconds);
/* Takes an object and prints it as a line. */
void print_object(struct json_object *object);

#endif
