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

/* As many addresses as are remembered; for a new one the one is forgotten that is longest so. */
#define SILENCES_MAX 256

/* All zero in the beginning. All times are those of uv_now(), in ms. */
struct silences {
	struct {
		union address address;
		enum silence silence;
		uint64_t heard;	  /* when it answered last */
		uint64_t changed; /* when the above was learned */
	} v[SILENCES_MAX];
	size_t n;
};

enum silence silence_of(const struct silences *all, const union address *a, uint64_t now);
/* It has answered. */
void silence_heard(struct silences *all, const union address *a, uint64_t now);
/*
 * It did not answer what was sent at that time; remembered for ten seconds, unless it has answered
 * something else meanwhile: then a datagram was lost. Less than what is known changes nothing.
 * Returns what is known now.
 */
enum silence silence_suspect(struct silences *all, const union address *a, enum silence silence,
    uint64_t sent, uint64_t now);

#endif
