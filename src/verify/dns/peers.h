/* SPDX-License-Identifier: MIT */
/*
 * What was learned about the servers that were asked, by address, so that it is learned once and
 * not by each of thousands; and how many questions one server may have at a time.
 */
#ifndef ACMEHOOK_DNS_PEERS_H
#define ACMEHOOK_DNS_PEERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "verify/dns/servers.h"
#include "verify/dns/wire.h"
#include "verify/slots.h"

enum silence {
	SILENCE_NONE,  /* nothing is known against it */
	SILENCE_SLOW,  /* a datagram was not answered in time */
	SILENCE_TOTAL, /* a whole exchange was in vain */
};

/* Whether the server can do something that it need not. */
enum ability { ABILITY_UNKNOWN, ABILITY_YES, ABILITY_NO };

struct peer {
	struct peer *next;   /* in its bucket */
	struct wire_way way; /* and its address */
	size_t users;	     /* exchanges; it is not forgotten while there are any */
	struct slots slots;
	enum ability edns;    /* it answers queries with EDNS (RFC 6891) */
	enum ability letters; /* it keeps the case of the letters in the question */
	uint64_t learned;     /* when the latter two were */
	enum silence silence;
	uint64_t heard;	  /* when it answered last */
	uint64_t changed; /* when the silence was learned */
};

#define PEER_BUCKETS 256
/* As many are remembered, beside those in use. */
#define PEERS_MAX 2048

/* All zero in the beginning. All times are those of uv_now(), in ms. */
struct peers {
	struct peer *buckets[PEER_BUCKETS];
	size_t n;
};

/* The peer at that address, with one more user. */
struct peer *peer_get(struct peers *all, const union address *a, uint64_t now);
void peer_put(struct peer *peer);
/* There must be no user any more. */
void peers_free(struct peers *all);

enum silence peer_silence(const struct peer *peer, uint64_t now);
/* The same of an address that may not be known. */
enum silence peers_silence(const struct peers *all, const union address *a, uint64_t now);
/* It has answered. */
void peer_heard(struct peer *peer, uint64_t now);
/*
 * It did not answer what was sent at that time; remembered for ten seconds, unless it has answered
 * something else meanwhile: then a datagram was lost. Less than what is known changes nothing.
 * Returns what is known now.
 */
enum silence peer_suspect(struct peer *peer, enum silence silence, uint64_t sent, uint64_t now);

#endif
