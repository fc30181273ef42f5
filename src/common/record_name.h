/* SPDX-License-Identifier: MIT */
/* Where the TXT record of a challenge is. */
#ifndef ACMEHOOK_RECORD_NAME_H
#define ACMEHOOK_RECORD_NAME_H

#include <stdbool.h>

/* Does a TXT record answer that type of challenge? */
bool record_answers(const char *type);
/* Do handlers have to be told its name, because it does not follow from the domain alone? */
bool record_is_apart(const char *type);
/*
 * Its name, for a domain without "*.". account is the URI of the account, or NULL if it is not
 * known. NULL if there is no such record, or if the account would have to be known. The caller
 * frees it.
 */
char *record_name(const char *type, const char *domain, const char *account);
/*
 * The domain in the name of a record, which is a part of it, and the type that such a name is for;
 * NULL if it is not the name of such a record.
 */
const char *record_domain(const char *name, const char **type);

#endif
