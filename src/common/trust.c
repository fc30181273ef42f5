/* SPDX-License-Identifier: MIT */
/* May we believe a file? Only if nobody else could have written it. */
#include "config.h"

#include "trust.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"

/* As the kernel's limit for one path. */
#define LINKS_MAX 40

static const struct {
	const char *name;
	bool secret, program;
} kinds[] = {
    [TRUST_HANDLER] = {.name = "handler", .program = true},
    [TRUST_SCRIPT] = {.name = "handler"},
    [TRUST_INTERPRETER] = {.name = "interpreter", .program = true},
    [TRUST_CONFIGURATION] = {.name = "configuration"},
    [TRUST_ENV_FILE] = {.name = "env-file", .secret = true},
    [TRUST_STATE] = {.name = "state"},
    [TRUST_VERIFIER] = {.name = "verifier"},
    [TRUST_CHANNEL] = {.name = "channel"},
};
_Static_assert(nitems(kinds) == TRUST__MAX, "a kind without name");

/* --- From the root down to a file, through every symbolic link */

struct walk {
	struct buf at;	  /* where we are: a path without links; empty at the root */
	char *path;	  /* ends with what is still to go */
	const char *rest; /* that, within path */
	int links;
	/* Called for all there is on the way and at its end; false ends the walk. */
	bool (*visit)(void *arg, const char *path, const struct stat *st);
	void *arg;
};

/* Puts the target of the link where we are before what is still to go. It is told from where we
 * were before the link. */
static bool follow(struct walk *w, size_t before)
{
	const char *link = buf_text(&w->at);
	char target[PATH_MAX], *path;
	ssize_t n = readlink(link, target, sizeof(target) - 1);

	if (n < 0)
		return false;
	target[n] = '\0';
	if (!strncmp(link, "/proc/", 6) && strstr(target, ":[")) { /* a pipe of ours */
		w->rest = "";
		return true;
	}
	if (++w->links > LINKS_MAX) {
		errno = ELOOP;
		return false;
	}
	path = xasprintf("%s/%s", target, w->rest);
	free(w->path);
	w->rest = w->path = path;
	buf_cut(&w->at, *target == '/' ? 0 : before);
	return true;
}

/* One step; false at the end: the visitor's, or with errno that of the path. */
static bool step(struct walk *w)
{
	const char *name = w->rest + strspn(w->rest, "/");
	size_t len = strcspn(name, "/"), before = w->at.len;
	struct stat st;

	w->rest = name + len;
	if (len == 1 && *name == '.')
		return true;
	if (len == 2 && !strncmp(name, "..", 2)) {
		const char *last = strrchr(buf_text(&w->at), '/');

		buf_cut(&w->at, last ? (size_t)(last - w->at.data) : 0);
		return true;
	}
	if (!buf_puts(&w->at, "/") || !buf_add(&w->at, name, len)) {
		errno = ENAMETOOLONG;
		return false;
	}
	if (lstat(w->at.data, &st) || !w->visit(w->arg, w->at.data, &st))
		return false;
	return !S_ISLNK(st.st_mode) || follow(w, before);
}

/* True when all was visited. */
static bool walk(struct walk *w, const char *path)
{
	char *here = *path == '/' ? NULL : getcwd(NULL, 0);
	bool good = *path == '/' || here;
	struct stat st;

	errno = here || *path == '/' ? 0 : errno;
	w->at = (struct buf)BUF_INIT(PATH_MAX - 1);
	w->rest = w->path = xasprintf("%s/%s", here ? here : "", path);
	free(here);
	good = good && !stat("/", &st) && w->visit(w->arg, "/", &st);
	while (good && w->rest[strspn(w->rest, "/")])
		good = step(w);
	buf_free(&w->at);
	free(w->path);
	return good;
}

/* --- Who could write */

/* Somebody, by one of the three ways in which files know people. */
struct somebody {
	enum { NOBODY, OWNER, GROUP, EVERYONE } kind;
	unsigned id;
};

/* The group that many systems give every user, with his name and without other members. */
static bool is_private(gid_t gid)
{
	const struct passwd *pw = getpwuid(geteuid());
	const struct group *gr = pw && pw->pw_gid == gid ? getgrgid(gid) : NULL;

	if (!gr || geteuid() == 0 || strcmp(gr->gr_name, pw->pw_name))
		return false;
	for (char **member = gr->gr_mem; *member; member++)
		if (strcmp(*member, pw->pw_name))
			return false;
	return true;
}

/* Does its mode count? Links have none; devices are no files; that of a socket says who may
 * connect; in a sticky directory nobody can replace what is not his. */
static bool has_mode(const struct stat *st)
{
	return S_ISDIR(st->st_mode)
		   ? !(st->st_mode & S_ISVTX)
		   : !S_ISLNK(st->st_mode) && !S_ISCHR(st->st_mode) && !S_ISSOCK(st->st_mode);
}

