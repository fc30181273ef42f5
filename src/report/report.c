/* SPDX-License-Identifier: MIT */
/* What people and programs are told of a job. */
#include "config.h"

#include "report/report.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const struct reporter report_nothing = {NULL, NULL};

void report_init(struct report *report, const struct view *view)
{
	static const struct reporter *const by_format[] = {
	    [FORMAT_TEXT] = &report_text,
	    [FORMAT_JSON] = &report_json,
	};

	*report = (struct report){
	    .reporter = by_format[view_number(view, OPTION_FORMAT)],
	    .quiet = view_number(view, OPTION_QUIET),
	    .verbose = view_number(view, OPTION_VERBOSE),
	    .terminal = isatty(2),
	};
}

void report_done(struct report *report, const struct job *job)
{
	if (report->reporter->done)
		report->reporter->done(report, job);
}

bool report_shows_progress(const struct report *report)
{
	return report->reporter->progress && report->terminal && !report->quiet;
}

void report_progress(
    struct report *report, const struct job *job, size_t i, struct json_object *state)
{
	if (report_shows_progress(report))
		report->reporter->progress(report, job_title(job, i), state);
}

const char *job_title(const struct job *job, size_t i)
{
	static char title[300];
	const struct event *event = i < job->deploy.events.n ? &job->deploy.events.v[i] : NULL;
	const char *domain = event ? event->field[FIELD_DOMAIN] : NULL;
	const char *word = job->form ? job->form->word : verb_name(event ? event->verb : 0);

	snprintf(title, sizeof(title), "%s%s%s", word, domain ? " " : "", domain ? domain : "");
	return title;
}

/* Back to the begin of a terminal's line, which is made empty. */
#define ERASE "\r\033[K"

static bool stdout_lost;

void write_all(int fd, const char *data, size_t len)
{
	struct pollfd ready = {.fd = fd, .events = POLLOUT};

	while (len) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && (errno == EINTR || errno == EAGAIN)) {
			poll(&ready, 1, -1); /* whoever gave us the file may want it non-blocking */
			continue;
		}
		if (n <= 0) {
			stdout_lost = stdout_lost || fd == STDOUT_FILENO;
			return;
		}
		data += n;
		len -= (size_t)n;
	}
}

bool output_lost(void)
{
	return stdout_lost;
}

void report_write(struct report *report, struct buf *b)
{
	if (report && report->line) {
		write_all(STDERR_FILENO, ERASE, strlen(ERASE));
		report->line = false;
	}
	buf_visible(b);
	write_all(STDERR_FILENO, buf_text(b), b->len);
}

void report_line(struct report *report, const char *format, ...)
{
	struct buf b = BUF_INIT(64 * 1024);
	char *text = NULL;
	va_list ap;

	va_start(ap, format);
	if (vasprintf(&text, format, ap) >= 0)
		buf_printf(&b, "acmehook: %s\n", text);
	va_end(ap);
	report_write(report, &b);
	buf_free(&b);
	free(text);
}
