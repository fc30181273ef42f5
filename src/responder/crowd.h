/* SPDX-License-Identifier: MIT */
/*
 * Those who are connected at one socket. There may be so many, and an eighth of that from one
 * network. Where there is no room for another, the one that was not heard of for longest leaves: so
 * those who only hold connections keep nobody out.
 */
#ifndef ACMEHOOK_RESPONDER_CROWD_H
#define ACMEHOOK_RESPONDER_CROWD_H

#include <stdbool.h>
#include <stdint.h>

#include "dns/address.h"

/* To be a part of what is connected. All zero is one that is not in. */
struct guest {
	struct guest *next, **at; /* at NULL: not in */
	uint32_t network;
};

struct crowd {
	struct guest *first; /* the one that was heard of last */
	unsigned max;
	uint32_t key;
};

/* max: 8 at least */
void crowd_init(struct crowd *crowd, unsigned max);
/* Lets one in. Returns the one that has to leave for it, which is not in any more; or NULL. */
struct guest *crowd_enter(struct crowd *crowd, struct guest *guest, const union address *from);
/* It did something worth its place. */
void crowd_heard(struct crowd *crowd, struct guest *guest);
/* Nothing happens if it is not in. */
void crowd_leave(struct guest *guest);

#endif
