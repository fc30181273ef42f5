/* SPDX-License-Identifier: MIT */
/* Which of many events is handled when. */
#include "config.h"

#include "stream/schedule.h"

#include <stdlib.h>
#include <string.h>

/* Tickets that become one job. */
struct work {
	struct schedule *schedule;
	struct ticket **tickets;
	size_t n;
	bool ran; /* no handler of it runs any more */
};

/* Work that still gathers, or waits for its turn. */
struct group {
	struct group *next;
	struct work *work;
	long most;
	bool due; /* nothing more is waited for */
	uv_timer_t timer;
};

void schedule_init(struct schedule *s, struct jobs *jobs, long running, long open)
{
	jobs->most_undoing = (size_t)running;
	*s = (struct schedule){.jobs = jobs, .most_running = running, .most_open = open};
}

void schedule_free(struct schedule *s)
{
	lanes_free(&s->lanes);
}

void source_add(struct schedule *s, struct source *source)
{
	source->last = &source->first;
	if (!s->turn)
		s->turn = source->next = source;
	source->next = s->turn->next;
	s->turn->next = source;
}

void source_remove(struct schedule *s, struct source *source)
{
	struct source *before = source;

	while (before->next != source)
		before = before->next;
	before->next = source->next;
	if (s->turn == source)
		s->turn = before == source ? NULL : before;
}

/* --- from tickets to jobs */

static void leave(struct schedule *s, struct ticket *ticket)
{
	lane_leave(&s->lanes, &ticket->identifier);
	lane_leave(&s->lanes, &ticket->handler);
	ticket->source->active--;
	ticket->source->barrier = false;
}

static void on_ran(struct job *job, void *arg)
{
	struct work *w = arg;

	(void)job;
	w->ran = true;
	w->schedule->running--;
	for (size_t i = 0; i < w->n; i++) {
		lane_prove(&w->tickets[i]->identifier);
		lane_leave(&w->schedule->lanes, &w->tickets[i]->handler);
	}
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

	s->running -= !w->ran;
	for (size_t i = 0; i < w->n; i++) {
		leave(s, w->tickets[i]);
		w->tickets[i]->source->events->done(w->tickets[i], job, i);
	}
	job_free(job);
	work_free(w);
	schedule_pump(s);
}

static struct work *work_new(struct schedule *s)
{
	struct work *w = xcalloc(1, sizeof(*w));

	w->schedule = s;
	return w;
}

static void work_add(struct work *w, struct ticket *ticket)
{
	w->tickets = xrealloc(w->tickets, (w->n + 1) * sizeof(struct ticket *));
	w->tickets[w->n++] = ticket;
}

static struct job *make_job(struct schedule *s, struct work *w)
{
	static const struct error none;
	const struct error *error = w->tickets[0]->error;
	struct events events = {0};

	for (size_t i = 0; i < w->n; i++)
		if (w->tickets[i]->events.n)
			event_copy(events_add(&events), w->tickets[i]->events.v);
	return job_new(
	    s->jobs, dialect_find("json", DIALECT_FROM), NULL, &events, error ? error : &none);
}

/* All in one job; where they cannot be planned together each gets its own error, or goes alone. */
static void work_start(struct schedule *s, struct work *w)
{
	struct job *job = make_job(s, w);

	job->again = w->tickets[0]->again;
	if (job->error.failure && w->n > 1) {
		job_free(job);
		for (size_t i = 0; i < w->n; i++) {
			struct work *alone = work_new(s);

			work_add(alone, w->tickets[i]);
			work_start(s, alone);
		}
		work_free(w);
		return;
	}
	for (size_t i = 0; i < w->n; i++) {
		events_free(&w->tickets[i]->events);
		w->tickets[i]->type = NULL;
	}
	s->running++;
	job->ran = on_ran;
	job_start(job, on_done, w);
}

/* --- groups */

static void on_group_due(uv_timer_t *timer)
{
	struct group *group = timer->data;

	group->due = true;
	schedule_pump(group->work->schedule);
}

static void on_group_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static bool fits(const struct group *group, const struct ticket *ticket)
{
	const struct ticket *other = group->work->tickets[0];

	return (long)group->work->n < group->most && other->rule == ticket->rule &&
	       other->verb == ticket->verb && !strcmp(other->type, ticket->type);
}

static struct group *group_new(struct schedule *s, const struct ticket *ticket)
{
	struct group *group = xcalloc(1, sizeof(*group)), **last = &s->groups;

	group->work = work_new(s);
	group->most = ticket->gather;
	group->timer.data = group;
	uv_timer_init(s->jobs->loop, &group->timer);
	uv_timer_start(&group->timer, on_group_due, (uint64_t)ticket->delay, 0);
	while (*last)
		last = &(*last)->next;
	return *last = group;
}

static void group_start(struct schedule *s, struct group *group)
{
	struct work *w = group->work;
	struct group **link = &s->groups;

	while (*link != group)
		link = &(*link)->next;
	*link = group->next;
	uv_close((uv_handle_t *)&group->timer, on_group_closed);
	for (size_t i = 0; i < w->n; i++) {
		lane_close_group(&w->tickets[i]->identifier);
		lane_close_group(&w->tickets[i]->handler);
	}
	work_start(s, w);
}

