/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "responder/spool_entry.h"

#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "dns/name.h"
#include "error.h"
#include "identifier.h"
#include "responder/records.h"

static const struct {
	const char *word;
	enum entry_type type;
} types[] = {
    {"dns-01", ENTRY_DNS},
    {"http-01", ENTRY_HTTP},
};

static const char *check_dns(struct spool_entry *e)
{
	unsigned char name[NAME_OCTETS];
	struct record_data r;
	struct error error = {0};

	if (!record_owner(e->name, name, &error))
		return "its name is none that a record can have";
	for (const char *p = e->value; *p; p++)
		if (*p < ' ' || *p > '~')
			return "its value has characters that are not printable ASCII";
	return record_txt(&r, e->value, &error) ? NULL : "its value is empty or too long";
}

static const char *check_http(struct spool_entry *e)
{
	size_t len = strlen(e->name);

	if (token_fault(e->name))
		return "its name is no token";
	if (key_authorization_fault(e->value))
		return "its value is no key authorization";
	return strncmp(e->name, e->value, len) || e->value[len] != '.'
		   ? "its value is the key authorization of another token"
		   : NULL;
}

bool spool_entry_parse(struct spool_entry *e, const char *text, size_t len, const char **fault)
{
	static const char *(*const checks[])(struct spool_entry * e) = {
	    [ENTRY_DNS] = check_dns, [ENTRY_HTTP] = check_http};
	size_t word = strcspn(text, " "), name = len > word ? strcspn(text + word + 1, " ") : 0;
	const char *value = text + word + name + 2;

	*e = (struct spool_entry){ENTRY_NONE, NULL, NULL};
	*fault = "it is not one line TYPE NAME VALUE";
	if (strlen(text) != len || !len || strchr(text, '\n') != text + len - 1 || !name ||
	    word + name + 2 >= len)
		return false;
	*fault = "its type is neither dns-01 nor http-01";
	for (size_t i = 0; i < nitems(types); i++)
		if (strlen(types[i].word) == word && !strncmp(types[i].word, text, word))
			e->type = types[i].type;
	if (!e->type)
		return false;
	e->name = xstrndup(text + word + 1, name);
	e->value = xstrndup(value, (size_t)(text + len - 1 - value));
	if (e->type != ENTRY_HTTP) {
		char *canonical = name_canonical(e->name);

		free(e->name);
		e->name = canonical;
	}
	*fault = checks[e->type](e);
	if (*fault)
		spool_entry_free(e);
	return !*fault;
}

void spool_entry_free(struct spool_entry *e)
{
	free(e->name);
	free(e->value);
	*e = (struct spool_entry){ENTRY_NONE, NULL, NULL};
}
