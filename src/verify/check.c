/* SPDX-License-Identifier: MIT */
/* Checks in flight. */
#include "config.h"

#include "verify/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "identifier.h"
#include "verify/jsontext.h"

/* As old, in ms, may be what was read of it. */
#define RESOLV_CONF_AGE 1000
/* Progress is left out while so much waits to be read. */
#define REPLIES_BUSY (1024 * 1024)
#define TIMEOUT_MAX (24 * 3600 * 1000LL)
#define STRINGS_MAX 100
#define STRING_MAX 1024

/*
 * The first look is at once; then the intervals grow by an eighth, give or take a tenth: what comes
 * is noticed within about an eighth of the time that it took.
 */
#define INTERVAL_FIRST 250
#define INTERVAL_MAX 10000

/*
 * The last look begins so shortly before the time is up, or in its last quarter, that hardly
 * anything can change afterwards, and may take a moment more: even a server next door needs some
 * time on a busy host.
 */
#define LAST_LOOK 250
#define LAST_PATIENCE 1000

static const struct check_type *const types[] = {&check_dns01, &check_dns_account01,
    &check_dns_persist01, &check_http01, &check_tlsalpn01, &check_caa, &check_alias};

bool checks_init(struct checks *all, uv_loop_t *loop, struct buf *replies)
{
	*all = (struct checks){.loop = loop, .replies = replies};
	exchanges_init(&all->exchanges, loop);
	handshakes_init(&all->handshakes, loop);
	return fetches_init(&all->fetches, loop);
}

static void check_free(struct check *c)
{
	free(c->id);
	free(c->domain);
	free(c->token);
	strlist_free(&c->values);
	strlist_free(&c->known);
	strlist_free(&c->identities);
	free(c->method);
	free(c->account);
	addresses_free(&c->resolvers);
	addresses_free(&c->authorities);
	addresses_free(&c->connect_to);
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

static void wait_for_next(struct check *c)
{
	uint64_t left = until(c, last_begins(c)), wait = jitter(c->interval);

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
	json_object_object_add(reply, "id", json_object_get(id));
	verdict_set_unknown(reply, reason);
	jsonline_add(all->replies, reply);
	json_object_put(reply);
}

static const char *read_type(struct check *c, struct json_object *question)
{
	const char *type = jsonline_string(question, "type");

	if (!type)
		return "the question has no \"type\"";
	for (size_t i = 0; i < nitems(types); i++)
		if (!strcmp(types[i]->name, type))
			c->type = types[i];
	return c->type ? NULL : "there is no check of that \"type\"";
}

/* False if it is not an array of at most 100 strings of 1 to 1024 octets; it need not be there. */
static bool read_strings(struct strlist *list, struct json_object *question, const char *key)
{
	struct json_object *values = jsonline_array(question, key);
	size_t n = values ? json_object_array_length(values) : 0;

	for (size_t i = 0; i < n; i++) {
		struct json_object *value = json_object_array_get_idx(values, i);
		int len = json_object_is_type(value, json_type_string)
			      ? json_object_get_string_len(value)
			      : 0;

		if (len < 1 || len > STRING_MAX)
			return false;
		strlist_add(list, json_object_get_string(value));
	}
	return n <= STRINGS_MAX;
}

static bool read_addresses(struct addresses *list, struct json_object *question, const char *key)
{
	struct json_object *array = jsonline_array(question, key);
	size_t n = array ? json_object_array_length(array) : 0;
	union address a;

	for (size_t i = 0; i < n; i++) {
		struct json_object *text = json_object_array_get_idx(array, i);

		if (!json_object_is_type(text, json_type_string) ||
		    !address_parse(&a, json_object_get_string(text), DNS_PORT))
			return false;
		addresses_add(list, &a);
	}
	return true;
}

static char *copy_string(struct json_object *question, const char *key)
{
	const char *text = jsonline_string(question, key);

	return text ? xstrdup(text) : NULL;
}

/* Fills in the check from the question; what is wrong with that, or NULL. */
static const char *read_question(struct check *c, struct json_object *question)
{
	const char *domain = jsonline_string(question, "domain");
	long long timeout = jsonline_integer(question, "timeout_ms", 0);
	long long port = jsonline_integer(question, "http_port", 80);
	long long tls_port = jsonline_integer(question, "tls_port", 443);
	const char *name = jsonline_string(question, "ca");
	enum ca ca = CA_GENERIC;
	const char *fault = read_type(c, question);

	if (!fault && !domain)
		fault = "the question has no \"domain\"";
	if (!fault && (timeout < 0 || timeout > TIMEOUT_MAX))
		fault = "\"timeout_ms\" must be between 0 and a day";
	if (!fault && (port < 1 || port > 65535))
		fault = "\"http_port\" must be between 1 and 65535";
	if (!fault && (tls_port < 1 || tls_port > 65535))
		fault = "\"tls_port\" must be between 1 and 65535";
	if (!fault && name && !ca_from_name(name, &ca))
		fault = "\"ca\" is no CA that is known here";
	if (!fault && !read_addresses(&c->resolvers, question, "resolvers"))
		fault = "\"resolvers\" must be an array of addresses, ADDR[#PORT]";
	if (!fault && !read_addresses(&c->connect_to, question, "connect_to"))
		fault = "\"connect_to\" must be an array of addresses";
	if (!fault && !read_addresses(&c->authorities, question, "authorities"))
		fault = "\"authorities\" must be an array of addresses, ADDR[#PORT]";
	if (!fault && (!read_strings(&c->values, question, "values") ||
			  (!c->values.n && !c->type->valueless)))
		fault = "\"values\" must be an array of 1 to 100 strings of 1 to 1024 octets";
	if (!fault && !read_strings(&c->known, question, "known"))
		fault = "\"known\" must be an array of strings";
	if (!fault && !read_strings(&c->identities, question, "identities"))
		fault = "\"identities\" must be an array of strings";
	if (fault)
		return fault;
	c->domain = name_canonical(domain);
	c->token = copy_string(question, "token");
	c->method = copy_string(question, "method");
	c->account = copy_string(question, "account");
	c->wildcard = jsonline_bool(question, "wildcard");
	c->timeout = (uint64_t)timeout;
	c->http_port = (uint16_t)port;
	c->tls_port = (uint16_t)tls_port;
	c->allow_reserved = jsonline_bool(question, "allow_reserved");
	c->profile = profile_of(ca);
	c->absent = jsonline_bool(question, "absent");
	c->progress = jsonline_bool(question, "progress");
	return c->type->fault(c);
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
	for (size_t i = 0; i < all->resolvers.n; i++)
		addresses_add(&c->resolvers, &all->resolvers.v[i]);
}

static void check_begin(struct checks *all, struct json_object *id, struct json_object *question)
{
	struct check *c = xcalloc(1, sizeof(*c));
	const char *fault = read_question(c, question);

	c->all = all;
	c->id = xstrdup(jsonline_text(id));
	if (fault) {
		refuse(all, id, "%s", fault);
		check_free(c);
		return;
	}
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

void checks_line(struct checks *all, const char *data, size_t len)
{
	const char *why = "the line is too long";
	struct json_object *question = NULL, *id = NULL;

	if (data)
		question = jsonline_parse(data, len, &why);
	if (!question) {
		refuse(all, NULL, "not JSON: %s", why);
		return;
	}
	json_object_object_get_ex(question, "id", &id);
	if (jsonline_bool(question, "cancel"))
		cancel(all, id);
	else
		check_begin(all, id, question);
	json_object_put(question);
}
