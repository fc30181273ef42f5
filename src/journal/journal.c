/* SPDX-License-Identifier: MIT */
/* The directory of the journal, and its files. */
#include "config.h"

#include "journal/journal.h"

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

#include "journal/crash_point.h"
#include "jsonline.h"
#include "report/report.h"
#include "journal/slots.h"
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
		locks_close(&journal->locks);
		close(journal->fd);
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
	if (faccessat(journal->fd, ".", W_OK | X_OK, AT_EACCESS))
		return error_set(error, FAILURE_USAGE, "state: %s cannot be written to: %s",
		    journal->dir, strerror(errno));
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
	journal->open = check_dir(journal, error);
	if (journal->open)
		locks_init(&journal->locks, journal->fd);
	else
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

/* The directory that a file is in, below the journal's or itself; the caller frees it. */
static char *dir_of(const char *file)
{
	const char *slash = strchr(file, '/');

	return slash ? xstrndup(file, (size_t)(slash - file)) : xstrdup(".");
}

static bool sync_dir_of(const struct journal *journal, const char *file)
{
	char *name = dir_of(file);
	int fd = openat(journal->fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool done = fd >= 0 && !fsync(fd);

	if (fd >= 0)
		close(fd);
	free(name);
	return done;
}

static int create(const struct journal *journal, const char *file)
{
	const int flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC;
	int fd = openat(journal->fd, file, flags, 0600);
	char *name;

	if (fd >= 0 || errno != ENOENT)
		return fd;
	/* the first one of its directory */
	name = dir_of(file);
	if ((!mkdirat(journal->fd, name, 0700) && !fsync(journal->fd)) || errno == EEXIST)
		fd = openat(journal->fd, file, flags, 0600);
	free(name);
	return fd;
}

/*
 * A file has its name when it is complete. For DURABLE_NEW it is synced behind the rename: that
 * lets one commit of the file system do for file and name, and nobody counted on it before.
 */
static bool replace(const struct journal *journal, const char *file, const char *name, int fd,
    const struct buf *text, enum durability durability)
{
	int dir = journal->fd;
	bool done;

	crash_point();
	done = write_text(fd, text);
	crash_point();
	done = done && (durability != DURABLE_CHANGE || !fdatasync(fd));
	crash_point();
	done = done && !renameat(dir, name, dir, file);
	crash_point();
	done = done && (durability != DURABLE_NEW || (!fsync(fd) && sync_dir_of(journal, file)));
	crash_point();
	return done;
}

bool journal_write(const struct journal *journal, const char *file, struct json_object *object,
    enum durability durability)
{
	char *name = xasprintf("%s" UNFINISHED, file);
	struct buf text = BUF_INIT(JSONLINE_MAX);
	int fd = create(journal, name), saved;
	bool done;

	jsonline_add(&text, object);
	done = fd >= 0 && replace(journal, file, name, fd, &text, durability);
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

/* What is done with a file, by its name below the journal's directory. */
typedef void visit(const struct journal *journal, const char *file, void *arg);

/* Visits the files of a directory whose names begin and end so. */
static void visit_dir(const struct journal *journal, const char *name, const char *prefix,
    const char *suffix, visit *call, void *arg)
{
	int fd = openat(journal->fd, *name ? name : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *d;

	if (!dir && fd >= 0)
		close(fd);
	while (dir && (d = readdir(dir))) {
		char *file;

		if (!ends_with(d->d_name, suffix) || strncmp(d->d_name, prefix, strlen(prefix)))
			continue;
		file = xasprintf("%s%s%s", name, *name ? "/" : "", d->d_name);
		call(journal, file, arg);
		free(file);
	}
	if (dir)
		closedir(dir);
}

/* The same of the journal's directory and all below it. */
static void visit_all(const struct journal *journal, const char *suffix, visit *call, void *arg)
{
	visit_dir(journal, "", "", suffix, call, arg);
	for (unsigned i = 0; i < JOURNAL_PARTS; i++) {
		char name[JOURNAL_PART_NAME];

		journal_part(i, name);
		visit_dir(journal, name, "", suffix, call, arg);
	}
}

void journal_part(unsigned number, char name[JOURNAL_PART_NAME])
{
	snprintf(name, JOURNAL_PART_NAME, "%02x", number & 0xff);
	_Static_assert(JOURNAL_PARTS == 0x100, "two hexadecimal digits");
}

struct reading {
	const struct strlist *but;
	journal_take *take;
	void *arg;
};

static void read_one(const struct journal *journal, const char *file, void *arg)
{
	const struct reading *r = arg;
	const char *why;

	if (r->but && strlist_has(r->but, file))
		return;
	why = journal_read(journal, file, r->take, r->arg);
	if (why && *why && strcmp(why, JOURNAL_TOO_NEW))
		journal_set_aside(journal, file, why);
	else if (why && *why)
		report_line(NULL, "state: %s/%s: %s", journal->dir, file, why);
}

void journal_each(const struct journal *journal, const char *part, const char *prefix,
    const char *suffix, const struct strlist *but, journal_take *take, void *arg)
{
	struct reading reading = {but, take, arg};

	if (part)
		visit_dir(journal, part, prefix, suffix, read_one, &reading);
	else
		visit_all(journal, suffix, read_one, &reading);
}

static void remove_old(const struct journal *journal, const char *file, void *arg)
{
	const time_t *before = arg;
	struct stat st;

	if (!fstatat(journal->fd, file, &st, AT_SYMLINK_NOFOLLOW) && st.st_mtime < *before)
		unlinkat(journal->fd, file, 0);
}

void journal_tidy(struct journal *journal)
{
	time_t before = time(NULL) - 3600;

	visit_all(journal, UNFINISHED, remove_old, &before);
}

static void count(const struct journal *journal, const char *file, void *arg)
{
	size_t *n = arg;

	(void)journal;
	(void)file;
	(*n)++;
}

size_t journal_damaged(struct journal *journal)
{
	size_t n = 0;

	visit_all(journal, DAMAGED, count, &n);
	return n;
}
