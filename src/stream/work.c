/* SPDX-License-Identifier: MIT */
/* Tickets that become one job. */
#include "config.h"

#include "stream/work.h"

#include <stdlib.h>

#include "jobs/prove.h"

static void leave(struct schedule *s, struct ticket *ticket)
{
	lane_leave(&s->lanes, &ticket->identifier);
	lane_leave(&s->lanes, &ticket->handler);
	ticket->source->active--;
	ticket->source->barrier = false;
}

/* In what is counted, what is in this state is one more or less. */
static void count(struct work *w, int by)
{
	w->source->asking += w->state == WORK_ASKING ? by : 0;
	w->source->n_ready += w->state == WORK_READY ? by : 0;
	w->schedule->running += w->state == WORK_RUNNING ? by : 0;
	w->schedule->ending += w->state == WORK_ENDING ? by : 0;
	w->schedule->coming += w->gathered && w->state <= WORK_READY ? by : 0;
}

/* The queue in which it waits in its state; NULL: in none. */
static struct queue *queue_of(struct work *w)
{
	switch (w->state) {
	case WORK_READY:
		return &w->source->ready;
	case WORK_UNPROVEN:
		return &w->schedule->unproven;
	default:
		return NULL;
	}
}

static void join(struct queue *queue, struct work *w)
{
	w->prev = queue->last;
	/* in the order of the tickets */
	while (w->state == WORK_READY && w->prev &&
	       w->prev->tickets[0]->number > w->tickets[0]->number)
		w->prev = w->prev->prev;
	w->next = w->prev ? w->prev->next : queue->first;
	*(w->prev ? &w->prev->next : &queue->first) = w;
	*(w->next ? &w->next->prev : &queue->last) = w;
}

static void quit(struct queue *queue, struct work *w)
{
	*(w->prev ? &w->prev->next : &queue->first) = w->next;
	*(w->next ? &w->next->prev : &queue->last) = w->prev;
}

static void enter(struct work *w, enum work_state state)
{
	if (queue_of(w))
		quit(queue_of(w), w);
	count(w, -1);
	w->state = state;
	count(w, 1);
	if (queue_of(w))
		join(queue_of(w), w);
}

/* Where a challenge is delegated to, there may be another handler. */
static void follow(struct work *w)
{
	for (size_t i = 0; i < w->n && i < w->job->deploy.events.n; i++) {
		const struct target *target = &w->job->deploy.targets[i];

		if (w->job->tasks[i].alias)
			lane_move(&w->schedule->lanes,
			    view_number(&target->view, OPTION_SERIAL) ? target->handler : NULL,
			    &w->tickets[i]->handler);
	}
}

static void on_ready(struct job *job, void *arg)
{
	struct work *w = arg;

	w->job = job;
	follow(w);
	enter(w, WORK_READY);
	schedule_pump(w->schedule);
}

static void on_ran(struct job *job, void *arg)
{
	struct work *w = arg;

	enter(w, job->state == JOB_DONE ? WORK_ENDING : WORK_RAN);
	for (size_t i = 0; i < w->n; i++) {
		/* what is cleaned is there until it is done */
		if (job->state == JOB_VERIFYING && w->tickets[i]->verb == VERB_DEPLOY)
			lane_prove(&w->tickets[i]->identifier);
		lane_step_aside(&w->tickets[i]->handler);
	}
	schedule_pump(w->schedule);
}

static void on_unproven(struct job *job, void *arg)
{
	struct work *w = arg;

	w->since = uv_now(job->jobs->loop);
	enter(w, WORK_UNPROVEN);
	schedule_pump(w->schedule);
}

static void work_free(struct work *w)
{
	free(w->tickets);
	free(w);
}

static void on_done(struct job *job, void *arg)
{
	struct work *w = arg;
	struct schedule *s = w->schedule;

	enter(w, WORK_RAN);
	for (size_t i = 0; i < w->n; i++) {
		leave(s, w->tickets[i]);
		w->tickets[i]->source->events->done(w->tickets[i], job, i);
	}
	job_free(job);
	work_free(w);
	schedule_pump(s);
}

struct work *work_new(struct schedule *s)
{
	struct work *w = xcalloc(1, sizeof(*w));

	w->schedule = s;
	return w;
}

void work_add(struct work *w, struct ticket *ticket)
{
	w->tickets = xrealloc(w->tickets, (w->n + 1) * sizeof(struct ticket *));
	w->tickets[w->n++] = ticket;
}

static struct job *make_job(struct work *w)
{
	static const struct error none;
	const struct error *error = w->tickets[0]->error;
	struct events events = {0};

	for (size_t i = 0; i < w->n; i++)
		if (w->tickets[i]->events.n)
			event_copy(events_add(&events), w->tickets[i]->events.v);
	return job_new(w->schedule->jobs, dialect_find("json", DIALECT_FROM), NULL, &events,
	    error ? error : &none);
}

void work_start(struct work *w)
{
	struct job *job = make_job(w);

	job->again = w->tickets[0]->again;
	if (job->error.failure && w->n > 1) {
		job_free(job);
		for (size_t i = 0; i < w->n; i++) {
			struct work *alone = work_new(w->schedule);

			work_add(alone, w->tickets[i]);
			work_start(alone);
		}
		work_free(w);
		return;
	}
	for (size_t i = 0; i < w->n; i++) {
		events_free(&w->tickets[i]->events);
		w->tickets[i]->type = NULL;
	}
	w->source = w->tickets[0]->source;
	w->state = WORK_ASKING;
	count(w, 1);
	job->ready = on_ready;
	job->ran = on_ran;
	job->unproven = on_unproven;
	job_start(job, on_done, w);
}

/* --- its turn */

bool work_may_run(const struct work *w)
{
	size_t i = 0;

	while (i < w->n && lane_may_run(&w->tickets[i]->handler))
		i++;
	return i == w->n;
}

void work_run(struct work *w)
{
	enter(w, WORK_RUNNING);
	for (size_t i = 0; i < w->n; i++)
		lane_run(&w->tickets[i]->handler);
	job_go(w->job);
}

void work_prove(struct work *w)
{
	enter(w, WORK_RAN);
	/* unless it was stopped */
	if (w->job->state == JOB_VERIFYING)
		prove(w->job);
}
