/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "responder/spool_entry.h"

#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "dns/name.h"
#include "dns/reverse.h"
#include "error.h"
#include "identifier.h"
#include "responder/records.h"

static const struct {
	const char *word;
	enum entry_type type;
} types[] = {
    {"dns-01", ENTRY_DNS},
    {"http-01", ENTRY_HTTP},
    {"tls-alpn-01", ENTRY_TLS},
};

static void canonicalise(struct spool_entry *e)
{
	char *canonical = name_canonical(e->name);

	free(e->name);
	e->name = canonical;
}

static const char *check_dns(struct spool_entry *e)
{
	unsigned char name[NAME_OCTETS];
	struct record_data r;
	struct error error = {0};

	if (!record_owner(e->name, name, &error))
		return "its name is none that a record can have";
	canonicalise(e);
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

/* An address is asked for by its reverse name; the digest is in one of two alphabets. */
static const char *check_tls(struct spool_entry *e)
{
	unsigned char digest[DIGEST_SIZE];
	union address a;

	if (!digest_decode(e->value, digest) && !digest_decode_hex(e->value, digest))
		return "its value is no digest of a key authorization";
	canonicalise(e);
	if (identifier_is_ip(e->name) && address_parse(&a, e->name, 0)) {
		free(e->name);
		e->name = reverse_name(&a);
	}
	if (identifier_dns_fault(e->name, false))
		return "its name is neither a domain nor an address";
	free(e->value);
	e->value = xcalloc(1, DIGEST_TEXT + 1);
	digest_encode(digest, e->value);
	return NULL;
}

bool spool_entry_parse(struct spool_entry *e, const char *text, size_t len, const char **fault)
{
	static const char *(*const checks[])(struct spool_entry * e) = {
	    [ENTRY_DNS] = check_dns, [ENTRY_HTTP] = check_http, [ENTRY_TLS] = check_tls};
	size_t word = strcspn(text, " "), name = len > word ? strcspn(text + word + 1, " ") : 0;
	const char *value = text + word + name + 2;

	*e = (struct spool_entry){ENTRY_NONE, NULL, NULL};
	*fault = "it is not one line TYPE NAME VALUE";
	if (strlen(text) != len || !len || strchr(text, '\n') != text + len - 1 || !name ||
	    word + name + 2 >= len)
		return false;
	*fault = "its type is none of dns-01, http-01 and tls-alpn-01";
	for (size_t i = 0; i < nitems(types); i++)
		if (strlen(types[i].word) == word && !strncmp(types[i].word, text, word))
			e->type = types[i].type;
	if (!e->type)
		return false;
	e->name = xstrndup(text + word + 1, name);
	e->value = xstrndup(value, (size_t)(text + len - 1 - value));
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
