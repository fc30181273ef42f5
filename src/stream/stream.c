/* SPDX-License-Identifier: MIT */
/* acmehook run: events in, one JSON object a line; one result for each, as soon as it is there. */
#include "config.h"

#include "commands/session.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "stream/input.h"
#include "stream/peer.h"
#include "stream/stream_retry.h"

/* More clients have to wait. */
#define CLIENTS 256
/* How long results wait for a reader when everything else has ended, in s. */
#define PATIENCE 5

struct stream {
	struct session *session;
	struct schedule schedule;
	struct peers peers;
	struct stream_retry retry;
	struct listener **listeners;
	size_t n_listeners;
	bool endless; /* a service: only a signal ends it */
	bool stopped;
	bool ended; /* the input was at its end before we were told to stop */
	uv_timer_t patience;
	int waited; /* s */
};

static bool take_client(void *arg, int fd)
{
	struct stream *s = arg;
	struct error error = {0};

	if (!peer_new(&s->peers, &s->session->loop, "a client", fd, fd, &error))
		report_line(NULL, "run: %s", error.text);
	return s->peers.n < CLIENTS;
}

static void on_gone(struct peers *peers)
{
	struct stream *s = peers->arg;

	s->ended = !s->stopped;
	for (size_t i = 0; i < s->n_listeners && !s->stopped; i++)
		listener_resume(s->listeners[i]);
}

static void after(struct peers *peers, const struct event *event)
{
	struct stream *s = peers->arg;

	stream_retry_after(&s->retry, event);
}

static bool add_listener(struct stream *s, struct listener *listener)
{
	if (!listener)
		return false;
	s->listeners = xrealloc(s->listeners, (s->n_listeners + 1) * sizeof(listener));
	s->listeners[s->n_listeners++] = listener;
	s->endless = true;
	return true;
}

static bool add_fifo(struct stream *s, const char *name, int fd, struct error *error)
{
	s->endless = true;
	return fd >= 0 && peer_new(&s->peers, &s->session->loop, name, fd, 1, error);
}

/* What systemd has opened for us. */
static bool take_activation(struct stream *s, struct error *error)
{
	int fd, n = input_activation(&fd);

	for (; n > 0; n--, fd++) {
		if (input_is_fifo(fd)
			? !add_fifo(s, "the FIFO", fd, error)
			: !add_listener(s, listener_take(&s->session->loop, fd, take_client, s)))
			return false;
	}
	return true;
}

static bool open_file(struct stream *s, const char *path, struct error *error)
{
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : 0;

	if (fd < 0)
		return error_set(error, FAILURE_USAGE, "%s: %s", path, strerror(errno));
	return peer_new(&s->peers, &s->session->loop, path ? path : "stdin", fd, 1, error);
}

static bool open_inputs(struct stream *s, struct error *error)
{
	const struct command *command = s->session->command;
	const char *path = command->words.n ? command->words.v[0] : NULL;
	const char *fifo = command->settings.v[OPTION_FIFO].text;
	const struct strlist *listen = &command->settings.v[OPTION_LISTEN].list;

	if (path && (fifo || listen->n))
		return error_set(error, FAILURE_USAGE,
		    "%s: a file of events does not go together with --fifo and --listen", path);
	for (size_t i = 0; i < listen->n; i++)
		if (!add_listener(
			s, listener_new(&s->session->loop, listen->v[i], take_client, s, error)))
			return false;
	if (fifo && !add_fifo(s, fifo, input_fifo(fifo, error), error))
		return false;
	if (!path && !take_activation(s, error))
		return false;
	return s->endless || open_file(s, path, error);
}

/* Everything that ran has ended; who does not read the results now will not do so any more. */
static void on_patience(uv_timer_t *timer)
{
	struct stream *s = timer->data;

	if (!s->session->jobs.first && ++s->waited >= PATIENCE)
		peers_close(&s->peers);
}

static void stop(struct stream *s)
{
	if (s->stopped)
		return;
	s->stopped = true;
	for (size_t i = 0; i < s->n_listeners; i++)
		listener_close(s->listeners[i]);
	schedule_pump(&s->schedule);
	peers_stop(&s->peers);
}

static void on_stop(void *arg)
{
	struct stream *s = arg;

	stop(s);
	uv_timer_start(&s->patience, on_patience, 1000, 1000);
	uv_unref((uv_handle_t *)&s->patience);
}

static enum failure outcome(const struct stream *s)
{
	if (s->peers.stopped || s->peers.lost || (s->stopped && !s->ended && !s->endless))
		return FAILURE_STOPPED;
	return s->endless ? FAILURE_NONE : s->peers.worst;
}

static long default_jobs(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n > 0 ? n : 1;
}

int stream_command(struct session *session)
{
	struct stream *s = xcalloc(1, sizeof(*s));
	const struct setting *jobs = view_get(&session->view, OPTION_JOBS);
	struct error error = {0};
	enum failure failure;

	s->session = session;
	s->peers = (struct peers){.schedule = &s->schedule,
	    .ordered = view_number(&session->view, OPTION_ORDERED),
	    .explain = session->command->explain,
	    .thumbprints = &view_get(&session->view, OPTION_THUMBPRINT)->list,
	    .gone = on_gone,
	    .after = after,
	    .arg = s};
	schedule_init(&s->schedule, &session->jobs, jobs->set ? jobs->number : default_jobs(),
	    view_number(&session->view, OPTION_QUEUE));
	stream_retry_init(&s->retry, &s->schedule);
	uv_timer_init(&session->loop, &s->patience);
	s->patience.data = s;
	if (!session->report.verbose)
		session->report.reporter = &report_nothing;
	session->on_stop = on_stop;
	session->arg = s;
	if (!open_inputs(s, &error)) {
		report_line(NULL, "run: %s", error.text);
		s->peers.worst = error.failure;
		stop(s);
		peers_close(&s->peers);
	}
	session_run(session);
	failure = error.failure ? error.failure : outcome(s);
	uv_close((uv_handle_t *)&s->patience, NULL);
	session_run(session);
	schedule_free(&s->schedule);
	free(s->listeners);
	free(s);
	return failure_status(failure);
}
