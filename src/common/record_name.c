/* SPDX-License-Identifier: MIT */
/*
 * Where the TXT record of a challenge is: RFC 8555 section 8.4, draft-ietf-acme-dns-account-label,
 * draft-ietf-acme-dns-persist.
 */
#include "config.h"

#include "record_name.h"

#include <string.h>
#include <strings.h>

#include "buf.h"
#include "identifier.h"

static const struct {
	const char *type;
	const char *prefix; /* with a dot at its end */
	bool label;	    /* the account's comes before it */
} records[] = {
    {"dns-01", "_acme-challenge.", false},
    {"dns-account-01", "_acme-challenge.", true},
    {"dns-persist-01", "_validation-persist.", false},
};

static size_t find(const char *type)
{
	size_t i = 0;

	while (i < nitems(records) && strcmp(records[i].type, type))
		i++;
	return i;
}

bool record_answers(const char *type)
{
	return find(type) < nitems(records);
}

bool record_is_apart(const char *type)
{
	return record_answers(type) && strcmp(type, "dns-01");
}

char *record_name(const char *type, const char *domain, const char *account)
{
	size_t i = find(type);
	char label[ACCOUNT_LABEL + 1];
	struct buf name = BUF_INIT(SIZE_MAX); /* printf() shows where there are thousands */

	if (i == nitems(records) || (records[i].label && !account))
		return NULL;
	if (records[i].label) {
		account_label(account, label);
		buf_puts(&name, label);
		buf_puts(&name, ".");
	}
	buf_puts(&name, records[i].prefix);
	buf_puts(&name, domain);
	return name.data;
}

static bool is_label(const char *name)
{
	return name[0] == '_' && strcspn(name, ".") == ACCOUNT_LABEL && name[ACCOUNT_LABEL];
}

const char *record_domain(const char *name, const char **type)
{
	for (size_t i = 0; i < nitems(records); i++) {
		size_t before = records[i].label ? ACCOUNT_LABEL + 1 : 0;
		size_t len = strlen(records[i].prefix);

		if ((records[i].label && !is_label(name)) ||
		    strncasecmp(name + before, records[i].prefix, len))
			continue;
		*type = records[i].type;
		return name + before + len;
	}
	return NULL;
}
