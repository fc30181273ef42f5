/* SPDX-License-Identifier: MIT */
/* The cases of dns-01 that are about names and values. What the CA says is in the words of Boulder.
 */
#include "config.h"

#include "verify/catalogue.h"

/* How Boulder's sentences begin, and end for dns-account-01. */
#define ACCOUNT "[ (account: \"{account}\")]"
#define INCORRECT "Incorrect TXT record \"{found}\"[ (and {more} more)] found at {name}" ACCOUNT

const struct catalogue_entry catalogue_dns[CASE__MAX] = {
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
