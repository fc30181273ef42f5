/* SPDX-License-Identifier: MIT */
/*
 * The journal: a directory that outlives us, acmehook-journal(5). In it, one file each: what
 * handlers were told to deploy and have not cleaned yet.
 */
#ifndef ACMEHOOK_JOURNAL_H
#define ACMEHOOK_JOURNAL_H

#include <json-c/json.h>
#include <sys/types.h>

#include "event.h"
#include "journal/lock.h"

/* All zero, but for dir, is a journal that nobody has used yet. */
struct journal {
	char *dir;
	int fd;
	struct locks locks;
	bool open;
	struct slot *slots; /* see slots.h */
	size_t n_slots;
};

/* dir: NULL for $ACMEHOOK_STATE or the default of this user. Nothing is opened yet. */
void journal_init(struct journal *journal, const char *dir);
void journal_close(struct journal *journal);
/*
 * Opens the journal; with create the directory is made where it is missing. False, with a
 * sentence, if that fails or others than us may write there; false without one if it is
 * missing and shall not be made.
 */
bool journal_open(struct journal *journal, bool create, struct error *error);

/* --- its files */

/* What a crash of the machine may do to a file that was written; a crash of ours does nothing. */
enum durability {
	DURABLE_NEW,	/* nothing: it is on the disk, name and all, when journal_write() returns */
	DURABLE_CHANGE, /* bring back the one in whose place it came */
};

/* Takes what was read (borrowed). NULL, or what is wrong with it, in static storage. */
typedef const char *journal_take(void *arg, struct json_object *object);
/* What is wrong with what a later version of acmehook wrote. */
#define JOURNAL_TOO_NEW "a newer acmehook wrote it; use that one"

/* Writes a file whole, or not at all: false, with errno. */
bool journal_write(const struct journal *journal, const char *file, struct json_object *object,
    enum durability durability);
/* It need not be there. */
void journal_unlink(const struct journal *journal, const char *file);
/* NULL if it was read and taken; else what is wrong with it, "" if it is not there (any more). */
const char *journal_read(
    const struct journal *journal, const char *file, journal_take *take, void *arg);
/*
 * There may be a hundred thousand files, and those of one name must be found without looking at all
 * of them: they may be in so many directories below the journal's, which are made as they are
 * needed. A file of part 7 has a name that begins with "07/".
 */
#define JOURNAL_PARTS 256
#define JOURNAL_PART_NAME 3
void journal_part(unsigned number, char name[JOURNAL_PART_NAME]);
/* Reads all files of a part ("": those of the journal's own directory) whose names begin and end
 * so, or, with part NULL, of all of them, whatever they begin with, but for some. What is wrong is
 * set aside (renamed to end in ".damaged") and said on stderr; what is too new is only said. */
void journal_each(const struct journal *journal, const char *part, const char *prefix,
    const char *suffix, const struct strlist *but, journal_take *take, void *arg);
/* Sets one aside, and says why. */
void journal_set_aside(const struct journal *journal, const char *file, const char *why);
/* Removes what a crash has left of files that were being written, an hour later. */
void journal_tidy(struct journal *journal);
/* How many files are set aside. */
size_t journal_damaged(struct journal *journal);

/* --- entries: what is deployed */

/* What is known of a value. */
enum entry_state {
	ENTRY_DEPLOYING, /* its handler has begun, or will; the process that wrote this holds the
			    lock */
	ENTRY_DEPLOYED,	 /* it is there, and the client knows */
	ENTRY_CLEANING,	 /* as deploying, for the way back */
	ENTRY_FAILED,	 /* it may be there, and the client knows that it cannot count on it */
	ENTRY_PLANNED,	 /* its handler is told with a later call of the client */
	ENTRY_UNWANTED,	 /* it is there, the client has cleaned it; its handler is told when all
			    values of the name are */
	ENTRY__MAX
};

/* One value. Owns its strings; all zero is an empty entry. */
struct entry {
	struct event event; /* as it was deployed: VERB_DEPLOY */
	enum entry_state state;
	char *from, *to;	 /* the dialects' names */
	char *handler;		 /* its absolute path; NULL: no program was called */
	char *job;		 /* ACMEHOOK_JOB of the handler's environment */
	char *verdict, *case_id; /* NULL: not verified (yet) */
	long long created;	 /* seconds since 1970 */
	long long group;	 /* the process group of the client; 0: not known */
};

/* A client may still need what it had deployed so long ago, in s. */
#define ENTRY_IN_USE 3600

struct entries {
	struct entry *v;
	size_t n;
};

const char *entry_state_name(enum entry_state state);
/* Is it there, and may its client still count on it? now: in seconds since 1970 */
bool entry_in_use(const struct entry *entry, long long now);
void entry_free(struct entry *entry);
void entries_free(struct entries *entries);

/* Writes an entry. A new one is on the disk when this returns; of one that changes, a crash of the
 * machine may bring the old one back. False with a sentence if it cannot be written. */
bool journal_put(
    struct journal *journal, const struct entry *entry, bool is_new, struct error *error);
/* Forgets the entry of an event (of either verb); there need not be one. */
void journal_remove(struct journal *journal, const struct event *event);
/* The entry of an event. False if there is none that can be read. */
bool journal_get(struct journal *journal, const struct event *event, struct entry *entry);
/* All entries, or those of one identifier, but for those of some events (NULL: none), the oldest
 * first. The caller frees them. */
struct entries journal_list(struct journal *journal, const char *domain, const struct events *but);

#endif
