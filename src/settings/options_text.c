/* SPDX-License-Identifier: MIT */
/* Settings as text. */
#include "config.h"

#include "settings/options_text.h"

#include <stdlib.h>
#include <string.h>

bool settings_put_line(struct settings *settings, const char *line, struct error *error)
{
	size_t len = strcspn(line, "=");

	for (int id = 0; id < OPTION__MAX; id++) {
		const char *name = option_defs[id].name;

		if (strncmp(name, line, len) || name[len])
			continue;
		if (line[len] && line[len + 1])
			return settings_put(settings, (enum option_id)id, line + len + 1, error);
		settings->v[id].set = true;
		return true;
	}
	return false;
}

/* As libConfuse reads it: '$' would be a variable, '\' and '"' are special. */
static void add_quoted(struct buf *b, const char *text)
{
	buf_puts(b, "\"");
	for (; *text; text++)
		buf_printf(b, "%s%c", strchr("\"\\$", *text) ? "\\" : "", *text);
	buf_puts(b, "\"");
}

static void add_list(struct buf *b, const struct strlist *list, bool hidden)
{
	buf_puts(b, "{ ");
	for (size_t i = 0; i < list->n; i++) {
		char *text = hidden
				 ? xasprintf("%.*s=...", (int)strcspn(list->v[i], "="), list->v[i])
				 : xstrdup(list->v[i]);

		buf_puts(b, i ? ", " : "");
		add_quoted(b, text);
		free(text);
	}
	buf_puts(b, " }");
}

static void add_value(struct buf *b, enum option_id id, const struct setting *s)
{
	const struct option_def *def = &option_defs[id];

	if (s->list.n)
		add_list(b, &s->list, id == OPTION_ENV);
	else if (def->kind == OPTION_IS_FLAG)
		buf_puts(b, s->number ? "yes" : "no");
	else if (def->kind == OPTION_IS_CHOICE)
		buf_puts(b, def->choices[s->number]);
	else if (def->kind == OPTION_IS_TIME)
		buf_printf(b, "%g", (double)s->number / 1000);
	else if (def->kind == OPTION_IS_MODE)
		buf_printf(b, "%03lo", (unsigned long)s->number);
	else if (s->text)
		add_quoted(b, s->text);
	else
		buf_printf(b, "%ld", s->number);
}

void settings_print(struct buf *b, const struct settings *settings, const char *margin)
{
	for (int id = 0; id < OPTION__MAX; id++) {
		const struct setting *s = &settings->v[id];

		if (!s->set || !(option_defs[id].where & IN_RULE))
			continue;
		buf_printf(b, "%s%s = ", margin, option_defs[id].name);
		add_value(b, (enum option_id)id, s);
		buf_puts(b, id == OPTION_ENV ? "   # as it is now\n" : "\n");
	}
}
