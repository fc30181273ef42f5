/* SPDX-License-Identifier: MIT */
/* What can, and cannot, be seen from this host: its own addresses tell. */
#include "config.h"

#include "verify/vantage.h"

#include <uv.h>

#include "verify/dns/reserved.h"

static bool only_private;

void vantage_look(void)
{
	uv_interface_address_t *all;
	bool private = false, public = false;
	int n;

	if (uv_interface_addresses(&all, &n))
		return;
	for (int i = 0; i < n; i++) {
		union address own = {.v4 = all[i].address.address4};

		if (all[i].is_internal || own.sa.sa_family != AF_INET)
			continue;
		if (address_reserved_block(&own))
		private = true;
		else public = true;
	}
	uv_free_interface_addresses(all, n);
	only_private = private && !public;
}

bool vantage_is_behind(const union address *address)
{
	return only_private && !address_is_v6(address) && !address_reserved_block(address);
}
