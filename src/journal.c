/* SPDX-License-Identifier: MIT */
/* The directory of the journal, and its files. */
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

#include "crash_point.h"
#include "jsonline.h"
#include "report.h"
#include "slots.h"
#include "trust.h"

#define UNFINISHED ".new"
#define DAMAGED ".damaged"

#ifdef ACMEHOOK_CRASH_POINTS
#include <signal.h>
void crash_point(void)
{
	static long steps;
	const char *at = getenv("ACMEHOOK_CRASH_AT");

	if (at && ++steps == atol(at))
		raise(SIGKILL);
}
#endif

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
		slots_close(journal);
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

/* --- its files */

static bool write_text(int fd, const struct buf *text)
{
	ssize_t n = write(fd, text->data, text->len);

	if (n >= 0 && n < (ssize_t)text->len)
		errno = ENOSPC;
	return n == (ssize_t)text->len;
}

/*
 * A file has its name when it is complete. For DURABLE_NEW it is synced behind the rename: that
 * lets one commit of the file system do for file and name, and nobody counted on it before.
 */
static bool replace(int dir, const char *file, const char *name, int fd, const struct buf *text,
    enum durability durability)
{
	bool done;

	crash_point();
	done = write_text(fd, text);
	crash_point();
	done = done && (durability != DURABLE_CHANGE || !fdatasync(fd));
	crash_point();
	done = done && !renameat(dir, name, dir, file);
	crash_point();
	done = done && (durability != DURABLE_NEW || (!fsync(fd) && !fsync(dir)));
	crash_point();
	return done;
}

bool journal_write(const struct journal *journal, const char *file, struct json_object *object,
    enum durability durability)
{
	char *name = xasprintf("%s" UNFINISHED, file);
	struct buf text = BUF_INIT(JSONLINE_MAX);
	int fd = openat(journal->fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), saved;
	bool done;

	jsonline_add(&text, object);
	done = fd >= 0 && replace(journal->fd, file, name, fd, &text, durability);
	saved = errno;
	if (fd >= 0)
		close(fd);
	if (!done)
		unlinkat(journal->fd, name, 0);
	errno = saved;
	buf_free(&text);
	free(name);
	return done;
}

void journal_unlink(const struct journal *journal, const char *file)
{
	crash_point();
	unlinkat(journal->fd, file, 0);
	crash_point();
}

const char *journal_read(
    const struct journal *journal, const char *file, journal_take *take, void *arg)
{
	static char text[JSONLINE_MAX];
	struct json_object *o;
	const char *why = NULL;
	int fd = openat(journal->fd, file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	ssize_t len;

	if (fd < 0)
		return errno == ENOENT ? "" : strerror(errno);
	len = read(fd, text, sizeof(text));
	close(fd);
	if (len <= 0 || text[len - 1] != '\n')
		return len < 0 ? strerror(errno) : "it is cut off";
	o = jsonline_parse(text, (size_t)len - 1, &why);
	if (!o)
		return why;
	why = take(arg, o);
	json_object_put(o);
	return why;
}

static bool ends_with(const char *text, const char *suffix)
{
	size_t len = strlen(text), n = strlen(suffix);

	return len > n && !strcmp(text + len - n, suffix);
}

void journal_set_aside(const struct journal *journal, const char *file, const char *why)
{
	char *name = xasprintf("%s" DAMAGED, file);

	if (!renameat(journal->fd, file, journal->fd, name))
		report_line(NULL, "state: %s/%s is no entry (%s) and was set aside as %s",
		    journal->dir, file, why, name);
	free(name);
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

void journal_each(const struct journal *journal, const char *prefix, const char *suffix,
    journal_take *take, void *arg)
{
	DIR *dir = read_dir(journal);
	const struct dirent *d;

	while (dir && (d = readdir(dir))) {
		const char *why;

		if (!ends_with(d->d_name, suffix) || strncmp(d->d_name, prefix, strlen(prefix)))
			continue;
		why = journal_read(journal, d->d_name, take, arg);
		if (why && *why && strcmp(why, JOURNAL_TOO_NEW))
			journal_set_aside(journal, d->d_name, why);
		else if (why && *why)
			report_line(NULL, "state: %s/%s: %s", journal->dir, d->d_name, why);
	}
	if (dir)
		closedir(dir);
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
