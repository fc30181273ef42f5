/* SPDX-License-Identifier: MIT */
/* Lanes: what has a name in common is done in the order in which it came. */
#include "config.h"

#include "stream/lane.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"

struct lane {
	struct lane *next; /* in the bucket */
	char *name;
	uint64_t hash;
	struct place *first, **last; /* those in line */
	unsigned places, coming, running, proving;
	const void *group; /* those that run are of this one, which is still open */
};

static void grow(struct lanes *lanes)
{
	size_t buckets = lanes->buckets ? 2 * lanes->buckets : 64;
	struct lane **bucket = xcalloc(buckets, sizeof(*bucket)), *lane;

	for (size_t i = 0; i < lanes->buckets; i++)
		while ((lane = lanes->bucket[i])) {
			lanes->bucket[i] = lane->next;
			lane->next = bucket[lane->hash % buckets];
			bucket[lane->hash % buckets] = lane;
		}
	free(lanes->bucket);
	lanes->bucket = bucket;
	lanes->buckets = buckets;
}

static struct lane *find(struct lanes *lanes, const char *name)
{
	uint64_t hash = text_hash(name);
	struct lane *lane;

	if (lanes->n >= lanes->buckets)
		grow(lanes);
	lane = lanes->bucket[hash % lanes->buckets];
	while (lane && (lane->hash != hash || strcmp(lane->name, name)))
		lane = lane->next;
	if (lane)
		return lane;
	lane = xcalloc(1, sizeof(*lane));
	*lane = (struct lane){.name = xstrdup(name), .hash = hash, .last = &lane->first};
	lane->next = lanes->bucket[hash % lanes->buckets];
	lanes->bucket[hash % lanes->buckets] = lane;
	lanes->n++;
	return lane;
}

void lane_enter(struct lanes *lanes, const char *name, struct place *place)
{
	struct lane *lane = find(lanes, name);

	*place = (struct place){.lane = lane};
	*lane->last = place;
	lane->last = &place->next;
	lane->places++;
}

bool lane_may_go(const struct place *place, bool sharing, const void *group)
{
	const struct lane *lane = place->lane;

	if (!lane)
		return true;
	if (lane->first != place || lane->coming || (lane->proving && !sharing))
		return false;
	return !lane->running || (group && lane->group == group);
}

static void out_of_line(struct place *place)
{
	struct lane *lane = place->lane;
	struct place **link = &lane->first;

	while (*link != place)
		link = &(*link)->next;
	*link = place->next;
	if (!*link)
		lane->last = link;
}

void lane_go(struct place *place, const void *group)
{
	if (!place->lane)
		return;
	out_of_line(place);
	place->state = PLACE_RUNNING;
	place->lane->running++;
	place->lane->group = group;
}

void lane_close_group(struct place *place)
{
	if (place->lane)
		place->lane->group = NULL;
}

void lane_prove(struct place *place)
{
	if (!place->lane || place->state != PLACE_RUNNING)
		return;
	place->state = PLACE_PROVING;
	place->lane->running--;
	place->lane->proving++;
}

bool lane_may_come(const struct place *place)
{
	return !place->lane || (place->lane->first == place && !place->lane->coming);
}

void lane_come(struct place *place)
{
	if (!place->lane)
		return;
	out_of_line(place);
	place->state = PLACE_COMING;
	place->lane->coming++;
}

bool lane_may_run(const struct place *place)
{
	return !place->lane || place->state == PLACE_RUNNING || !place->lane->running;
}

void lane_run(struct place *place)
{
	if (!place->lane || place->state == PLACE_RUNNING)
		return;
	place->lane->coming -= place->state == PLACE_COMING;
	place->lane->running++;
	place->state = PLACE_RUNNING;
}

void lane_step_aside(struct place *place)
{
	if (!place->lane)
		return;
	place->lane->coming -= place->state == PLACE_COMING;
	place->lane->running -= place->state == PLACE_RUNNING;
	place->state = PLACE_ASIDE;
}

void lane_move(struct lanes *lanes, const char *name, struct place *place)
{
	if (place->lane && name && !strcmp(place->lane->name, name))
		return;
	lane_leave(lanes, place);
	if (!name)
		return;
	lane_enter(lanes, name, place);
	out_of_line(place);
	place->state = PLACE_ASIDE;
}

void lane_leave(struct lanes *lanes, struct place *place)
{
	struct lane *lane = place->lane, **link;

	if (!lane)
		return;
	if (place->state == PLACE_WAITING)
		out_of_line(place);
	lane->coming -= place->state == PLACE_COMING;
	lane->running -= place->state == PLACE_RUNNING;
	lane->proving -= place->state == PLACE_PROVING;
	*place = (struct place){0};
	if (--lane->places)
		return;
	link = &lanes->bucket[lane->hash % lanes->buckets];
	while (*link != lane)
		link = &(*link)->next;
	*link = lane->next;
	lanes->n--;
	free(lane->name);
	free(lane);
}

void lanes_free(struct lanes *lanes)
{
	free(lanes->bucket);
	*lanes = (struct lanes){0};
}
