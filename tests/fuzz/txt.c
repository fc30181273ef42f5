/* SPDX-License-Identifier: MIT */
/* The data of TXT records: strings, each with its length before it; and those of dns-persist-01. */
#include "config.h"

#include "rdata.h"
#include "verify/persist.h"

static void judge(const struct record *r)
{
	char name[] = "ca.example", *names[] = {name, NULL};
	struct strlist identities = {names, 1};
	struct persist_question question = {
	    &identities, "https://ca.example/acct/1", true, 1767225600};
	enum persist_answer answer, lenient;
	char *detail = NULL;

	answer = persist_judge(r->data, r->len, &question, &detail);
	MUST((answer == PERSIST_MISMATCH) == (detail != NULL));
	free(detail);
	/* What is good for a wildcard is good without one. */
	question.wildcard = false;
	lenient = persist_judge(r->data, r->len, &question, NULL);
	MUST(answer == lenient || (answer == PERSIST_MISMATCH && lenient == PERSIST_GOOD));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct message m;

	if (!rdata_parse(&m, TYPE_TXT, data, size))
		return 0;
	MUST(m.records[0].strings > 0 && m.records[0].len + m.records[0].strings == size);
	judge(&m.records[0]);
	message_free(&m);
	return 0;
}
