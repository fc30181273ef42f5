/* SPDX-License-Identifier: MIT */
/*
 * The catalogue of cases, as data. In the sentences {fact} stands for a fact of the outcome, and
 * what is in brackets is left out when the fact in it is not there.
 */
#include "config.h"

#include "verify/explain.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "jsonline.h"

/* How Boulder's sentences begin. */
#define INCORRECT "Incorrect TXT record \"{found}\"[ (and {more} more)] found at {name}"
#define FETCHING "{address}: Fetching {url}: "
#define MISMATCH                                                                    \
	"The key authorization file from the server did not match this challenge. " \
	"Expected \"{expected}\" (got \"{found}\")"

static const struct entry {
	const char *id; /* NULL: not in the catalogue */
	enum verdict verdict;
	bool blind;	     /* we could not look: the final verdict is UNKNOWN, not RETRY */
	const char *ca_type; /* the ACME error type (RFC 8555 section 6.7), NULL if none */
	const char *ca;	     /* in the words of Boulder, the software of Let's Encrypt */
	const char *reason;
	const char *hint;
} catalogue[] = {
    [CASE_DNS_WAITING] = {NULL, VERDICT_RETRY, true, NULL, NULL,
	"[{have} of {total} servers have it; ]no answer yet[ from {servers}]", NULL},
    [CASE_DNS_NO_SERVERS] = {NULL, VERDICT_RETRY, true, NULL, NULL,
	"cannot find the name servers of {target}: {detail}",
	"name a resolver that knows the domain (--resolver), or the name servers themselves "
	"(--authority)"},
    [CASE_DNS_ABSENT] = {NULL, VERDICT_PASS, false, NULL, NULL,
	"no server has it any more; {answer} of {total} answered", NULL},
    [CASE_DNS_PRESENT] = {NULL, VERDICT_RETRY, false, NULL, NULL,
	"{have} of {total} servers still have it: {servers}", NULL},
    [CASE_D01] = {"D01", VERDICT_PASS, false, NULL, NULL, "{have} of {total} servers have it",
	NULL},
    [CASE_D02] = {"D02", VERDICT_RETRY, false, "dns",
	"DNS problem: NXDOMAIN looking up TXT for {name} - check that a DNS record exists for this "
	"domain",
	"{name} does not exist", NULL},
    [CASE_D03] = {"D03", VERDICT_RETRY, false, "unauthorized", "No TXT record found at {name}",
	"{name}[, a CNAME to {target},] has no TXT record", NULL},
    [CASE_D04] = {"D04", VERDICT_RETRY, false, "unauthorized", INCORRECT,
	"{name}[, a CNAME to {target},] has other values only: \"{found}\"[ and {more} more]",
	"a value of an earlier order, or one made for another account key"},
    [CASE_D05] = {"D05", VERDICT_PASS, false, NULL, NULL,
	"{have} of {total} servers have it, among other values", NULL},
    [CASE_D06] = {"D06", VERDICT_PASS, false, NULL, NULL,
	"{have} of {total} servers have it, in several strings of one record", NULL},
    [CASE_D08] = {"D08", VERDICT_FAIL, false, "unauthorized", INCORRECT,
	"the value at {name} has quotation marks in it",
	"the quotation marks of a zone file are not part of the value: give the provider's API the "
	"value without them"},
    [CASE_D09] = {"D09", VERDICT_FAIL, false, "unauthorized", INCORRECT,
	"the value at {name} has blanks in it or around it",
	"publish the value exactly, without blanks or line ends (printf '%s', not echo)"},
    [CASE_D10] = {"D10", VERDICT_FAIL, false, "unauthorized", INCORRECT,
	"the value at {name} is base64, not base64url without padding",
	"'-' and '_' instead of '+' and '/', and no '=' at the end (RFC 4648 section 5)"},
    [CASE_D11] = {"D11", VERDICT_FAIL, false, "unauthorized", INCORRECT,
	"the value at {name} is right but for upper and lower case",
	"something on the way changes the case of the value; it must be kept"},
    [CASE_D12] = {"D12", VERDICT_FAIL, false, "unauthorized", INCORRECT,
	"{name} has the key authorization instead of its digest",
	"publish base64url(SHA-256(key authorization)) (RFC 8555 section 8.4)"},
    [CASE_D18] = {"D18", VERDICT_PASS, false, NULL, NULL,
	"{have} of {total} servers have it, at {target}", NULL},
    [CASE_D22] = {"D22", VERDICT_RETRY, false, "dns",
	"DNS problem: NXDOMAIN looking up TXT for {name} - check that a DNS record exists for this "
	"domain",
	"{name} is a CNAME to {target}, which does not exist",
	"the TXT record belongs at {target}, or the CNAME must go"},
    [CASE_D23] = {"D23", VERDICT_FAIL, false, "dns",
	"DNS problem: SERVFAIL looking up TXT for {name} - the domain's nameservers may be "
	"malfunctioning",
	"the CNAMEs from {name} lead in a circle: {target} was there before", NULL},
    [CASE_D24] = {"D24", VERDICT_FAIL, false, "dns",
	"DNS problem: SERVFAIL looking up TXT for {name} - the domain's nameservers may be "
	"malfunctioning",
	"more than 11 CNAMEs one after the other from {name} on",
	"let {name} point to the last one"},
    [CASE_D28] = {"D28", VERDICT_RETRY, false, "unauthorized", NULL,
	"{have} of {total} servers have it; waiting for {servers}",
	"if it stays so, the transfer of the zone to these servers does not work"},
    [CASE_D30] = {"D30", VERDICT_WARN, false, NULL, NULL,
	"{have} of {total} servers have it; no answer from {servers}",
	"the CA will ask the others; repair the silent ones or take them out of the zone"},
    [CASE_D31] = {"D31", VERDICT_RETRY, false, "dns",
	"DNS problem: query timed out looking up TXT for {name}",
	"no name server of {name} answers: {servers}",
	"check that the name servers run, and that port 53 is open for UDP and TCP"},
    [CASE_D32] = {"D32", VERDICT_WARN, false, NULL, NULL,
	"{have} of {total} servers have it; not authoritative, or out of order: {servers}",
	"the CA will ask the others; repair these or take them out of the zone"},
    [CASE_D33] = {"D33", VERDICT_RETRY, false, "dns",
	"DNS problem: SERVFAIL looking up TXT for {name} - the domain's nameservers may be "
	"malfunctioning",
	"no name server answers for the zone of {name}: {servers}",
	"check that the zone is loaded at its name servers"},
    [CASE_D35] = {"D35", VERDICT_WARN, false, NULL, NULL,
	"{have} of {total} servers have it; no way from this host to {servers}",
	"this host cannot see what the CA would get from these servers"},
    [CASE_D35_ALL] = {"D35", VERDICT_UNKNOWN, false, NULL, NULL,
	"no way from this host to any of the name servers: {servers}",
	"verify from a host that has IPv6, or name another server with --authority"},
    [CASE_D38] = {"D38", VERDICT_WARN, false, NULL, NULL,
	"{have} of {total} servers have it; cannot ask {servers}",
	"the CA will ask the others; take the name out of the zone's NS records or give it an "
	"address"},
    [CASE_HTTP_WAITING] = {NULL, VERDICT_RETRY, true, NULL, NULL,
	"no response yet[ from {address}]", NULL},
    [CASE_HTTP_NO_DNS] = {NULL, VERDICT_RETRY, true, NULL, NULL,
	"cannot look up the addresses of {name}: {detail}",
	"name a resolver that knows the domain (--resolver), or its name servers (--authority)"},
    [CASE_HTTP_NO_ROUTE] = {NULL, VERDICT_RETRY, true, NULL, NULL,
	"no way from this host to {address}[: {detail}]", "verify from a host that has IPv6"},
    [CASE_HTTP_STATUS] = {NULL, VERDICT_RETRY, false, "unauthorized",
	"{address}: Invalid response from {url}: {status}",
	"{address} answers {status}[ for {target}]", NULL},
    [CASE_HTTP_ABSENT] = {NULL, VERDICT_PASS, false, NULL, NULL, "no address serves it any more",
	NULL},
    [CASE_HTTP_PRESENT] = {NULL, VERDICT_RETRY, false, NULL, NULL,
	"{have} of {total} addresses still serve it", NULL},
    [CASE_H01] = {"H01", VERDICT_PASS, false, NULL, NULL, "{have} of {total} addresses serve it",
	NULL},
    [CASE_H02] = {"H02", VERDICT_PASS, false, NULL, NULL,
	"{have} of {total} addresses serve it, with blanks after it", NULL},
    [CASE_H03] = {"H03", VERDICT_FAIL, false, "unauthorized",
	"{address}: Invalid response from {url}: \"{found}\"",
	"the content is longer than 127 octets",
	"the file must contain the key authorization and nothing else"},
    [CASE_H04] = {"H04", VERDICT_FAIL, false, "unauthorized", MISMATCH, "the content has {detail}",
	"the file must begin with the key authorization: no byte order mark, quotes or blanks"},
    [CASE_H05] = {"H05", VERDICT_FAIL, false, "unauthorized", MISMATCH,
	"{address} answers with an HTML page[, {target}], not with the challenge",
	"another virtual host, or a catch-all page, answers: the path "
	"/.well-known/acme-challenge/ must come before it"},
    [CASE_H07] = {"H07", VERDICT_FAIL, false, "unauthorized", MISMATCH, "the content is {detail}",
	"the file must contain token.thumbprint, the key authorization"},
    [CASE_H08] = {"H08", VERDICT_RETRY, false, "unauthorized",
	"{address}: Invalid response from {url}: {status}",
	"{address} answers {status}[ for {target}]",
	"does the web server use the directory that the file was written to, for this host?"},
    [CASE_H09] = {"H09", VERDICT_FAIL, false, "unauthorized",
	"{address}: Invalid response from {url}: {status}",
	"{address} refuses access: {status}[ for {target}]",
	"/.well-known/acme-challenge/ must be open to everybody: check access rules, firewalls for "
	"web applications, and the rights of the file"},
    [CASE_H10] = {"H10", VERDICT_RETRY, false, "unauthorized",
	"{address}: Invalid response from {url}: {status}",
	"{address} is out of order or overloaded: {status}[ for {target}]", NULL},
    [CASE_H11] = {"H11", VERDICT_FAIL, false, "unauthorized",
	"{address}: Invalid response from {url}: {status}",
	"{address} answers {status}[ for {target}]; only 200 will do", NULL},
    [CASE_H13] = {"H13", VERDICT_FAIL, false, "connection", FETCHING "Too many redirects",
	"more than 10 redirects", NULL},
    [CASE_H14] = {"H14", VERDICT_FAIL, false, "connection",
	FETCHING "received disallowed redirect status code", "{url} redirects with status 303",
	"redirect with 301, 302, 307 or 308"},
    [CASE_H15] = {"H15", VERDICT_FAIL, false, "unauthorized",
	"{address}: Invalid response from {url}: {status}",
	"{address} answers {status}[ for {target}], which leads nowhere", NULL},
    [CASE_H16] = {"H16", VERDICT_FAIL, false, "connection", FETCHING "Redirect loop detected",
	"the redirects lead in a circle: {target} was there before", NULL},
    [CASE_H19] = {"H19", VERDICT_RETRY, false, "tls", FETCHING "{detail}",
	"TLS with {address} fails: {detail}", "https after a redirect needs TLS 1.2 or newer"},
    [CASE_H20] = {"H20", VERDICT_FAIL, false, "connection",
	FETCHING
	"Invalid port in redirect target. Only ports 80 and 443 are supported, not {detail}",
	"{url} redirects to {target}, neither port 80 nor 443", NULL},
    [CASE_H21] = {"H21", VERDICT_FAIL, false, "connection",
	FETCHING "Invalid protocol scheme in redirect target. Only \"http\" and \"https\" protocol "
		 "schemes are supported, not \"{detail}\"",
	"{url} redirects to {target}, neither http nor https", NULL},
    [CASE_H22] = {"H22", VERDICT_FAIL, false, "connection",
	FETCHING
	"Invalid host in redirect target \"{detail}\". Check webserver config for missing '/' in "
	"redirect target.",
	"{url} redirects to {target}: {detail}",
	"Redirect / https://host/ with the '/' at the end"},
    [CASE_H26] = {"H26", VERDICT_FAIL, false, "connection", FETCHING "Redirect target too long",
	"{url} redirects to a path of more than 2000 characters", NULL},
    [CASE_H27] = {"H27", VERDICT_RETRY, false, "dns",
	"no valid A records found for {target}; no valid AAAA records found for {target}",
	"{url} redirects to {target}, which has no address", NULL},
    [CASE_H29] = {"H29", VERDICT_RETRY, false, "dns",
	"no valid A records found for {name}; no valid AAAA records found for {name}",
	"{name} has no address", "publish an A or AAAA record, or use dns-01"},
    [CASE_H32] = {"H32", VERDICT_WARN, false, NULL, NULL,
	"{have} of {total} addresses serve it; but {detail}", NULL},
    [CASE_H34] = {"H34", VERDICT_RETRY, false, "connection", FETCHING "Connection refused",
	"connection refused by {address}", "does a web server run there?"},
    [CASE_H35] = {"H35", VERDICT_RETRY, false, "connection",
	FETCHING "Timeout during connect (likely firewall problem)",
	"{address} does not answer to attempts to connect",
	"probably a firewall; the port must be open to everybody"},
    [CASE_H36] = {"H36", VERDICT_WARN, false, NULL, NULL,
	"{have} of {total} addresses serve it; but IPv6: {detail}",
	"the CA will fall back to IPv4; repair IPv6 or remove the AAAA record"},
    [CASE_H37] = {"H37", VERDICT_RETRY, false, "connection",
	FETCHING "Timeout during connect (likely firewall problem)",
	"{have} of {total} addresses serve it, but {address} does not answer to attempts to "
	"connect",
	"the CA tries IPv6 first, and waiting for it takes the time it has: open the firewall or "
	"remove the AAAA record"},
    [CASE_H38] = {"H38", VERDICT_RETRY, false, NULL, NULL,
	"{have} of {total} addresses serve it; IPv6 leads elsewhere: {detail}",
	"the CA tries IPv6 first: the AAAA record must lead to the same server"},
    [CASE_H39] = {"H39", VERDICT_RETRY, false, NULL, NULL,
	"{have} of {total} addresses serve it; but: {detail}",
	"the CA may choose any of the addresses: each must serve the challenge"},
    [CASE_H40] = {"H40", VERDICT_RETRY, false, "unauthorized", MISMATCH,
	"{address} serves other content[ at {target}]: \"{found}\"", NULL},
    [CASE_H46] = {"H46", VERDICT_RETRY, false, "connection",
	FETCHING "Error getting validation data",
	"no proper HTTP response from {address}[: {detail}]", NULL},
    [CASE_H47] = {"H47", VERDICT_RETRY, false, "connection",
	FETCHING "Timeout after connect (your server may be slow or overloaded)",
	"{address} accepts the connection, but does not answer", NULL},
    [CASE_HTTP_RESET] = {NULL, VERDICT_RETRY, false, "connection",
	FETCHING "Connection reset by peer", "{address} broke the connection[: {detail}]", NULL},
};
_Static_assert(nitems(catalogue) == CASE__MAX, "a case without sentence");

