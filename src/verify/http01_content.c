/* SPDX-License-Identifier: MIT */
/* http-01: what it is that a server has answered. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "verify/http01.h"
#include "identifier.h"
#include "verify/tls_alert.h"
#include "verify/vantage.h"

/* As much of it as Boulder quotes. */
#define QUOTE_OCTETS 128
#define SHOW_OCTETS 100
#define TITLE_OCTETS 60
/* Slower than this a server may be too slow for the CA some other time, in ms. */
#define SLOW_MS 3000

/* ------------------------------------------------------------------------------- blanks */

/* The length without any of these at the end. */
static size_t trimmed(const char *text, size_t len, const char *const *blanks, size_t n_blanks)
{
	for (size_t i = 0; i < n_blanks; i++) {
		size_t n = strlen(blanks[i]);

		if (len >= n && !memcmp(text + len - n, blanks[i], n)) {
			len -= n;
			i = (size_t)-1;
		}
	}
	return len;
}

/* What Unicode calls white space; the first three are the ones that no CA minds. */
static const char *const blanks[] = {"\n", "\r", "\t", "\v", "\f", " ", "\xc2\x85", "\u00a0",
    "\u1680", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005", "\u2006", "\u2007",
    "\u2008", "\u2009", "\u200a", "\u2028", "\u2029", "\u202f", "\u205f", "\u3000"};
#define LINE_BLANKS 3

/* ------------------------------------------------------------------------------ content */

/* A response, with what it should be. */
struct content {
	const char *text;
	size_t len; /* without white space at the end */
	size_t all; /* with it */
	bool cut;   /* there was more */
	const char *expected;
	const char *token;
};

static bool begins(const struct content *c, const char *text)
{
	return c->len >= strlen(text) && !memcmp(c->text, text, strlen(text));
}

static bool is_exactly(const struct content *c, const char *text)
{
	return c->len == strlen(text) && begins(c, text);
}

static bool is_right(const struct content *c)
{
	return is_exactly(c, c->expected);
}

/* The right one, and more than blanks after it. */
static bool is_long(const struct content *c)
{
	return begins(c, c->expected);
}

static bool has_mark(const struct content *c)
{
	return begins(c, "\xef\xbb\xbf");
}

static bool has_quotes(const struct content *c)
{
	size_t n = strlen(c->expected);

	return c->len == n + 2 && (c->text[0] == '"' || c->text[0] == '\'') &&
	       !memcmp(c->text + 1, c->expected, n);
}

static size_t leading_blanks(const struct content *c)
{
	size_t n = 0;

	while (n < c->len && c->text[n] && strchr(" \t\r\n", c->text[n]))
		n++;
	return n;
}

static bool has_blanks(const struct content *c)
{
	size_t n = leading_blanks(c);

	return n && c->len - n == strlen(c->expected) &&
	       !memcmp(c->text + n, c->expected, c->len - n);
}

/* The right one, with some octets of value 0 in it. */
static bool has_zeros(const struct content *c)
{
	size_t i = 0, n = strlen(c->expected);

	for (size_t k = 0; k < c->len; k++)
		if (c->text[k] && (i == n || c->text[k] != c->expected[i++]))
			return false;
	return i == n && c->len > n;
}

static bool is_utf16(const struct content *c)
{
	const char *order = begins(c, "\xff\xfe") || begins(c, "\xfe\xff") ? c->text + 2 : c->text;

	if (order != c->text)
		return true;
	/* Both halves of the first letter, and as long as that makes it. */
	return has_zeros(c) && c->all >= 2 * strlen(c->expected);
}

static bool is_html(const struct content *c)
{
	const char *text = c->text + leading_blanks(c);

	return !strncasecmp(text, "<!doctype", 9) || !strncasecmp(text, "<html", 5) ||
	       !strncasecmp(text, "<head", 5);
}

static bool is_token(const struct content *c)
{
	return is_exactly(c, c->token);
}

static bool is_digest(const struct content *c)
{
	char digest[DIGEST_TEXT + 1];

	digest_text(c->expected, digest);
	return is_exactly(c, digest);
}

static bool is_of_another_key(const struct content *c)
{
	size_t n = strlen(c->token);

	return begins(c, c->token) && c->len > n && c->text[n] == '.' &&
	       !memchr(c->text, '<', c->len);
}

static bool is_endless(const struct content *c)
{
	return c->cut;
}

/* What a response may be that the CA does not take; the first that fits. */
static const struct {
	enum case_id id;
	bool (*is)(const struct content *c);
	const char *detail;
} contents[] = {
    {CASE_H06, is_utf16, NULL},
    {CASE_H04, has_mark, "a byte order mark before it"},
    {CASE_H04, has_quotes, "quotation marks around it"},
    {CASE_H04, has_blanks, "blanks before it"},
    {CASE_H04, has_zeros, "octets of value 0 in it"},
    {CASE_H05, is_html, NULL},
    {CASE_H49, is_endless, NULL},
    {CASE_H03, is_long, NULL},
    {CASE_H07, is_token, "the token only"},
    {CASE_H07, is_digest, "the digest that dns-01 wants"},
    {CASE_H07, is_of_another_key, "made with another account key"},
};

