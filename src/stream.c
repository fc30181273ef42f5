/* SPDX-License-Identifier: MIT */
/* acmehook run: events in, one JSON object a line; one result for each, in order. */
#include "config.h"

#include "session.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "event_json.h"
#include "jsonline.h"

/* A line that waits for the ones before it. */
struct waiting {
	struct waiting *next;
	char *data; /* NULL: it was too long */
	size_t len;
};

struct stream {
	struct session *session;
	int fd;
	bool is_file, ended;
	union {
		uv_handle_t handle;
		uv_stream_t stream;
		uv_pipe_t pipe;
		uv_tty_t tty;
	} in;
	uv_fs_t read;
	char buffer[64 * 1024];
	struct linecutter lines;
	struct waiting *first, **last;
	bool busy, reading;
	long long number; /* of the line that is being handled */
	struct json_object *id;
	enum failure worst; /* the first failure there was */
};

static void take_next(struct stream *s);
static void read_more(struct stream *s);

static void put_result(struct stream *s, const struct job *job)
{
	struct json_object *result;
	struct buf b = BUF_INIT(4 * JSONLINE_MAX);

	result = result_to_json(job, 0, s->id);
	jsonline_add(&b, result);
	write_all(1, buf_text(&b), b.len);
	buf_free(&b);
	json_object_put(result);
}

static void end_event(struct stream *s, struct job *job)
{
	if (s->session->command->explain)
		explain_job(job);
	else
		put_result(s, job);
	if (!s->worst)
		s->worst = job->error.failure;
	json_object_put(s->id);
	s->id = NULL;
	s->busy = false;
	job_free(job);
}

static void on_job_done(struct job *job, void *arg)
{
	struct stream *s = arg;

	end_event(s, job);
	take_next(s);
}

/* A line into an event; what cannot be one becomes a job that has failed already. */
static struct job *read_line(struct stream *s, const struct waiting *line)
{
	struct events events = {0};
	struct error error = {0};
	struct json_object *o = NULL, *id = NULL;
	const char *why = NULL;
	struct job *job;

	if (line->data)
		o = jsonline_parse(line->data, line->len, &why);
	if (!line->data)
		error_set(&error, FAILURE_USAGE, "line %lld is longer than %d bytes", s->number,
		    JSONLINE_MAX);
	else if (!o)
		error_set(&error, FAILURE_USAGE, "line %lld is not JSON: %s", s->number, why);
	else if (event_from_json(o, events_add(&events), &error))
		event_use_thumbprints(
		    &events.v[0], &view_get(&s->session->view, OPTION_THUMBPRINT)->list);
	if (o && json_object_object_get_ex(o, "id", &id))
		id = json_object_get(id);
	s->id = id ? id : json_object_new_int64(s->number);
	job = job_new(&s->session->jobs, dialect_find("json", DIALECT_FROM), NULL, &events, &error);
	json_object_put(o);
	return job;
}

static bool blank(const struct waiting *line)
{
	return line->data && line->data[strspn(line->data, " \t")] == '\0';
}

static void begin_event(struct stream *s, const struct waiting *line)
{
	struct job *job = read_line(s, line);

	s->busy = true;
	if (s->session->command->explain)
		end_event(s, job);
	else
		job_start(job, on_job_done, s);
}

static void take_next(struct stream *s)
{
	while (s->first && !s->busy && !s->session->jobs.stopping) {
		struct waiting *line = s->first;

		s->first = line->next;
		if (!s->first)
			s->last = &s->first;
		s->number++;
		if (!blank(line))
			begin_event(s, line);
		free(line->data);
		free(line);
	}
	if (!s->first && !s->busy)
		read_more(s);
}

static void on_line(void *arg, const char *data, size_t len)
{
	struct stream *s = arg;
	struct waiting *line = xcalloc(1, sizeof(*line));

	*line = (struct waiting){.data = data ? xcalloc(1, len + 1) : NULL, .len = len};
	if (data)
		memcpy(line->data, data, len);
	*s->last = line;
	s->last = &line->next;
}

