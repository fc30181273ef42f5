/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "responder/values.h"

#include <stdlib.h>
#include <string.h>

#include "buf.h"

struct value {
	struct link link;
	unsigned long number; /* as it was added */
	char *word, *value;
};

static uint32_t hash_word(const char *word)
{
	return hash_octets(HASH_BASIS, word, strlen(word));
}

/* The last of them. value may be NULL: any. */
static struct value *find(const struct values *all, const char *word, const char *value)
{
	struct link *link = table_first(&all->table, hash_word(word));
	struct value *found = NULL;

	for (; link; link = table_next(link)) {
		struct value *v = (struct value *)link;

		if (!strcmp(v->word, word) && (!value || !strcmp(v->value, value)) &&
		    (!found || found->number < v->number))
			found = v;
	}
	return found;
}

void values_add(struct values *all, const char *word, const char *value)
{
	struct value *v = xcalloc(1, sizeof(*v));

	v->number = ++all->added;
	v->word = xstrdup(word);
	v->value = xstrdup(value);
	table_add(&all->table, &v->link, hash_word(word));
}

static void free_value(void *arg, struct link *link)
{
	struct value *v = (struct value *)link;

	(void)arg;
	free(v->word);
	free(v->value);
	free(v);
}

void values_remove(struct values *all, const char *word, const char *value)
{
	struct value *v = find(all, word, value);

	if (!v)
		return;
	table_remove(&all->table, &v->link);
	free_value(NULL, &v->link);
}

const char *values_find(const struct values *all, const char *word)
{
	const struct value *v = find(all, word, NULL);

	return v ? v->value : NULL;
}

void values_free(struct values *all)
{
	table_each(&all->table, free_value, NULL);
	table_free(&all->table);
}
