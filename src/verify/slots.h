/* SPDX-License-Identifier: MIT */
/* A limit to how many things are under way at once; the others wait in one of two lines. */
#ifndef ACMEHOOK_SLOTS_H
#define ACMEHOOK_SLOTS_H

#include <stdbool.h>
#include <stddef.h>

/* Part of each thing that wants a slot; before slots_enter() all zero, but perhaps "urgent". */
struct slot {
	struct slot *next, *prev; /* in the line, while it waits */
	bool waiting;
	bool urgent; /* goes before those that are not */
	bool holding;
	void (*go)(struct slot *slot);
};

struct slots {
	struct line {
		struct slot *first, *last;
	} urgent, other;
	size_t limit, used;
	bool serving;
};

void slots_init(struct slots *slots, size_t limit);
/* From now on as many; those that are more keep their slots. */
void slots_limit(struct slots *slots, size_t limit);
/* Calls go(), at once or when it is the slot's turn. go() may leave again. */
void slots_enter(struct slots *slots, struct slot *slot, void (*go)(struct slot *slot));
/* Gives the slot back or leaves the line; may call the go() of others. Safe to call twice. */
void slots_leave(struct slots *slots, struct slot *slot);

#endif
