/* SPDX-License-Identifier: MIT */
/* The spool, as it is on disk and as it changes. */
#include "config.h"

#include "responder/spool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#ifdef HAVE_SYS_INOTIFY_H
#include <sys/inotify.h>
#endif

#include "buf.h"
#include "dns/protocol.h"
#include "responder/spool_entry.h"
#include "responder/records.h"
#include "responder/say.h"
#include "responder/setup.h"

/* More than the time between two ticks of a file system's clock. */
#define CLOCK_MS 20

/* A file that was looked at. */
struct file {
	struct link link;
	struct spool_entry entry; /* ENTRY_NONE: it is not served, which was said */
	unsigned round;		  /* when it was last seen */
	ino_t inode;
	struct timespec changed, read; /* when it was */
	char name[];
};

/* --- What a file has is served, or not any more */

static bool serve_dns(struct served *served, const struct spool_entry *e, bool now)
{
	unsigned char name[NAME_OCTETS];
	struct error error = {0};
	struct record_data r;

	if (!record_owner(e->name, name, &error) || !record_txt(&r, e->value, &error))
		return false;
	if (now)
		return names_add(&served->names, name, TYPE_TXT, TTL_BRIEF, r.data, r.len);
	names_remove(&served->names, name, TYPE_TXT, r.data, r.len);
	return true;
}

static bool serve(struct served *served, const struct spool_entry *e, bool now)
{
	switch (e->type) {
	case ENTRY_NONE:
		break;
	case ENTRY_DNS:
		return serve_dns(served, e, now);
	case ENTRY_HTTP:
		(now ? values_add : values_remove)(&served->tokens, e->name, e->value);
		break;
	case ENTRY_TLS:
		(now ? values_add : values_remove)(&served->digests, e->name, e->value);
		break;
	}
	return true;
}

/* --- Files */

static uint32_t hash_name(const char *name)
{
	return hash_octets(HASH_BASIS, name, strlen(name));
}

static struct file *find(const struct spool *s, const char *name)
{
	struct link *link = table_first(&s->files, hash_name(name));

	while (link && strcmp(((struct file *)link)->name, name))
		link = table_next(link);
	return (struct file *)link;
}

static struct file *provide(struct spool *s, const char *name)
{
	struct file *f = find(s, name);
	size_t size = strlen(name) + 1;

	if (f)
		return f;
	f = xcalloc(1, sizeof(*f) + size);
	memcpy(f->name, name, size);
	table_add(&s->files, &f->link, hash_name(name));
	return f;
}

static void unserve(struct spool *s, struct file *f)
{
	serve(s->served, &f->entry, false);
	spool_entry_free(&f->entry);
}

static void forget(struct spool *s, struct file *f)
{
	unserve(s, f);
	table_remove(&s->files, &f->link);
	free(f);
}

/* All of the file; why it is not served, or NULL. */
static const char *read_entry(struct file *f, int fd, const struct stat *st)
{
	char text[ENTRY_MAX + 1];
	const char *fault;
	ssize_t n;

	if (!S_ISREG(st->st_mode))
		return "it is no file";
	if (st->st_mode & S_IWOTH)
		return "everybody can write to it";
	n = read(fd, text, sizeof(text));
	if (n < 0)
		return strerror(errno);
	if (n > ENTRY_MAX)
		return "it is too long";
	text[n] = '\0';
	return spool_entry_parse(&f->entry, text, (size_t)n, &fault) ? NULL : fault;
}

static int64_t milliseconds(const struct timespec *t)
{
	return (int64_t)t->tv_sec * 1000 + t->tv_nsec / 1000000;
}

/* The clock of the file system is a coarse one: what was read soon after a change may be changed
 * once more, and its time is the same. */
static bool unchanged(const struct file *f, const struct stat *st)
{
	return f->round && f->inode == st->st_ino && f->changed.tv_sec == st->st_ctim.tv_sec &&
	       f->changed.tv_nsec == st->st_ctim.tv_nsec &&
	       milliseconds(&f->read) - milliseconds(&f->changed) > CLOCK_MS;
}

static int open_file(const struct spool *s, const char *name)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s/%s", s->path, name) >= (int)sizeof(path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
}

/* Looks at one file: it may be new, other than it was, or gone. */
static void look_at(struct spool *s, const char *name)
{
	int fd = open_file(s, name);
	struct file *f = fd < 0 && errno == ENOENT ? find(s, name) : provide(s, name);
	const char *fault = fd >= 0 ? NULL : errno == ELOOP ? "it is a link" : strerror(errno);
	struct stat st = {0};

	if (fd < 0 && errno == ENOENT) {
		if (f)
			forget(s, f);
		return;
	}
	if (!fault && fstat(fd, &st))
		fault = strerror(errno);
	if (!fault && unchanged(f, &st)) {
		f->round = s->round;
		close(fd);
		return;
	}
	unserve(s, f);
	f->round = s->round;
	f->inode = st.st_ino;
	f->changed = st.st_ctim;
	clock_gettime(CLOCK_REALTIME, &f->read);
	if (!fault)
		fault = read_entry(f, fd, &st);
	if (!fault && !serve(s->served, &f->entry, true)) {
		fault = "there are too many values of this name";
		spool_entry_free(&f->entry);
	}
	if (fault)
		say("%s/%s is not served: %s", s->path, name, fault);
	if (fd >= 0)
		close(fd);
}

