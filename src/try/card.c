/* SPDX-License-Identifier: MIT */
/* The report card of a handler that was tried. */
#include "config.h"

#include "try/card.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "jsonline.h"
#include "settings/options_text.h"
#include "record_name.h"

#define MARGIN "        "
#define COLUMN 20
#define LABEL "  %-18s"
/* Where lines of sentences end. */
#define WIDTH 78
/* A handler that goes on for so long when all is done waits; ms. */
#define WAITS 1000

/* --- the lines of the configuration */

static void copy_setting(struct setting *to, const struct setting *from)
{
	free(to->text);
	strlist_free(&to->list);
	*to = (struct setting){.set = true, .number = from->number};
	to->text = from->text ? xstrdup(from->text) : NULL;
	for (size_t i = 0; i < from->list.n; i++)
		strlist_add(&to->list, from->list.v[i]);
}

static void copy_layer(struct settings *to, const struct settings *from)
{
	for (int id = 0; from && id < OPTION__MAX; id++)
		if (from->v[id].set && option_defs[id].where & IN_RULE)
			copy_setting(&to->v[id], &from->v[id]);
}

static void set_handler(struct settings *to, const char *handler)
{
	char *path = realpath(handler, NULL), *cwd = getcwd(NULL, 0);
	struct error error = {0};

	if (*handler != '/' && cwd) { /* links are kept */
		free(path);
		path = xasprintf("%s/%s", cwd, strncmp(handler, "./", 2) ? handler : handler + 2);
	}
	settings_put(to, OPTION_HANDLER, *handler == '/' || !path ? handler : path, &error);
	free(path);
	free(cwd);
}

/* What the rule and the command line say, and what helps. */
static char *lines_text(const struct card *c, const char *margin)
{
	const struct target *target = &c->trial->target;
	struct settings settings = {0}, cure = {0};
	struct buf b = BUF_INIT(64 * 1024);
	char *text;

	copy_layer(&settings, target->rule ? &target->rule->settings : NULL);
	copy_layer(&settings, &c->trial->session->command->settings);
	set_handler(&settings, target->handler);
	trial_settings(&cure, c->cure);
	copy_layer(&settings, &cure);
	settings_print(&b, &settings, margin);
	text = xstrdup(buf_text(&b));
	settings_free(&settings);
	settings_free(&cure);
	buf_free(&b);
	return text;
}

static char *pattern_text(const struct card *c)
{
	const struct event *subject = c->trial->subject;
	const struct rule *rule = c->trial->target.rule;
	const char *domain = subject->field[FIELD_DELEGATE];

	domain = domain ? domain : subject->field[FIELD_DOMAIN];
	return rule ? xstrdup(rule->pattern)
		    : xasprintf(".%s %s", domain, subject->field[FIELD_TYPE]);
}

static void find_remarks(const struct card *c, struct strlist *remarks)
{
	const char *delegate = c->trial->subject->field[FIELD_DELEGATE];

	if (delegate)
		strlist_take(remarks,
		    xasprintf("a CNAME leads to the challenge name of %s, and so the handler is "
			      "told of that domain",
			delegate));
	traits_remarks(c->traits, remarks);
}

/* --- for people */

/* A sentence, which begins at a column, and goes on there in the next lines. */
static void add_sentence(struct buf *b, size_t column, const char *text)
{
	size_t at = column;

	while (*text) {
		size_t len = strcspn(text, " \n");

		if (at > column && at + 1 + len > WIDTH) {
			buf_printf(b, "\n%*s", (int)column, "");
			at = column;
		} else if (at > column) {
			buf_puts(b, " ");
			at++;
		}
		buf_printf(b, "%.*s", (int)len, text);
		at += len;
		text += len;
		text += strspn(text, " \n");
	}
	buf_puts(b, "\n");
}

