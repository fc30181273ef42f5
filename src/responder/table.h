/* SPDX-License-Identifier: MIT */
/* A hash table of things that have a link in them; whose keys are compared is the caller's
 * business. */
#ifndef ACMEHOOK_TABLE_H
#define ACMEHOOK_TABLE_H

#include <stddef.h>
#include <stdint.h>

struct link {
	struct link *next;
	uint32_t hash;
};

/* All zero is an empty one. It owns nothing but its buckets. */
struct table {
	struct link **buckets;
	size_t size; /* of buckets: a power of two, or 0 */
	size_t n;
};

/* The hash of octets after those of an earlier hash, or after none: HASH_BASIS (FNV-1a). */
#define HASH_BASIS UINT32_C(2166136261)
uint32_t hash_octets(uint32_t hash, const void *octets, size_t len);

void table_add(struct table *table, struct link *link, uint32_t hash);
/* The link must be in the table. */
void table_remove(struct table *table, struct link *link);
/* The first of those with that hash, and the one after it; NULL if there is none. */
struct link *table_first(const struct table *table, uint32_t hash);
struct link *table_next(const struct link *link);
/* Calls visit() for each, which may free it, and must not change the table otherwise. */
void table_each(struct table *table, void (*visit)(void *arg, struct link *link), void *arg);
void table_free(struct table *table);

#endif
