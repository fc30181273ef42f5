/* SPDX-License-Identifier: MIT */
/* acmehook verify --file: many questions, one a line. */
#include "config.h"

#include "commands/look.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "handlers/lineio.h"

/* As many are asked at a time. */
#define LOOKS_MAX 10000

struct looks {
	struct session *session;
	const char *path;
	struct lineio *io; /* NULL at the end of the file */
	size_t lines, asked;
	struct look *first; /* those that are under way */
	size_t verdicts[VERDICT__MAX], wrong;
	bool stopped;
};

static void wrong_line(struct looks *b, const char *sentence)
{
	report_line(NULL, "verify: %s:%zu: %s", b->path, b->lines, sentence);
	b->wrong++;
}

static void remove_look(struct looks *b, struct look *look)
{
	*look->link = look->next;
	if (look->next)
		look->next->link = look->link;
	look_end(look);
	free(look);
	b->asked--;
}

static void on_done(struct look *look)
{
	struct looks *b = look->session->arg;
	const struct report *report = &b->session->report;
	enum verdict verdict = look_verdict(look);

	b->verdicts[verdict]++;
	if (!report->quiet || verdict != VERDICT_PASS)
		look_print(look, report->verbose || verdict != VERDICT_PASS);
	remove_look(b, look);
	if (b->io)
		lineio_read(b->io, true);
}

/* Words with blanks in between; none in an empty line or a comment. */
static void split(struct strlist *words, const char *line)
{
	static const char blanks[] = " \t";

	line += strspn(line, blanks);
	while (*line && (words->n || (*line != '#' && *line != ';'))) {
		size_t len = strcspn(line, blanks);

		strlist_take(words, xstrndup(line, len));
		line += len;
		line += strspn(line, blanks);
	}
}

static void ask(struct looks *b, const struct strlist *words)
{
	struct look *look = xcalloc(1, sizeof(*look));
	struct error error = {0};

	look->session = b->session;
	look->line = b->lines;
	look->done = on_done;
	look->link = &b->first;
	look->next = b->first;
	if (look->next)
		look->next->link = &look->next;
	b->first = look;
	b->asked++;
	if (!look_begin(look, words, NULL, &error)) {
		wrong_line(b, error.text);
		remove_look(b, look);
	}
	if (b->asked >= LOOKS_MAX)
		lineio_read(b->io, false);
}

static void on_line(void *arg, const char *data, size_t len)
{
	struct looks *b = arg;
	struct strlist words = {0};

	b->lines++;
	if (!data || strlen(data) != len) {
		wrong_line(b, data ? "there is a NUL byte in it" : "is longer than 1 MiB");
		return;
	}
	split(&words, data);
	if (words.n > 100)
		wrong_line(b, "has more than 100 words");
	else if (words.n)
		ask(b, &words);
	strlist_free(&words);
}

static void on_ended(void *arg)
{
	struct looks *b = arg;

	lineio_close(b->io);
	b->io = NULL;
}

static void on_stop(void *arg)
{
	struct looks *b = arg;

	b->stopped = true;
	for (struct look *look = b->first, *next; look; look = next) {
		next = look->next;
		remove_look(b, look);
	}
	if (b->io)
		on_ended(b);
}

static bool open_file(struct looks *b, struct error *error)
{
	static const struct lineio_events events = {.line = on_line, .ended = on_ended};
	bool standard = !strcmp(b->path, "-");
	int fd = standard ? STDIN_FILENO : open(b->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC),
	    why = errno;

	if (fd >= 0)
		b->io = lineio_new(&b->session->loop, fd, -1, &events, b, &why);
	if (b->io)
		return true;
	error_set(error, FAILURE_USAGE, "file: %s: %s", standard ? "standard input" : b->path,
	    strerror(why));
	if (fd >= 0 && !standard)
		close(fd);
	return false;
}

static void sum_up(const struct looks *b)
{
	struct buf text = BUF_INIT(200);

	for (int v = 0; v < VERDICT__MAX; v++)
		if (b->verdicts[v])
			buf_printf(&text, "%s%zu %s", text.len ? ", " : "", b->verdicts[v],
			    verdict_name((enum verdict)v));
	if (b->wrong)
		buf_printf(&text, "%s%zu wrong lines", text.len ? ", " : "", b->wrong);
	report_line(NULL, "verify: %s: %s", b->path, text.len ? text.data : "no questions");
	buf_free(&text);
}

/* What is worst decides. */
static enum failure failure(const struct looks *b)
{
	static const enum verdict worse[] = {VERDICT_FAIL, VERDICT_RETRY, VERDICT_UNKNOWN};

	if (b->stopped)
		return FAILURE_STOPPED;
	if (b->wrong)
		return FAILURE_USAGE;
	for (size_t i = 0; i < nitems(worse); i++)
		if (b->verdicts[worse[i]])
			return look_failure(worse[i]);
	return FAILURE_NONE;
}

int look_at_file(struct session *session)
{
	struct looks *b = xcalloc(1, sizeof(*b));
	struct error error = {0};

	b->session = session;
	b->path = view_text(&session->view, OPTION_FILE);
	session->on_stop = on_stop;
	session->arg = b;
	if (open_file(b, &error)) {
		lineio_read(b->io, true);
		session_run(session);
		if (!session->report.quiet)
			sum_up(b);
		error.failure = failure(b);
	} else {
		report_line(NULL, "verify: %s", error.text);
	}
	session->on_stop = NULL;
	free(b);
	return failure_status(error.failure);
}