/* Who but root, we and the owner given can change this? */
static struct somebody writer(const struct stat *st, uid_t owner)
{
	if (st->st_uid != 0 && st->st_uid != geteuid() && st->st_uid != owner)
		return (struct somebody){OWNER, st->st_uid};
	if (has_mode(st) && st->st_mode & S_IWOTH)
		return (struct somebody){EVERYONE, 0};
	if (has_mode(st) && st->st_mode & S_IWGRP && !is_private(st->st_gid))
		return (struct somebody){GROUP, st->st_gid};
	return (struct somebody){NOBODY, 0};
}

static bool is_not(void *arg, const char *path, const struct stat *st)
{
	const struct somebody *who = arg;

	(void)path;
	switch (who->kind) {
	case OWNER:
		return st->st_uid != who->id;
	case GROUP:
		return !has_mode(st) || !(st->st_mode & S_IWGRP) || st->st_gid != who->id;
	case EVERYONE:
		return !has_mode(st) || !(st->st_mode & S_IWOTH);
	default:
		return true;
	}
}

/* Could he replace this very program? */
static bool rules_us(struct somebody who)
{
	struct walk w = {.visit = is_not, .arg = &who};
	char path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);

	if (n <= 0)
		return false;
	path[n] = '\0';
	return !walk(&w, path) && !errno;
}

/* --- The sentence */

struct trusting {
	const char *path;
	unsigned what;
	uid_t owner;
	struct error *error;
};

static const char *type_of(const struct stat *st)
{
	return S_ISDIR(st->st_mode) ? "directory " : S_ISLNK(st->st_mode) ? "symbolic link " : "";
}

/* "bob", or "user 1001" if he has no name. */
static char *name_of(struct somebody who)
{
	const struct passwd *pw = who.kind == OWNER ? getpwuid(who.id) : NULL;
	const struct group *gr = who.kind == GROUP ? getgrgid(who.id) : NULL;

	if (who.kind == EVERYONE)
		return xstrdup("everyone");
	if (who.kind == OWNER)
		return pw ? xstrdup(pw->pw_name) : xasprintf("user %u", who.id);
	return gr ? xasprintf("group %s", gr->gr_name) : xasprintf("group %u", who.id);
}

static bool refuse(
    const struct trusting *t, const char *path, const struct stat *st, struct somebody who)
{
	struct buf word = BUF_INIT(4 * PATH_MAX);
	char *name = name_of(who), *remedy;
	const struct passwd *us = getpwuid(geteuid());

	if (who.kind == OWNER)
		remedy = xasprintf("chown %s%s", S_ISLNK(st->st_mode) ? "-h " : "",
		    us && t->owner == geteuid() ? us->pw_name : "root");
	else
		remedy = xasprintf("chmod %c-w", who.kind == GROUP ? 'g' : 'o');
	buf_shell_word(&word, path);
	error_set(t->error, FAILURE_USAGE, "%s %s: %s%s %s %s; try: %s %s", kinds[t->what].name,
	    t->path, strcmp(path, t->path) || S_ISDIR(st->st_mode) ? type_of(st) : "",
	    strcmp(path, t->path) ? path : "it",
	    who.kind == OWNER ? "belongs to" : "can be written to by", name, remedy,
	    buf_text(&word));
	buf_free(&word);
	free(remedy);
	free(name);
	return false;
}

static bool trusted(void *arg, const char *path, const struct stat *st)
{
	const struct trusting *t = arg;
	struct somebody who = writer(st, t->owner);
	struct buf word = BUF_INIT(4 * PATH_MAX);

	if (who.kind != NOBODY && !rules_us(who))
		return refuse(t, path, st, who);
	if (!kinds[t->what].secret || !S_ISREG(st->st_mode) || !(st->st_mode & S_IROTH))
		return true;
	buf_shell_word(&word, path);
	error_set(t->error, FAILURE_USAGE, "%s %s: it can be read by everyone; try: chmod o-r %s",
	    kinds[t->what].name, t->path, buf_text(&word));
	buf_free(&word);
	return false;
}

/* The path behind "#!", which the caller frees; NULL if there is none that runs. */
static char *interpreter_of(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char start[512];
	ssize_t n = fd < 0 ? -1 : read(fd, start, sizeof(start) - 1);
	char *name;

	if (fd >= 0)
		close(fd);
	if (n < 3 || strncmp(start, "#!", 2))
		return NULL;
	start[n] = '\0';
	name = start + 2 + strspn(start + 2, " \t");
	name[strcspn(name, " \t\r\n")] = '\0';
	/* else it does not run, and that is said */
	return *name == '/' && !access(name, F_OK) ? xstrdup(name) : NULL;
}

bool trust_path_of(const char *path, unsigned what, uid_t owner, struct error *error)
{
	struct trusting t = {path, what, owner, error};
	struct walk w = {.visit = trusted, .arg = &t};
	char *interpreter;
	bool good;

	if (!walk(&w, path))
		return error_set(
		    error, FAILURE_USAGE, "%s %s: %s", kinds[what].name, path, strerror(errno));
	interpreter = kinds[what].program ? interpreter_of(path) : NULL;
	if (!interpreter)
		return true;
	w = (struct walk){.visit = trusted, .arg = &t};
	t.owner = geteuid();
	good = walk(&w, interpreter);
	free(interpreter);
	return good;
}

bool trust_path(const char *path, unsigned what, struct error *error)
{
	return trust_path_of(path, what, geteuid(), error);
}
