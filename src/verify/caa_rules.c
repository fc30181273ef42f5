/* SPDX-License-Identifier: MIT */
/* What a set of CAA records means for one CA. */
#include "config.h"

#include "verify/caa_rules.h"

#include <stdlib.h>
#include <string.h>

#include "verify/explain.h"
#include "verify/issue_value.h"

/* As much of a value as people are shown. */
#define SHOW_OCTETS 300
/* 128 is the flag of RFC 8659; some have written 1, misled by the order of the bits. */
#define CRITICAL (128 | 1)

struct caa_record caa_record_copy(const struct record *r)
{
	struct caa_record copy = {r->flags, xstrdup(r->tag), xcalloc(1, r->len + 1), r->len};

	memcpy(copy.value, r->data, r->len);
	return copy;
}

void caa_record_free(struct caa_record *record)
{
	free(record->tag);
	free(record->value);
}

char *caa_record_text(const struct caa_record *record)
{
	char *value = clean_text(record->value, record->len, SHOW_OCTETS);
	char *text = xasprintf("%u %s \"%s\"", record->flags, record->tag, value);

	free(value);
	return text;
}

static bool is_known(const char *tag)
{
	static const char *const known[] = {"issue", "issuewild", "iodef", "issuemail", "issuevmc"};

	for (size_t i = 0; i < nitems(known); i++)
		if (!strcmp(tag, known[i]))
			return true;
	return false;
}

/* The parameters of a record that are of interest. */
struct parameters {
	struct piece account, methods;
	unsigned accounts, method_lists; /* how often they are there; more than once is too often */
};

static bool is_tag(const struct piece *tag)
{
	for (size_t i = 0; i < tag->len; i++) {
		unsigned char c = (unsigned char)tag->p[i];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')))
			return false;
	}
	return true;
}

/* False if anything is malformed: the CA ignores such a record. */
static bool read_parameters(struct piece rest, struct parameters *parameters)
{
	struct piece piece, tag, value;
	bool first = true;

	while (piece_next(&rest, &piece)) {
		/* "ca.example;" has no parameters, and is well; a ';' at the end of some is not. */
		if (first && !piece.len && !rest.p)
			return true;
		first = false;
		if (!piece_split(&piece, &tag, &value) || !is_tag(&tag) || !piece_is_value(&value))
			return false;
		if (piece_is(&tag, "accounturi")) {
			parameters->account = value;
			parameters->accounts++;
		} else if (piece_is(&tag, "validationmethods")) {
			parameters->methods = value;
			parameters->method_lists++;
		}
	}
	return parameters->accounts < 2 && parameters->method_lists < 2;
}

static bool is_method(const struct piece *method)
{
	for (size_t i = 0; i < method->len; i++) {
		struct piece c = {method->p + i, 1};

		if (*c.p != '-' && !is_tag(&c))
			return false;
	}
	return method->len > 0;
}

/* The list of methods has commas between them, and nothing else (RFC 8657 section 4). */
static enum caa_answer judge_methods(struct piece list, const char *wanted)
{
	struct piece method;

	for (bool more = true; more;) {
		const char *comma = memchr(list.p, ',', list.len);

		more = comma;
		method = (struct piece){list.p, comma ? (size_t)(comma - list.p) : list.len};
		list.p += method.len + more;
		list.len -= method.len + more;
		if (!is_method(&method))
			return CAA_MALFORMED;
		if (piece_is(&method, wanted))
			return CAA_ALLOWED;
	}
	return CAA_METHOD;
}

/* Is that one of the CA's names? nearly: but for case, and a dot at the end. */
static bool is_identity(const struct piece *issuer, const struct strlist *identities, bool nearly)
{
	struct piece name = *issuer;

	if (nearly && name.len && name.p[name.len - 1] == '.')
		name.len--;
	for (size_t i = 0; i < identities->n; i++) {
		if (nearly ? piece_is_nocase(&name, identities->v[i])
			   : piece_is(&name, identities->v[i]))
			return true;
	}
	return false;
}

static enum caa_answer judge_record(
    const struct caa_record *record, const struct caa_question *question)
{
	struct piece rest = {record->value, record->len}, issuer;
	struct parameters parameters = {0};
	enum caa_answer answer = CAA_ALLOWED;

	piece_next(&rest, &issuer);
	if (!is_identity(&issuer, question->identities, true))
		return CAA_OTHER;
	if (!is_identity(&issuer, question->identities, false) ||
	    !read_parameters(rest, &parameters))
		return CAA_MALFORMED;
	if (parameters.accounts && question->account &&
	    !piece_is(&parameters.account, question->account))
		return CAA_ACCOUNT;
	if (parameters.method_lists && question->method)
		answer = judge_methods(parameters.methods, question->method);
	if (answer == CAA_ALLOWED && parameters.accounts && !question->account)
		answer = CAA_ACCOUNT_UNKNOWN;
	return answer;
}

static bool has_tag(const struct caa_record *records, size_t n, const char *tag)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(records[i].tag, tag))
			return true;
	return false;
}

enum caa_answer caa_judge(const struct caa_record *records, size_t n,
    const struct caa_question *question, size_t *culprit)
{
	bool wild = question->wildcard && has_tag(records, n, "issuewild");
	const char *tag = wild ? "issuewild" : "issue";
	enum caa_answer best = has_tag(records, n, tag) ? CAA_CRITICAL : CAA_ALLOWED;

	*culprit = n;
	for (size_t i = 0; i < n; i++) {
		if (is_known(records[i].tag) || !(records[i].flags & CRITICAL))
			continue;
		*culprit = i;
		return CAA_CRITICAL;
	}
	for (size_t i = 0; i < n; i++) {
		enum caa_answer answer;

		if (strcmp(records[i].tag, tag))
			continue;
		answer = judge_record(&records[i], question);
		if (answer >= best)
			continue;
		best = answer;
		*culprit = i;
	}
	return best == CAA_OTHER && wild ? CAA_WILDCARD : best;
}
