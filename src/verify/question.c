/* SPDX-License-Identifier: MIT */
/* What is asked, into checks. */
#include "config.h"

#include "verify/question.h"

#include <stdlib.h>
#include <string.h>

#define TIMEOUT_MAX (24 * 3600 * 1000LL)
#define STRINGS_MAX 100
#define STRING_MAX 1024

#define VALUES_FAULT "\"values\" must be an array of 1 to 100 strings of 1 to 1024 octets"

static const struct check_type *const types[] = {&check_dns01, &check_dns_account01,
    &check_dns_persist01, &check_http01, &check_tlsalpn01, &check_caa, &check_alias};

void question_init(struct check *check)
{
	*check =
	    (struct check){.http_port = 80, .tls_port = 443, .profile = profile_of(CA_GENERIC)};
}

static char *copy_text(const char *text)
{
	return text ? xstrdup(text) : NULL;
}

static void copy_strings(struct strlist *to, const struct strlist *from)
{
	for (size_t i = 0; i < from->n; i++)
		strlist_add(to, from->v[i]);
}

void question_copy(struct check *check, const struct check *common)
{
	copy_strings(&check->identities, &common->identities);
	check->account = copy_text(common->account);
	check->timeout = common->timeout;
	addresses_copy(&check->resolvers, &common->resolvers);
	addresses_copy(&check->authorities, &common->authorities);
	addresses_copy(&check->connect_to, &common->connect_to);
	check->http_port = common->http_port;
	check->tls_port = common->tls_port;
	check->allow_reserved = common->allow_reserved;
	check->profile = common->profile;
}

void question_free(struct check *check)
{
	free(check->domain);
	free(check->token);
	strlist_free(&check->values);
	strlist_free(&check->known);
	strlist_free(&check->identities);
	free(check->method);
	free(check->account);
	addresses_free(&check->resolvers);
	addresses_free(&check->authorities);
	addresses_free(&check->connect_to);
}

/* ---------------------------------------------------------------------------- in JSON */

/* Each of these reads a value into a field of the check, in place of what is there; false if it is
 * not of the form that the field has. */

static bool read_type(void *field, struct json_object *value)
{
	const struct check_type **type = field;
	const char *name = json_object_get_string(value);

	*type = NULL;
	for (size_t i = 0; i < nitems(types) && !*type; i++)
		if (!strcmp(types[i]->name, name))
			*type = types[i];
	return *type;
}

static bool read_text(void *field, struct json_object *value)
{
	char **text = field;

	free(*text);
	*text = NULL;
	if (!json_object_is_type(value, json_type_string))
		return false;
	*text = xstrdup(json_object_get_string(value));
	return true;
}

static bool read_strings(void *field, struct json_object *value)
{
	struct strlist *list = field;
	size_t n = json_object_is_type(value, json_type_array) ? json_object_array_length(value)
							       : STRINGS_MAX + 1;

	strlist_free(list);
	if (n > STRINGS_MAX)
		return false;
	for (size_t i = 0; i < n; i++) {
		struct json_object *string = json_object_array_get_idx(value, i);
		int len = json_object_is_type(string, json_type_string)
			      ? json_object_get_string_len(string)
			      : 0;

		if (len < 1 || len > STRING_MAX)
			return false;
		strlist_add(list, json_object_get_string(string));
	}
	return true;
}

static bool read_addresses(void *field, struct json_object *value)
{
	struct addresses *list = field;
	union address a;

	addresses_free(list);
	if (!json_object_is_type(value, json_type_array))
		return false;
	for (size_t i = 0; i < json_object_array_length(value); i++) {
		struct json_object *text = json_object_array_get_idx(value, i);

		if (!json_object_is_type(text, json_type_string) ||
		    !address_parse(&a, json_object_get_string(text), DNS_PORT))
			return false;
		addresses_add(list, &a);
	}
	return true;
}

static bool read_time(void *field, struct json_object *value)
{
	int64_t ms = json_object_get_int64(value);

	*(uint64_t *)field = (uint64_t)ms;
	return json_object_is_type(value, json_type_int) && ms >= 0 && ms <= TIMEOUT_MAX;
}

static bool read_port(void *field, struct json_object *value)
{
	int64_t port = json_object_get_int64(value);

	*(uint16_t *)field = (uint16_t)port;
	return json_object_is_type(value, json_type_int) && port >= 1 && port <= 65535;
}

static bool read_flag(void *field, struct json_object *value)
{
	*(bool *)field = json_object_get_boolean(value);
	return json_object_is_type(value, json_type_boolean);
}

static bool read_ca(void *field, struct json_object *value)
{
	enum ca ca;

	if (!ca_from_name(json_object_get_string(value), &ca))
		return false;
	*(const struct profile **)field = profile_of(ca);
	return true;
}

