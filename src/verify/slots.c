/* SPDX-License-Identifier: MIT */
/* A limit to how many things are under way at once. */
#include "config.h"

#include "verify/slots.h"

void slots_init(struct slots *slots, size_t limit)
{
	*slots = (struct slots){.limit = limit};
}

static struct line *line_of(struct slots *slots, const struct slot *slot)
{
	return slot->urgent ? &slots->urgent : &slots->other;
}

static void unlink_slot(struct slots *slots, struct slot *slot)
{
	struct line *line = line_of(slots, slot);

	*(slot->prev ? &slot->prev->next : &line->first) = slot->next;
	*(slot->next ? &slot->next->prev : &line->last) = slot->prev;
	slot->next = slot->prev = NULL;
	slot->waiting = false;
}

/* A go() may come back here, by leaving: the loop that called it goes on then. */
static void serve(struct slots *slots)
{
	if (slots->serving)
		return;
	slots->serving = true;
	while (slots->used < slots->limit && (slots->urgent.first || slots->other.first)) {
		struct slot *slot = slots->urgent.first ? slots->urgent.first : slots->other.first;

		unlink_slot(slots, slot);
		slot->holding = true;
		slots->used++;
		slot->go(slot);
	}
	slots->serving = false;
}

void slots_limit(struct slots *slots, size_t limit)
{
	slots->limit = limit;
	serve(slots);
}

void slots_enter(struct slots *slots, struct slot *slot, void (*go)(struct slot *slot))
{
	struct line *line = line_of(slots, slot);

	slot->go = go;
	slot->waiting = true;
	slot->prev = line->last;
	*(line->last ? &line->last->next : &line->first) = slot;
	line->last = slot;
	serve(slots);
}

void slots_leave(struct slots *slots, struct slot *slot)
{
	if (slot->waiting)
		unlink_slot(slots, slot);
	if (!slot->holding)
		return;
	slot->holding = false;
	slots->used--;
	serve(slots);
}