static void took(struct stream *s, ssize_t n)
{
	if (n > 0) {
		linecutter_feed(&s->lines, s->buffer, (size_t)n);
	} else if (!s->ended) {
		s->ended = true;
		linecutter_end(&s->lines);
	}
	take_next(s);
}

static void on_alloc(uv_handle_t *handle, size_t size, uv_buf_t *buf)
{
	struct stream *s = handle->data;

	(void)size;
	*buf = uv_buf_init(s->buffer, sizeof(s->buffer));
}

static void on_stream_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	struct stream *s = stream->data;

	(void)buf;
	if (n == 0)
		return;
	uv_read_stop(stream); /* the next lines wait with whoever writes them */
	s->reading = false;
	took(s, n);
}

static void on_file_read(uv_fs_t *request)
{
	struct stream *s = request->data;
	ssize_t n = request->result;

	uv_fs_req_cleanup(request);
	s->reading = false;
	took(s, n);
}

static void read_more(struct stream *s)
{
	uv_buf_t buf = uv_buf_init(s->buffer, sizeof(s->buffer));

	if (s->ended || s->reading || s->session->jobs.stopping)
		return;
	s->reading = true;
	if (s->is_file)
		uv_fs_read(&s->session->loop, &s->read, s->fd, &buf, 1, -1, on_file_read);
	else
		uv_read_start(&s->in.stream, on_alloc, on_stream_read);
}

/* Files cannot be polled, a terminal is others' too: each is read in its own way. */
static bool open_input(struct stream *s, const char *path)
{
	uv_loop_t *loop = &s->session->loop;
	int status = UV_EINVAL;

	s->fd = path ? open(path, O_RDONLY | O_CLOEXEC) : 0;
	if (s->fd < 0) {
		report_line(NULL, "run: %s: %s", path, strerror(errno));
		return false;
	}
	switch (uv_guess_handle(s->fd)) {
	case UV_FILE:
		s->is_file = true;
		s->read.data = s;
		return true;
	case UV_TTY:
		status = uv_tty_init(loop, &s->in.tty, s->fd, 1);
		break;
	case UV_NAMED_PIPE:
	case UV_TCP:
		uv_pipe_init(loop, &s->in.pipe, 0);
		status = uv_pipe_open(&s->in.pipe, s->fd);
		break;
	default:
		break;
	}
	s->in.handle.data = s;
	if (status)
		report_line(
		    NULL, "run: %s cannot be read: %s", path ? path : "stdin", uv_strerror(status));
	return !status;
}

static void on_stop(void *arg)
{
	struct stream *s = arg;

	if (!s->is_file && s->reading)
		uv_read_stop(&s->in.stream);
}

static void drop_waiting(struct stream *s)
{
	while (s->first) {
		struct waiting *line = s->first;

		s->first = line->next;
		free(line->data);
		free(line);
	}
}

int stream_command(struct session *session)
{
	struct stream *s = xcalloc(1, sizeof(*s));
	enum failure worst;

	s->session = session;
	s->last = &s->first;
	linecutter_init(&s->lines, on_line, s);
	if (!open_input(s, session->command->words.v ? session->command->words.v[0] : NULL)) {
		free(s);
		return failure_status(FAILURE_USAGE);
	}
	if (!session->report.verbose)
		session->report.reporter = &report_nothing;
	session->on_stop = on_stop;
	session->arg = s;
	read_more(s);
	session_run(session);
	if (!s->is_file) {
		uv_close(&s->in.handle, NULL);
		session_run(session);
	}
	worst = session->jobs.stopping ? FAILURE_STOPPED : s->worst;
	drop_waiting(s);
	linecutter_free(&s->lines);
	free(s);
	return failure_status(worst);
}
