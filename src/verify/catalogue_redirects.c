/* SPDX-License-Identifier: MIT */
/* The cases of http-01 that are about redirects. What the CA says is in the words of Boulder. */
#include "config.h"

#include "verify/catalogue.h"

/* How Boulder's sentences begin. */
#define FETCHING "{address}: Fetching {url}: "

const struct catalogue_entry catalogue_redirects[CASE__MAX] = {
    [CASE_H12] =
	{
	    .id = "H12",
	    .verdict = VERDICT_PASS,
	    .reason = "{have} of {total} addresses serve it, behind redirects",
	},
    [CASE_H13] =
	{
	    .id = "H13",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "connection",
	    .ca = FETCHING "Too many redirects",
	    .reason = "more than {limit} redirects",
	},
    [CASE_H13_MANY] =
	{
	    .id = "H13",
	    .verdict = VERDICT_WARN,
	    .reason =
		"{have} of {total} addresses serve it, but behind more than {limit} redirects",
	    .hint = "not every CA follows that many",
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
    [CASE_H18] =
	{
	    .id = "H18",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "tls",
	    .ca = FETCHING "{detail}",
	    .reason = "{address} does not speak TLS 1.2 or newer: {detail}",
	    .hint = "https behind a redirect needs TLS 1.2 or newer",
	},
    [CASE_H19] =
	{
	    .id = "H19",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "tls",
	    .ca = FETCHING "{detail}",
	    .reason = "{address} refuses TLS: {detail}",
	    .hint = "behind a redirect the CA has no client certificate, and asks for the host of "
		    "the redirect: does the server know that name?",
	},
    [CASE_H19_BROKEN] =
	{
	    .id = "H19",
	    .verdict = VERDICT_RETRY,
	    .ca_type = "connection",
	    .ca = FETCHING "Error getting validation data",
	    .reason = "TLS with {address} fails: {detail}",
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
    [CASE_H24] =
	{
	    .id = "H24",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "connection",
	    .ca = FETCHING
	    "Invalid host in redirect target: IP address is in a reserved address block: {detail}",
	    .reason = "{url} redirects to {target}, a private or reserved address",
	    .hint = "redirect to a public name; a CA of your own may go there (--allow-reserved)",
	},
    [CASE_H24_SCOPE] =
	{
	    .id = "H24",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "connection",
	    .ca = FETCHING "Invalid host in redirect target: contains scope zone",
	    .reason = "{url} redirects to {target}, an address of this host's network",
	},
    [CASE_H25] =
	{
	    .id = "H25",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "connection",
	    .ca = FETCHING "Invalid host in redirect target, must end in IANA registered TLD",
	    .reason = "{url} redirects to {target}, which is no public name",
	    .hint = "redirect to the public name of the host",
	},
    [CASE_H25_EMPTY] =
	{
	    .id = "H25",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "connection",
	    .ca = FETCHING "Invalid empty host in redirect target",
	    .reason = "{url} redirects to {target}, which has no host",
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
    [CASE_H28] =
	{
	    .id = "H28",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "connection",
	    .ca = FETCHING "Connection refused",
	    .reason = "{target} has IPv6 and IPv4 addresses, and by IPv6: {detail}",
	    .hint = "behind a redirect the CA does not fall back to IPv4: repair IPv6 or remove "
		    "the AAAA record",
	},
    [CASE_H28_FELL_BACK] =
	{
	    .id = "H28",
	    .verdict = VERDICT_WARN,
	    .reason = "{have} of {total} addresses serve it, but behind a redirect only by IPv4",
	    .hint = "not every CA falls back to IPv4 there: repair IPv6 or remove the AAAA record",
	},
};
