/* SPDX-License-Identifier: MIT */
/* Other ways to call a handler. */
#include "config.h"

#include "try/remedy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SHEBANG_MAX 256

static char *find_program(const char *name)
{
	const char *path = getenv("PATH");

	if (!path)
		path = "/usr/local/bin:/usr/bin:/bin";
	while (*path) {
		size_t len = strcspn(path, ":");
		char *file = xasprintf("%.*s/%s", (int)len, path, name);

		if (*path == '/' && !access(file, X_OK))
			return file;
		free(file);
		path += len + (path[len] == ':');
	}
	return NULL;
}

/* The program of "#!PROGRAM" or "#!/usr/bin/env PROGRAM"; the caller frees it. NULL: none. */
static char *read_shebang(const char *handler)
{
	char line[SHEBANG_MAX] = "", *program, *rest = NULL;
	FILE *f = fopen(handler, "re");

	if (!f)
		return NULL;
	if (!fgets(line, sizeof(line), f))
		*line = '\0';
	fclose(f);
	if (strncmp(line, "#!", 2))
		return NULL;
	program = strtok_r(line + 2, " \t\r\n", &rest);
	if (program && !strcmp(strrchr(program, '/') ? strrchr(program, '/') + 1 : program, "env"))
		program = strtok_r(NULL, " \t\r\n", &rest);
	return program && *program != '-' ? xstrdup(program) : NULL;
}

/* The interpreter that is not there: by its name elsewhere; python2 is gone, python3 may do. */
static void find_interpreter(const char *handler, struct strlist *remedies)
{
	char *program = read_shebang(handler), *found;
	const char *name = program ? strrchr(program, '/') : NULL;

	if (!program)
		return;
	name = name ? name + 1 : program;
	found = *program == '/' ? (access(program, X_OK) ? find_program(name) : xstrdup(program))
				: find_program(name);
	if (!found && !strncmp(name, "python", 6))
		found = find_program("python3");
	else if (found && (*program != '/' || !strcmp(found, program))) {
		free(found); /* it is there */
		found = NULL;
	}
	if (found)
		strlist_take(remedies, xasprintf("interpreter=%s", found));
	free(found);
	free(program);
}

static void find_directory(const char *handler, struct strlist *remedies)
{
	char *file = realpath(handler, NULL), *here = getcwd(NULL, 0), *slash;

	if (file && here && (slash = strrchr(file, '/'))) {
		*slash = '\0';
		if (strcmp(*file ? file : "/", here))
			strlist_take(remedies, xasprintf("cwd=%s", *file ? file : "/"));
	}
	free(file);
	free(here);
}

void remedies_find(const struct target *target, struct strlist *remedies)
{
	if (target->to->launcher || access(target->handler, X_OK))
		return;
	find_interpreter(target->handler, remedies);
	if (!view_text(&target->view, OPTION_CWD))
		find_directory(target->handler, remedies);
}