static const char *const fact_names[] = {
    [FACT_NAME] = "name",
    [FACT_DOMAIN] = "domain",
    [FACT_TARGET] = "target",
    [FACT_HAVE] = "have",
    [FACT_TOTAL] = "total",
    [FACT_ANSWER] = "answer",
    [FACT_SERVERS] = "servers",
    [FACT_FOUND] = "found",
    [FACT_MORE] = "more",
    [FACT_EXPECTED] = "expected",
    [FACT_DETAIL] = "detail",
    [FACT_ADDRESS] = "address",
    [FACT_URL] = "url",
    [FACT_STATUS] = "status",
};
_Static_assert(nitems(fact_names) == FACT__MAX, "a fact without name");

/* Longer than any sentence with all its facts. */
#define SENTENCE_MAX 8192

void outcome_init(struct outcome *o, enum case_id id)
{
	*o = (struct outcome){.id = id, .ca = id, .verdict = catalogue[id].verdict};
}

void outcome_fact(struct outcome *o, enum fact fact, const char *format, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	free(o->facts[fact]);
	o->facts[fact] = xstrdup(text);
}

void outcome_fact_add(struct outcome *o, enum fact fact, const char *text)
{
	char *old = o->facts[fact];

	if (old && strlen(old) > 512) {
		if (strcmp(old + strlen(old) - 3, "..."))
			o->facts[fact] = xasprintf("%s ...", old);
		else
			return;
	} else {
		o->facts[fact] = xasprintf("%s%s%s", old ? old : "", old ? ", " : "", text);
	}
	free(old);
}