static char *names_text(const struct traits *r)
{
	struct buf b = BUF_INIT(4096);
	char *text;

	for (size_t i = 0; i < r->needs.n; i++)
		buf_printf(&b, "%s%s", i ? ", " : " ", r->needs.v[i]);
	if (r->needs_more)
		buf_puts(&b, r->needs.n ? ", and perhaps others" : " some that were not found");
	text = xstrdup(buf_text(&b));
	buf_free(&b);
	return text;
}

static void add_trait(struct buf *b, const struct traits *r, const struct trait *trait)
{
	char *more = NULL, *text;

	if (r->variables == VARIABLES_SOME && !strcmp(trait->name, "variables"))
		more = names_text(r);
	if (r->word == WORD_FAILS && !strcmp(trait->name, "unknown_word"))
		more = r->word_status < 0 ? xstrdup(" (killed by a signal)")
					  : xasprintf(" (exit status %d)", r->word_status);
	text = xasprintf("%s%s", trait->words, more ? more : "");
	buf_printf(b, LABEL, trait->label);
	add_sentence(b, COLUMN, text);
	free(text);
	free(more);
}

/* Static: it is good for two. */
static const char *time_text(long ms)
{
	static char texts[2][32];
	static int at;

	at = !at;
	if (ms < 1000)
		snprintf(texts[at], sizeof(texts[at]), "%ld ms", ms);
	else
		snprintf(texts[at], sizeof(texts[at]), "%.1f s", (double)ms / 1000);
	return texts[at];
}

static void add_times(struct buf *b, const struct traits *r)
{
	if (r->hangs)
		buf_printf(b, LABEL "does not always end; its values were there after %s\n",
		    "waits", time_text(r->done_ms));
	else if (r->ahead_ms >= WAITS)
		buf_printf(b, LABEL "yes, up to %s longer than until its value was everywhere\n",
		    "waits", time_text(r->ahead_ms));
	else
		buf_printf(b, LABEL "no; its value was everywhere after %s\n", "waits",
		    time_text(r->done_ms));
	buf_printf(b, LABEL "%s to deploy, %s to clean\n", "time per call", time_text(r->deploy_ms),
	    time_text(r->clean_ms));
	buf_printf(b, LABEL "%s\n", "exit status",
	    r->lies && r->claims ? "does not tell whether it has done its work"
	    : r->lies		 ? "can be a failure although it has done its work"
	    : r->claims		 ? "can be success although nothing is there"
				 : "is as it should be");
	buf_printf(b, LABEL "%s\n", "standard output", r->prints ? "prints there" : "nothing");
}

static void add_output(struct buf *b, const char *output)
{
	buf_puts(b, "  It printed:\n");
	while (output && *output) {
		size_t len = strcspn(output, "\n");

		buf_printf(b, "    %.*s\n", (int)len, output);
		output += len + (output[len] == '\n');
	}
}

static void add_lines(struct buf *b, const struct card *c)
{
	static const char *const titles[] = {
	    [LINES_UNPROVEN] = "The lines of the configuration file that suit it:",
	    [LINES_PROVEN] =
		"It works with these lines in the configuration file; they were tried:",
	    [LINES_FAIL] = "These lines in the configuration file are not enough:",
	};
	char *pattern = pattern_text(c), *lines = lines_text(c, MARGIN);

	buf_printf(b, "\n  %s\n\n    match \"%s\" {\n%s    }\n", titles[c->lines], pattern, lines);
	free(pattern);
	free(lines);
}

static void add_remarks(struct buf *b, const struct card *c)
{
	struct strlist remarks = {0};

	find_remarks(c, &remarks);
	for (size_t i = 0; i < c->left.n; i++)
		strlist_take(
		    &remarks, xasprintf("LEFT BEHIND, remove it by hand: %s", c->left.v[i]));
	for (size_t i = 0; i < remarks.n; i++) {
		buf_puts(b, i ? "  * " : "\n  * ");
		add_sentence(b, 4, remarks.v[i]);
	}
	strlist_free(&remarks);
}