static const struct member {
	const char *name;
	bool (*read)(void *field, struct json_object *value);
	size_t field;
	const char *fault;
} members[] = {
    {"type", read_type, offsetof(struct check, type), "there is no check of that \"type\""},
    {"domain", read_text, offsetof(struct check, domain), "\"domain\" must be a string"},
    {"values", read_strings, offsetof(struct check, values), VALUES_FAULT},
    {"known", read_strings, offsetof(struct check, known), "\"known\" must be an array of strings"},
    {"identities", read_strings, offsetof(struct check, identities),
	"\"identities\" must be an array of strings"},
    {"account", read_text, offsetof(struct check, account), "\"account\" must be a string"},
    {"wildcard", read_flag, offsetof(struct check, wildcard), "\"wildcard\" must be true or false"},
    {"method", read_text, offsetof(struct check, method), "\"method\" must be a string"},
    {"token", read_text, offsetof(struct check, token), "\"token\" must be a string"},
    {"timeout_ms", read_time, offsetof(struct check, timeout),
	"\"timeout_ms\" must be a number between 0 and a day"},
    {"resolvers", read_addresses, offsetof(struct check, resolvers),
	"\"resolvers\" must be an array of addresses, ADDR[#PORT]"},
    {"authorities", read_addresses, offsetof(struct check, authorities),
	"\"authorities\" must be an array of addresses, ADDR[#PORT]"},
    {"http_port", read_port, offsetof(struct check, http_port),
	"\"http_port\" must be between 1 and 65535"},
    {"tls_port", read_port, offsetof(struct check, tls_port),
	"\"tls_port\" must be between 1 and 65535"},
    {"connect_to", read_addresses, offsetof(struct check, connect_to),
	"\"connect_to\" must be an array of addresses"},
    {"allow_reserved", read_flag, offsetof(struct check, allow_reserved),
	"\"allow_reserved\" must be true or false"},
    {"ca", read_ca, offsetof(struct check, profile), "\"ca\" is no CA that is known here"},
    {"absent", read_flag, offsetof(struct check, absent), "\"absent\" must be true or false"},
    {"progress", read_flag, offsetof(struct check, progress), "\"progress\" must be true or false"},
};

static const struct member *find_member(const char *name)
{
	for (size_t i = 0; i < nitems(members); i++)
		if (!strcmp(members[i].name, name))
			return &members[i];
	return NULL;
}

const char *question_members(struct check *check, struct json_object *object)
{
	json_object_object_foreach(object, name, value)
	{
		const struct member *m = value ? find_member(name) : NULL;

		if (m && !m->read((char *)check + m->field, value))
			return m->fault;
	}
	return NULL;
}

/* What is wrong with what was read, or NULL. */
static const char *find_fault(struct check *check)
{
	char *domain = check->domain;

	if (!check->type)
		return "the question has no \"type\"";
	if (!domain)
		return "the question has no \"domain\"";
	if (!check->values.n && !check->type->valueless)
		return VALUES_FAULT;
	check->domain = name_canonical(domain);
	free(domain);
	return check->type->fault(check);
}

const char *question_read(struct check *check, struct json_object *question)
{
	const char *fault = question_members(check, question);

	return fault ? fault : find_fault(check);
}

/* --------------------------------------------------------------------------- in words */

/* The next word of a line that ends at *end; its length, 0 if there is none. */
static size_t next_word(const char **line, const char *end)
{
	const char *p = *line;

	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	*line = p;
	while (p < end && *p != ' ' && *p != '\t')
		p++;
	return (size_t)(p - *line);
}

static const struct check_type *find_type(const char *name, size_t len)
{
	for (size_t i = 0; i < nitems(types); i++)
		if (!strncmp(types[i]->name, name, len) && !types[i]->name[len])
			return types[i];
	return NULL;
}

/* "*." before the name means both, in questions about what holds for both. */
static void take_name(struct check *check, const char *name, size_t len)
{
	bool both = check->type->words == WORDS_METHOD || check->type->words == WORDS_NONE;

	check->wildcard = both && len > 2 && !strncmp(name, "*.", 2);
	check->domain = xstrndup(name + 2 * check->wildcard, len - 2 * check->wildcard);
}

static const char *take_word(struct check *check, const char *word, size_t len)
{
	enum words words = check->type->words;

	if (words == WORDS_NONE || (words == WORDS_METHOD && check->method))
		return "there is a word too many";
	if (words == WORDS_METHOD) {
		check->method = xstrndup(word, len);
		return NULL;
	}
	if (check->values.n == STRINGS_MAX || len > STRING_MAX)
		return "there are more than 100 values, or one of more than 1024 characters";
	strlist_take(&check->values, xstrndup(word, len));
	if (words == WORDS_KEY_AUTHORIZATION && !check->token)
		check->token = xstrndup(word, strcspn(check->values.v[0], "."));
	return NULL;
}

const char *question_words(struct check *check, const char *line, size_t len)
{
	const char *p = line, *end = line + len, *fault = NULL;
	size_t n = next_word(&p, end);

	if (memchr(line, '\0', len))
		return "there is a NUL byte in it";
	check->type = find_type(p, n);
	if (!check->type)
		return "it does not begin with a type of check, such as dns-01";
	p += n;
	n = next_word(&p, end);
	if (!n)
		return "there is no name in it";
	take_name(check, p, n);
	p += n;
	while (!fault && (n = next_word(&p, end))) {
		fault = take_word(check, p, n);
		p += n;
	}
	if (!fault && !check->values.n && !check->type->valueless)
		fault = "there is no value behind the name";
	return fault ? fault : find_fault(check);
}