void outcome_free(struct outcome *o)
{
	for (size_t i = 0; i < FACT__MAX; i++)
		free(o->facts[i]);
	free(o->name);
	json_object_put(o->servers);
}

enum verdict outcome_final(const struct outcome *o)
{
	if (o->verdict == VERDICT_RETRY && catalogue[o->id].blind)
		return VERDICT_UNKNOWN;
	return o->verdict;
}

static const char *fact_text(const struct outcome *o, const char *name, size_t len)
{
	for (size_t i = 0; i < FACT__MAX; i++)
		if (strlen(fact_names[i]) == len && !strncmp(fact_names[i], name, len))
			return o->facts[i];
	return NULL;
}

/* Adds a sentence up to its end or to the closing bracket; false if a fact was missing. */
static bool expand(struct buf *b, const char **sentence, const struct outcome *o)
{
	bool complete = true;
	const char *p = *sentence;

	while (*p && *p != ']') {
		size_t before = b->len, n = strcspn(p, "{[]");

		buf_add(b, p, n);
		p += n;
		if (*p == '{') {
			const char *text = fact_text(o, p + 1, strcspn(p + 1, "}"));

			complete = complete && text;
			buf_puts(b, text ? text : "?");
			p += strcspn(p, "}") + 1;
		} else if (*p == '[') {
			p++;
			before = b->len;
			if (!expand(b, &p, o) && b->len)
				b->data[b->len = before] = '\0';
			p += *p == ']';
		}
	}
	*sentence = p;
	return complete;
}

