/* SPDX-License-Identifier: MIT */
/*
 * The values of one name. A name and its wildcard are validated by two values at the same name, and
 * so are two certificates with a name in common; all that were deployed and not yet cleaned must be
 * there at the same time.
 */
#ifndef ACMEHOOK_VALUES_H
#define ACMEHOOK_VALUES_H

#include <json-c/json.h>

#include "jobs/job.h"

/* Are two events about values that have to be side by side in one record? */
bool values_share(const struct event *a, const struct event *b);
/* The name of that record; the caller frees it. */
char *values_name(const struct event *event);

/*
 * Adds the values beside that of event i which other jobs had deployed, which were verified, and on
 * which their client may still count: if it is the one that calls now (as far as its process group
 * says) to known, else to others.
 */
void values_known(const struct job *job, size_t i, struct strlist *known, struct strlist *others);

/* Looks, by known and others of the task, whether a verdict about event i shows that the handler
 * has put a value in the place of another one: then its reason and hint say so, or, if it is
 * another client's, a warning does. */
void values_explain(const struct job *job, size_t i, struct json_object *verdict);

#endif
