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

enum case_id redirect_check(const char *url, const struct check *check, bool reserved_fine,
    struct target *target, char detail[REDIRECT_DETAIL])
{
	CURLU *u;
	enum case_id id = CASE_H46;

	*target = (struct target){0};
	if (has_other_scheme(url, detail))
		return CASE_H21;
	snprintf(detail, REDIRECT_DETAIL, "the redirect has no URL");
	u = curl_url();
	if (u && !curl_url_set(u, CURLUPART_URL, url, 0)) {
		char *path = part(u, CURLUPART_PATH, 0);
		char *zone = part(u, CURLUPART_ZONEID, 0);

		take_parts(target, u);
		id = *zone ? CASE_H24_SCOPE
			   : check_parts(target, path, check, reserved_fine, detail);
		free(path);
		free(zone);
	}
	curl_url_cleanup(u);
	if (id != CASE__MAX)
		target_free(target);
	return id;
}

void target_free(struct target *target)
{
	free(target->host);
	*target = (struct target){0};
}