static char *sentence(const char *text, const struct outcome *o)
{
	struct buf b = BUF_INIT(SENTENCE_MAX);

	if (!text)
		return NULL;
	buf_puts(&b, "");
	expand(&b, &text, o);
	return b.data;
}

char *outcome_reason(const struct outcome *o)
{
	return sentence(catalogue[o->id].reason, o);
}

static void set_sentence(
    struct json_object *object, const char *key, const char *text, const struct outcome *o)
{
	char *s = sentence(text, o);

	jsonline_set(object, key, s);
	free(s);
}

void outcome_explain(const struct outcome *o, enum verdict verdict, struct json_object *reply)
{
	const struct entry *entry = &catalogue[o->id], *ca = &catalogue[o->ca];
	bool content = verdict == VERDICT_PASS || verdict == VERDICT_WARN || !ca->ca;
	struct json_object *problem = content ? NULL : json_object_new_object();

	jsonline_set(reply, "verdict", verdict_name(verdict));
	jsonline_set(reply, "case", entry->id);
	if (problem) {
		jsonline_set(problem, "type", ca->ca_type);
		set_sentence(problem, "detail", ca->ca, o);
	}
	json_object_object_add(reply, "ca", problem);
	set_sentence(reply, "reason", entry->reason, o);
	set_sentence(reply, "hint", entry->hint, o);
}

