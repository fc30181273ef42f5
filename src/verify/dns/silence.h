/* SPDX-License-Identifier: MIT */
/* Addresses that did not answer a short while ago, remembered so that thousands need not wait. */
#ifndef ACMEHOOK_DNS_SILENCE_H
#define ACMEHOOK_DNS_SILENCE_H

#include <stdint.h>

#include "verify/dns/servers.h"

enum silence {
	SILENCE_NONE,  /* nothing is known against it */
	SILENCE_SLOW,  /* a datagram was not answered in time */
	SILENCE_TOTAL, /* a whole exchange was in vain */
};

/* As many addresses as are remembered; the oldest is forgotten for a new one. */
#define SILENCES_MAX 64

struct silences {
	struct {
		union address address;
		enum silence silence;
		uint64_t until; /* ms */
	} v[SILENCES_MAX];
	size_t n;
};

/* All times are those of uv_now(), in ms. */
enum silence silence_of(const struct silences *all, const union address *a, uint64_t now);
/* Remembers it, for ten seconds from now on. Less than what is known already changes nothing. */
void silence_set(struct silences *all, const union address *a, enum silence silence, uint64_t now);
/* It has answered. */
void silence_clear(struct silences *all, const union address *a);

#endif
