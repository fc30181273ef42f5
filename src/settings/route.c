/* SPDX-License-Identifier: MIT */
/* Which rule an event gets. */
#include "config.h"

#include "settings/route.h"

#include <string.h>

/* Weights far enough apart that a name (up to 255) never outweighs an event, nor a type a name. */
#define EVENT 10000
#define FULL_NAME 1000
#define SUFFIX 2
#define TYPE 1

/* 0: does not fit. */
static int name_score(const char *pattern, const char *domain)
{
	size_t len = strlen(domain), suffix;

	if (*pattern != '*' && *pattern != '.')
		return strcmp(pattern, domain) ? 0 : FULL_NAME;
	if (*pattern == '.' && !strcmp(pattern + 1, domain))
		return SUFFIX * (int)len + 1;
	pattern += *pattern == '*';
	suffix = strlen(pattern);
	return len > suffix && !strcmp(domain + len - suffix, pattern) ? SUFFIX * (int)suffix : 0;
}

static int score(const struct rule *rule, const struct event *event)
{
	const char *domain = event->field[FIELD_DOMAIN], *type = event->field[FIELD_TYPE];
	int total = 1;

	if (rule->verb) {
		if (rule->verb != event->verb)
			return 0;
		total += EVENT;
	}
	if (rule->type) {
		if (!type || strcmp(rule->type, type))
			return 0;
		total += TYPE;
	}
	if (rule->name) {
		int name = domain ? name_score(rule->name, domain) : 0;

		if (!name)
			return 0;
		total += name;
	}
	return total;
}

const struct rule *route(const struct rules *rules, const struct event *event)
{
	const struct rule *best = NULL;
	int highest = 0;

	for (size_t i = 0; i < rules->n; i++) {
		int s = score(&rules->v[i], event);

		if (s > highest) {
			highest = s;
			best = &rules->v[i];
		}
	}
	return best;
}
