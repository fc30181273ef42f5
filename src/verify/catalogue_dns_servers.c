/* SPDX-License-Identifier: MIT */
/*
 * The cases of dns-01 that are about name servers and resolvers. What the CA says is in the words
 * of Boulder.
 */
#include "config.h"

#include "verify/catalogue.h"

const struct catalogue_entry catalogue_dns_servers[CASE__MAX] = {
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
    [CASE_ALIAS] =
	{
	    .verdict = VERDICT_PASS,
	    .reason = "{name} is a CNAME to {target}",
	},
    [CASE_ALIAS_NONE] =
	{
	    .verdict = VERDICT_PASS,
	    .reason = "{name} is no CNAME",
	},
    [CASE_ALIAS_UNKNOWN] =
	{
	    .verdict = VERDICT_UNKNOWN,
	    .reason = "whether {name} is a CNAME cannot be said: {detail}",
	},
    [CASE_D63] =
	{
	    .id = "D63",
	    .verdict = VERDICT_RETRY,
	    .reason = "{have} of {total} servers still have it: {servers}",
	},
    [CASE_D64] =
	{
	    .id = "D64",
	    .verdict = VERDICT_RETRY,
	    .reason = "{have} of {total} servers still have it, others do not any more: "
		      "{servers}",
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
	    .blind = true,
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
	    .ca = RETRIEVING
	    "DNS problem: NXDOMAIN looking up TXT for {name} - check that a DNS record "
	    "exists for this domain",
	    .reason = "{have} of {total} servers have it; {servers} deny it, with a signature",
	    .hint = "the zone is not yet signed anew everywhere: the CA believes the signed denial",
	},
    [CASE_D44] =
	{
	    .id = "D44",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "dns",
	    .ca = RETRIEVING
	    "DNS problem: SERVFAIL looking up TXT for {name} - the domain's nameservers may "
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
	    .ca = RETRIEVING
	    "DNS problem: SERVFAIL looking up TXT for {name} - the domain's nameservers may "
	    "be malfunctioning",
	    .reason = "what the name servers of {name} answer cannot be read: {servers}",
	    .hint = "something that is no DNS server, or a broken one, answers at port 53",
	},
    [CASE_D50] =
	{
	    .id = "D50",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "dns",
	    .ca = RETRIEVING
	    "DNS problem: SERVFAIL looking up TXT for {name} - the domain's nameservers may "
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
};
