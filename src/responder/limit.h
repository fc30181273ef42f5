/* SPDX-License-Identifier: MIT */
/*
 * Who asks by UDP may not be who the datagram says; nobody shall be sent much that he did not ask
 * for. What is no more than a few times as long as its query may always be sent.
 */
#ifndef ACMEHOOK_LIMIT_H
#define ACMEHOOK_LIMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dns/address.h"

/* Octets of long answers that a network may be sent: as many a second, as many at once. */
#define LIMIT_RATE 8192
#define LIMIT_BURST 32768
#define LIMIT_BUCKETS 4096

/* All zero in the beginning; networks share buckets, by a hash that nobody else knows. */
struct limit {
	uint32_t key;
	uint64_t full[LIMIT_BUCKETS]; /* ms: when the bucket will be full again */
};

void limit_init(struct limit *limit);
/* May so many octets more be sent there? They count then. now: ms, of any clock. */
bool limit_take(struct limit *limit, const union address *to, size_t octets, uint64_t now);

/* The network that an address counts for: the first 24 bits, or 56 of IPv6; as a hash. */
uint32_t network_of(uint32_t key, const union address *a);

#endif
