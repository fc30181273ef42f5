/* SPDX-License-Identifier: MIT */
/* A new process with nothing of ours but what it shall have. */
#include "config.h"

#include "handlers/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* --- Who */

static void find_groups(struct account *a, const char *name)
{
	int n = 16;

	do {
		a->n = n;
		a->groups = xrealloc(a->groups, (size_t)n * sizeof(*a->groups));
	} while (getgrouplist(name, a->gid, a->groups, &n) < 0 && n > a->n);
	a->n = n;
}

bool account_find(struct account *a, const char *name, struct error *error)
{
	const struct passwd *pw;

	*a = (struct account){.uid = geteuid()};
	if (!name)
		return true;
	errno = 0;
	pw = getpwnam(name);
	if (!pw)
		return error_set(error, FAILURE_USAGE, "user: \"%s\" %s", name,
		    errno ? strerror(errno) : "is no user of this system");
	if (pw->pw_uid == geteuid())
		return true;
	if (geteuid() != 0)
		return error_set(error, FAILURE_USAGE,
		    "user: cannot become \"%s\": only root can become another user", name);
	a->uid = pw->pw_uid;
	a->gid = pw->pw_gid;
	strlist_take(&a->env, xasprintf("HOME=%s", pw->pw_dir));
	strlist_take(&a->env, xasprintf("LOGNAME=%s", name));
	strlist_take(&a->env, xasprintf("SHELL=%s", *pw->pw_shell ? pw->pw_shell : "/bin/sh"));
	strlist_take(&a->env, xasprintf("USER=%s", name));
	find_groups(a, name);
	return true;
}

bool account_is_other(const struct account *a)
{
	return a->groups != NULL;
}

void account_free(struct account *a)
{
	free(a->groups);
	strlist_free(&a->env);
	*a = (struct account){0};
}

/* --- As ourselves */

/* All signals that can be ignored, whether they are or not: to ask costs more than to set. */
static void fill_signals(sigset_t *set)
{
	sigfillset(set);
	sigdelset(set, SIGKILL);
	sigdelset(set, SIGSTOP);
}

/* All that a child must not have from us: signals that are ignored or blocked, our session. */
static int set_attributes(posix_spawnattr_t *attributes)
{
	sigset_t none, all;
#ifdef POSIX_SPAWN_SETSID
	short flags = POSIX_SPAWN_SETSID;
#else
	short flags = POSIX_SPAWN_SETPGROUP;
#endif

	fill_signals(&all);
	sigemptyset(&none);
	posix_spawnattr_setsigdefault(attributes, &all);
	posix_spawnattr_setsigmask(attributes, &none);
	return posix_spawnattr_setflags(
	    attributes, flags | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
}

static int set_files(posix_spawn_file_actions_t *actions, const int fds[3])
{
	int error = fds[0] < 0
			? posix_spawn_file_actions_addopen(actions, 0, "/dev/null", O_RDONLY, 0)
			: posix_spawn_file_actions_adddup2(actions, fds[0], 0);

	for (int fd = 1; fd < 3 && !error; fd++)
		error = posix_spawn_file_actions_adddup2(actions, fds[fd], fd);
	return error;
}

/* posix_spawn(3) with our umask and working directory as the child shall have them. */
static int launch_in(pid_t *pid, const struct launch *o, const char *path,
    const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *attributes)
{
	int here = o->cwd ? open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1, error = 0;
	mode_t before = umask(o->umask);

	if (o->cwd && chdir(o->cwd))
		error = errno;
	if (!error)
		error = posix_spawn(pid, path, actions, attributes, o->argv, o->env);
	umask(before);
	if (here >= 0) {
		if (fchdir(here))
			error = error ? error : errno;
		close(here);
	}
	return error;
}

static int launch_as_we_are(pid_t *pid, const struct launch *o, const char *path)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int error = posix_spawn_file_actions_init(&actions);

	if (error)
		return error;
	error = posix_spawnattr_init(&attributes);
	if (!error) {
		error = set_attributes(&attributes);
		if (!error)
			error = set_files(&actions, o->fds);
		if (!error)
			error = launch_in(pid, o, path, &actions, &attributes);
		posix_spawnattr_destroy(&attributes);
	}
	posix_spawn_file_actions_destroy(&actions);
	return error;
}

/* --- As another user */

/* In the child: only what is safe after fork(2). Returns, with errno, if anything fails. */
static void become_and_run(const struct launch *o, const char *path)
{
	const struct account *a = o->account;
	int null = o->fds[0] < 0 ? open("/dev/null", O_RDONLY | O_CLOEXEC) : o->fds[0];
	sigset_t none;

	for (int number = 1; number < NSIG; number++)
		signal(number, SIG_DFL); /* refused for some: they have it */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setsid();
	umask(o->umask);
	if (dup2(null, 0) < 0 || dup2(o->fds[1], 1) < 0 || dup2(o->fds[2], 2) < 0)
		return;
	if (setgroups((size_t)a->n, a->groups) || setgid(a->gid) || setuid(a->uid))
		return;
	if (setuid(0) == 0) {
		errno = EPERM;
		return;
	}
	if (!o->cwd || !chdir(o->cwd))
		execve(path, o->argv, o->env);
}

/* A pipe that exec closes tells us whether it came to that. */
static int launch_as_other(pid_t *pid, const struct launch *o, const char *path)
{
	int ends[2], error = 0;
	sigset_t all, before;

	if (pipe2(ends, O_CLOEXEC))
		return errno;
	/* they are root's, and handlers open /dev/stderr */
	for (int i = 0; i < 3; i++)
		if (o->fds[i] >= 0 && fchown(o->fds[i], o->account->uid, o->account->gid))
			error = errno;
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before); /* our handlers are not the child's */
	*pid = error ? -1 : fork();
	if (*pid == 0) {
		become_and_run(o, path);
		error = errno;
		if (write(ends[1], &error, sizeof(error)) < 0)
			_exit(126);
		_exit(127);
	}
	if (*pid < 0 && !error)
		error = errno;
	sigprocmask(SIG_SETMASK, &before, NULL);
	close(ends[1]);
	if (*pid > 0 && read(ends[0], &error, sizeof(error)) == sizeof(error))
		waitpid(*pid, NULL, 0);
	close(ends[0]);
	return error;
}

/* The path as it is after chdir(2); NULL if that cannot be said. */
static char *absolute(const char *path)
{
	char *here = getcwd(NULL, 0), *whole = here ? xasprintf("%s/%s", here, path) : NULL;

	free(here);
	return whole;
}

int launch(pid_t *pid, const struct launch *o)
{
	char *whole = o->cwd && *o->argv[0] != '/' ? absolute(o->argv[0]) : NULL;
	const char *path = whole ? whole : o->argv[0];
	int error = account_is_other(o->account) ? launch_as_other(pid, o, path)
						 : launch_as_we_are(pid, o, path);

	free(whole);
	return error;
}
