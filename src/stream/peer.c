/* SPDX-License-Identifier: MIT */
/* Somebody who has events: lines in, one result line out for each. */
#include "config.h"

#include "stream/peer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "event_json.h"
#include "jsonline.h"
#include "report/report.h"
#include "commands/session.h"

/* So many events are read before they can be begun. */
#define READ_AHEAD 256
/* So many bytes of results may wait before nothing more is begun for who does not read them. */
#define CLOGGED (1024 * 1024)

/* A line on its way to its result. */
struct line {
	struct ticket ticket; /* first */
	struct line *next;
	struct json_object *id;
	struct error *error;
	struct buf result;
};

static struct peer *peer_of(const struct ticket *ticket)
{
	return (struct peer *)((char *)ticket->source - offsetof(struct peer, source));
}

static void line_free(struct line *line)
{
	events_free(&line->ticket.events);
	json_object_put(line->id);
	free(line->error);
	buf_free(&line->result);
	free(line);
}

/* Nothing can come of it any more. */
static void forget(struct peer *peer)
{
	struct peers *peers = peer->peers;
	struct peer **link = &peers->first;

	if (peer->lost)
		report_line(NULL, "run: %s: not all results were read", peer->name);
	while (*link != peer)
		link = &(*link)->next;
	*link = peer->next;
	peers->n--;
	source_remove(peers->schedule, &peer->source);
	lineio_close(peer->io);
	free(peer);
	if (peers->gone)
		peers->gone(peers);
}

/* Reads on if there is room; forgets a peer that has all it wanted. */
static void update(struct peer *peer)
{
	bool room = peer->source.waiting < READ_AHEAD && !peer->source.clogged;

	lineio_read(peer->io,
	    room && !peer->ended && !peer->lost && !peer->peers->schedule->jobs->stopping);
	if ((peer->ended || peer->lost) && !peer->unanswered && !lineio_unwritten(peer->io))
		forget(peer);
}

static void deliver(struct peer *peer, struct line *line)
{
	peer->unanswered--;
	lineio_write(peer->io, buf_text(&line->result), line->result.len);
	peer->source.clogged = lineio_unwritten(peer->io) > CLOGGED;
	line_free(line);
}

static void deliver_in_order(struct peer *peer)
{
	struct line *line;

	while ((line = peer->first) && line->result.len) {
		peer->first = line->next;
		if (!peer->first)
			peer->last = &peer->first;
		deliver(peer, line);
		schedule_answered(peer->peers->schedule);
	}
}

static void on_done(struct ticket *ticket, const struct job *job, size_t i)
{
	struct line *line = (struct line *)ticket;
	struct peer *peer = peer_of(ticket);
	struct json_object *result = result_to_json(job, i, line->id);
	enum failure failure =
	    i < job->deploy.events.n ? job->tasks[i].error.failure : job->error.failure;

	if (i < job->deploy.events.n)
		peer->peers->after(peer->peers, &job->deploy.events.v[i]);
	if (!peer->peers->worst)
		peer->peers->worst = failure;
	peer->peers->stopped += failure == FAILURE_STOPPED;
	line->result = (struct buf)BUF_INIT(4 * JSONLINE_MAX);
	jsonline_add(&line->result, result);
	json_object_put(result);
	if (peer->peers->ordered) {
		deliver_in_order(peer);
	} else {
		deliver(peer, line);
		schedule_answered(peer->peers->schedule);
	}
	update(peer);
}

static void on_begun(struct source *source)
{
	struct peer *peer = (struct peer *)((char *)source - offsetof(struct peer, source));

	if (source->waiting == READ_AHEAD / 2)
		update(peer);
}

static const struct schedule_events schedule_events = {.begun = on_begun, .done = on_done};

