/* SPDX-License-Identifier: MIT */
/* The data of TXT records: strings, each with its length before it. */
#include "config.h"

#include "rdata.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct message m;

	if (!rdata_parse(&m, TYPE_TXT, data, size))
		return 0;
	MUST(m.records[0].strings > 0 && m.records[0].len + m.records[0].strings == size);
	message_free(&m);
	return 0;
}