/* The right content, perhaps with blanks after it: do they matter? */
static enum case_id right_case(const struct walk *walk, const struct content *c)
{
	const struct profile *profile = walk->http->check->profile;
	enum trailing trailing = profile->http.trailing;
	size_t max = profile->http.content_max;
	bool plain = c->len == trimmed(c->text, c->all, blanks, LINE_BLANKS);

	if ((max && c->all >= max) || c->cut)
		return CASE_H03;
	if (!plain && trailing == TRAILING_LINES)
		return CASE_H02_REFUSED;
	if (!plain && trailing == TRAILING_DOUBT)
		return CASE_H02_DOUBT;
	if (walk->fell_back)
		return CASE_H28_FELL_BACK;
	if (walk->hops > profile->http.redirects)
		return CASE_H13_MANY;
	if (walk->ms > SLOW_MS)
		return CASE_H47_SLOW;
	if (c->all > c->len)
		return CASE_H02;
	return walk->hops ? CASE_H12 : CASE_H01;
}

static enum case_id content_case(
    const struct walk *walk, const struct content *c, const char **detail)
{
	if (is_right(c))
		return right_case(walk, c);
	for (size_t i = 0; i < nitems(contents); i++) {
		if (!contents[i].is(c))
			continue;
		*detail = contents[i].detail;
		return contents[i].id;
	}
	return CASE_H40;
}

/* ----------------------------------------------------------------------------- response */

static const struct {
	long first, last;
	enum case_id id;
} statuses[] = {
    {200, 200, CASE_H40},
    {201, 299, CASE_H11},
    {303, 303, CASE_H14},
    {300, 399, CASE_H15},
    {404, 404, CASE_H08},
    {401, 401, CASE_H09},
    {403, 403, CASE_H09},
    {406, 406, CASE_H09},
    {410, 410, CASE_H09},
    {451, 451, CASE_H09},
    {429, 429, CASE_H10},
    {500, 599, CASE_H10},
};

static enum case_id status_case(const struct fetch_result *result)
{
	if (result->status == 404 && result->cached)
		return CASE_H55;
	if (result->status >= 300 && result->status < 400 && result->location && !result->redirect)
		return CASE_H46;
	for (size_t i = 0; i < nitems(statuses); i++)
		if (result->status >= statuses[i].first && result->status <= statuses[i].last)
			return statuses[i].id;
	return CASE_HTTP_STATUS;
}

/* Something before the web server that answers for it; as Let's Debug knows them. */
static const struct {
	enum case_id id;
	const char *text; /* in the body */
	const char *what;
} walls[] = {
    {CASE_H44, "plain HTTP to an SSL-enabled server port", NULL},
    {CASE_H44, "plain HTTP request was sent to HTTPS port", NULL},
    {CASE_H54, "src=\"/aes.js\"", "the nginx module testcookie"},
    {CASE_H54, "src=\"/aes.min.js\"", "the nginx module testcookie"},
    {CASE_H54, "var a=toNumbers", "the nginx module testcookie"},
    {CASE_H54, "acme-protocol", "a Palo Alto firewall, which must permit the App-ID acme-protocol"},
    {CASE_H54, "/cdn-cgi/challenge-platform/", "a challenge of Cloudflare's"},
    {CASE_H54, "captcha", "a captcha"},
};

static const char *const routers[] = {
    "micro_httpd", "cisco-IOS", "LANCOM", "Mini web server 1.0 ZTE corp 2005."};

static enum case_id wall_case(const struct fetch_result *result, const char **what)
{
	for (size_t i = 0; i < nitems(walls); i++) {
		if (result->status == 404 ||
		    !memmem(result->body, result->len, walls[i].text, strlen(walls[i].text)))
			continue;
		*what = walls[i].what;
		return walls[i].id;
	}
	for (size_t i = 0; result->server && i < nitems(routers); i++)
		if (!strcmp(result->server, routers[i]))
			return CASE_H40_ROUTER;
	return CASE__MAX;
}

/* What tells people which server, or which of its sites, has answered. */
static void add_page(struct outcome *o, const struct fetch_result *result)
{
	const char *title = strcasestr(result->body, "<title>");
	char *text;

	if (result->server) {
		text = clean_text(result->server, strlen(result->server), TITLE_OCTETS);
		outcome_fact(o, FACT_PAGE, "Server: %s", text);
		free(text);
	}
	if (title) {
		title += strlen("<title>");
		text = clean_text(title, strcspn(title, "<\r\n"), TITLE_OCTETS);
		outcome_fact(o, FACT_PAGE, "%s%stitle \"%s\"", o->facts[FACT_PAGE] ?: "",
		    o->facts[FACT_PAGE] ? ", " : "", text);
		free(text);
	}
}

/* From within a private network the public address may lead to the router only. */
static void doubt(struct walk *walk)
{
	struct outcome *o = &walk->outcome;
	enum case_id seen = o->id;
	char *reason;

	if (walk->http->check->connect_to.n || !vantage_is_behind(&walk->peer))
		return;
	reason = outcome_reason(o);
	o->id = CASE_H57;
	o->ca = seen;
	o->verdict = VERDICT_RETRY;
	outcome_text(o, FACT_DETAIL, reason);
	free(reason);
}

