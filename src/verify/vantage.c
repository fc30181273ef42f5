/* SPDX-License-Identifier: MIT */
/* What can, and cannot, be seen from this host: its own addresses tell. */
#include "config.h"

#include "verify/vantage.h"

#include <uv.h>

#include "verify/dns/reserved.h"

bool vantage_is_behind(const union address *address)
{
	uv_interface_address_t *all;
	bool private = false, public = false;
	int n;

	if (address_is_v6(address) || address_reserved_block(address) ||
	    uv_interface_addresses(&all, &n))
		return false;
	for (int i = 0; i < n; i++) {
		union address own = {.v4 = all[i].address.address4};

		if (all[i].is_internal || own.sa.sa_family != AF_INET)
			continue;
		if (address_reserved_block(&own))
		private = true;
		else public = true;
	}
	uv_free_interface_addresses(all, n);
	return private && !public;
}
