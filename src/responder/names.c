/* SPDX-License-Identifier: MIT */
/* The names that are answered for, in one table. */
#include "config.h"

#include "responder/names.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "buf.h"

/* A name, cut into labels: where each begins, and the hash of the name from there on. */
struct labels {
	const unsigned char *name;
	unsigned n;
	uint8_t start[LABELS_MAX + 1];
	uint32_t hash[LABELS_MAX + 1];
};

/* The hashes of what the first n labels are, if the root follows the last of them. */
static void hash_labels(struct labels *l, unsigned n)
{
	uint32_t hash = HASH_BASIS;

	l->hash[n] = hash;
	for (unsigned i = n; i-- > 0;) {
		hash = hash_octets(hash, l->name + l->start[i], l->name[l->start[i]] + 1u);
		l->hash[i] = hash;
	}
}

static void cut(struct labels *l, const unsigned char *name)
{
	size_t at = 0;

	l->name = name;
	for (l->n = 0; name[at]; at += name[at] + 1u)
		l->start[l->n++] = (uint8_t)at;
	l->start[l->n] = (uint8_t)at;
	hash_labels(l, l->n);
}

/* The node of the labels from first to before last, with the root behind them. */
static struct node *look_up(
    const struct names *all, const struct labels *l, unsigned first, unsigned last)
{
	size_t len = (size_t)(l->start[last] - l->start[first]);
	struct link *link = table_first(&all->nodes, l->hash[first]);

	for (; link; link = table_next(link)) {
		struct node *node = (struct node *)link;

		if (node->len == len + 1 && !memcmp(node->name, l->name + l->start[first], len))
			return node;
	}
	return NULL;
}

static struct node *make(struct names *all, const struct labels *l, unsigned first)
{
	size_t len = (size_t)(l->start[l->n] - l->start[first]) + 1;
	struct node *node = xcalloc(1, sizeof(*node) + len);

	node->len = (uint8_t)len;
	memcpy(node->name, l->name + l->start[first], len);
	table_add(&all->nodes, &node->link, l->hash[first]);
	return node;
}

/* The node, made if need be, with all above it: up to its zone, or to the root. */
static struct node *provide(struct names *all, const struct labels *l, unsigned first)
{
	struct node *node = look_up(all, l, first, l->n), *above;

	if (node)
		return node;
	node = make(all, l, first);
	if (first + 1 < l->n) {
		above = provide(all, l, first + 1);
		above->below++;
		node->inside = above->inside;
	}
	return node;
}

static void prune(struct names *all, const struct labels *l, struct node *node)
{
	for (unsigned i = 0; node && !node->rrs && !node->below && !node->zone;) {
		table_remove(&all->nodes, &node->link);
		free(node);
		node = ++i < l->n ? look_up(all, l, i, l->n) : NULL;
		if (node)
			node->below--;
	}
}

/* Never the same twice, and that of a new start is higher. */
static void changed(struct names *all)
{
	uint32_t now = (uint32_t)time(NULL);

	all->serial = all->serial < now ? now : all->serial + 1;
}

bool names_add_zone(struct names *all, const char *text)
{
	unsigned char name[NAME_OCTETS];
	struct labels l;
	struct zone *zone;

	if (!name_write(text, name) || !*name)
		return false;
	cut(&l, name);
	if (look_up(all, &l, 0, l.n))
		return false;
	zone = xcalloc(1, sizeof(*zone));
	zone->text = xstrdup(text);
	zone->apex = make(all, &l, 0);
	zone->apex->zone = zone;
	zone->apex->inside = true;
	zone->next = all->zones;
	all->zones = zone;
	if (all->deepest < l.n)
		all->deepest = l.n;
	changed(all);
	return true;
}

void names_zones_done(struct names *all)
{
	for (struct zone *zone = all->zones; zone; zone = zone->next) {
		const unsigned char *name = zone->apex->name;
		struct found found;
		struct labels l;

		cut(&l, name);
		if (names_find(all, name + *name + 1, &found))
			provide(all, &l, 1)->below++;
	}
}

static bool same(const struct rr *rr, uint16_t type, const void *data, size_t len)
{
	return rr->type == type && rr->len == len && !memcmp(rr->data, data, len);
}

bool names_add(struct names *all, const unsigned char *name, uint16_t type, uint32_t ttl,
    const void *data, size_t len)
{
	struct rr **at, **end = NULL, *rr;
	struct node *node;
	struct labels l;
	size_t n = 0;

	cut(&l, name);
	node = provide(all, &l, 0);
	for (at = &node->rrs; *at; at = &(*at)->next) {
		if (same(*at, type, data, len)) {
			(*at)->uses++;
			return true;
		}
		if ((*at)->type == type) {
			end = &(*at)->next;
			n++;
		}
	}
	if (n >= RECORDS_MAX)
		return false;
	rr = xcalloc(1, sizeof(*rr) + len);
	*rr = (struct rr){.ttl = ttl, .type = type, .len = (uint16_t)len, .uses = 1};
	memcpy(rr->data, data, len);
	end = end ? end : at;
	rr->next = *end;
	*end = rr;
	changed(all);
	return true;
}

void names_remove(
    struct names *all, const unsigned char *name, uint16_t type, const void *data, size_t len)
{
	struct node *node;
	struct labels l;

	cut(&l, name);
	node = look_up(all, &l, 0, l.n);
	for (struct rr **at = node ? &node->rrs : NULL, *rr; at && (rr = *at); at = &rr->next) {
		if (!same(rr, type, data, len))
			continue;
		if (--rr->uses)
			return;
		*at = rr->next;
		free(rr);
		prune(all, &l, node);
		changed(all);
		return;
	}
}

bool names_find(const struct names *all, const unsigned char *name, struct found *found)
{
	struct labels l;
	const struct node *below;
	unsigned first;

	cut(&l, name);
	*found = (struct found){0};
	for (first = l.n > all->deepest ? l.n - all->deepest : 0; first < l.n; first++) {
		const struct node *apex = look_up(all, &l, first, l.n);

		if (apex && apex->zone) {
			found->zone = apex->zone;
			break;
		}
	}
	if (!found->zone)
		return false;
	found->apex = l.start[first];
	found->node[0] = look_up(all, &l, 0, l.n);
	hash_labels(&l, first);
	below = first ? look_up(all, &l, 0, first) : NULL;
	found->node[1] = below && !below->inside ? below : NULL;
	return true;
}

const struct rr *rr_first(const struct node *node, uint16_t type)
{
	const struct rr *rr = node ? node->rrs : NULL;

	while (rr && rr->type != type)
		rr = rr->next;
	return rr;
}

static void free_node(void *arg, struct link *link)
{
	struct node *node = (struct node *)link;

	(void)arg;
	for (struct rr *rr = node->rrs, *next; rr; rr = next) {
		next = rr->next;
		free(rr);
	}
	free(node);
}

void names_free(struct names *all)
{
	for (struct zone *zone = all->zones, *next; zone; zone = next) {
		next = zone->next;
		free(zone->text);
		free(zone);
	}
	table_each(&all->nodes, free_node, NULL);
	table_free(&all->nodes);
	*all = (struct names){0};
}
