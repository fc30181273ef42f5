/* SPDX-License-Identifier: MIT */
/* The TXT records of dns-persist-01. */
#include "config.h"

#include "verify/persist.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "verify/explain.h"
#include "verify/issue_value.h"

#define NUMBER_MAX 20

/* What the tags of a record say; p is NULL where one is missing. */
struct record {
	struct piece account, policy, until;
};

static bool is_ours(struct piece issuer, const struct strlist *identities)
{
	if (issuer.len && issuer.p[issuer.len - 1] == '.')
		issuer.len--;
	for (size_t i = 0; i < identities->n; i++)
		if (piece_is_nocase(&issuer, identities->v[i]))
			return true;
	return false;
}

/* Each of the tags that are known may be there once. */
static bool read_tag(const struct piece *tag, const struct piece *value, struct record *record)
{
	const struct {
		const char *name;
		struct piece *value;
	} known[] = {{"accounturi", &record->account}, {"policy", &record->policy},
	    {"persistuntil", &record->until}};

	for (size_t i = 0; i < nitems(known); i++) {
		if (!piece_is_nocase(tag, known[i].name))
			continue;
		if (known[i].value->p)
			return false;
		*known[i].value = *value;
	}
	return true;
}

static bool read_tags(struct piece rest, struct record *record)
{
	struct piece piece, tag, value;

	while (piece_next(&rest, &piece))
		if (!piece_split(&piece, &tag, &value) || !tag.len || !piece_is_value(&value) ||
		    !read_tag(&tag, &value, record))
			return false;
	return record->account.len > 0;
}

/* Seconds since 1970, in decimal, perhaps with a sign. */
static bool read_time(const struct piece *until, long long *seconds)
{
	char text[NUMBER_MAX + 1], *end;

	if (!until->len || until->len > NUMBER_MAX)
		return false;
	memcpy(text, until->p, until->len);
	text[until->len] = '\0';
	errno = 0;
	*seconds = strtoll(text, &end, 10);
	return !*end && !errno;
}

static char *other_account(const char *expected, const struct piece *account)
{
	char *quoted = go_quote(account->p, account->len);
	char *text =
	    xasprintf("accounturi mismatch: expected \"%s\", got \"%s\"", expected, quoted);

	free(quoted);
	return text;
}

static char *expired(time_t now)
{
	char text[32];
	struct tm utc;

	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
	return xasprintf("validation time %s is after persistUntil", text);
}

/* Why a record that can be read is of no use; NULL if it is. */
static char *find_mismatch(
    const struct record *record, long long until, const struct persist_question *question)
{
	if (!piece_is(&record->account, question->account))
		return other_account(question->account, &record->account);
	/* To the CA any other policy is none. */
	if (question->wildcard && !piece_is_nocase(&record->policy, "wildcard"))
		return xstrdup("policy mismatch: expected \"wildcard\", got \"\"");
	if (record->until.p && question->now > until)
		return expired(question->now);
	return NULL;
}

enum persist_answer persist_judge(
    const void *txt, size_t len, const struct persist_question *question, char **detail)
{
	struct piece rest = {txt, len}, issuer;
	struct record record = {0};
	long long until = 0;
	char *fault;

	piece_next(&rest, &issuer);
	if (!is_ours(issuer, question->identities))
		return PERSIST_OTHER;
	if (!read_tags(rest, &record) || (record.until.p && !read_time(&record.until, &until)))
		return PERSIST_MALFORMED;
	fault = find_mismatch(&record, until, question);
	if (!fault)
		return PERSIST_GOOD;
	if (detail)
		*detail = fault;
	else
		free(fault);
	return PERSIST_MISMATCH;
}

char *persist_record(const char *identity, const char *account, bool wildcard)
{
	return xasprintf(
	    "%s; accounturi=%s%s", identity, account, wildcard ? "; policy=wildcard" : "");
}
