/* SPDX-License-Identifier: MIT */
/* Checks in flight. */
#include "config.h"

#include "verify/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "jsontext.h"
#include "verify/question.h"

/* As old, in ms, may be what was read of it. */
#define RESOLV_CONF_AGE 1000
/* As many checks at their first look keep all servers busy. */
#define BEGUN_MAX 256
/* Progress is left out while so much waits to be read. */
#define REPLIES_BUSY (1024 * 1024)

/*
 * The first look is at once; then the intervals grow by an eighth, give or take a tenth: what comes
 * is noticed within about an eighth of the time that it took.
 */
#define INTERVAL_FIRST 250
#define INTERVAL_MAX 10000
/* As much later, at most, is what can be looked for together, in ms. */
#define TOGETHER 10

/*
 * The last look begins so shortly before the time is up, or in its last quarter, that hardly
 * anything can change afterwards, and may take a moment more: even a server next door needs some
 * time on a busy host.
 */
#define LAST_LOOK 250
#define LAST_PATIENCE 1000

bool checks_init(
    struct checks *all, uv_loop_t *loop, const struct check *common, struct buf *replies)
{
	*all = (struct checks){.loop = loop, .common = common, .replies = replies};
	exchanges_init(&all->exchanges, loop);
	handshakes_init(&all->handshakes, loop);
	return fetches_init(&all->fetches, loop);
}

static void check_free(struct check *c)
{
	question_free(c);
	free(c->id);
	free(c);
}

static void check_closed(uv_handle_t *timer)
{
	check_free(timer->data);
}

static void check_end(struct check *c)
{
	*(c->prev ? &c->prev->next : &c->all->first) = c->next;
	if (c->next)
		c->next->prev = c->prev;
	c->all->begun -= !c->attempts;
	c->type->end(c);
	uv_close((uv_handle_t *)&c->timer, check_closed);
}

void checks_free(struct checks *all)
{
	while (all->first)
		check_end(all->first);
	fetches_free(&all->fetches);
	handshakes_free(&all->handshakes);
	addresses_free(&all->resolvers);
	exchanges_free(&all->exchanges);
}

uint64_t check_age(const struct check *c)
{
	return uv_now(c->all->loop) - c->started;
}

static void on_patience(uv_timer_t *timer)
{
	struct check *c = timer->data;

	c->type->settle(c);
}

static uint64_t until(const struct check *c, uint64_t end)
{
	uint64_t age = check_age(c);

	return age < end ? end - age : 0;
}

/* When the last look is to begin, in ms from the start of the check. */
static uint64_t last_begins(const struct check *c)
{
	uint64_t quarter = c->timeout / 4;

	return c->timeout - (quarter < LAST_LOOK ? quarter : LAST_LOOK);
}

/* How long a look may take; one that is the only one as long as it needs. */
static uint64_t patience(const struct check *c)
{
	uint64_t left = until(c, last_begins(c));

	if (c->last)
		return c->timeout ? LAST_PATIENCE : c->type->last_patience;
	return left < c->type->patience ? left : c->type->patience;
}

static void look(struct check *c)
{
	c->looking = true;
	c->last = !until(c, last_begins(c));
	uv_timer_start(&c->timer, on_patience, patience(c), 0);
	c->type->look(c);
}

static void on_turn(uv_timer_t *timer)
{
	look(timer->data);
}

/* Between 90 and 110 percent, so that many checks do not keep step. */
static uint64_t jitter(uint64_t ms)
{
	uint16_t random = 0;

	uv_random(NULL, NULL, &random, sizeof(random), 0, NULL);
	return ms * 9 / 10 + ms * 2 / 10 * random / 65535;
}

/* The next look of this check and of others are at the same ms, so that their queries go out, and
 * the answers are read, together. */
static uint64_t together(const struct check *c, uint64_t wait)
{
	uint64_t now = uv_now(c->all->loop), due = now + wait + TOGETHER - 1;

	return due - due % TOGETHER - now;
}

static void wait_for_next(struct check *c)
{
	uint64_t left = until(c, last_begins(c)), wait = together(c, jitter(c->interval));

	c->interval += c->interval / 8;
	if (c->interval > INTERVAL_MAX)
		c->interval = INTERVAL_MAX;
	/* One shortly before the last look would be of no use. */
	if (wait + INTERVAL_FIRST > left)
		wait = left;
	uv_timer_start(&c->timer, on_turn, wait, 0);
}

static struct buf *reply_begin(struct check *c)
{
	struct buf *reply = c->all->replies;

	jsontext_open(reply, NULL, '{');
	jsontext_raw(reply, "id", c->id);
	return reply;
}

static void reply_end(struct buf *reply, const struct outcome *o)
{
	jsontext_raw(reply, "servers", o->servers ? o->servers : "[ ]");
	jsontext_close(reply, '}');
	buf_puts(reply, "\n");
}

static void reply_progress(struct check *c, struct outcome *o)
{
	struct buf *reply = reply_begin(c);
	char *reason = outcome_reason(o);

	jsontext_raw(reply, "progress", "true");
	jsontext_integer(reply, "attempts", c->attempts);
	jsontext_integer(reply, "ms", (long long)check_age(c));
	jsontext_string(reply, "case", catalogue_entry(o->id)->id);
	jsontext_string(reply, "reason", reason);
	reply_end(reply, o);
	free(reason);
}