static void add_facts(
    struct walk *walk, const struct fetch_result *result, enum case_id id, const char *detail)
{
	struct outcome *o = &walk->outcome;
	char *found;

	outcome_init(o, id);
	if (result->status)
		outcome_fact(o, FACT_STATUS, "%ld", result->status);
	if (detail)
		outcome_text(o, FACT_DETAIL, detail);
	if (walk->hops)
		outcome_text(o, FACT_TARGET, walk->url);
	walk->body = clean_text(result->body, result->len, SHOW_OCTETS);
	/* The rest is for sentences about what is not as it should be. */
	if (o->verdict == VERDICT_PASS)
		return;
	found = go_quote(result->body, result->len < QUOTE_OCTETS ? result->len : QUOTE_OCTETS);
	outcome_address(o, &walk->peer);
	outcome_text(o, FACT_FOUND, found);
	outcome_fact(o, FACT_LIMIT, "%u", walk->http->check->profile->http.redirects);
	add_page(o, result);
	free(found);
}

void http01_judge_response(struct walk *walk, const struct fetch_result *result)
{
	const struct check *check = walk->http->check;
	struct content c = {.text = result->body,
	    .len = trimmed(result->body, result->len, blanks, nitems(blanks)),
	    .all = result->len,
	    .cut = result->cut,
	    .expected = check->values.v[0],
	    .token = check->token};
	const char *detail = NULL;
	enum case_id id =
	    result->status == 200 ? content_case(walk, &c, &detail) : status_case(result);
	enum verdict verdict = catalogue_entry(id)->verdict;
	bool good = verdict == VERDICT_PASS || verdict == VERDICT_WARN;
	enum case_id seen = id, wall = good ? CASE__MAX : wall_case(result, &detail);

	/* What the CA says does not depend on what we have recognised. */
	if (wall != CASE__MAX)
		id = wall;
	if (result->status == 200 && result->encoding && !good) {
		id = CASE_H52;
		detail = result->encoding;
	}
	add_facts(walk, result, id, detail);
	if (result->status != 200)
		walk->outcome.ca = seen;
	if (result->status == 200 && check->profile->http.content_max &&
	    result->len >= check->profile->http.content_max)
		walk->outcome.ca = CASE_H03;
	if (id == CASE_H40_ROUTER)
		doubt(walk);
}

/* ------------------------------------------------------------------------------ failure */

/* Frames of HTTP/2 or records of TLS where HTTP/1 should be. */
static enum case_id broken_case(const struct walk *walk, const struct fetch_result *result)
{
	const char *p = result->body;

	if (result->status)
		return CASE_H46;
	if (result->len >= 9 && !memcmp(p, "\0\0", 2) && !memcmp(p + 3, "\4\0\0\0\0\0", 6))
		return strncmp(walk->url, "https:", 6) ? CASE_H42 : CASE_H43;
	if (result->len >= 3 && (p[0] == 0x15 || p[0] == 0x16) && p[1] == 3)
		return CASE_H44;
	return CASE_H46;
}

static enum case_id tls_case(const struct fetch_result *result)
{
	if (result->alert == TLS_ALERT_PROTOCOL_VERSION ||
	    strstr(result->text, "unsupported protocol"))
		return CASE_H18;
	return result->alert >= 0 ? CASE_H19 : CASE_H19_BROKEN;
}

static enum case_id failure_case(const struct walk *walk, const struct fetch_result *result)
{
	static const enum case_id cases[FETCH__MAX] = {
	    [FETCH_DONE] = CASE_HTTP_STATUS,
	    [FETCH_REFUSED] = CASE_H34,
	    [FETCH_UNREACHABLE] = CASE_HTTP_NO_ROUTE,
	    [FETCH_CONNECT_TIMEOUT] = CASE_H35,
	    [FETCH_TIMEOUT] = CASE_H47,
	    [FETCH_STUCK] = CASE_H48,
	    [FETCH_RESET] = CASE_HTTP_RESET,
	    [FETCH_SHORT] = CASE_H50,
	    [FETCH_ENCODING] = CASE_H52,
	    [FETCH_TLS] = CASE_H19,
	    [FETCH_NOT_TLS] = CASE_H45,
	    [FETCH_BROKEN] = CASE_H46,
	};

	if (result->end == FETCH_BROKEN)
		return broken_case(walk, result);
	return result->end == FETCH_TLS ? tls_case(result) : cases[result->end];
}

void http01_judge_failure(struct walk *walk, const struct fetch_result *result)
{
	enum case_id id = failure_case(walk, result);
	const char *detail = result->error ? strerror(result->error) : result->text;

	if (result->end == FETCH_ENCODING && result->encoding)
		detail = result->encoding;
	add_facts(walk, result, id, detail);
	if (result->alert >= 0)
		outcome_fact(&walk->outcome, FACT_DETAIL, "remote error: tls: %s",
		    tls_alert_text(result->alert));
	if (id == CASE_H34 || id == CASE_H35)
		doubt(walk);
}
