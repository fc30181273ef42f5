/* SPDX-License-Identifier: MIT */
/* Configuration files, by libConfuse, and what is to be known about it. */
#include "config.h"

#include "conffile.h"

#include <errno.h>
#include <string.h>

#include "nearest.h"
#include "trust.h"

/* libConfuse's callbacks have no argument of ours: this is where they put what they find. */
static struct {
	const char *file;
	const cfg_opt_t *opts; /* outside of sections */
	struct error *error;
} parsing;

/* What may have been meant by an option that is not known where it stands. */
static void advise(const cfg_t *cfg, const char *name, char *text, size_t size)
{
	struct nearest nearest = {.written = name, .len = strlen(name)};
	size_t len = strlen(text);

	for (const cfg_opt_t *opt = parsing.opts; cfg->title && opt->name; opt++)
		if (!strcmp(opt->name, name)) {
			snprintf(text + len, size - len,
			    " in a section; it holds for all, and stands outside of %s", cfg->name);
			return;
		}
	for (const cfg_opt_t *opt = cfg->opts; opt->name; opt++)
		nearest_try(&nearest, opt->name);
	if (nearest_word(&nearest))
		snprintf(text + len, size - len, "; %s", nearest_advice(&nearest, "", ""));
}

__attribute__((format(printf, 2, 0))) static void on_error(
    cfg_t *cfg, const char *format, va_list ap)
{
	char text[512], name[64];

	vsnprintf(text, sizeof(text), format, ap);
	if (sscanf(text, "no such option '%63[^']'", name) == 1 && strcmp(name, CONFFILE_END))
		advise(cfg, name, text, sizeof(text));
	if (!strcmp(text, "premature end of file"))
		strcat(text, "; is a quote not closed?");
	error_set(parsing.error, FAILURE_USAGE, "%s:%d: %s", parsing.file, cfg->line,
	    strstr(text, CONFFILE_END) ? "the file ends within a section; a } is missing" : text);
}

bool conffile_read(const char *name, FILE *stream, struct buf *text, struct error *error)
{
	bool good = trust_path(name, TRUST_CONFIGURATION, error);
	char chunk[4096];
	size_t n;

	while (good && (n = fread(chunk, 1, sizeof(chunk), stream)) > 0)
		if (!buf_add(text, chunk, n))
			break;
	if (ferror(stream))
		good = error_set(error, FAILURE_USAGE, "%s: %s", name, strerror(errno));
	fclose(stream);
	return good;
}

/*
 * Makes spaces of comments: libConfuse (3.3) counts the lines that have one three times, and an
 * error in the wrong line is worse than none.
 */
static void blank_comments(char *text)
{
	char quote = '\0';

	for (char *p = text; *p; p++) {
		const char *end;

		if (quote) {
			if (*p == '\\' && p[1])
				p++;
			else if (*p == quote)
				quote = '\0';
			continue;
		}
		if (*p == '"' || *p == '\'') {
			quote = *p;
			continue;
		}
		if (*p != '#' && strncmp(p, "//", 2) && strncmp(p, "/*", 2))
			continue;
		end = strncmp(p, "/*", 2) ? strchr(p, '\n') : strstr(p + 2, "*/");
		for (end = end ? end : strchr(p, '\0'); p < end; p++)
			*p = *p == '\n' ? '\n' : ' ';
		if (!strncmp(p, "*/", 2))
			memcpy(p, "  ", 2);
		p--;
	}
}

bool conffile_prepare(const char *name, struct buf *text, struct error *error)
{
	if (text->overflow || !buf_puts(text, "\n" CONFFILE_END " = true\n") ||
	    strlen(text->data) != text->len)
		return error_set(
		    error, FAILURE_USAGE, "%s: not a text file that could be read", name);
	blank_comments(text->data);
	return true;
}

cfg_t *conffile_parse(const char *name, const char *text, cfg_opt_t *opts, struct error *error)
{
	cfg_t *cfg = cfg_init(opts, CFGF_NONE);

	parsing.file = name;
	parsing.opts = opts;
	parsing.error = error;
	cfg_set_error_function(cfg, on_error);
	if (cfg_parse_buf(cfg, text) != CFG_SUCCESS)
		error_set(error, FAILURE_USAGE, "%s: cannot be read", name);
	else if (!cfg_getbool(cfg, CONFFILE_END))
		error_set(error, FAILURE_USAGE, "%s: a comment is not closed", name);
	else
		return cfg;
	cfg_free(cfg);
	return NULL;
}

int conffile_line(const char *text, const char *keyword, const char *title, int otherwise)
{
	size_t word_len = strlen(keyword), len = strlen(title);
	int line = 1;

	for (const char *p = text; *p; p += strcspn(p, "\n") + 1, line++) {
		const char *word = p + strspn(p, " \t"), *quoted;

		if (!strncmp(word, keyword, word_len)) {
			quoted = word + word_len + strspn(word + word_len, " \t");
			if (*quoted && !strncmp(quoted + 1, title, len) &&
			    quoted[len + 1] == *quoted)
				return line;
		}
		if (!p[strcspn(p, "\n")])
			break;
	}
	return otherwise;
}
