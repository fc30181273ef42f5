/* SPDX-License-Identifier: MIT */
/* The data of SOA records: two names and five numbers. */
#include "config.h"

#include "rdata.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct message m;

	if (!rdata_parse(&m, TYPE_SOA, data, size))
		return 0;
	MUST(size >= 22);
	message_free(&m);
	return 0;
}
