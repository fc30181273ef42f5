/* SPDX-License-Identifier: MIT */
/* The cases of http-01. What the CA says is in the words of Boulder. */
#include "config.h"

#include "verify/catalogue.h"

/* How Boulder's sentences begin. */
#define FETCHING "{address}: Fetching {url}: "
#define MISMATCH                                                                    \
	"The key authorization file from the server did not match this challenge. " \
	"Expected \"{expected}\" (got \"{found}\")"

const struct catalogue_entry catalogue_http[CASE__MAX] = {
    [CASE_HTTP_WAITING] =
	{
	    .verdict = VERDICT_RETRY,
	    .blind = true,
	    .reason = "no response yet[ from {address}]",
	},
    [CASE_HTTP_NO_DNS] =
	{
	    .verdict = VERDICT_RETRY,
	    .blind = true,
	    .reason = "cannot look up the addresses of {name}: {detail}",
	    .hint = "name a resolver that knows the domain (--resolver), or its name servers "
		    "(--authority)",
	},
    [CASE_HTTP_NO_ROUTE] =
	{
	    .verdict = VERDICT_RETRY,
	    .blind = true,
	    .reason = "no way from this host to {address}[: {detail}]",
	    .hint = "verify from a host that has IPv6",
	},
    [CASE_HTTP_STATUS] =
	{
	    .verdict = VERDICT_RETRY,
	    .ca_type = "unauthorized",
	    .ca = "{address}: Invalid response from {url}: {status}",
	    .reason = "{address} answers {status}[ for {target}]",
	},
    [CASE_HTTP_ABSENT] =
	{
	    .verdict = VERDICT_PASS,
	    .reason = "no address serves it any more",
	},
    [CASE_HTTP_PRESENT] =
	{
	    .verdict = VERDICT_RETRY,
	    .reason = "{have} of {total} addresses still serve it",
	},
    [CASE_H01] =
	{
	    .id = "H01",
	    .verdict = VERDICT_PASS,
	    .reason = "{have} of {total} addresses serve it",
	},
    [CASE_H02] =
	{
	    .id = "H02",
	    .verdict = VERDICT_PASS,
	    .reason = "{have} of {total} addresses serve it, with blanks after it",
	},
    [CASE_H03] =
	{
	    .id = "H03",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "unauthorized",
	    .ca = "{address}: Invalid response from {url}: \"{found}\"",
	    .reason = "the content is longer than 127 octets",
	    .hint = "the file must contain the key authorization and nothing else",
	},
    [CASE_H04] =
	{
	    .id = "H04",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "unauthorized",
	    .ca = MISMATCH,
	    .reason = "the content has {detail}",
	    .hint = "the file must begin with the key authorization: no byte order mark, quotes or "
		    "blanks",
	},
    [CASE_H05] =
	{
	    .id = "H05",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "unauthorized",
	    .ca = MISMATCH,
	    .reason = "{address} answers with an HTML page[, {target}], not with the challenge",
	    .hint = "another virtual host, or a catch-all page, answers: the path "
		    "/.well-known/acme-challenge/ must come before it",
	},
    [CASE_H07] =
	{
	    .id = "H07",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "unauthorized",
	    .ca = MISMATCH,
	    .reason = "the content is {detail}",
	    .hint = "the file must contain token.thumbprint, the key authorization",
	},
    [CASE_H08] =
	{
	    .id = "H08",
	    .verdict = VERDICT_RETRY,
	    .ca_type = "unauthorized",
	    .ca = "{address}: Invalid response from {url}: {status}",
	    .reason = "{address} answers {status}[ for {target}]",
	    .hint = "does the web server use the directory that the file was written to, for this "
		    "host?",
	},
    [CASE_H09] =
	{
	    .id = "H09",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "unauthorized",
	    .ca = "{address}: Invalid response from {url}: {status}",
	    .reason = "{address} refuses access: {status}[ for {target}]",
	    .hint = "/.well-known/acme-challenge/ must be open to everybody: check access rules, "
		    "firewalls for web applications, and the rights of the file",
	},
    [CASE_H10] =
	{
	    .id = "H10",
	    .verdict = VERDICT_RETRY,
	    .ca_type = "unauthorized",
	    .ca = "{address}: Invalid response from {url}: {status}",
	    .reason = "{address} is out of order or overloaded: {status}[ for {target}]",
	},
    [CASE_H11] =
	{
	    .id = "H11",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "unauthorized",
	    .ca = "{address}: Invalid response from {url}: {status}",
	    .reason = "{address} answers {status}[ for {target}]; only 200 will do",
	},
    [CASE_H13] =
	{
	    .id = "H13",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "connection",
	    .ca = FETCHING "Too many redirects",
	    .reason = "more than 10 redirects",
	},
    [CASE_H14] =
	{
	    .id = "H14",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "connection",
	    .ca = FETCHING "received disallowed redirect status code",
	    .reason = "{url} redirects with status 303",
	    .hint = "redirect with 301, 302, 307 or 308",
	},
    [CASE_H15] =
	{
	    .id = "H15",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "unauthorized",
	    .ca = "{address}: Invalid response from {url}: {status}",
	    .reason = "{address} answers {status}[ for {target}], which leads nowhere",
	},
    [CASE_H16] =
	{
	    .id = "H16",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "connection",
	    .ca = FETCHING "Redirect loop detected",
	    .reason = "the redirects lead in a circle: {target} was there before",
	},
    [CASE_H19] =
	{
	    .id = "H19",
	    .verdict = VERDICT_RETRY,
	    .ca_type = "tls",
	    .ca = FETCHING "{detail}",
	    .reason = "TLS with {address} fails: {detail}",
	    .hint = "https after a redirect needs TLS 1.2 or newer",
	},
    [CASE_H20] =
	{
	    .id = "H20",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "connection",
	    .ca = FETCHING
	    "Invalid port in redirect target. Only ports 80 and 443 are supported, not {detail}",
	    .reason = "{url} redirects to {target}, neither port 80 nor 443",
	},
    [CASE_H21] =
	{
	    .id = "H21",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "connection",
	    .ca = FETCHING "Invalid protocol scheme in redirect target. Only \"http\" and "
			   "\"https\" protocol schemes are supported, not \"{detail}\"",
	    .reason = "{url} redirects to {target}, neither http nor https",
	},
    [CASE_H22] =
	{
	    .id = "H22",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "connection",
	    .ca = FETCHING "Invalid host in redirect target \"{detail}\". Check webserver config "
			   "for missing '/' in redirect target.",
	    .reason = "{url} redirects to {target}",
	    .hint = "a '/' is missing after the host in the web server's configuration: Redirect / "
		    "https://host/",
	},
    [CASE_H26] =
	{
	    .id = "H26",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "connection",
	    .ca = FETCHING "Redirect target too long",
	    .reason = "{url} redirects to a path of more than 2000 characters",
	},
    [CASE_H27] =
	{
	    .id = "H27",
	    .verdict = VERDICT_RETRY,
	    .ca_type = "dns",
	    .ca = "no valid A records found for {target}; no valid AAAA records found for {target}",
	    .reason = "{url} redirects to {target}, which has no address",
	},
    [CASE_H29] =
	{
	    .id = "H29",
	    .verdict = VERDICT_RETRY,
	    .ca_type = "dns",
	    .ca = "no valid A records found for {name}; no valid AAAA records found for {name}",
	    .reason = "{name} has no address",
	    .hint = "publish an A or AAAA record, or use dns-01",
	},
    [CASE_H32] =
	{
	    .id = "H32",
	    .verdict = VERDICT_WARN,
	    .reason = "{have} of {total} addresses serve it; but {detail}",
	},
    [CASE_H34] =
	{
	    .id = "H34",
	    .verdict = VERDICT_RETRY,
	    .ca_type = "connection",
	    .ca = FETCHING "Connection refused",
	    .reason = "connection refused by {address}",
	    .hint = "does a web server run there?",
	},
    [CASE_H35] =
	{
	    .id = "H35",
	    .verdict = VERDICT_RETRY,
	    .ca_type = "connection",
	    .ca = FETCHING "Timeout during connect (likely firewall problem)",
	    .reason = "{address} does not answer to attempts to connect",
	    .hint = "probably a firewall; the port must be open to everybody",
	},
    [CASE_H36] =
	{
	    .id = "H36",
	    .verdict = VERDICT_WARN,
	    .reason = "{have} of {total} addresses serve it; but IPv6: {detail}",
	    .hint = "the CA will fall back to IPv4; repair IPv6 or remove the AAAA record",
	},
    [CASE_H37] =
	{
	    .id = "H37",
	    .verdict = VERDICT_RETRY,
	    .ca_type = "connection",
	    .ca = FETCHING "Timeout during connect (likely firewall problem)",
	    .reason = "{have} of {total} addresses serve it, but {address} does not answer to "
		      "attempts to connect",
	    .hint = "the CA tries IPv6 first, and waiting for it takes the time it has: open the "
		    "firewall or remove the AAAA record",
	},
    [CASE_H38] =
	{
	    .id = "H38",
	    .verdict = VERDICT_RETRY,
	    .reason = "{have} of {total} addresses serve it; IPv6 leads elsewhere: {detail}",
	    .hint = "the CA tries IPv6 first: the AAAA record must lead to the same server",
	},
    [CASE_H39] =
	{
	    .id = "H39",
	    .verdict = VERDICT_RETRY,
	    .reason = "{have} of {total} addresses serve it; but: {detail}",
	    .hint = "the CA may choose any of the addresses: each must serve the challenge",
	},
    [CASE_H40] =
	{
	    .id = "H40",
	    .verdict = VERDICT_RETRY,
	    .ca_type = "unauthorized",
	    .ca = MISMATCH,
	    .reason = "{address} serves other content[ at {target}]: \"{found}\"",
	},
    [CASE_H46] =
	{
	    .id = "H46",
	    .verdict = VERDICT_RETRY,
	    .ca_type = "connection",
	    .ca = FETCHING "Error getting validation data",
	    .reason = "no proper HTTP response from {address}[: {detail}]",
	},
    [CASE_H47] =
	{
	    .id = "H47",
	    .verdict = VERDICT_RETRY,
	    .ca_type = "connection",
	    .ca = FETCHING "Timeout after connect (your server may be slow or overloaded)",
	    .reason = "{address} accepts the connection, but does not answer",
	},
    [CASE_HTTP_RESET] =
	{
	    .verdict = VERDICT_RETRY,
	    .ca_type = "connection",
	    .ca = FETCHING "Connection reset by peer",
	    .reason = "{address} broke the connection[: {detail}]",
	},
};