/* The length of the valid UTF-8 sequence at p, at least 1 octet of which is there; 0 if not valid.
 */
static size_t utf8_len(const unsigned char *p, size_t left)
{
	static const struct {
		unsigned char mask, lead;
		uint32_t least;
	} forms[] = {
	    {0x80, 0x00, 0}, {0xe0, 0xc0, 0x80}, {0xf0, 0xe0, 0x800}, {0xf8, 0xf0, 0x10000}};

	for (size_t n = 0; n < nitems(forms) && n < left; n++) {
		uint32_t c;

		if ((*p & forms[n].mask) != forms[n].lead)
			continue;
		c = *p & (unsigned char)~forms[n].mask;
		for (size_t i = 1; i <= n; i++) {
			if ((p[i] & 0xc0) != 0x80)
				return 0;
			c = c << 6 | (p[i] & 0x3f);
		}
		return c < forms[n].least || c > 0x10ffff || (c >= 0xd800 && c < 0xe000) ? 0
											 : n + 1;
	}
	return 0;
}

char *clean_text(const void *data, size_t len, size_t max)
{
	const unsigned char *p = data, *end = p + (len < max ? len : max);
	struct buf b = BUF_INIT(4 * max);

	buf_puts(&b, "");
	while (p < end) {
		size_t n = utf8_len(p, (size_t)(end - p));

		if (!n || *p < ' ' || *p == 0x7f || (n == 2 && p[0] == 0xc2 && p[1] < 0xa0)) {
			buf_printf(&b, "\\%03u", *p);
			n = 1;
		} else {
			buf_add(&b, p, n);
		}
		p += n;
	}
	return b.data;
}

char *go_quote(const void *data, size_t len)
{
	static const char named[] = "\aa\bb\ff\nn\rr\tt\vv\"\"\\\\";
	const unsigned char *p = data, *end = p + len;
	struct buf b = BUF_INIT(4 * len + 1);

	buf_puts(&b, "");
	while (p < end) {
		size_t n = utf8_len(p, (size_t)(end - p));
		const char *name = NULL;

		for (size_t i = 0; i + 1 < sizeof(named); i += 2)
			if (*p == (unsigned char)named[i])
				name = &named[i + 1];
		if (name)
			buf_printf(&b, "\\%c", *name);
		else if (!n || *p < ' ' || *p == 0x7f)
			buf_printf(&b, "\\x%02x", *p);
		else
			buf_add(&b, p, n);
		p += n ? n : 1;
	}
	return b.data;
}
