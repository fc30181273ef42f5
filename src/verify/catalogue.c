/* SPDX-License-Identifier: MIT */
/* The catalogue of cases, as data. What the CA says is in the words of Boulder. */
#include "config.h"

#include "verify/catalogue.h"

#include <stddef.h>

/* How Boulder's sentences begin. */
#define INCORRECT "Incorrect TXT record \"{found}\"[ (and {more} more)] found at {name}"
#define FETCHING "{address}: Fetching {url}: "
#define MISMATCH                                                                    \
	"The key authorization file from the server did not match this challenge. " \
	"Expected \"{expected}\" (got \"{found}\")"

const struct catalogue_entry catalogue[CASE__MAX] = {
    [CASE_DNS_WAITING] =
	{
	    .verdict = VERDICT_RETRY,
	    .blind = true,
	    .reason = "[{have} of {total} servers have it; ]no answer yet[ from {servers}]",
	},
    [CASE_DNS_NO_SERVERS] =
	{
	    .verdict = VERDICT_RETRY,
	    .blind = true,
	    .reason = "cannot find the name servers of {target}: {detail}",
	    .hint = "name a resolver that knows the domain (--resolver), or the name servers "
		    "themselves (--authority)",
	},
    [CASE_DNS_ABSENT] =
	{
	    .verdict = VERDICT_PASS,
	    .reason = "no server has it any more; {answer} of {total} answered",
	},
    [CASE_DNS_PRESENT] =
	{
	    .verdict = VERDICT_RETRY,
	    .reason = "{have} of {total} servers still have it: {servers}",
	},
    [CASE_D01] =
	{
	    .id = "D01",
	    .verdict = VERDICT_PASS,
	    .reason = "{have} of {total} servers have it",
	},
    [CASE_D02] =
	{
	    .id = "D02",
	    .verdict = VERDICT_RETRY,
	    .ca_type = "dns",
	    .ca = "DNS problem: NXDOMAIN looking up TXT for {name} - check that a DNS record "
		  "exists for this domain",
	    .reason = "{name} does not exist",
	},
    [CASE_D03] =
	{
	    .id = "D03",
	    .verdict = VERDICT_RETRY,
	    .ca_type = "unauthorized",
	    .ca = "No TXT record found at {name}",
	    .reason = "{name}[, a CNAME to {target},] has no TXT record",
	},
    [CASE_D04] =
	{
	    .id = "D04",
	    .verdict = VERDICT_RETRY,
	    .ca_type = "unauthorized",
	    .ca = INCORRECT,
	    .reason = "{name}[, a CNAME to {target},] has other values only: \"{found}\"[ and "
		      "{more} more]",
	    .hint = "a value of an earlier order, or one made for another account key",
	},
    [CASE_D05] =
	{
	    .id = "D05",
	    .verdict = VERDICT_PASS,
	    .reason = "{have} of {total} servers have it, among other values",
	},
    [CASE_D06] =
	{
	    .id = "D06",
	    .verdict = VERDICT_PASS,
	    .reason = "{have} of {total} servers have it, in several strings of one record",
	},
    [CASE_D08] =
	{
	    .id = "D08",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "unauthorized",
	    .ca = INCORRECT,
	    .reason = "the value at {name} has quotation marks in it",
	    .hint = "the quotation marks of a zone file are not part of the value: give the "
		    "provider's API the value without them",
	},
    [CASE_D09] =
	{
	    .id = "D09",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "unauthorized",
	    .ca = INCORRECT,
	    .reason = "the value at {name} has blanks in it or around it",
	    .hint =
		"publish the value exactly, without blanks or line ends (printf '%s', not echo)",
	},
    [CASE_D10] =
	{
	    .id = "D10",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "unauthorized",
	    .ca = INCORRECT,
	    .reason = "the value at {name} is base64, not base64url without padding",
	    .hint =
		"'-' and '_' instead of '+' and '/', and no '=' at the end (RFC 4648 section 5)",
	},
    [CASE_D11] =
	{
	    .id = "D11",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "unauthorized",
	    .ca = INCORRECT,
	    .reason = "the value at {name} is right but for upper and lower case",
	    .hint = "something on the way changes the case of the value; it must be kept",
	},
    [CASE_D12] =
	{
	    .id = "D12",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "unauthorized",
	    .ca = INCORRECT,
	    .reason = "{name} has the key authorization instead of its digest",
	    .hint = "publish base64url(SHA-256(key authorization)) (RFC 8555 section 8.4)",
	},
    [CASE_D14] =
	{
	    .id = "D14",
	    .verdict = VERDICT_FAIL,
	    .reason = "the value is at {target}, not at {name}",
	    .hint = "the zone is in the name twice: the provider adds it, give it the name without",
	},
    [CASE_D15] =
	{
	    .id = "D15",
	    .verdict = VERDICT_FAIL,
	    .reason = "the value is at {target}, not at {name}",
	    .hint = "put \"_acme-challenge.\" before the domain",
	},
    [CASE_D16] =
	{
	    .id = "D16",
	    .verdict = VERDICT_FAIL,
	    .reason = "the value is at {target}, not at {name}",
	    .hint = "leave out the \"*.\" of a wildcard",
	},
    [CASE_D18] =
	{
	    .id = "D18",
	    .verdict = VERDICT_PASS,
	    .reason = "{have} of {total} servers have it, at {target}",
	},
    [CASE_D22] =
	{
	    .id = "D22",
	    .verdict = VERDICT_RETRY,
	    .ca_type = "dns",
	    .ca = "DNS problem: NXDOMAIN looking up TXT for {name} - check that a DNS record "
		  "exists for this domain",
	    .reason = "{name} is a CNAME to {target}, which does not exist",
	    .hint = "the TXT record belongs at {target}, or the CNAME must go",
	},
    [CASE_D23] =
	{
	    .id = "D23",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "dns",
	    .ca = "DNS problem: SERVFAIL looking up TXT for {name} - the domain's nameservers may "
		  "be malfunctioning",
	    .reason = "the CNAMEs from {name} lead in a circle: {target} was there before",
	},
    [CASE_D24] =
	{
	    .id = "D24",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "dns",
	    .ca = "DNS problem: SERVFAIL looking up TXT for {name} - the domain's nameservers may "
		  "be malfunctioning",
	    .reason = "more than 11 CNAMEs one after the other from {name} on",
	    .hint = "let {name} point to the last one",
	},
    [CASE_D28] =
	{
	    .id = "D28",
	    .verdict = VERDICT_RETRY,
	    .ca_type = "unauthorized",
	    .reason = "{have} of {total} servers have it; waiting for {servers}",
	    .hint = "if it stays so, the transfer of the zone to these servers does not work",
	},
    [CASE_D30] =
	{
	    .id = "D30",
	    .verdict = VERDICT_WARN,
	    .reason = "{have} of {total} servers have it; no answer from {servers}",
	    .hint =
		"the CA will ask the others; repair the silent ones or take them out of the zone",
	},
    [CASE_D31] =
	{
	    .id = "D31",
	    .verdict = VERDICT_RETRY,
	    .ca_type = "dns",
	    .ca = "DNS problem: query timed out looking up TXT for {name}",
	    .reason = "no name server of {name} answers: {servers}",
	    .hint = "check that the name servers run, and that port 53 is open for UDP and TCP",
	},
    [CASE_D32] =
	{
	    .id = "D32",
	    .verdict = VERDICT_WARN,
	    .reason =
		"{have} of {total} servers have it; not authoritative, or out of order: {servers}",
	    .hint = "the CA will ask the others; repair these or take them out of the zone",
	},
    [CASE_D33] =
	{
	    .id = "D33",
	    .verdict = VERDICT_RETRY,
	    .ca_type = "dns",
	    .ca = "DNS problem: SERVFAIL looking up TXT for {name} - the domain's nameservers may "
		  "be malfunctioning",
	    .reason = "no name server answers for the zone of {name}: {servers}",
	    .hint = "check that the zone is loaded at its name servers",
	},
    [CASE_D33_LOST] =
	{
	    .id = "D33",
	    .verdict = VERDICT_RETRY,
	    .ca_type = "dns",
	    .ca = "DNS problem: SERVFAIL looking up TXT for {name} - the domain's nameservers may "
		  "be malfunctioning",
	    .reason = "no name server can be found for {target}: {detail}",
	    .hint = "check the delegation of the zone: the NS records in the zone above, and the "
		    "addresses of the name servers",
	},
    [CASE_D35] =
	{
	    .id = "D35",
	    .verdict = VERDICT_WARN,
	    .reason = "{have} of {total} servers have it; no way from this host to {servers}",
	    .hint = "this host cannot see what the CA would get from these servers",
	},
    [CASE_D35_ALL] =
	{
	    .id = "D35",
	    .verdict = VERDICT_UNKNOWN,
	    .reason = "no way from this host to any of the name servers: {servers}",
	    .hint = "verify from a host that has IPv6, or name another server with --authority",
	},
    [CASE_D37] =
	{
	    .id = "D37",
	    .verdict = VERDICT_WARN,
	    .reason = "{have} of {total} servers have it; but the zone above names other servers: "
		      "{detail}",
	    .hint = "let the registrar, or whoever runs the zone above, have the same NS records "
		    "as the zone",
	},
    [CASE_D37_STALE] =
	{
	    .id = "D37",
	    .verdict = VERDICT_RETRY,
	    .ca_type = "unauthorized",
	    .reason = "{have} of {total} servers have it; waiting for {servers}, which only the "
		      "zone above names",
	    .hint = "let the registrar, or whoever runs the zone above, have the same NS records "
		    "as the zone",
	},
    [CASE_D38] =
	{
	    .id = "D38",
	    .verdict = VERDICT_WARN,
	    .reason = "{have} of {total} servers have it; cannot ask {servers}",
	    .hint = "the CA will ask the others; take the name out of the zone's NS records or "
		    "give it an address",
	},
    [CASE_D39] =
	{
	    .id = "D39",
	    .verdict = VERDICT_WARN,
	    .reason = "{have} of {total} servers have it; but a public CA cannot ask {servers}",
	    .hint = "the CA will ask the others; a private or reserved address is of no use in a "
		    "public zone",
	},
    [CASE_D40] =
	{
	    .id = "D40",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "dns",
	    .ca = "DNS problem: looking up TXT for {name}: {detail}",
	    .reason = "{have} of {total} servers have it, but it does not validate at the resolver "
		      "{address}: {detail}",
	    .hint = "the zone's signatures, or the DS record in the zone above, are wrong; or the "
		    "record was added without being signed",
	},
    [CASE_D41] =
	{
	    .id = "D41",
	    .verdict = VERDICT_RETRY,
	    .ca_type = "dns",
	    .ca = "DNS problem: looking up TXT for {name}: {detail}",
	    .reason = "{have} of {total} servers have it, but it does not yet validate at the "
		      "resolver {address}: {detail}",
	    .hint = "the clock of the host that signs the zone is fast",
	},
    [CASE_D62] =
	{
	    .id = "D62",
	    .verdict = VERDICT_WARN,
	    .reason = "{have} of {total} servers have it; whether it validates (DNSSEC), no "
		      "resolver could tell",
	    .hint = "check the resolvers of this host, or name another one (--resolver)",
	},
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
