/* SPDX-License-Identifier: MIT */
/* Addresses and ports that something is under way to, each with its slots: a limit per server. */
#ifndef ACMEHOOK_PLACE_H
#define ACMEHOOK_PLACE_H

#include <stddef.h>

#include "dns/address.h"
#include "verify/slots.h"

struct place {
	union address address;
	struct slots slots;
	size_t users;
};

/* The place with that address, made if it is not in the tree (of tsearch(3)) yet. */
struct place *place_enter(void **places, const union address *address, size_t limit);
/* As often as it was entered, when no slot of its own is left; it is gone with the last. */
void place_leave(void **places, struct place *place);

#endif
