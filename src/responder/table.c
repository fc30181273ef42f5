/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "responder/table.h"

#include <stdlib.h>

#include "buf.h"

#define SIZE_MIN 64

uint32_t hash_octets(uint32_t hash, const void *octets, size_t len)
{
	const unsigned char *p = octets;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ p[i]) * UINT32_C(16777619);
	return hash;
}

/* The low bits of FNV are its better ones. */
static struct link **bucket(const struct table *table, uint32_t hash)
{
	return &table->buckets[hash & (table->size - 1)];
}

static void put(struct table *table, struct link *link)
{
	struct link **at = bucket(table, link->hash);

	link->next = *at;
	*at = link;
}

static void grow(struct table *table)
{
	struct table old = *table;

	table->size = old.size ? old.size * 2 : SIZE_MIN;
	table->buckets = xcalloc(table->size, sizeof(*table->buckets));
	for (size_t i = 0; i < old.size; i++) {
		for (struct link *link = old.buckets[i], *next; link; link = next) {
			next = link->next;
			put(table, link);
		}
	}
	free(old.buckets);
}

void table_add(struct table *table, struct link *link, uint32_t hash)
{
	if (table->n == table->size)
		grow(table);
	link->hash = hash;
	put(table, link);
	table->n++;
}

void table_remove(struct table *table, struct link *link)
{
	struct link **at = bucket(table, link->hash);

	while (*at != link)
		at = &(*at)->next;
	*at = link->next;
	table->n--;
}

static struct link *with_hash(struct link *link, uint32_t hash)
{
	while (link && link->hash != hash)
		link = link->next;
	return link;
}

struct link *table_first(const struct table *table, uint32_t hash)
{
	return table->size ? with_hash(*bucket(table, hash), hash) : NULL;
}

struct link *table_next(const struct link *link)
{
	return with_hash(link->next, link->hash);
}

void table_each(struct table *table, void (*visit)(void *arg, struct link *link), void *arg)
{
	for (size_t i = 0; i < table->size; i++) {
		for (struct link *link = table->buckets[i], *next; link; link = next) {
			next = link->next;
			visit(arg, link);
		}
	}
}

void table_free(struct table *table)
{
	free(table->buckets);
	*table = (struct table){0};
}
