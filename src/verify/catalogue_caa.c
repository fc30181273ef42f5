/* SPDX-License-Identifier: MIT */
/* The cases of CAA. What the CA says is in the words of Boulder. */
#include "config.h"

#include "verify/catalogue.h"

/* How Boulder's sentences begin, and end when it is forbidden. */
#define PROCESSING "While processing CAA for {domain}: "
#define PREVENTS PROCESSING "CAA record for {name} prevents issuance"

const struct catalogue_entry catalogue_caa[CASE__MAX] = {
    [CASE_CAA_WAITING] =
	{
	    .verdict = VERDICT_RETRY,
	    .blind = true,
	    .reason = "nobody has said yet whether there are CAA records at {name}",
	},
    [CASE_CAA_BLIND] =
	{
	    .verdict = VERDICT_RETRY,
	    .blind = true,
	    .reason = "cannot look for CAA records at {name}[: {detail}]",
	    .hint = "name a resolver that knows the domain (--resolver), or the name servers "
		    "themselves (--authority)",
	},
    [CASE_C01] =
	{
	    .id = "C01",
	    .verdict = VERDICT_PASS,
	    .reason = "no CAA records at {domain} or above: every CA may issue",
	},
    [CASE_C01_ALLOWED] =
	{
	    .id = "C01",
	    .verdict = VERDICT_PASS,
	    .reason = "the CAA records of {name} allow {expected}[: {found}]",
	},
    [CASE_C02] =
	{
	    .id = "C02",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "caa",
	    .ca = PREVENTS,
	    .reason = "the CAA records of {name} do not allow {expected} to issue: {found}",
	    .hint = "add to {name}: CAA 0 issue \"{expected}\"",
	},
    [CASE_C03] =
	{
	    .id = "C03",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "caa",
	    .ca = PREVENTS,
	    .reason = "the CAA records of {name} do not allow {expected} to issue for a wildcard: "
		      "{found}",
	    .hint = "add to {name}: CAA 0 issuewild \"{expected}\"",
	},
    [CASE_C04] =
	{
	    .id = "C04",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "caa",
	    .ca = PREVENTS,
	    .reason = "the CAA records of {name} allow {expected}, but not after {detail}: {found}",
	    .hint = "add {detail} to its validationmethods, or use a type of challenge that is "
		    "there",
	},
    [CASE_C05] =
	{
	    .id = "C05",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "caa",
	    .ca = PREVENTS,
	    .reason = "the CAA records of {name} allow {expected}, but not for the account "
		      "{detail}: {found}",
	    .hint = "the accounturi must be the URI of the account, in every character",
	},
    [CASE_C05_UNKNOWN] =
	{
	    .id = "C05",
	    .verdict = VERDICT_UNKNOWN,
	    .reason = "the CAA records of {name} allow {expected} for certain accounts, and yours "
		      "is not known here: {found}",
	    .hint = "say which is yours: --account URI",
	},
    [CASE_C06] =
	{
	    .id = "C06",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "caa",
	    .ca = PREVENTS,
	    .reason = "the CAA records of {name} mean {expected}, but the CA cannot read them: "
		      "{found}",
	    .hint = "the name of the CA in lower case and without a dot at its end; no ';' after "
		    "the last parameter, none twice, no blanks in a list",
	},
    [CASE_C07] =
	{
	    .id = "C07",
	    .verdict = VERDICT_RETRY,
	    .ca_type = "dns",
	    .ca = PROCESSING "DNS problem: SERVFAIL looking up CAA for {name} - the domain's "
			     "nameservers may be malfunctioning",
	    .reason = "no name server says whether {name} has CAA records[: {detail}]",
	    .hint = "the CA needs an answer, if only that there are none: old name servers, and "
		    "some firewalls, do not know CAA (type 257)",
	},
    [CASE_C08] =
	{
	    .id = "C08",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "caa",
	    .ca = PREVENTS,
	    .reason = "a CAA record of {name} is critical, and of a kind that no CA knows: {found}",
	    .hint = "remove the record, or its flag",
	},
    [CASE_C09] =
	{
	    .id = "C09",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "caa",
	    .ca = PREVENTS,
	    .reason = "{name} is an alias of {target}, whose CAA records do not allow {expected}: "
		      "{found}",
	    .hint = "have them changed at {target}, or remove the CNAME: a name with a CNAME "
		    "cannot have CAA records of its own",
	},
};
