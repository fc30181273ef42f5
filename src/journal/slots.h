/* SPDX-License-Identifier: MIT */
/*
 * Slots: what is under way, for the case that we are killed. They are files of the journal that are
 * written to again and again, so that it costs next to nothing: to make and to remove a file for
 * each thing would take longer than many handlers. A process that uses one has its lock; what is
 * in one without was left behind.
 */
#ifndef ACMEHOOK_SLOTS_H
#define ACMEHOOK_SLOTS_H

#include "journal/journal.h"

/* Puts what a process that was killed left in a slot where it belongs. NULL: done; "": it has to
 * stay where it is; else what is wrong with it. */
typedef const char *slots_rescue(struct journal *journal, struct json_object *left);

/* Writes it into a free slot: it survives us, but not the machine. Returns the slot; -1 if there is
 * none. */
int slots_use(struct journal *journal, struct json_object *object, slots_rescue *rescue);
/* It is no longer under way; -1 is none. */
void slots_leave(struct journal *journal, int slot);
/* Rescues all that was left behind. */
void slots_look(struct journal *journal, slots_rescue *rescue);
/* For journal_close(). */
void slots_close(struct journal *journal);

#endif
