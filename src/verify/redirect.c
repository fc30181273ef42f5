/* SPDX-License-Identifier: MIT */
/* Whether the CA would follow a redirect: the rules of Boulder, in its order. */
#include "config.h"

#include "verify/redirect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <curl/curl.h>

#include "buf.h"
#include "verify/dns/message.h"

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

/* An IPv6 address without brackets, a name in its canonical form. */
static char *bare_host(CURLU *u)
{
	char *host = part(u, CURLUPART_HOST, 0), *bare;
	size_t len = strlen(host);

	if (len > 2 && host[0] == '[' && host[len - 1] == ']') {
		bare = xstrndup(host + 1, len - 2);
	} else {
		bare = *host ? name_canonical(host) : xstrdup("");
	}
	free(host);
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

static enum case_id check_parts(
    const struct target *t, const char *path, uint16_t http_port, char detail[REDIRECT_DETAIL])
{
	if (t->port != HTTP_PORT && t->port != HTTPS_PORT && t->port != http_port) {
		snprintf(detail, REDIRECT_DETAIL, "%u", t->port);
		return CASE_H20;
	}
	if (ends_in(t->host, ".well-known")) {
		snprintf(detail, REDIRECT_DETAIL, "%s", t->host);
		return CASE_H22;
	}
	if (!*t->host)
		return CASE_H46;
	return strlen(path) > PATH_MAX_OCTETS ? CASE_H26 : CASE__MAX;
}

enum case_id redirect_check(
    const char *url, uint16_t http_port, struct target *target, char detail[REDIRECT_DETAIL])
{
	CURLU *u;
	enum case_id id = CASE_H46;

	*target = (struct target){0};
	if (has_other_scheme(url, detail))
		return CASE_H21;
	snprintf(detail, REDIRECT_DETAIL, "the redirect has no URL");
	u = curl_url();
	if (u && !curl_url_set(u, CURLUPART_URL, url, 0)) {
		char *scheme = part(u, CURLUPART_SCHEME, 0);
		char *port = part(u, CURLUPART_PORT, CURLU_DEFAULT_PORT);
		char *path = part(u, CURLUPART_PATH, 0);

		target->https = !strcmp(scheme, "https");
		target->host = bare_host(u);
		target->port = (uint16_t)strtoul(port, NULL, 10);
		id = check_parts(target, path, http_port, detail);
		free(scheme);
		free(port);
		free(path);
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
