/* SPDX-License-Identifier: MIT */
/* What was learned about the servers that were asked. */
#include "config.h"

#include "verify/dns/peers.h"

#include <stdlib.h>

#include "buf.h"

#define SILENCE_MEMORY 10000
#define ABILITY_MEMORY 600000
/* Questions that a server may have at a time; one that does not answer is not kept busy by them. */
#define BUSY_MAX 128
#define SILENT_MAX 1024

static size_t bucket_of(const union address *a)
{
	const unsigned char *octets = (const unsigned char *)a;
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < sizeof(*a); i++)
		hash = (hash ^ octets[i]) * 16777619u;
	return hash % PEER_BUCKETS;
}

static struct peer *look_for(const struct peers *all, const union address *a)
{
	struct peer *peer = all->buckets[bucket_of(a)];

	while (peer && !address_same(&peer->way.address, a))
		peer = peer->next;
	return peer;
}

/* Forgets those that nobody uses. */
static void forget(struct peers *all)
{
	for (size_t i = 0; i < PEER_BUCKETS; i++) {
		for (struct peer **at = &all->buckets[i], *peer; (peer = *at);) {
			if (peer->users) {
				at = &peer->next;
				continue;
			}
			*at = peer->next;
			wire_way_close(&peer->way);
			free(peer);
			all->n--;
		}
	}
}

struct peer *peer_get(struct peers *all, const union address *a, uint64_t now)
{
	struct peer *peer = look_for(all, a), **bucket = &all->buckets[bucket_of(a)];

	if (!peer) {
		if (all->n >= PEERS_MAX)
			forget(all);
		peer = xcalloc(1, sizeof(*peer));
		peer->way.address = *a;
		peer->next = *bucket;
		slots_init(&peer->slots, BUSY_MAX);
		*bucket = peer;
		all->n++;
	}
	if (now > peer->learned + ABILITY_MEMORY)
		peer->edns = peer->letters = ABILITY_UNKNOWN;
	peer->users++;
	return peer;
}

void peer_put(struct peer *peer)
{
	peer->users--;
}

void peers_free(struct peers *all)
{
	forget(all);
}

enum silence peer_silence(const struct peer *peer, uint64_t now)
{
	return now < peer->changed + SILENCE_MEMORY ? peer->silence : SILENCE_NONE;
}

enum silence peers_silence(const struct peers *all, const union address *a, uint64_t now)
{
	const struct peer *peer = look_for(all, a);

	return peer ? peer_silence(peer, now) : SILENCE_NONE;
}

static void set_silence(struct peer *peer, enum silence silence, uint64_t now)
{
	peer->silence = silence;
	peer->changed = now;
	slots_limit(&peer->slots, silence ? SILENT_MAX : BUSY_MAX);
}

void peer_heard(struct peer *peer, uint64_t now)
{
	peer->heard = now;
	set_silence(peer, SILENCE_NONE, now);
}

enum silence peer_suspect(struct peer *peer, enum silence silence, uint64_t sent, uint64_t now)
{
	enum silence known = peer_silence(peer, now);

	if (peer->heard >= sent || silence < known)
		return known;
	set_silence(peer, silence, now);
	return silence;
}
