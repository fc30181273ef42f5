/* SPDX-License-Identifier: MIT */
/* The cases of http-01, but for redirects. What the CA says is in the words of Boulder. */
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
    [CASE_H63] =
	{
	    .id = "H63",
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
    [CASE_H02_DOUBT] =
	{
	    .id = "H02",
	    .verdict = VERDICT_WARN,
	    .reason = "{have} of {total} addresses serve it, with blanks after it that not every "
		      "CA takes",
	    .hint = "write the key authorization without anything after it",
	},
    [CASE_H02_REFUSED] =
	{
	    .id = "H02",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "unauthorized",
	    .ca = MISMATCH,
	    .reason = "the content has blanks after it, which this CA takes for a part of it",
	    .hint = "write the key authorization without anything after it",
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
	    .reason = "{address} answers with an HTML page[, {target}], not with the challenge[ "
		      "({page})]",
	    .hint = "another virtual host, or a catch-all page, answers: the path "
		    "/.well-known/acme-challenge/ must come before it",
	},
    [CASE_H06] =
	{
	    .id = "H06",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "unauthorized",
	    .ca = MISMATCH,
	    .reason = "the content is in UTF-16",
	    .hint = "write the file in ASCII; Windows PowerShell needs -Encoding ascii",
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
	    .reason = "{address} answers {status}[ for {target}][ ({page})]",
	    .hint = "does the web server use the directory that the file was written to, for this "
		    "host?",
	},
    [CASE_H09] =
	{
	    .id = "H09",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "unauthorized",
	    .ca = "{address}: Invalid response from {url}: {status}",
	    .reason = "{address} refuses access: {status}[ for {target}][ ({page})]",
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
    [CASE_H29] =
	{
	    .id = "H29",
	    .verdict = VERDICT_RETRY,
	    .ca_type = "dns",
	    .ca = "no valid A records found for {target}; no valid AAAA records found for {target}",
	    .reason = "{target} has no address",
	    .hint = "publish an A or AAAA record, or use dns-01",
	},
    [CASE_H29_MISSING] =
	{
	    .id = "H29",
	    .verdict = VERDICT_RETRY,
	    .ca_type = "dns",
	    .ca = "DNS problem: NXDOMAIN looking up A for {target} - check that a DNS record "
		  "exists for this domain; DNS problem: NXDOMAIN looking up AAAA for {target} - "
		  "check that a DNS record exists for this domain",
	    .reason = "{target} does not exist",
	    .hint = "publish an A or AAAA record, or use dns-01",
	},
    [CASE_H30] =
	{
	    .id = "H30",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "dns",
	    .ca = "no valid A records found for {target}; no valid AAAA records found for {target}",
	    .reason = "{target} has private or reserved addresses only: {servers}",
	    .hint = "a public CA does not go there; for a CA of your own: --allow-reserved, or "
		    "another --ca",
	},
    [CASE_H31] =
	{
	    .id = "H31",
	    .verdict = VERDICT_WARN,
	    .reason = "{have} of {total} addresses serve it; private and reserved ones are not "
		      "looked at: {servers}",
	    .hint = "remove these from the public DNS",
	},
    [CASE_H32] =
	{
	    .id = "H32",
	    .verdict = VERDICT_WARN,
	    .reason = "{have} of {total} addresses serve it; but {detail}",
	},
    [CASE_H33] =
	{
	    .id = "H33",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "dns",
	    .ca = "DNS problem: SERVFAIL looking up A for {target} - the domain's nameservers may "
		  "be malfunctioning",
	    .reason =
		"the addresses of {target} have signatures (DNSSEC) that do not hold: {detail}",
	    .hint = "a tool that shows the chain of trust, such as delv, tells where it breaks",
	},
    [CASE_H33_MUTE] =
	{
	    .id = "H33",
	    .verdict = VERDICT_RETRY,
	    .ca_type = "dns",
	    .ca = "DNS problem: SERVFAIL looking up A for {target} - the domain's nameservers may "
		  "be malfunctioning",
	    .reason = "nobody answers for the addresses of {target}: {detail}",
	    .hint = "are the name servers of the domain in order?",
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
    [CASE_H36_NEVER] =
	{
	    .id = "H36",
	    .verdict = VERDICT_RETRY,
	    .ca_type = "connection",
	    .ca = FETCHING "Connection refused",
	    .reason = "{have} of {total} addresses serve it; but IPv6: {detail}",
	    .hint = "this CA does not fall back to IPv4: repair IPv6 or remove the AAAA record",
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
	    .reason = "{address} serves other content[ at {target}]: \"{found}\"[ ({page})]",
	    .hint = "another server, or another site of the same one, answers: compare the server "
		    "and the title with yours",
	},
    [CASE_H40_ROUTER] =
	{
	    .id = "H40",
	    .verdict = VERDICT_RETRY,
	    .ca_type = "unauthorized",
	    .ca = MISMATCH,
	    .reason = "{address} answers as a router does[ ({page})]",
	    .hint = "forward port 80 to the web server",
	},
    [CASE_H42] =
	{
	    .id = "H42",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "connection",
	    .ca = FETCHING "Server is speaking HTTP/2 over HTTP",
	    .reason = "{address} speaks HTTP/2 only",
	    .hint = "port 80 must speak HTTP/1.1",
	},
    [CASE_H43] =
	{
	    .id = "H43",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "connection",
	    .ca = FETCHING "Error getting validation data",
	    .reason = "{address} speaks HTTP/2 only",
	    .hint = "https behind a redirect must speak HTTP/1.1, too",
	},
    [CASE_H44] =
	{
	    .id = "H44",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "connection",
	    .ca = FETCHING "Error getting validation data",
	    .reason = "{address} speaks TLS where plain HTTP should be",
	    .hint =
		"port 80 must not have TLS: check the server's configuration and port forwarding",
	},
    [CASE_H45] =
	{
	    .id = "H45",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "malformed",
	    .ca = FETCHING "Server only speaks HTTP, not TLS",
	    .reason = "{address} speaks plain HTTP where TLS should be",
	    .hint = "https behind a redirect needs TLS: check the server's configuration and port "
		    "forwarding",
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
    [CASE_H47_SLOW] =
	{
	    .id = "H47",
	    .verdict = VERDICT_WARN,
	    .reason = "{have} of {total} addresses serve it, but slowly",
	    .hint = "the CA has about ten seconds for it",
	},
    [CASE_H48] =
	{
	    .id = "H48",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "unauthorized",
	    .ca = FETCHING "Error reading HTTP response body: context deadline exceeded",
	    .reason = "{address} sends a response that does not end",
	    .hint = "the response needs a Content-Length, or the connection must be closed after "
		    "it",
	},
    [CASE_H49] =
	{
	    .id = "H49",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "unauthorized",
	    .ca = "{address}: Invalid response from {url}: \"{found}\"",
	    .reason = "{address} sends content without end",
	    .hint = "the file must contain the key authorization and nothing else",
	},
    [CASE_H50] =
	{
	    .id = "H50",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "unauthorized",
	    .ca = FETCHING "Error reading HTTP response body: unexpected EOF",
	    .reason = "{address} sends less than its Content-Length says",
	    .hint = "something between the file and the network cuts it: check proxies and their "
		    "buffers",
	},
    [CASE_H52] =
	{
	    .id = "H52",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "unauthorized",
	    .ca = MISMATCH,
	    .reason = "{address} sends content in an encoding that was not asked for, or not in "
		      "the one it says[: {detail}]",
	    .hint = "no compression, or gzip only, for /.well-known/acme-challenge/",
	},
    [CASE_H54] =
	{
	    .id = "H54",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "unauthorized",
	    .ca = MISMATCH,
	    .reason = "{address} answers with something that keeps machines out: {detail}",
	    .hint = "/.well-known/acme-challenge/ must be exempt from it",
	},
    [CASE_H55] =
	{
	    .id = "H55",
	    .verdict = VERDICT_RETRY,
	    .ca_type = "unauthorized",
	    .ca = "{address}: Invalid response from {url}: {status}",
	    .reason = "{address} answers {status}, perhaps out of a cache[ ({page})]",
	    .hint = "the answer may be an old one: exempt /.well-known/acme-challenge/ from "
		    "caching",
	},
    [CASE_H57] =
	{
	    .id = "H57",
	    .verdict = VERDICT_RETRY,
	    .blind = true,
	    .ca_type = "connection",
	    .ca = FETCHING "Connection refused",
	    .reason = "cannot judge from inside a private network: {detail}",
	    .hint = "many routers do not lead back in what goes to their own public address: name "
		    "the web server's address here with --connect-to, or verify from outside",
	},
    [CASE_H59] =
	{
	    .id = "H59",
	    .verdict = VERDICT_RETRY,
	    .ca_type = "unauthorized",
	    .ca = MISMATCH,
	    .reason = "not every request is answered alike; some: {detail}",
	    .hint = "are there several servers behind the address? Each of them needs the "
		    "challenge",
	},
    [CASE_H60] =
	{
	    .id = "H60",
	    .verdict = VERDICT_RETRY,
	    .ca_type = "unauthorized",
	    .ca = MISMATCH,
	    .reason = "it was there and is gone again: {detail}",
	    .hint = "does something remove the file before the CA has looked?",
	},
    [CASE_HTTP_RESET] =
	{
	    .verdict = VERDICT_RETRY,
	    .ca_type = "connection",
	    .ca = FETCHING "Connection reset by peer",
	    .reason = "{address} broke the connection[: {detail}]",
	},
};
