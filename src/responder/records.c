/* SPDX-License-Identifier: MIT */
/* Records as people write them. */
#include "config.h"

#include "responder/records.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "dns/protocol.h"

/* Times of the SOA record that only secondary servers care about, of which there are none. */
#define REFRESH 3600
#define RETRY 600
#define EXPIRE 604800

static void add(struct record_data *r, const void *data, size_t len)
{
	memcpy(r->data + r->len, data, len);
	r->len += len;
}

static void add32(struct record_data *r, uint32_t value)
{
	const uint32_t ordered = htonl(value);

	add(r, &ordered, sizeof(ordered));
}

bool record_owner(const char *text, unsigned char name[NAME_OCTETS], struct error *error)
{
	char *canonical = name_canonical(text);
	bool good = *text && !strstr(text, "..") &&
		    strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				 "0123456789-_.") == strlen(text) &&
		    name_write(canonical, name) > 1;

	free(canonical);
	return good || error_set(error, FAILURE_USAGE, "\"%s\" is not a domain name", text);
}

/* Adds a name to the data. */
static bool add_name(struct record_data *r, const char *text, struct error *error)
{
	unsigned char name[NAME_OCTETS];
	size_t len = 0;

	if (!record_owner(text, name, error))
		return false;
	while (name[len])
		len += name[len] + 1u;
	add(r, name, len + 1);
	return true;
}

bool record_txt(struct record_data *r, const char *text, struct error *error)
{
	size_t len = strlen(text), piece;

	*r = (struct record_data){.type = TYPE_TXT};
	if (!len || len > TXT_MAX)
		return error_set(error, FAILURE_USAGE,
		    "the text is empty, or longer than %d characters", TXT_MAX);
	for (; len; text += piece, len -= piece) {
		piece = len < 255 ? len : 255;
		r->data[r->len++] = (unsigned char)piece;
		add(r, text, piece);
	}
	return true;
}

bool record_address(struct record_data *r, const char *text, struct error *error)
{
	*r = (struct record_data){.type = TYPE_A, .len = 4};
	if (inet_pton(AF_INET, text, r->data) == 1)
		return true;
	r->type = TYPE_AAAA;
	r->len = 16;
	return inet_pton(AF_INET6, text, r->data) == 1 ||
	       error_set(error, FAILURE_USAGE, "\"%s\" is not an address", text);
}

bool record_ns(struct record_data *r, const char *name, struct error *error)
{
	*r = (struct record_data){.type = TYPE_NS};
	return add_name(r, name, error);
}

/* The dots before the "@" cannot be written in a name as record_owner() has it. */
static bool add_contact(struct record_data *r, const char *contact, struct error *error)
{
	const char *at = strchr(contact, '@');
	size_t len = at ? (size_t)(at - contact) : 0;

	if (len < 1 || len > 63)
		return error_set(error, FAILURE_USAGE, "\"%s\" is not an address of mail", contact);
	r->data[r->len++] = (unsigned char)len;
	add(r, contact, len);
	if (r->len + strlen(at) > sizeof(r->data))
		return error_set(error, FAILURE_USAGE, "\"%s\" is too long", contact);
	return add_name(r, at + 1, error);
}

bool record_soa(struct record_data *r, const char *primary, const char *contact, uint32_t minimum,
    struct error *error)
{
	*r = (struct record_data){.type = TYPE_SOA};
	if (!add_name(r, primary, error) || !add_contact(r, contact, error))
		return false;
	add32(r, 0); /* the serial of the moment is put there in each answer */
	add32(r, REFRESH);
	add32(r, RETRY);
	add32(r, EXPIRE);
	add32(r, minimum);
	return true;
}

/* Takes the quotes from around a text, in place; there need not be any. */
static char *unquote(char *text)
{
	size_t len = strlen(text);

	if (len < 2 || *text != '"' || text[len - 1] != '"')
		return text;
	text[len - 1] = '\0';
	return text + 1;
}

static bool parse_caa(struct record_data *r, char *text, struct error *error)
{
	unsigned flags;
	char tag[16];
	const char *value;
	int at = 0;

	*r = (struct record_data){.type = TYPE_CAA};
	if (sscanf(text, "%3u %15[a-zA-Z0-9] %n", &flags, tag, &at) != 2 || flags > 255 || !at)
		return error_set(
		    error, FAILURE_USAGE, "\"%s\" is not FLAGS TAG VALUE, as CAA has it", text);
	value = unquote(text + at);
	if (strlen(value) > TXT_MAX / 2)
		return error_set(error, FAILURE_USAGE, "the value of CAA is too long");
	r->data[r->len++] = (unsigned char)flags;
	r->data[r->len++] = (unsigned char)strlen(tag);
	add(r, tag, strlen(tag));
	add(r, value, strlen(value));
	return true;
}

static bool parse_value(struct record_data *r, const char *type, char *value, struct error *error)
{
	if (!strcmp(type, "TXT"))
		return record_txt(r, unquote(value), error);
	if (!strcmp(type, "CAA"))
		return parse_caa(r, value, error);
	if (!strcmp(type, "A") || !strcmp(type, "AAAA"))
		return record_address(r, value, error) &&
		       ((r->type == TYPE_A) == !strcmp(type, "A") ||
			   error_set(
			       error, FAILURE_USAGE, "%s is no address of type %s", value, type));
	return error_set(error, FAILURE_USAGE,
	    "records of type %s are not served here; A, AAAA, CAA and TXT are", type);
}

bool record_parse(struct record_data *r, unsigned char name[NAME_OCTETS], const char *text,
    const char *zone, struct error *error)
{
	char *copy = xstrdup(text), *rest = NULL, *owner = strtok_r(copy, " \t", &rest),
	     *type = strtok_r(NULL, " \t", &rest), *value = type ? rest : NULL, *full;
	bool good;

	if (!value || !*value) {
		free(copy);
		return error_set(error, FAILURE_USAGE, "\"%s\" is not NAME TYPE VALUE", text);
	}
	value += strspn(value, " \t");
	full = strcmp(owner, "@") ? xasprintf("%s.%s", owner, zone) : xstrdup(zone);
	good = record_owner(full, name, error) && parse_value(r, type, value, error);
	free(full);
	free(copy);
	return good;
}
