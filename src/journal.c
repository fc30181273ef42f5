/* SPDX-License-Identifier: MIT */
/* The journal: what handlers were told to deploy and have not cleaned yet. */
#include "config.h"

#include "journal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "entry_json.h"
#include "identifier.h"
#include "jsonline.h"
#include "report.h"
#include "trust.h"

#define SUFFIX ".json"
#define UNFINISHED ".new"
#define DAMAGED ".damaged"

/* The tests' build dies at each step in turn, as if by SIGKILL. */
#ifdef ACMEHOOK_CRASH_POINTS
#include <signal.h>
static void crash_point(void)
{
	static long steps;
	const char *at = getenv("ACMEHOOK_CRASH_AT");

	if (at && ++steps == atol(at))
		raise(SIGKILL);
}
#else
#define crash_point() ((void)0)
#endif

void entries_free(struct entries *entries)
{
	for (size_t i = 0; i < entries->n; i++)
		entry_free(&entries->v[i]);
	free(entries->v);
	*entries = (struct entries){0};
}

/* --- the directory */

void journal_init(struct journal *journal, const char *dir)
{
	const char *told = dir ? dir : getenv("ACMEHOOK_STATE");

	*journal = (struct journal){.dir = told && *told ? xstrdup(told) : NULL};
}

void journal_close(struct journal *journal)
{
	if (journal->open) {
		close(journal->fd);
		close(journal->lock);
	}
	free(journal->dir);
	*journal = (struct journal){0};
}

/* As mkdir -p; the last one is for us alone. */
static bool make_dir(const char *path)
{
	char *copy = xstrdup(path);

	for (char *p = strchr(copy + 1, '/'); p; p = strchr(p + 1, '/')) {
		*p = '\0';
		if (mkdir(copy, 0755) && errno != EEXIST) {
			free(copy);
			return false;
		}
		*p = '/';
	}
	free(copy);
	return !mkdir(path, 0700) || errno == EEXIST;
}

