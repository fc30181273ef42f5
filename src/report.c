/* SPDX-License-Identifier: MIT */
/* What people and programs are told of a job. */
#include "config.h"

#include "report.h"

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

/* Somebody else may have made it non-blocking. */
static bool wait_until_writable(int fd)
{
	return poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, -1) == 1;
}

void write_all(int fd, const char *data, size_t len)
{
	while (len) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && (errno == EINTR || (errno == EAGAIN && wait_until_writable(fd))))
			continue;
		if (n <= 0)
			return;
		data += n;
		len -= (size_t)n;
	}
}

void report_line(struct report *report, const char *format, ...)
{
	struct buf b = BUF_INIT(64 * 1024);
	char *text = NULL;
	va_list ap;

	va_start(ap, format);
	if (vasprintf(&text, format, ap) >= 0)
		buf_printf(&b, "%sacmehook: %s\n", report && report->line ? "\r\033[K" : "", text);
	va_end(ap);
	if (report)
		report->line = false;
	write_all(2, buf_text(&b), b.len);
	buf_free(&b);
	free(text);
}
