/* SPDX-License-Identifier: MIT */
/*
 * The types of challenges that a TXT record answers: dns-01 (RFC 8555 section 8.4), dns-account-01
 * (draft-ietf-acme-dns-account-label) and dns-persist-01 (draft-ietf-acme-dns-persist).
 */
#include "config.h"

#include "verify/dns01.h"

#include <stdlib.h>
#include <string.h>

#include "identifier.h"
#include "verify/persist.h"

/* A name has at most 255 octets (RFC 1035 section 2.3.4); and what comes before the domain. */
#define NAME_TEXT 253
#define PREFIX (ACCOUNT_LABEL + sizeof("._acme-challenge.") - 1)

bool dns01_is_ours(const struct check *check, const struct record *r)
{
	struct txt txt = {r->data, r->len, r->strings};

	for (size_t k = 0; k < check->values.n; k++)
		if (check->type->kind->is_value(check, &txt, k))
			return true;
	return false;
}

const char *dns01_fault(const struct check *check)
{
	unsigned char digest[DIGEST_SIZE];

	if (identifier_is_ip(check->domain))
		return "a TXT record can prove a domain name, not an address";
	if (identifier_dns_fault(check->domain, false))
		return "\"domain\" is not a domain name";
	if (strlen(check->domain) > NAME_TEXT - PREFIX)
		return "\"domain\" is too long: there is no room for the prefix of the record";
	for (size_t i = 0; i < check->values.n && !check->type->valueless; i++)
		if (!digest_decode(check->values.v[i], digest))
			return "each of \"values\" must be a base64url SHA-256 digest, 43 "
			       "characters";
	return NULL;
}

/* ------------------------------------------------------------------------------ dns-01 */

static bool is_digest(const struct check *check, const struct txt *txt, size_t k)
{
	const char *value = check->values.v[k];

	return txt->len == strlen(value) && !memcmp(txt->data, value, txt->len);
}

static void explain_nothing(const struct check *check, const struct txt *wrong, struct outcome *o)
{
	(void)check;
	(void)wrong;
	(void)o;
}

const struct dns01_kind dns01_digest = {is_digest, dns01_mistake, explain_nothing};

/* ---------------------------------------------------------------------- dns-account-01 */

const char *dns01_account_fault(const struct check *check)
{
	return check->account ? dns01_fault(check) : "\"account\" must be the URI of the account";
}

static void explain_account(const struct check *check, const struct txt *wrong, struct outcome *o)
{
	(void)wrong;
	outcome_fact(o, FACT_ACCOUNT, "%s", check->account);
}

const struct dns01_kind dns01_account = {is_digest, dns01_mistake, explain_account};

/* ---------------------------------------------------------------------- dns-persist-01 */

const char *dns01_persist_fault(const struct check *check)
{
	if (!check->identities.n)
		return "\"identities\" must name the CA";
	return dns01_account_fault(check);
}

static enum persist_answer judge(const struct check *check, const struct txt *txt, char **detail)
{
	struct persist_question question = {
	    &check->identities, check->account, check->wildcard, time(NULL)};

	return persist_judge(txt->data, txt->len, &question, detail);
}

/* One good record will do, whichever it is. */
static bool is_permission(const struct check *check, const struct txt *txt, size_t k)
{
	(void)k;
	return judge(check, txt, NULL) == PERSIST_GOOD;
}

static enum case_id persist_mistake(const struct check *check, const struct txt *txt)
{
	static const enum case_id ids[] = {
	    [PERSIST_GOOD] = CASE_D01,
	    [PERSIST_OTHER] = CASE_D04,
	    [PERSIST_MISMATCH] = CASE_P02,
	    [PERSIST_MALFORMED] = CASE_P01,
	};

	return ids[judge(check, txt, NULL)];
}

static void explain_persist(const struct check *check, const struct txt *wrong, struct outcome *o)
{
	const char *issuer = check->identities.v[0];
	char *detail = NULL, *record = persist_record(issuer, check->account, check->wildcard);

	outcome_fact(o, FACT_CHALLENGE, "DNS-PERSIST-01");
	outcome_fact(o, FACT_ISSUER, "%s", issuer);
	outcome_fact(o, FACT_EXPECTED, "%s", record);
	if (wrong && judge(check, wrong, &detail) == PERSIST_MISMATCH)
		outcome_fact(o, FACT_DETAIL, "%s", detail);
	/* Of all wrong values, as of none, the CA has but one thing to say. */
	if (o->ca == CASE_D03)
		o->ca = CASE_PERSIST_NONE;
	else if (o->ca == CASE_D04 || o->ca == CASE_D20 || o->ca == CASE_D21)
		o->ca = CASE_PERSIST_OTHER;
	free(detail);
	free(record);
}

const struct dns01_kind dns01_persist = {is_permission, persist_mistake, explain_persist};
