/* SPDX-License-Identifier: MIT */
/* Slots: what is under way, for the case that we are killed. */
#include "config.h"

#include "journal/slots.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "journal/crash_point.h"
#include "jsonline.h"
#include "journal/lock.h"

/* More than ever runs at once. */
#define MOST 1000000

/* One that we have the lock of, for as long as we live. */
struct slot {
	int number, fd;
	bool used;
};

static char *name_of(int number)
{
	return xasprintf("trying.%d", number);
}

struct rescue {
	struct journal *journal;
	slots_rescue *rescue;
};

static const char *take(void *arg, struct json_object *left)
{
	const struct rescue *r = arg;

	return r->rescue(r->journal, left);
}

/* Is it as if there were nothing in it (any more)? */
static bool rescue_from(struct journal *journal, const char *name, int fd, slots_rescue *rescue)
{
	struct rescue r = {journal, rescue};
	const char *why;

	if (lseek(fd, 0, SEEK_END) == 0)
		return true;
	why = journal_read(journal, name, take, &r);
	if (why && *why && strcmp(why, JOURNAL_TOO_NEW))
		journal_set_aside(journal, name, why);
	return !why && !ftruncate(fd, 0);
}

/* Opens a slot whose lock we have; -1 if it cannot be used: then *next says whether another one
 * could. What is no entry, as after the power failed, is set aside. */
static int open_slot(struct journal *journal, int number, slots_rescue *rescue, bool *next)
{
	char *name = name_of(number);
	int fd = openat(journal->fd, name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	*next = fd >= 0;
	if (fd >= 0 && !rescue_from(journal, name, fd, rescue)) {
		close(fd);
		fd = -1;
	}
	free(name);
	return fd;
}

static bool lock_slot(struct journal *journal, int number)
{
	char *name = xasprintf("slot %d", number);
	pid_t holder;
	bool taken = lock_take(&journal->locks, name, &holder);

	free(name);
	return taken;
}

static struct slot *add(struct journal *journal, int number, int fd)
{
	journal->slots = xrealloc(journal->slots, (journal->n_slots + 1) * sizeof(*journal->slots));
	journal->slots[journal->n_slots] = (struct slot){.number = number, .fd = fd};
	return &journal->slots[journal->n_slots++];
}

static struct slot *free_slot(struct journal *journal, slots_rescue *rescue)
{
	size_t n = journal->n_slots;
	int number = n ? journal->slots[n - 1].number + 1 : 0; /* they ascend */

	for (size_t i = 0; i < n; i++)
		if (!journal->slots[i].used)
			return &journal->slots[i];
	for (bool next = true; next && number < MOST; number++) {
		int fd =
		    lock_slot(journal, number) ? open_slot(journal, number, rescue, &next) : -1;

		if (fd >= 0)
			return add(journal, number, fd);
	}
	return NULL;
}

int slots_use(struct journal *journal, struct json_object *object, slots_rescue *rescue)
{
	struct slot *slot = free_slot(journal, rescue);
	struct buf text = BUF_INIT(JSONLINE_MAX);
	bool done;

	if (!slot)
		return -1;
	jsonline_add(&text, object);
	crash_point();
	done = pwrite(slot->fd, text.data, text.len, 0) == (ssize_t)text.len;
	crash_point();
	slot->used = true;
	buf_free(&text);
	if (done)
		return (int)(slot - journal->slots);
	slots_leave(journal, (int)(slot - journal->slots));
	return -1;
}

void slots_leave(struct journal *journal, int slot)
{
	if (slot < 0)
		return;
	crash_point();
	/* one that cannot be emptied is not used again, and looked at when we have ended */
	journal->slots[slot].used = ftruncate(journal->slots[slot].fd, 0) != 0;
	crash_point();
}

static bool is_there(const struct journal *journal, int number)
{
	char *name = name_of(number);
	bool there = !faccessat(journal->fd, name, F_OK, 0);

	free(name);
	return there;
}

static bool is_ours(const struct journal *journal, int number)
{
	for (size_t i = 0; i < journal->n_slots; i++)
		if (journal->slots[i].number == number)
			return true;
	return false;
}

void slots_look(struct journal *journal, slots_rescue *rescue)
{
	bool next;

	for (int number = 0; is_there(journal, number); number++) {
		int fd;

		if (is_ours(journal, number) || !lock_slot(journal, number))
			continue;
		/* the lock is ours from now on, and so is the slot */
		fd = open_slot(journal, number, rescue, &next);
		if (fd >= 0)
			add(journal, number, fd);
	}
}

void slots_close(struct journal *journal)
{
	for (size_t i = 0; i < journal->n_slots; i++)
		close(journal->slots[i].fd);
	free(journal->slots);
}
