/* SPDX-License-Identifier: MIT */
/* The table of dialects. */
#include "config.h"

#include "dialects/dialect.h"

#include <string.h>

#include "nearest.h"

/* The table: one line for each dialect of src/dialects, by name. */
#define DIALECTS(X)       \
	X(acme_sh)        \
	X(acme_sh_deploy) \
	X(acmetool)       \
	X(certbot)        \
	X(dehydrated)     \
	X(env)            \
	X(extauth)        \
	X(getssl)         \
	X(json)           \
	X(lego)           \
	X(lego_hook)      \
	X(lego_raw)       \
	X(manual)         \
	X(mod_md)         \
	X(posh_acme)      \
	X(proxmox)        \
	X(truenas)        \
	X(uacme)          \
	X(win_acme)

#define DECLARATION(name) extern const struct dialect dialect_##name;
#define ENTRY(name) &dialect_##name,

DIALECTS(DECLARATION)

const struct dialect *const dialects[] = {DIALECTS(ENTRY) NULL};

const struct dialect *dialect_find(const char *name, unsigned flags)
{
	for (size_t i = 0; dialects[i]; i++)
		if (!strcmp(name, dialects[i]->name) && (dialects[i]->flags & flags) == flags)
			return dialects[i];
	return NULL;
}

const struct dialect *dialect_named(const char *name, unsigned flag, struct error *error)
{
	const struct dialect *found = dialect_find(name, flag);
	struct nearest nearest = {.written = name, .len = strlen(name)};

	if (found)
		return found;
	for (size_t i = 0; dialects[i]; i++)
		if (dialects[i]->flags & flag)
			nearest_try(&nearest, dialects[i]->name);
	error_set(error, FAILURE_USAGE, "%s: \"%s\" is no %s; %s",
	    flag == DIALECT_FROM ? "from" : "to", name,
	    flag == DIALECT_FROM ? "client known here" : "kind of handler",
	    nearest_advice(&nearest, "", "acmehook dialects lists them"));
	return NULL;
}

static bool has_word(const struct dialect *d, const char *word)
{
	const struct form *form = d->forms;

	while (form && form->word && strcmp(word, form->word))
		form++;
	return form && form->word;
}

const struct dialect *dialect_of_word(const char *word)
{
	const struct dialect *found = NULL;

	for (size_t i = 0; dialects[i]; i++) {
		if (!(dialects[i]->flags & DIALECT_FROM) || !has_word(dialects[i], word))
			continue;
		if (found)
			return NULL;
		found = dialects[i];
	}
	return found && !(found->flags & DIALECT_EXPLICIT) ? found : NULL;
}

size_t form_args(const struct form *form)
{
	size_t n = 0;

	while (n < nitems(form->args) && form->args[n])
		n++;
	return n;
}