/* Names that begin with a dot are of files that are not ready yet. */
static bool is_ours(const char *name)
{
	return *name && *name != '.';
}

struct leftovers {
	struct spool *spool;
	struct strlist names;
};

static void collect(void *arg, struct link *link)
{
	struct leftovers *l = arg;
	const struct file *f = (const struct file *)link;

	if (f->round != l->spool->round)
		strlist_add(&l->names, f->name);
}

/* All that is there, and what is not there any more. */
static bool look_at_all(struct spool *s)
{
	struct leftovers gone = {.spool = s};
	DIR *dir = opendir(s->path);

	if (!dir)
		return false;
	s->round++;
	for (const struct dirent *d; (d = readdir(dir));)
		if (is_ours(d->d_name))
			look_at(s, d->d_name);
	closedir(dir);
	table_each(&s->files, collect, &gone);
	for (size_t i = 0; i < gone.names.n; i++)
		forget(s, find(s, gone.names.v[i]));
	strlist_free(&gone.names);
	return true;
}

static void look_again(struct spool *s)
{
	if (!look_at_all(s))
		say("cannot read the spool %s: %s; what changed in it is not known", s->path,
		    strerror(errno));
}

/* --- What happens in the directory */

#ifdef HAVE_SYS_INOTIFY_H

#define CHANGES (IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ATTRIB)
#define ENDS (IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT)

static void on_event(struct spool *s, const struct inotify_event *e)
{
	if (e->mask & IN_Q_OVERFLOW)
		look_again(s);
	else if (e->mask & ENDS)
		s->lost();
	else if (e->len && is_ours(e->name))
		look_at(s, e->name);
}

static void on_events(uv_poll_t *poll, int status, int events)
{
	struct spool *s = poll->data;
	_Alignas(struct inotify_event) char buffer[16384];
	ssize_t n = read(s->events, buffer, sizeof(buffer));

	(void)status;
	(void)events;
	for (ssize_t at = 0; at < n && s->events >= 0;) {
		const struct inotify_event *e = (const struct inotify_event *)(buffer + at);

		on_event(s, e);
		at += (ssize_t)(sizeof(*e) + e->len);
	}
}

static bool start_watching(struct spool *s, uv_loop_t *loop)
{
	s->events = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (s->events < 0 ||
	    inotify_add_watch(s->events, s->path, CHANGES | ENDS | IN_ONLYDIR) < 0 ||
	    uv_poll_init(loop, &s->poll, s->events))
		return false;
	s->poll.data = s;
	return !uv_poll_start(&s->poll, UV_READABLE, on_events);
}

static void stop_watching(struct spool *s)
{
	if (s->poll.data)
		uv_close((uv_handle_t *)&s->poll, NULL);
	if (s->events >= 0)
		close(s->events);
	s->events = -1;
}

#else

static void on_change(uv_fs_event_t *watch, const char *name, int events, int status)
{
	(void)name;
	(void)events;
	(void)status;
	look_again(watch->data);
}

static bool start_watching(struct spool *s, uv_loop_t *loop)
{
	if (uv_fs_event_init(loop, &s->watch))
		return false;
	s->watch.data = s;
	return !uv_fs_event_start(&s->watch, on_change, s->path, 0);
}

static void stop_watching(struct spool *s)
{
	if (s->watch.data)
		uv_close((uv_handle_t *)&s->watch, NULL);
}

#endif

bool spool_open(struct spool *s, uv_loop_t *loop, const char *path, struct served *served,
    void (*lost)(void), struct error *error)
{
	struct stat st;

	*s = (struct spool){.path = path, .served = served, .events = -1, .lost = lost};
	if (geteuid() == 0 && mkdir(path, 0755) && errno != EEXIST)
		return error_set(error, FAILURE_USAGE,
		    "cannot make the spool %s: %s; make it: install -d -m 755 %s", path,
		    strerror(errno), path);
	if (stat(path, &st) || (!S_ISDIR(st.st_mode) && (errno = ENOTDIR)))
		return error_set(error, FAILURE_USAGE,
		    "cannot use the spool %s: %s; make it: install -d -m 755 %s", path,
		    strerror(errno), path);
	if (st.st_mode & S_IWOTH)
		return error_set(error, FAILURE_USAGE,
		    "everybody can write to the spool %s, and could have certificates of your "
		    "names; try: chmod o-w %s",
		    path, path);
	if (!start_watching(s, loop))
		return error_set(
		    error, FAILURE_STOPPED, "cannot watch the spool %s: %s", path, strerror(errno));
	return true;
}

bool spool_read(struct spool *s, struct error *error)
{
	return look_at_all(s) ||
	       error_set(error, FAILURE_USAGE,
		   "cannot read the spool %s: %s; the user of the responder needs to, try: chmod "
		   "755 %s",
		   s->path, strerror(errno), s->path);
}

static void free_file(void *arg, struct link *link)
{
	struct file *f = (struct file *)link;

	(void)arg;
	spool_entry_free(&f->entry);
	free(f);
}

void spool_close(struct spool *s)
{
	stop_watching(s);
	table_each(&s->files, free_file, NULL);
	table_free(&s->files);
}
