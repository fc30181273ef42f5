/* SPDX-License-Identifier: MIT */
/* The data of CAA records: flags, tag and value. */
#include "config.h"

#include "rdata.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct message m;

	if (!rdata_parse(&m, TYPE_CAA, data, size))
		return 0;
	MUST(size >= 2 && m.records[0].tag && m.records[0].flags == data[0]);
	MUST(m.records[0].len + 2 + data[1] == size);
	message_free(&m);
	return 0;
}
