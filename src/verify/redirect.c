/* SPDX-License-Identifier: MIT */
/* Whether the CA would follow a redirect: the rules of Boulder, in its order. */
#include "config.h"

#include "verify/redirect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <curl/curl.h>
#include <libpsl.h>

#include "buf.h"
#include "identifier.h"
#include "verify/dns/message.h"
#include "verify/dns/reserved.h"

#define HTTPS_PORT 443
#define HTTP_PORT 80
#define PATH_MAX_OCTETS 2000

static char *part(CURLU *u, CURLUPart which, unsigned flags)
{
	char *text = NULL, *copy;

	if (curl_url_get(u, which, &text, flags))
		return xstrdup("");
	copy = xstrdup(text);
	curl_free(text);
	return copy;
}

/* An IPv6 address without brackets, anything else in lower case. */
static char *bare_host(CURLU *u)
{
	char *host = part(u, CURLUPART_HOST, 0), *bare;
	size_t len = strlen(host);

	if (len > 2 && host[0] == '[' && host[len - 1] == ']')
		bare = xstrndup(host + 1, len - 2);
	else
		bare = xstrdup(host);
	free(host);
	for (char *p = bare; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p += 'a' - 'A';
	return bare;
}

static bool ends_in(const char *text, const char *end)
{
	size_t n = strlen(text), k = strlen(end);

	return n >= k && !strcmp(text + n - k, end);
}

/* Everything before the first ':', if it can be a scheme (RFC 3986 section 3.1). */
static bool has_other_scheme(const char *url, char detail[REDIRECT_DETAIL])
{
	size_t n = strspn(url, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");

	if (!n || url[n] != ':' || n >= REDIRECT_DETAIL)
		return false;
	snprintf(detail, REDIRECT_DETAIL, "%.*s", (int)n, url);
	return strcasecmp(detail, "http") && strcasecmp(detail, "https");
}

bool name_is_public(const char *name)
{
	const psl_ctx_t *psl = psl_builtin();
	size_t len = strlen(name);

	if (!psl || !len || name[len - 1] == '.')
		return false;
	/* Some top-level domains are in the list with what is below them only. */
	for (const char *p = name; p; p = strchr(p, '.')) {
		p += *p == '.';
		if (psl_is_public_suffix2(psl, p, PSL_TYPE_ICANN | PSL_TYPE_NO_STAR_RULE))
			return true;
	}
	return false;
}

bool identifier_is_public(const char *identifier)
{
	union address a;

	if (address_parse(&a, identifier, 0))
		return !address_reserved_block(&a);
	return name_is_public(identifier);
}

static bool holds(enum scope scope, const struct check *check)
{
	return scope == SCOPE_ALL || (scope == SCOPE_PUBLIC && identifier_is_public(check->domain));
}

static enum case_id check_host(
    const char *host, const struct check *check, bool reserved_fine, char detail[REDIRECT_DETAIL])
{
	bool ours = !strcmp(host, check->domain);
	const char *block;
	union address a;

	snprintf(detail, REDIRECT_DETAIL, "%s", host);
	if (!*host)
		return CASE_H25_EMPTY;
	if (ends_in(host, ".well-known"))
		return CASE_H22;
	if (address_parse(&a, host, 0)) {
		block = address_reserved_block(&a);
		if (ours || !block || reserved_fine)
			return CASE__MAX;
		snprintf(detail, REDIRECT_DETAIL, "%s", block);
		return CASE_H24;
	}
	for (const char *p = host; *p; p++)
		if ((unsigned char)*p >= 0x7f)
			return CASE_H25;
	if (!ours && holds(check->profile->http.names, check) && !name_is_public(host))
		return CASE_H25;
	return CASE__MAX;
}

static enum case_id check_parts(const struct target *t, const char *path, const struct check *check,
    bool reserved_fine, char detail[REDIRECT_DETAIL])
{
	bool any = check->profile->http.any_redirect;
	enum case_id id;

	if (!any && t->port != HTTP_PORT && t->port != HTTPS_PORT) {
		snprintf(detail, REDIRECT_DETAIL, "%u", t->port);
		return CASE_H20;
	}
	id = check_host(t->host, check, reserved_fine, detail);
	if (id != CASE__MAX)
		return id;
	return !any && strlen(path) > PATH_MAX_OCTETS ? CASE_H26 : CASE__MAX;
}

static void take_parts(struct target *target, CURLU *u)
{
	char *scheme = part(u, CURLUPART_SCHEME, 0);
	char *port = part(u, CURLUPART_PORT, CURLU_DEFAULT_PORT);

	target->https = !strcmp(scheme, "https");
	target->host = bare_host(u);
	target->port = (uint16_t)strtoul(port, NULL, 10);
	free(scheme);
	free(port);
}

/* Without the user in front and the port behind; in brackets if it is IPv6. */
static char *host_text(const char *authority, size_t len)
{
	const char *at = memrchr(authority, '@', len), *end = authority + len, *colon;

	if (at)
		authority = at + 1;
	colon = memrchr(authority, ':', (size_t)(end - authority));
	if (colon && !memchr(colon, ']', (size_t)(end - colon)))
		end = colon;
	return xstrndup(authority, (size_t)(end - authority));
}

static bool is_same_host(const char *text, const char *host)
{
	size_t len = strlen(text);
	union address a, b;
	char *bare;
	bool same;

	if (!strcasecmp(text, host))
		return true;
	if (len < 2 || text[0] != '[' || text[len - 1] != ']')
		return false;
	bare = xstrndup(text + 1, len - 2);
	same = address_parse(&a, bare, 0) && address_parse(&b, host, 0) && address_same(&a, &b);
	free(bare);
	return same;
}

/* The host that stands there, "" if there should be one; NULL if it is that of before. */
static char *location_host(const char *location)
{
	size_t scheme = strcspn(location, ":/?#");

	if (location[scheme] == ':')
		location += scheme + 1;
	else if (strncmp(location, "//", 2))
		return NULL;
	if (strncmp(location, "//", 2))
		return xstrdup("");
	location += 2;
	return host_text(location, strcspn(location, "/?#"));
}

/* Go wants two digits behind every '%', but for those of a query. */
static bool has_bad_escape(const char *location)
{
	static const char digits[] = "0123456789abcdefABCDEF";
	size_t query = strcspn(location, "?#"), fragment = strcspn(location, "#");

	for (size_t i = 0; location[i]; i++)
		if ((i < query || i > fragment) && location[i] == '%' &&
		    (!location[i + 1] || !strchr(digits, location[i + 1]) || !location[i + 2] ||
			!strchr(digits, location[i + 2])))
			return true;
	return false;
}

/* What can be said before libcurl takes it apart. */
static enum case_id check_location(
    const char *url, const char *location, const char *host, char detail[REDIRECT_DETAIL])
{
	if (has_other_scheme(url, detail))
		return CASE_H21;
	snprintf(detail, REDIRECT_DETAIL, "the redirect has no URL");
	if (has_bad_escape(location))
		return CASE_H46;
	return host && !*host ? CASE_H25_EMPTY : CASE__MAX;
}

/*
 * libcurl forgives what Go does not: other numbers of slashes than two, addresses in other forms
 * than a.b.c.d, letters of the host as %XX. The host that it found must be there as it is.
 */
enum case_id redirect_check(const char *url, const char *location, const struct check *check,
    bool reserved_fine, struct target *target, char detail[REDIRECT_DETAIL])
{
	char *host = location_host(location);
	enum case_id id = check_location(url, location, host, detail);
	CURLU *u = curl_url();

	*target = (struct target){0};
	if (id == CASE__MAX && (!u || curl_url_set(u, CURLUPART_URL, url, 0)))
		id = CASE_H46;
	if (id == CASE__MAX) {
		char *path = part(u, CURLUPART_PATH, 0);
		char *zone = part(u, CURLUPART_ZONEID, 0);

		take_parts(target, u);
		if (*zone)
			id = CASE_H24_SCOPE;
		else if (host && !is_same_host(host, target->host))
			id = CASE_H25;
		else
			id = check_parts(target, path, check, reserved_fine, detail);
		free(path);
		free(zone);
	}
	curl_url_cleanup(u);
	free(host);
	if (id != CASE__MAX)
		target_free(target);
	return id;
}

void target_free(struct target *target)
{
	free(target->host);
	*target = (struct target){0};
}
