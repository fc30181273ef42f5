/* SPDX-License-Identifier: MIT */
/* The environment that a handler gets. */
#include "config.h"

#include "handlers/environment.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "trust.h"

#define DEFAULT_PATH "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

extern char **environ;

/* Names, or with '*' their beginnings. */
static const char *const for_us_alone[] = {
    /* systemd: sd_notify(3), sd_listen_fds(3), sd_watchdog_enabled(3) */
    "NOTIFY_SOCKET",
    "LISTEN_*",
    "WATCHDOG_*",
};
static const char *const dangerous[] = {
    /* the loader and the C library */
    "LD_*",
    "GCONV_PATH",
    "GLIBC_TUNABLES",
    "HOSTALIASES",
    "LOCALDOMAIN",
    "LOCPATH",
    "MALLOC_*",
    "NLSPATH",
    "RESOLV_*",
    "RES_OPTIONS",
    /* shells: what they run or read before a script, or how they read it */
    "BASHOPTS",
    "BASH_ENV",
    "BASH_FUNC_*",
    "BASH_LOADABLES_PATH",
    "CDPATH",
    "ENV",
    "FPATH",
    "GLOBIGNORE",
    "IFS",
    "PS4",
    "SHELLOPTS",
    "ZDOTDIR",
    /* interpreters: where they look for modules, and what they load unasked */
    "JAVA_TOOL_OPTIONS",
    "LUA_*",
    "NODE_OPTIONS",
    "NODE_PATH",
    "PERL5*",
    "PERLIO*",
    "PERLLIB",
    "PYTHONBREAKPOINT",
    "PYTHONHOME",
    "PYTHONINSPECT",
    "PYTHONPATH",
    "PYTHONPLATLIBDIR",
    "PYTHONSTARTUP",
    "PYTHONUSERBASE",
    "PYTHONWARNINGS",
    "RUBYLIB",
    "RUBYOPT",
    "TCLLIBPATH",
    /* OpenSSL, curl: configuration and traces in files of somebody's choice */
    "OPENSSL_CONF",
    "OPENSSL_ENGINES",
    "OPENSSL_MODULES",
    "SSLKEYLOGFILE",
};

/* Most names differ in their first letter. */
static inline bool same_name(const char *a, const char *b)
{
	if (*a != *b)
		return false;
	while (*a && *a != '=' && *a == *b) {
		a++;
		b++;
	}
	return (!*a || *a == '=') && (!*b || *b == '=');
}

static bool is_among(const char *entry, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t len;

		if (*names[i] != *entry)
			continue;
		len = strcspn(names[i], "*");
		if (names[i][len] ? !strncmp(entry, names[i], len) : same_name(entry, names[i]))
			return true;
	}
	return false;
}

bool environment_inherits(const char *entry)
{
	if (is_among(entry, for_us_alone, nitems(for_us_alone)))
		return false;
	return !is_among(entry, dangerous, nitems(dangerous)) || geteuid() != 0;
}

/* Does one of the layers from the given one on have this name? */
static bool overridden(const char *entry, const struct strlist *const *layers, size_t n)
{
	for (size_t l = 0; l < n; l++)
		for (size_t i = 0; layers[l] && i < layers[l]->n; i++)
			if (same_name(entry, layers[l]->v[i]))
				return true;
	return false;
}

/* What of our own environment handlers may have, with a PATH. It is the same for all of them, and
 * looked at once. */
static char **inherited(size_t *n)
{
	static char **kept;
	static size_t count;

	if (!kept) {
		const char *path = getenv("PATH");
		size_t all = 0;

		while (environ[all])
			all++;
		kept = xcalloc(all + 1, sizeof(*kept));
		for (size_t i = 0; i < all; i++)
			if (strcmp(environ[i], "PATH=") && environment_inherits(environ[i]))
				kept[count++] = environ[i];
		if (!path || !*path)
			kept[count++] = (char *)DEFAULT_PATH;
	}
	*n = count;
	return kept;
}

char **environment_make(const struct strlist *const *layers, size_t n)
{
	size_t count = 0, own, size;
	char **ours = inherited(&own), **env;

	size = own + 1;
	for (size_t l = 0; l < n; l++)
		size += layers[l] ? layers[l]->n : 0;
	env = xcalloc(size, sizeof(*env));
	for (size_t i = 0; i < own; i++)
		if (!overridden(ours[i], layers, n))
			env[count++] = ours[i];
	for (size_t l = 0; l < n; l++)
		for (size_t i = 0; layers[l] && i < layers[l]->n; i++)
			if (strchr(layers[l]->v[i], '=') &&
			    !overridden(layers[l]->v[i], layers + l + 1, n - l - 1))
				env[count++] = layers[l]->v[i];
	return env;
}

/* Takes a line apart in place; NULL if it is none of ours. */
static char *read_assignment(char *line)
{
	size_t name, len;
	char *value;

	if (!strncmp(line, "export ", 7))
		line += 7;
	for (name = 0; isalnum((unsigned char)line[name]) || line[name] == '_';)
		name++;
	if (!name || isdigit((unsigned char)*line) || line[name] != '=')
		return NULL;
	value = line + name + 1;
	len = strlen(value);
	if (len > 1 && (*value == '"' || *value == '\'') && value[len - 1] == *value) {
		value[len - 1] = '\0';
		memmove(value, value + 1, len - 1);
	}
	return line;
}

bool environment_read(struct strlist *list, const char *file, struct error *error)
{
	FILE *stream = trust_path(file, TRUST_ENV_FILE, error) ? fopen(file, "re") : NULL;
	char *line = NULL, *assignment = NULL;
	size_t size = 0;
	ssize_t len = 0;
	int number = 0;

	if (!stream)
		return error_set(error, FAILURE_USAGE, "env-file %s: %s", file, strerror(errno));
	while (!error->failure && (len = getline(&line, &size, stream)) > 0) {
		number++;
		if (strlen(line) != (size_t)len)
			error_set(error, FAILURE_USAGE, "%s:%d: has a NUL", file, number);
		len -= line[len - 1] == '\n';
		len -= len && line[len - 1] == '\r';
		line[len] = '\0';
		if (!*line || *line == '#' || error->failure)
			continue;
		assignment = read_assignment(line);
		if (assignment)
			strlist_add(list, assignment);
		else
			error_set(error, FAILURE_USAGE, "%s:%d: is not NAME=VALUE", file, number);
	}
	if (ferror(stream))
		error_set(error, FAILURE_USAGE, "env-file %s: %s", file, strerror(errno));
	free(line);
	fclose(stream);
	return !error->failure;
}
