/* SPDX-License-Identifier: MIT */
/* The cases of dns-01. What the CA says is in the words of Boulder. */
#include "config.h"

#include "verify/catalogue.h"

/* How Boulder's sentences begin and end, for dns-persist-01 and for dns-account-01. */
#define RETRIEVING "[Retrieving TXT records for {challenge} challenge: ]"
#define ACCOUNT "[ (account: \"{account}\")]"
#define INCORRECT "Incorrect TXT record \"{found}\"[ (and {more} more)] found at {name}" ACCOUNT

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
	    .ca = RETRIEVING
	    "DNS problem: NXDOMAIN looking up TXT for {name} - check that a DNS record "
	    "exists for this domain",
	    .reason = "{name} does not exist",
	},
    [CASE_D03] =
	{
	    .id = "D03",
	    .verdict = VERDICT_RETRY,
	    .ca_type = "unauthorized",
	    .ca = "No TXT record found at {name}" ACCOUNT,
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
    [CASE_D05_MANY] =
	{
	    .id = "D05",
	    .verdict = VERDICT_WARN,
	    .reason = "{have} of {total} servers have it, among very many other values",
	    .hint = "remove the values of earlier orders: an answer that is too long is no answer",
	},
    [CASE_D06] =
	{
	    .id = "D06",
	    .verdict = VERDICT_PASS,
	    .reason = "{have} of {total} servers have it, in several strings of one record",
	},
    [CASE_D07] =
	{
	    .id = "D07",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "unauthorized",
	    .ca = INCORRECT,
	    .reason = "the value at {name} is spread over several records",
	    .hint = "one TXT record has the whole value; it may have several strings",
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
    [CASE_D13] =
	{
	    .id = "D13",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "unauthorized",
	    .ca = INCORRECT,
	    .reason = "the value at {name} is right, but in another form",
	    .hint = "publish the value as it is given: do not decode it, nor encode it again",
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
    [CASE_D17] =
	{
	    .id = "D17",
	    .verdict = VERDICT_RETRY,
	    .reason = "{name} has some of the values only",
	    .hint = "each value needs a record of its own, all at the same time: a handler must "
		    "add, not replace",
	},
    [CASE_D18] =
	{
	    .id = "D18",
	    .verdict = VERDICT_PASS,
	    .reason = "{have} of {total} servers have it, at {target}",
	},
    [CASE_D19] =
	{
	    .id = "D19",
	    .verdict = VERDICT_FAIL,
	    .reason = "{name} is a CNAME to {target}, and has the value beside it",
	    .hint = "the TXT record belongs at {target}, or the CNAME must go",
	},
    [CASE_D20] =
	{
	    .id = "D20",
	    .verdict = VERDICT_RETRY,
	    .reason = "{name} is not there; a wildcard makes it a CNAME to {target}, which does "
		      "not have the value",
	    .hint = "a record at {name} itself takes precedence, once it is there; if the provider "
		    "cannot have one beside the wildcard, the TXT record belongs at {target}",
	},
    [CASE_D21] =
	{
	    .id = "D21",
	    .verdict = VERDICT_RETRY,
	    .ca_type = "unauthorized",
	    .ca = INCORRECT,
	    .reason = "{name} is not there; what is found is that of a wildcard: \"{found}\"[ and "
		      "{more} more]",
	    .hint = "a record at {name} itself takes precedence, once it is there",
	},
    [CASE_D22] =
	{
	    .id = "D22",
	    .verdict = VERDICT_RETRY,
	    .ca_type = "dns",
	    .ca = RETRIEVING
	    "DNS problem: NXDOMAIN looking up TXT for {name} - check that a DNS record "
	    "exists for this domain",
	    .reason = "{name} is a CNAME to {target}, which does not exist",
	    .hint = "the TXT record belongs at {target}, or the CNAME must go",
	},
    [CASE_D23] =
	{
	    .id = "D23",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "dns",
	    .ca = RETRIEVING
	    "DNS problem: SERVFAIL looking up TXT for {name} - the domain's nameservers may "
	    "be malfunctioning",
	    .reason = "the CNAMEs from {name} lead in a circle: {target} was there before",
	},
    [CASE_D24] =
	{
	    .id = "D24",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "dns",
	    .ca = RETRIEVING
	    "DNS problem: SERVFAIL looking up TXT for {name} - the domain's nameservers may "
	    "be malfunctioning",
	    .reason = "more than {limit} CNAMEs one after the other from {name} on",
	    .hint = "let {name} point to the last one",
	},
    [CASE_D24_LONG] =
	{
	    .id = "D24",
	    .verdict = VERDICT_WARN,
	    .reason =
		"{have} of {total} servers have it, after more than 8 CNAMEs one after the other",
	    .hint = "older resolvers follow no more than 8: let {name} point to the last one",
	},
    [CASE_D25] =
	{
	    .id = "D25",
	    .verdict = VERDICT_PASS,
	    .reason = "{have} of {total} servers have it, at {target}, where a DNAME leads",
	},
    [CASE_D27] =
	{
	    .id = "D27",
	    .verdict = VERDICT_RETRY,
	    .ca_type = "unauthorized",
	    .reason =
		"{have} of {total} servers have it; a CNAME is beside other records at {name}",
	    .hint = "a name with a CNAME has nothing else (RFC 1034 section 3.6.2): servers and "
		    "resolvers choose as they like",
	},
    [CASE_D27_GOOD] =
	{
	    .id = "D27",
	    .verdict = VERDICT_WARN,
	    .reason =
		"{have} of {total} servers have it, but a CNAME is beside other records at {name}",
	    .hint = "a name with a CNAME has nothing else (RFC 1034 section 3.6.2): servers and "
		    "resolvers choose as they like",
	},
    [CASE_D28] =
	{
	    .id = "D28",
	    .verdict = VERDICT_RETRY,
	    .ca_type = "unauthorized",
	    .reason = "{have} of {total} servers have it; waiting for {servers}[ ({detail})]",
	    .hint = "if it stays so, the transfer of the zone to these servers does not work",
	},
    [CASE_D29] =
	{
	    .id = "D29",
	    .verdict = VERDICT_RETRY,
	    .ca_type = "unauthorized",
	    .reason = "{have} of {total} servers have it; waiting for {servers}, whose serial has "
		      "not moved[ ({detail})]",
	    .hint = "the transfer of the zone to these servers does not work: look at NOTIFY, at "
		    "who may transfer it, and at their logs",
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
	    .ca = RETRIEVING "DNS problem: query timed out looking up TXT for {name}",
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
	    .ca = RETRIEVING
	    "DNS problem: SERVFAIL looking up TXT for {name} - the domain's nameservers may "
	    "be malfunctioning",
	    .reason = "no name server answers for the zone of {name}: {servers}",
	    .hint = "check that the zone is loaded at its name servers",
	},
    [CASE_D33_LOST] =
	{
	    .id = "D33",
	    .verdict = VERDICT_RETRY,
	    .ca_type = "dns",
	    .ca = RETRIEVING
	    "DNS problem: SERVFAIL looking up TXT for {name} - the domain's nameservers may "
	    "be malfunctioning",
	    .reason = "no name server can be found for {target}: {detail}",
	    .hint = "check the delegation of the zone: the NS records in the zone above, and the "
		    "addresses of the name servers",
	},
    [CASE_D34] =
	{
	    .id = "D34",
	    .verdict = VERDICT_WARN,
	    .reason = "{have} of {total} servers have it; by IPv4, but not by IPv6: {servers}",
	    .hint = "the CA may try IPv6 first, and then loses time: repair it, or remove the AAAA "
		    "record",
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
    [CASE_D36] =
	{
	    .id = "D36",
	    .verdict = VERDICT_RETRY,
	    .reason = "no name server has it yet; {target}, the primary server that the zone does "
		      "not name, has it",
	    .hint = "the transfer of the zone from there to its name servers takes its time, or "
		    "does not work",
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
	    .ca = RETRIEVING
	    "DNS problem: SERVFAIL looking up TXT for {name} - the domain's nameservers may "
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
	    .ca = RETRIEVING "DNS problem: looking up TXT for {name}: {detail}",
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
	    .ca = RETRIEVING "DNS problem: looking up TXT for {name}: {detail}",
	    .reason = "{have} of {total} servers have it, but it does not yet validate at the "
		      "resolver {address}: {detail}",
	    .hint = "the clock of the host that signs the zone is fast",
	},
    [CASE_D42] =
	{
	    .id = "D42",
	    .verdict = VERDICT_RETRY,
	    .ca_type = "dns",
	    .ca = "DNS problem: NXDOMAIN looking up TXT for {name} - check that a DNS record "
		  "exists for this domain",
	    .reason = "{have} of {total} servers have it; {servers} deny it, with a signature",
	    .hint = "the zone is not yet signed anew everywhere: the CA believes the signed denial",
	},
    [CASE_D44] =
	{
	    .id = "D44",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "dns",
	    .ca = "DNS problem: SERVFAIL looking up TXT for {name} - the domain's nameservers may "
		  "be malfunctioning",
	    .reason = "the answer is too long for UDP, and there is none by TCP: {servers}",
	    .hint = "open port 53 for TCP at the name servers, and remove values that are not "
		    "needed any more",
	},
    [CASE_D45] =
	{
	    .id = "D45",
	    .verdict = VERDICT_WARN,
	    .reason =
		"{have} of {total} servers have it; a server answers only queries without EDNS",
	    .hint = "the CA may need a second attempt: a firewall, or a very old server, drops "
		    "what it does not know (RFC 6891)",
	},
    [CASE_D47] =
	{
	    .id = "D47",
	    .verdict = VERDICT_WARN,
	    .reason = "{have} of {total} servers have it; for a server the case of letters matters",
	    .hint = "names have no case (RFC 4343); resolvers that mix it, as the CA does, may "
		    "need a second attempt",
	},
    [CASE_D49] =
	{
	    .id = "D49",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "dns",
	    .ca = "DNS problem: SERVFAIL looking up TXT for {name} - the domain's nameservers may "
		  "be malfunctioning",
	    .reason = "what the name servers of {name} answer cannot be read: {servers}",
	    .hint = "something that is no DNS server, or a broken one, answers at port 53",
	},
    [CASE_D50] =
	{
	    .id = "D50",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "dns",
	    .ca = "DNS problem: SERVFAIL looking up TXT for {name} - the domain's nameservers may "
		  "be malfunctioning",
	    .reason = "the name servers of {name} do not understand queries for TXT: {servers}",
	    .hint =
		"a load balancer or a firewall that poses as a name server must pass on all types",
	},
    [CASE_D52] =
	{
	    .id = "D52",
	    .verdict = VERDICT_PASS,
	    .reason = "{have} of {total} servers have it; the resolver {address} remembers for "
		      "{seconds} s more that it was not there",
	},
    [CASE_D53] =
	{
	    .id = "D53",
	    .verdict = VERDICT_PASS,
	    .reason = "{have} of {total} servers have it; the resolver {address} remembers other "
		      "values for {seconds} s more",
	},
    [CASE_D54] =
	{
	    .id = "D54",
	    .verdict = VERDICT_RETRY,
	    .blind = true,
	    .reason = "the name servers that are seen from here are private, and those that the "
		      "zone above names are others: {detail}",
	    .hint = "this host has a view of the zone of its own: name a resolver that sees what "
		    "the world sees (--resolver), or the public name servers (--authority)",
	},
    [CASE_D55] =
	{
	    .id = "D55",
	    .verdict = VERDICT_RETRY,
	    .reason = "{domain} does not exist: the servers of the zone above know nothing of it",
	    .hint = "is it spelt right, and is its registration in force?",
	},
    [CASE_D58] =
	{
	    .id = "D58",
	    .verdict = VERDICT_WARN,
	    .reason = "{have} of {total} servers have it; but a server denies the name above it, "
		      "{domain}",
	    .hint = "resolvers that believe this (RFC 8020) do not find the challenge: repair the "
		    "server, or make any record at {domain}",
	},
    [CASE_D61] =
	{
	    .id = "D61",
	    .verdict = VERDICT_PASS,
	    .reason = "{have} of {total} servers have it; its TTL is very long: {seconds} s",
	    .hint = "60 s is enough: with a long TTL old values live on in the caches of other CAs",
	},
    [CASE_D62] =
	{
	    .id = "D62",
	    .verdict = VERDICT_WARN,
	    .reason = "{have} of {total} servers have it; whether it validates (DNSSEC), no "
		      "resolver could tell",
	    .hint = "check the resolvers of this host, or name another one (--resolver)",
	},
    [CASE_A01] =
	{
	    .id = "A01",
	    .verdict = VERDICT_FAIL,
	    .reason = "the value is at {target}, not at {name}",
	    .hint = "the record of dns-account-01 has the label of the account before "
		    "_acme-challenge",
	},
    [CASE_P01] =
	{
	    .id = "P01",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "malformed",
	    .ca = "Parsing {challenge} challenge TXT record with issuer-domain-name \"{issuer}\"",
	    .reason = "the CA cannot read the record at {name}: \"{found}\"",
	    .hint = "publish: {expected}",
	},
    [CASE_P02] =
	{
	    .id = "P02",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "unauthorized",
	    .ca = "Checking {challenge} challenge TXT record with issuer-domain-name "
		  "\"{issuer}\": {detail}",
	    .reason = "the record at {name} does not permit this: {detail}",
	    .hint = "publish: {expected}",
	},
    [CASE_PERSIST_NONE] =
	{
	    .verdict = VERDICT_RETRY,
	    .ca_type = "unauthorized",
	    .ca = "No TXT record found for {challenge} challenge",
	    .reason = "{name} has no TXT record",
	},
    [CASE_PERSIST_OTHER] =
	{
	    .verdict = VERDICT_RETRY,
	    .ca_type = "unauthorized",
	    .ca = "No valid TXT record found for {challenge} challenge",
	    .reason = "{name} has no record for {issuer}",
	},
};
