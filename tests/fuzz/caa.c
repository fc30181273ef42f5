/* SPDX-License-Identifier: MIT */
/* The data of CAA records: flags, tag and value, and what a CA would make of it. */
#include "config.h"

#include "rdata.h"
#include "verify/caa_rules.h"

static void judge(const struct caa_record *record, bool wildcard)
{
	char name[] = "ca.example", *names[] = {name, NULL};
	struct strlist identities = {names, 1};
	struct caa_question question = {
	    &identities, "dns-01", "https://ca.example/acct/1", wildcard};
	enum caa_answer answer, known;
	size_t culprit;

	known = caa_judge(record, 1, &question, &culprit);
	MUST(culprit <= 1 && known != CAA_ACCOUNT_UNKNOWN);
	/* To know less never makes it worse. */
	question.account = NULL;
	question.method = NULL;
	answer = caa_judge(record, 1, &question, &culprit);
	MUST(answer <= known || known == CAA_ALLOWED);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct caa_record record;
	struct message m;

	if (!rdata_parse(&m, TYPE_CAA, data, size))
		return 0;
	MUST(size >= 2 && m.records[0].tag && m.records[0].flags == data[0]);
	MUST(m.records[0].len + 2 + data[1] == size);
	record = caa_record_copy(&m.records[0]);
	judge(&record, false);
	judge(&record, true);
	free(caa_record_text(&record));
	caa_record_free(&record);
	message_free(&m);
	return 0;
}