static void reply_verdict(struct check *c, struct outcome *o)
{
	struct buf *reply = reply_begin(c);

	outcome_explain(o, outcome_final(o), reply);
	jsontext_string(reply, "name", o->name);
	jsontext_integer(reply, "attempts", c->attempts);
	jsontext_integer(reply, "ms", (long long)check_age(c));
	reply_end(reply, o);
}

void check_looked(struct check *c, struct outcome *o)
{
	bool ended = c->looking, final;

	c->looking = false;
	c->all->begun -= ended && !c->attempts;
	c->attempts += ended;
	final = o->verdict != VERDICT_RETRY || (ended && c->last);
	if (final)
		reply_verdict(c, o);
	else if (ended && c->progress && c->all->replies->len < REPLIES_BUSY)
		reply_progress(c, o);
	outcome_free(o);
	if (final)
		check_end(c);
	else if (ended)
		wait_for_next(c);
}

void check_looked_again(struct check *c, struct outcome *o, struct outcome *last)
{
	bool known = catalogue_entry(last->id)->id != NULL;

	if (o->verdict == VERDICT_RETRY && catalogue_entry(o->id)->blind && known)
		outcome_copy(o, last);
	else
		outcome_copy(last, o);
	check_looked(c, o);
}

/* A question, or whatever it was, that cannot be answered. */
static void refuse(struct checks *all, struct json_object *id, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void refuse(struct checks *all, struct json_object *id, const char *format, ...)
{
	struct json_object *reply = json_object_new_object();
	char reason[256];
	va_list ap;

	va_start(ap, format);
	vsnprintf(reason, sizeof(reason), format, ap);
	va_end(ap);
	jsonline_set_value(reply, "id", json_object_get(id));
	verdict_set_unknown(reply, reason);
	jsonline_add(all->replies, reply);
	json_object_put(reply);
}

/* Those of resolv.conf, which may change while we run: what is older than a second is read again.
 */
static void take_resolvers(struct check *c)
{
	struct checks *all = c->all;
	uint64_t now = uv_now(all->loop);

	if (!all->resolvers.n || now >= all->resolvers_at + RESOLV_CONF_AGE) {
		addresses_free(&all->resolvers);
		servers_read(&all->resolvers, SERVERS_FILE);
		all->resolvers_at = now;
	}
	addresses_copy(&c->resolvers, &all->resolvers);
}

static struct check *check_new(struct checks *all)
{
	struct check *c = xcalloc(1, sizeof(*c));

	c->all = all;
	question_copy(c, all->common);
	return c;
}

/* Takes over the id, as JSON. */
static void check_begin(struct check *c, char *id)
{
	struct checks *all = c->all;

	c->id = id;
	if (!c->resolvers.n)
		take_resolvers(c);
	c->interval = INTERVAL_FIRST;
	uv_timer_init(all->loop, &c->timer);
	c->timer.data = c;
	c->next = all->first;
	if (c->next)
		c->next->prev = c;
	all->first = c;
	uv_update_time(all->loop);
	c->started = uv_now(all->loop);
	all->begun++;
	look(c);
}

/* Ends the checks of that id, silently. */
static void cancel(struct checks *all, struct json_object *id)
{
	const char *text = jsonline_text(id);

	for (struct check *c = all->first, *next; c; c = next) {
		next = c->next;
		if (!strcmp(c->id, text))
			check_end(c);
	}
}

static void take_json(struct checks *all, const char *line, size_t len)
{
	const char *why;
	struct json_object *question = jsonline_parse(line, len, &why), *id = NULL;
	struct check *c;

	if (!question) {
		refuse(all, NULL, "not JSON: %s", why);
		return;
	}
	json_object_object_get_ex(question, "id", &id);
	if (jsonline_bool(question, "cancel")) {
		cancel(all, id);
	} else {
		c = check_new(all);
		why = question_read(c, question);
		if (!why) {
			check_begin(c, xstrdup(jsonline_text(id)));
		} else {
			refuse(all, id, "%s", why);
			check_free(c);
		}
	}
	json_object_put(question);
}

static char *number_text(size_t n)
{
	struct buf b = BUF_INIT(32);

	buf_number(&b, (long long)n);
	return b.data;
}

static void take_words(struct checks *all, const char *line, size_t len)
{
	struct check *c = check_new(all);
	const char *why = question_words(c, line, len);
	struct json_object *id;

	if (!why) {
		check_begin(c, number_text(all->lines));
		return;
	}
	check_free(c);
	id = json_object_new_int64((int64_t)all->lines);
	refuse(all, id, "line %zu: %s", all->lines, why);
	json_object_put(id);
}

bool checks_are_busy(const struct checks *all)
{
	return all->begun >= BEGUN_MAX;
}

void checks_line(struct checks *all, const char *data, size_t len)
{
	size_t blank = 0;

	all->lines++;
	if (!data) {
		refuse(all, NULL, "line %zu is longer than 1 MiB", all->lines);
		return;
	}
	while (blank < len && (data[blank] == ' ' || data[blank] == '\t'))
		blank++;
	if (blank == len || data[blank] == '#' || data[blank] == ';')
		return;
	(data[blank] == '{' ? take_json : take_words)(all, data, len);
}
