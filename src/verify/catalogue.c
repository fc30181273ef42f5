/* SPDX-License-Identifier: MIT */
/* Which entry belongs to which case. */
#include "config.h"

#include "verify/catalogue.h"

#include "buf.h"

const struct catalogue_entry *catalogue_entry(enum case_id id)
{
	static const struct catalogue_entry *const parts[] = {
	    catalogue_dns, catalogue_http, catalogue_caa};
	size_t i = 0;

	while (i + 1 < nitems(parts) && !parts[i][id].reason)
		i++;
	return &parts[i][id];
}
