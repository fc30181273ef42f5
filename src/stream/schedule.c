/* SPDX-License-Identifier: MIT */
/* Which of many events is handled when. */
#include "config.h"

#include "stream/schedule.h"

#include <stdlib.h>
#include <string.h>

#include "stream/work.h"

/* So many of a source are looked up at once: enough to hide how long that takes, and few enough for
 * each to be answered in time. */
#define ASKING_MAX 128

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
	*s = (struct schedule){.jobs = jobs, .most_running = running, .most_open = open};
	s->timer = xcalloc(1, sizeof(*s->timer));
	s->timer->data = s;
	uv_timer_init(jobs->loop, s->timer);
}

static void on_closed(uv_handle_t *handle)
{
	free(handle);
}

void schedule_free(struct schedule *s)
{
	lanes_free(&s->lanes);
	uv_close((uv_handle_t *)s->timer, on_closed);
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
	w->gathered = true;
	work_start(w);
}

/* --- what may be begun */

static bool may_gather(const struct ticket *ticket, const void *group)
{
	bool sharing = ticket->verb == VERB_DEPLOY;

	return lane_may_go(&ticket->identifier, sharing, group) &&
	       lane_may_go(&ticket->handler, sharing, group);
}

static bool may_come(const struct ticket *ticket)
{
	return lane_may_go(&ticket->identifier, ticket->verb == VERB_DEPLOY, NULL) &&
	       lane_may_come(&ticket->handler);
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
	if (group)
		lane_go(&ticket->handler, group);
	else
		lane_come(&ticket->handler);
	source->events->begun(source);
}

/* Puts a ticket into its group, if it may go. */
static bool gather(struct schedule *s, struct ticket **link)
{
	struct ticket *ticket = *link;
	struct group *group = s->groups;

	while (group && !fits(group, ticket))
		group = group->next;
	if (!may_gather(ticket, group))
		return false;
	if (!group)
		group = group_new(s, ticket);
	work_add(group->work, ticket);
	begin(s, link, group);
	group->due = group->due || (long)group->work->n == group->most;
	return true;
}

/* Are there enough of a source that are ready, or will be? */
static bool is_ahead(const struct schedule *s, const struct source *source)
{
	return source->n_ready >= s->most_running || source->asking >= ASKING_MAX;
}

/* Is there something of its source that is ready, and came later? */
static bool is_overtaken(const struct ticket *ticket)
{
	const struct work *w = ticket->source->ready.first;

	return w && ticket->number < w->tickets[0]->number;
}

/* The link to the first ticket of a source that may come; NULL: none. What is gathered goes into
 * its group on the way. With overtaken only what came before something that is ready. */
static struct ticket **pick(struct schedule *s, struct source *source, bool overtaken)
{
	struct ticket **link = &source->first;

	while (*link && !source->clogged && !source->barrier && s->open < s->most_open &&
	       (!overtaken || is_overtaken(*link))) {
		struct ticket *ticket = *link;

		if (ticket->barrier)
			return link == &source->first && !source->active ? link : NULL;
		if (ticket->gather) {
			if (!gather(s, link))
				link = &ticket->next;
		} else if (may_come(ticket)) {
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
	work_start(w);
}

/* A group that waits for nothing more, when a handler could be called for it: it goes on gathering
 * until then. */
static bool start_group(struct schedule *s)
{
	struct group *group = s->groups;

	if (s->running + s->coming >= s->most_running)
		return false;
	while (group && !group->due)
		group = group->next;
	if (group)
		group_start(s, group);
	return group;
}

/* A ticket of the source that is next. */
static bool start_one(struct schedule *s, bool overtaken)
{
	struct source *source = s->turn;

	do {
		struct ticket **link = NULL;

		source = source->next;
		if (overtaken || !is_ahead(s, source))
			link = pick(s, source, overtaken);
		if (link) {
			start_ticket(s, link);
			return true;
		}
	} while (source != s->turn);
	/* what was picked may have filled a group */
	return start_group(s);
}

/* --- whose turn it is */

/* Waits something that came before all that is ready? */
static bool is_overtaking(const struct source *source)
{
	return source->first && is_overtaken(source->first);
}

/* What is ready, of the next source. While something ends what waits for that is not overtaken. */
static bool run_one(struct schedule *s)
{
	struct source *source = s->turn;

	do {
		struct work *w;

		source = source->next;
		w = s->ending && is_overtaking(source) ? NULL : source->ready.first;
		while (w && !work_may_run(w))
			w = w->next;
		if (w) {
			s->turn = source;
			s->ran = uv_now(s->jobs->loop);
			work_run(w);
			return true;
		}
	} while (source != s->turn);
	return false;
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

/* Does something that may be done now; false if there is nothing. */
static bool step(struct schedule *s)
{
	bool free = s->running < s->most_running;

	if (s->jobs->stopping)
		return free && run_one(s);
	return start_group(s) || (free && (start_one(s, true) || run_one(s))) ||
	       start_one(s, false);
}

/* --- what the verifier is asked about */

/*
 * To ask about one event takes as long as to call a handler that does little. So where many of
 * these come one after the other they go first, and what they deploy becomes visible meanwhile: one
 * has been called within so many ms, and others are ready or will be.
 */
#define BUSY 20
/* So many ms at most, as some of those who wait for a result may have sent one event only. */
#define PATIENCE 5000
/* So many are asked about before we look whether there is something else to do. */
#define AT_ONCE 16

static bool is_busy(const struct schedule *s, uint64_t now)
{
	const struct source *source = s->turn;

	if (now - s->ran >= BUSY || s->jobs->stopping)
		return false;
	do {
		if (source->n_ready || source->asking)
			return true;
		source = source->next;
	} while (source != s->turn);
	return false;
}

static void on_timer(uv_timer_t *timer)
{
	schedule_pump(timer->data);
}

static void prove_some(struct schedule *s)
{
	uint64_t now = uv_now(s->jobs->loop);
	bool busy;

	if (!s->unproven.first)
		return;
	busy = is_busy(s, now);
	for (int n = 0; s->unproven.first && n < AT_ONCE; n++) {
		if (busy && now - s->unproven.first->since < PATIENCE)
			break;
		work_prove(s->unproven.first);
	}
	if (s->unproven.first && (!busy || !uv_is_active((uv_handle_t *)s->timer)))
		uv_timer_start(s->timer, on_timer, busy ? BUSY : 0, 0);
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
		while (step(s))
			;
	}
	s->pumping = false;
	prove_some(s);
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
	ticket->number = source->added++;
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
