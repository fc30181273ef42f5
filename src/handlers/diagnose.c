/* SPDX-License-Identifier: MIT */
/* Why a handler does not start, as a sentence with its remedy. */
#include "config.h"

#include "handlers/diagnose.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "trust.h"

#define USAGE FAILURE_USAGE
/* The byte order mark, in UTF-8. */
#define BOM "\357\273\277"

static bool is_there(const char *path, size_t len)
{
	char *start = xstrndup(path, len);
	struct stat st;
	bool there = !stat(start, &st);

	free(start);
	return there;
}

/* What settings of clients may have, and ours have not: arguments, and a shell's words. */
static bool no_such_file(const char *path, struct error *error)
{
	const char *name = strncmp(path, "./", 2) ? path : path + 2;
	size_t len = strcspn(path, " \t");

	if (*name == '~')
		return error_set(error, USAGE,
		    "%s: no such file; only a shell knows '~': write the whole path", path);
	if (path[len] && is_there(path, len))
		return error_set(error, USAGE,
		    "%s: no such file; a handler has no arguments: name a script that calls %.*s "
		    "with them",
		    path, (int)len, path);
	return error_set(error, USAGE, "%s: no such file; correct its path", path);
}

static bool diagnose_file(const char *path, struct error *error)
{
	struct stat st;

	if (stat(path, &st)) {
		if (errno == ENOENT && !lstat(path, &st))
			return error_set(error, USAGE, "%s: a symbolic link to nothing", path);
		if (errno == ENOENT || errno == ENOTDIR)
			return no_such_file(path, error);
		return error_set(
		    error, USAGE, "%s: %s; try: namei -l %s", path, strerror(errno), path);
	}
	if (!S_ISREG(st.st_mode))
		return error_set(error, USAGE, "%s: %s, not a program; name the handler itself",
		    path, S_ISDIR(st.st_mode) ? "a directory" : "not a regular file");
	if (access(path, X_OK))
		return error_set(error, USAGE, "%s: not executable; try: chmod +x %s", path, path);
	return true;
}

/* Is there an executable of this name in PATH? */
static bool in_path(const char *name)
{
	const char *path = getenv("PATH");
	char *dirs = xstrdup(path ? path : "/usr/bin:/bin"), *rest = NULL;
	bool found = false;

	for (char *dir = strtok_r(dirs, ":", &rest); dir && !found;
	     dir = strtok_r(NULL, ":", &rest)) {
		char *file = xasprintf("%s/%s", dir, name);

		found = !access(file, X_OK);
		free(file);
	}
	free(dirs);
	return found;
}

/* `#!/usr/bin/env python` needs a python in PATH. */
static bool diagnose_env(const char *path, char *words, struct error *error)
{
	char *rest = NULL, *word = strtok_r(words, " \t", &rest);

	while (word && (*word == '-' || strchr(word, '=')))
		word = strtok_r(NULL, " \t", &rest);
	if (!word || strchr(word, '/') || in_path(word))
		return true;
	return error_set(error, USAGE,
	    "%s: needs \"%s\", which is not in PATH (%s); install it, correct the first line of "
	    "%s, "
	    "or set interpreter",
	    path, word, getenv("PATH") ? getenv("PATH") : "not set", path);
}

static bool diagnose_interpreter(const char *path, char *line, struct error *error)
{
	char *interpreter = line + strspn(line, " \t"), *words;
	size_t len = strcspn(line, "\n");
	const char *base;

	if (len && line[len - 1] == '\r')
		return error_set(error, USAGE,
		    "%s: has Windows line ends, so that its interpreter is not found; try: "
		    "sed -i 's/\\r$//' %s",
		    path, path);
	line[len] = '\0';
	words = interpreter + strcspn(interpreter, " \t");
	if (*words)
		*words++ = '\0';
	if (access(interpreter, X_OK))
		return error_set(error, USAGE,
		    "%s: its interpreter %s %s; install it, correct the first line of %s, or set "
		    "interpreter",
		    path, interpreter, errno == ENOENT ? "is not there" : "cannot be executed",
		    path);
	base = strrchr(interpreter, '/');
	return (base && !strcmp(base, "/env")) ? diagnose_env(path, words, error) : true;
}

/* The beginning of the file; the number of bytes, or -1. */
static ssize_t read_start(const char *path, char *start, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, start, size - 1);

	if (fd >= 0)
		close(fd);
	start[n < 0 ? 0 : n] = '\0';
	return n;
}

static bool diagnose_content(const char *path, int spawn_error, struct error *error)
{
	char start[512];
	ssize_t n = read_start(path, start, sizeof(start));

	if (n > 2 && !strncmp(start, "#!", 2))
		return diagnose_interpreter(path, start + 2, error);
	if (n == 0)
		return error_set(error, USAGE, "%s: an empty file; nothing would run", path);
	if (spawn_error != ENOEXEC)
		return true;
	if (!strncmp(start, "\177ELF", 4))
		return error_set(error, USAGE,
		    "%s: a program for another kind of machine, or damaged; install the one for "
		    "this",
		    path);
	if (!strncmp(start, BOM "#!", strlen(BOM "#!")))
		return error_set(error, USAGE,
		    "%s: begins with the mark of an editor (BOM) that hides its \"#!\"; try: "
		    "LC_ALL=C sed -i '1s/^...//' %s",
		    path, path);
	return error_set(error, USAGE,
	    "%s: does not begin with \"#!\", so nothing says what runs it; try: make "
	    "#!/bin/sh, or the interpreter it was written for, its first line, or set "
	    "interpreter",
	    path);
}

bool diagnose(const char *path, const char *cwd, int spawn_error, struct error *error)
{
	struct stat st;

	if (cwd && (stat(cwd, &st) || !S_ISDIR(st.st_mode) || access(cwd, X_OK)))
		return error_set(
		    error, USAGE, "%s: cannot be the working directory (cwd) of %s", cwd, path);
	if (!diagnose_file(path, error) || !diagnose_content(path, spawn_error, error))
		return false;
	if (!spawn_error)
		return true;
	if (spawn_error == EACCES)
		return error_set(error, USAGE,
		    "%s: Permission denied, though it is executable: is its file system mounted "
		    "noexec?",
		    path);
	return error_set(error, USAGE, "%s: %s", path, strerror(spawn_error));
}

bool diagnose_trust(const char *path, unsigned what, uid_t owner, struct error *error)
{
	struct error why = {0};

	if (trust_path_of(path, what, owner, &why))
		return true;
	return diagnose_file(path, error) && error_set(error, why.failure, "%s", why.text);
}

bool diagnose_handler(
    const char *program, const char *handler, bool interpreted, uid_t owner, struct error *error)
{
	if (interpreted)
		return diagnose_trust(program, TRUST_INTERPRETER, owner, error) &&
		       trust_path_of(handler, TRUST_SCRIPT, owner, error);
	return diagnose_trust(program, TRUST_HANDLER, owner, error) &&
	       (!strcmp(program, handler) || trust_path_of(handler, TRUST_HANDLER, owner, error));
}

bool diagnose_ahead(const char *program, const char *handler, bool interpreted, uid_t owner,
    const char *cwd, struct error *error)
{
	char start[5];

	if (!diagnose_handler(program, handler, interpreted, owner, error) ||
	    !diagnose(program, cwd, 0, error))
		return false;
	/* the system knows two kinds of programs everywhere */
	return read_start(program, start, sizeof(start)) < 0 || !strncmp(start, "#!", 2) ||
	       !strcmp(start, "\177ELF") || diagnose(program, cwd, ENOEXEC, error);
}