/* --- whose turn it is */

static bool may_go(const struct ticket *ticket, const void *group)
{
	bool sharing = ticket->verb == VERB_DEPLOY;

	return lane_may_go(&ticket->identifier, sharing, group) &&
	       lane_may_go(&ticket->handler, sharing, group);
}

static void begin(struct schedule *s, struct ticket **link, const void *group)
{
	struct ticket *ticket = *link;
	struct source *source = ticket->source;

	*link = ticket->next;
	if (!*link)
		source->last = link;
	source->waiting--;
	source->active++;
	source->barrier = ticket->barrier;
	s->open++;
	lane_go(&ticket->identifier, group);
	lane_go(&ticket->handler, group);
	source->events->begun(source);
}

/* Puts a ticket into its group, if it may go. */
static bool gather(struct schedule *s, struct ticket **link)
{
	struct ticket *ticket = *link;
	struct group *group = s->groups;

	while (group && !fits(group, ticket))
		group = group->next;
	if (!may_go(ticket, group))
		return false;
	if (!group)
		group = group_new(s, ticket);
	work_add(group->work, ticket);
	begin(s, link, group);
	group->due = group->due || (long)group->work->n == group->most;
	return true;
}

/* The link to the first ticket of a source that may go; NULL: none. What is gathered goes into its
 * group on the way. */
static struct ticket **pick(struct schedule *s, struct source *source)
{
	struct ticket **link = &source->first;

	while (*link && !source->clogged && !source->barrier && s->open < s->most_open) {
		struct ticket *ticket = *link;

		if (ticket->barrier)
			return link == &source->first && !source->active ? link : NULL;
		if (ticket->gather) {
			if (!gather(s, link))
				link = &ticket->next;
		} else if (may_go(ticket, NULL)) {
			return link;
		} else {
			link = &ticket->next;
		}
	}
	return NULL;
}

static void start_ticket(struct schedule *s, struct ticket **link)
{
	struct work *w = work_new(s);

	work_add(w, *link);
	begin(s, link, NULL);
	work_start(s, w);
}

static bool start_due(struct schedule *s)
{
	struct group *group = s->groups;

	while (group && !group->due)
		group = group->next;
	if (group)
		group_start(s, group);
	return group;
}

/* A group that waits for nothing more, or else what the next source has. */
static bool start_one(struct schedule *s)
{
	struct source *source = s->turn;

	if (start_due(s))
		return true;
	do {
		struct ticket **link;

		source = source->next;
		link = pick(s, source);
		if (link) {
			s->turn = source;
			start_ticket(s, link);
			return true;
		}
	} while (source != s->turn);
	/* what was picked may have filled a group */
	return start_due(s);
}

/* Stopped jobs end at once: they are no work, and need no order. */
static void start_all(struct schedule *s)
{
	struct source *source = s->turn;

	while (s->groups)
		group_start(s, s->groups);
	do {
		while (source->first)
			start_ticket(s, &source->first);
		source = source->next;
	} while (source != s->turn);
}

void schedule_pump(struct schedule *s)
{
	s->again = true;
	if (s->pumping || !s->turn)
		return;
	s->pumping = true;
	while (s->again) {
		s->again = false;
		if (s->jobs->stopping)
			start_all(s);
		while (!s->jobs->stopping && s->running < s->most_running && start_one(s))
			;
	}
	s->pumping = false;
}

/* --- tickets come and go */

/* Which lanes it is in, and whether it is gathered. */
static void assign(struct schedule *s, struct ticket *ticket, const struct event *event)
{
	struct target target = {0};
	struct error error = {0};
	const char *domain = event->field[FIELD_DOMAIN];

	ticket->verb = event->verb;
	ticket->type = event->field[FIELD_TYPE];
	ticket->barrier = !domain;
	if (domain)
		lane_enter(&s->lanes, domain, &ticket->identifier);
	if (target_plan(&s->jobs->scope, event, &target, &error) && target.handler) {
		const struct view *view = &target.view;

		ticket->rule = target.rule;
		/* one without a value may become many, see recall.h */
		if (view_number(view, OPTION_CHAIN) && event->field[FIELD_VALIDATION] &&
		    dialect_repeats(target.to, event->verb))
			ticket->gather = view_number(view, OPTION_CHAIN_MAX);
		ticket->delay = view_number(view, OPTION_CHAIN_DELAY);
		if (view_number(view, OPTION_SERIAL))
			lane_enter(&s->lanes, target.handler, &ticket->handler);
	}
	free(target.handler);
}

void schedule_add(struct schedule *s, struct ticket *ticket)
{
	struct source *source = ticket->source;

	/* what cannot be handled is answered by the same way as all else, but waits for nothing */
	if (!ticket->error)
		assign(s, ticket, ticket->events.v);
	*source->last = ticket;
	source->last = &ticket->next;
	source->waiting++;
	schedule_pump(s);
}

void schedule_answered(struct schedule *s)
{
	s->open--;
	schedule_pump(s);
}