/* A line into an event, or into the reason why it is none. */
static void parse(struct peer *peer, struct line *line, const char *data, size_t len)
{
	long long number = peer->number;
	struct error error = {0};
	struct json_object *o = NULL, *id = NULL;
	const char *why = NULL;

	if (data)
		o = jsonline_parse(data, len, &why);
	if (!data)
		error_set(&error, FAILURE_USAGE, "line %lld is longer than %d bytes", number,
		    JSONLINE_MAX);
	else if (!o)
		error_set(&error, FAILURE_USAGE, "line %lld is not JSON: %s", number, why);
	else if (event_from_json(o, events_add(&line->ticket.events), &error))
		event_use_thumbprints(line->ticket.events.v, peer->peers->thumbprints);
	if (error.failure) {
		line->error = xcalloc(1, sizeof(error));
		*line->error = error;
	}
	line->ticket.error = line->error;
	line->id = o && json_object_object_get_ex(o, "id", &id) ? json_object_get(id)
								: json_object_new_int64(number);
	json_object_put(o);
}

static void explain(struct peers *peers, struct line *line)
{
	static const struct error none;
	struct job *job = job_new(peers->schedule->jobs, dialect_find("json", DIALECT_FROM), NULL,
	    &line->ticket.events, line->error ? line->error : &none);

	explain_job(job);
	if (!peers->worst)
		peers->worst = job->error.failure;
	job_free(job);
	line_free(line);
}

static void on_line(void *arg, const char *data, size_t len)
{
	struct peer *peer = arg;
	struct line *line;

	peer->number++;
	if (data && !data[strspn(data, " \t")])
		return;
	line = xcalloc(1, sizeof(*line));
	line->ticket.source = &peer->source;
	parse(peer, line, data, len);
	if (peer->peers->explain) {
		explain(peer->peers, line);
		return;
	}
	if (peer->peers->ordered) {
		*peer->last = line;
		peer->last = &line->next;
	}
	peer->unanswered++;
	schedule_add(peer->peers->schedule, &line->ticket);
	update(peer);
}

static void on_ended(void *arg)
{
	struct peer *peer = arg;

	peer->ended = true;
	update(peer);
}

static void on_written(void *arg)
{
	struct peer *peer = arg;

	peer->source.clogged = false;
	schedule_pump(peer->peers->schedule);
	update(peer);
}

static void on_trouble(void *arg, int error, bool kept)
{
	struct peer *peer = arg;

	if (kept) {
		report_line(NULL, "run: %s: %s; results wait until there is room", peer->name,
		    strerror(error));
		return;
	}
	peer->lost = true;
	peer->peers->lost = peer->peers->lost || peer->vital;
	if (error != EPIPE && error != ECONNRESET)
		report_line(
		    NULL, "run: %s: results cannot be written: %s", peer->name, strerror(error));
}

static const struct lineio_events lineio_events = {
    .line = on_line, .ended = on_ended, .written = on_written, .trouble = on_trouble};

struct peer *peer_new(
    struct peers *peers, uv_loop_t *loop, const char *name, int in, int out, struct error *error)
{
	struct peer *peer = xcalloc(1, sizeof(*peer));
	int status;

	*peer = (struct peer){
	    .peers = peers, .name = name, .last = &peer->first, .vital = out == STDOUT_FILENO};
	peer->io = lineio_new(loop, in, out, &lineio_events, peer, &status);
	if (!peer->io) {
		error_set(error, FAILURE_USAGE, "%s: cannot be read: %s", name, strerror(status));
		close(in);
		free(peer);
		return NULL;
	}
	peer->next = peers->first;
	peers->first = peer;
	peers->n++;
	peer->source.events = &schedule_events;
	source_add(peers->schedule, &peer->source);
	update(peer);
	return peer;
}

void peers_stop(struct peers *peers)
{
	for (struct peer *peer = peers->first, *next; peer; peer = next) {
		next = peer->next;
		peer->ended = true;
		update(peer);
	}
}

void peers_close(struct peers *peers)
{
	while (peers->first) {
		peers->first->lost = true;
		peers->lost = peers->lost || peers->first->vital;
		forget(peers->first);
	}
}
