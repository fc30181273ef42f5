/* SPDX-License-Identifier: MIT */
/* The cases of dns-01. What the CA says is in the words of Boulder. */
#include "config.h"

#include "verify/catalogue.h"

/* How Boulder's sentences begin. */
#define INCORRECT "Incorrect TXT record \"{found}\"[ (and {more} more)] found at {name}"

const struct catalogue_entry catalogue_dns[CASE__MAX] = {
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
	    .reason = "more than {limit} CNAMEs one after the other from {name} on",
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
    [CASE_D39_ALL] =
	{
	    .id = "D39",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "dns",
	    .ca = "DNS problem: SERVFAIL looking up TXT for {name} - the domain's nameservers may "
		  "be malfunctioning",
	    .reason = "{have} of {total} servers have it, but the CA cannot ask any that answers: "
		      "{servers}",
	    .hint = "a name server needs a public address, here and in the zone above",
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
};
