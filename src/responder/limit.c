/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "responder/limit.h"

#include <uv.h>

#include "responder/table.h"

void limit_init(struct limit *limit)
{
	*limit = (struct limit){0};
	uv_random(NULL, NULL, &limit->key, sizeof(limit->key), 0, NULL);
}

uint32_t network_of(uint32_t key, const union address *a)
{
	uint32_t hash = hash_octets(HASH_BASIS, &key, sizeof(key));

	return address_is_v6(a) ? hash_octets(hash, &a->v6.sin6_addr, 7)
				: hash_octets(hash, &a->v4.sin_addr, 3);
}

/*
 * A bucket that is not full is one that will be, at a time that each octet puts off; what is gone
 * is the time until then.
 */
bool limit_take(struct limit *limit, const union address *to, size_t octets, uint64_t now)
{
	uint64_t *full = &limit->full[network_of(limit->key, to) % LIMIT_BUCKETS], begin;

	begin = *full > now ? *full : now;
	begin += (uint64_t)octets * 1000 / LIMIT_RATE;
	if (begin > now + (uint64_t)LIMIT_BURST * 1000 / LIMIT_RATE)
		return false;
	*full = begin;
	return true;
}