void card_text(struct buf *b, const struct card *c)
{
	const struct traits *r = c->traits;
	const struct event *subject = c->trial->subject;
	struct trait list[TRAITS];

	buf_printf(b, "%s %s: %s (dialect %s)\n\n  ", subject->field[FIELD_DOMAIN],
	    subject->field[FIELD_TYPE], c->trial->target.handler, c->trial->target.to->name);
	buf_printf(b, "It %s for a certificate with this name%s\n",
	    c->works ? "works" : "does NOT work",
	    !record_answers(subject->field[FIELD_TYPE]) ? "."
	    : c->works					? " and its wildcard."
							: " and its wildcard:");
	if (c->obstacle) {
		buf_puts(b, "  ");
		add_sentence(b, 2, c->obstacle);
	}
	if (r->fault && !r->works) {
		buf_puts(b, "  ");
		add_sentence(b, 2, r->fault);
		add_output(b, r->output);
	}
	if (r->works) {
		buf_puts(b, "\n");
		traits_list(r, list);
		for (size_t i = 0; i < TRAITS; i++)
			add_trait(b, r, &list[i]);
		add_times(b, r);
		add_lines(b, c);
	}
	add_remarks(b, c);
	buf_visible(b);
}

/* --- as data */

static struct json_object *traits_to_json(const struct traits *r)
{
	struct json_object *o = json_object_new_object();
	struct trait list[TRAITS];

	traits_list(r, list);
	for (size_t i = 0; i < TRAITS; i++)
		jsonline_set(o, list[i].name, list[i].value);
	jsonline_set_value(o, "needs", jsonline_list(&r->needs));
	jsonline_set_bool(o, "needs_more", r->needs_more);
	jsonline_set_value(o, "unknown_word_status",
	    r->word == WORD_UNKNOWN || r->word == WORD_NONE || r->word == WORD_HANGS ||
		    r->word_status < 0
		? NULL
		: json_object_new_int(r->word_status));
	jsonline_set_bool(o, "fails_though_done", r->lies);
	jsonline_set_bool(o, "succeeds_though_not_done", r->claims);
	jsonline_set_bool(o, "hangs", r->hangs);
	jsonline_set_bool(o, "clean_fails", r->clean_fails);
	jsonline_set_bool(o, "prints", r->prints);
	jsonline_set_bool(o, "waits", r->ahead_ms >= WAITS);
	jsonline_set_integer(o, "deploy_ms", r->deploy_ms);
	jsonline_set_integer(o, "clean_ms", r->clean_ms);
	jsonline_set_integer(o, "visible_ms", r->done_ms);
	return o;
}

void card_json(struct buf *b, const struct card *c)
{
	struct json_object *o = json_object_new_object();
	const struct event *subject = c->trial->subject;
	struct strlist remarks = {0};
	char *pattern = pattern_text(c), *lines = lines_text(c, "");

	jsonline_set(o, "cmd", "try");
	jsonline_set(o, "type", subject->field[FIELD_TYPE]);
	jsonline_set(o, "domain", subject->field[FIELD_DOMAIN]);
	jsonline_set_bool(o, "ok", c->works);
	jsonline_set(o, "error", c->traits->works ? c->obstacle : c->traits->fault);
	jsonline_set(o, "handler", c->trial->target.handler);
	jsonline_set(o, "dialect", c->trial->target.to->name);
	jsonline_set_value(o, "traits", traits_to_json(c->traits));
	jsonline_set(o, "match", pattern);
	jsonline_set(o, "lines", lines);
	jsonline_set_value(o, "cure", jsonline_list(c->cure));
	jsonline_set_value(o, "proven",
	    c->lines == LINES_UNPROVEN ? NULL : json_object_new_boolean(c->lines == LINES_PROVEN));
	find_remarks(c, &remarks);
	jsonline_set_value(o, "remarks", jsonline_list(&remarks));
	jsonline_set_value(o, "left", jsonline_list(&c->left));
	jsonline_set(o, "output", c->traits->output);
	jsonline_add(b, o);
	json_object_put(o);
	strlist_free(&remarks);
	free(pattern);
	free(lines);
}