static bool is_dir(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

/*
 * The system's for root. Others have one at home, as the account says it: cron's HOME and that of a
 * shell may differ, the journal must not. Accounts without a home have a place that outlives a
 * boot.
 */
static char *default_dir(bool create)
{
	const struct passwd *pw;
	char *dir;

	if (geteuid() == 0)
		return xstrdup(LOCALSTATEDIR "/lib/acmehook");
	pw = getpwuid(geteuid());
	dir = xasprintf("%s/.local/state/acmehook", pw ? pw->pw_dir : "");
	if (pw && (create ? make_dir(dir) : is_dir(dir)))
		return dir;
	free(dir);
	return xasprintf("/var/tmp/acmehook-%lu", (unsigned long)geteuid());
}

static bool check_dir(const struct journal *journal, struct error *error)
{
	struct stat st;

	if (fstat(journal->fd, &st))
		return error_set(
		    error, FAILURE_USAGE, "state: %s: %s", journal->dir, strerror(errno));
	if (st.st_uid != geteuid())
		return error_set(error, FAILURE_USAGE,
		    "state: %s belongs to another user (%lu); try: chown %lu %s", journal->dir,
		    (unsigned long)st.st_uid, (unsigned long)geteuid(), journal->dir);
	if (st.st_mode & (S_IWGRP | S_IWOTH))
		return error_set(error, FAILURE_USAGE,
		    "state: others can write to %s; try: chmod go-w %s", journal->dir,
		    journal->dir);
	return trust_path(journal->dir, TRUST_STATE, error); /* and to what it is in */
}

bool journal_open(struct journal *journal, bool create, struct error *error)
{
	if (journal->open)
		return true;
	if (!journal->dir)
		journal->dir = default_dir(create);
	if (*journal->dir != '/')
		return error_set(
		    error, FAILURE_USAGE, "state: \"%s\" is not an absolute path", journal->dir);
	if (!create && !is_dir(journal->dir))
		return false;
	if (create && !make_dir(journal->dir))
		return error_set(error, FAILURE_USAGE,
		    "state: %s cannot be made: %s; say with state or ACMEHOOK_STATE where to "
		    "remember "
		    "what is deployed",
		    journal->dir, strerror(errno));
	journal->fd = open(journal->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (journal->fd < 0)
		return error_set(
		    error, FAILURE_USAGE, "state: %s: %s", journal->dir, strerror(errno));
	if (check_dir(journal, error)) {
		journal->lock = openat(journal->fd, "lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
		journal->open = journal->lock >= 0;
		if (!journal->open)
			error_set(error, FAILURE_USAGE, "state: %s/lock: %s", journal->dir,
			    strerror(errno));
	}
	if (!journal->open)
		close(journal->fd);
	return journal->open;
}

/* --- entries as files */

/* What makes a value: its type, its name, its token if there is one. Names may be longer than the
 * name of a file. */
static char *file_of(const struct event *event)
{
	static const enum field parts[] = {FIELD_TYPE, FIELD_DOMAIN, FIELD_TOKEN, FIELD_VALIDATION};
	char digest[DIGEST_TEXT + 1], *file;
	struct buf all = BUF_INIT(64 * 1024);

	/* a DNS value is its own, whatever the token: not all clients know it when they clean */
	for (size_t i = 0; i < nitems(parts); i++)
		if (parts[i] != FIELD_TOKEN || strcmp(event->field[FIELD_TYPE], "dns-01"))
			buf_printf(
			    &all, "%s\n", event->field[parts[i]] ? event->field[parts[i]] : "");
	digest_text(buf_text(&all), digest);
	file = xasprintf(
	    "%.180s_%s_%.16s" SUFFIX, event->field[FIELD_DOMAIN], event->field[FIELD_TYPE], digest);
	buf_free(&all);
	return file;
}

static bool write_text(int fd, const struct buf *text)
{
	ssize_t n = write(fd, text->data, text->len);

	if (n >= 0 && n < (ssize_t)text->len)
		errno = ENOSPC;
	return n == (ssize_t)text->len;
}

/*
 * A file has its name when it is complete. A new one is on the disk, name and all, when this
 * returns: syncing it behind the rename lets one commit of the file system do for both, and before
 * it nothing was deployed. What takes the place of another one is on the disk before it does, and
 * the machine may crash before the name is: the other one is good enough then.
 */
static bool replace(
    int dir, const char *file, const char *name, int fd, const struct buf *text, bool is_new)
{
	bool done;

	crash_point();
	done = write_text(fd, text);
	crash_point();
	done = done && (is_new || !fdatasync(fd));
	crash_point();
	done = done && !renameat(dir, name, dir, file);
	crash_point();
	done = done && (!is_new || (!fsync(fd) && !fsync(dir)));
	crash_point();
	return done;
}

static bool put_file(int dir, const char *file, const struct buf *text, bool is_new)
{
	char *name = xasprintf("%s" UNFINISHED, file);
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), saved;
	bool done = fd >= 0 && replace(dir, file, name, fd, text, is_new);

	saved = errno;
	if (fd >= 0)
		close(fd);
	if (!done)
		unlinkat(dir, name, 0);
	errno = saved;
	free(name);
	return done;
}

bool journal_put(
    struct journal *journal, const struct entry *entry, bool is_new, struct error *error)
{
	struct json_object *o = entry_to_json(entry);
	struct buf text = BUF_INIT(JSONLINE_MAX);
	char *file = file_of(&entry->event);
	bool done;

	jsonline_add(&text, o);
	json_object_put(o);
	done = put_file(journal->fd, file, &text, is_new) ||
	       error_set(error, FAILURE_USAGE,
		   "state: %s/%s cannot be written: %s; nothing may be deployed that is not "
		   "recorded",
		   journal->dir, file, strerror(errno));
	buf_free(&text);
	free(file);
	return done;
}

void journal_remove(struct journal *journal, const struct event *event)
{
	char *file = file_of(event);

	crash_point();
	unlinkat(journal->fd, file, 0);
	crash_point();
	free(file);
}

/* NULL if it was read; else what is wrong with it, "" if it is not there (any more). */
static const char *read_entry(int dir, const char *file, struct entry *entry)
{
	static char text[JSONLINE_MAX];
	struct json_object *o;
	const char *why = NULL;
	int fd = openat(dir, file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	ssize_t len;

	*entry = (struct entry){0};
	if (fd < 0)
		return errno == ENOENT ? "" : strerror(errno);
	len = read(fd, text, sizeof(text));
	close(fd);
	if (len <= 0 || text[len - 1] != '\n')
		return len < 0 ? strerror(errno) : "it is cut off";
	o = jsonline_parse(text, (size_t)len - 1, &why);
	if (!o)
		return why;
	why = entry_from_json(o, entry);
	json_object_put(o);
	if (why)
		entry_free(entry);
	return why;
}

bool journal_get(struct journal *journal, const struct event *event, struct entry *entry)
{
	char *file = file_of(event);
	const char *why = read_entry(journal->fd, file, entry);

	free(file);
	return !why;
}

static bool ends_with(const char *text, const char *suffix)
{
	size_t len = strlen(text), n = strlen(suffix);

	return len > n && !strcmp(text + len - n, suffix);
}

static void set_aside(const struct journal *journal, const char *file, const char *why)
{
	char *name = xasprintf("%s" DAMAGED, file);

	if (!renameat(journal->fd, file, journal->fd, name))
		report_line(NULL, "state: %s/%s is no entry (%s) and was set aside as %s",
		    journal->dir, file, why, name);
	free(name);
}

static int by_age(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	return (x->created > y->created) - (x->created < y->created);
}

/* The directory, from its beginning, whoever has read it before; NULL if that fails. */
static DIR *read_dir(const struct journal *journal)
{
	int fd = openat(journal->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (!dir && fd >= 0)
		close(fd);
	return dir;
}

static void list_file(
    struct journal *journal, const char *file, const char *domain, struct entries *entries)
{
	struct entry entry;
	const char *why = read_entry(journal->fd, file, &entry);

	if (why && *why && strcmp(why, ENTRY_TOO_NEW))
		set_aside(journal, file, why);
	else if (why && *why)
		report_line(NULL, "state: %s/%s: %s", journal->dir, file, why);
	if (why)
		return;
	if (domain && strcmp(entry.event.field[FIELD_DOMAIN], domain)) {
		entry_free(&entry);
		return;
	}
	entries->v = xrealloc(entries->v, (entries->n + 1) * sizeof(*entries->v));
	entries->v[entries->n++] = entry;
}

struct entries journal_list(struct journal *journal, const char *domain)
{
	struct entries entries = {0};
	char *prefix = domain ? xasprintf("%.180s_", domain) : xstrdup("");
	DIR *dir = read_dir(journal);
	const struct dirent *d;

	while (dir && (d = readdir(dir)))
		if (ends_with(d->d_name, SUFFIX) && !strncmp(d->d_name, prefix, strlen(prefix)))
			list_file(journal, d->d_name, domain, &entries);
	if (dir)
		closedir(dir);
	free(prefix);
	if (entries.n)
		qsort(entries.v, entries.n, sizeof(*entries.v), by_age);
	return entries;
}

void journal_tidy(struct journal *journal)
{
	DIR *dir = read_dir(journal);
	const struct dirent *d;
	struct stat st;

	while (dir && (d = readdir(dir)))
		if (ends_with(d->d_name, UNFINISHED) &&
		    !fstatat(journal->fd, d->d_name, &st, AT_SYMLINK_NOFOLLOW) &&
		    st.st_mtime + 3600 < time(NULL))
			unlinkat(journal->fd, d->d_name, 0);
	if (dir)
		closedir(dir);
}

size_t journal_damaged(struct journal *journal)
{
	DIR *dir = read_dir(journal);
	const struct dirent *d;
	size_t n = 0;

	while (dir && (d = readdir(dir)))
		n += ends_with(d->d_name, DAMAGED);
	if (dir)
		closedir(dir);
	return n;
}
