/* SPDX-License-Identifier: MIT */
/* Who is told of the events of a call, and what; and what came of telling them. */
#include "config.h"

#include "jobs/plan.h"

#include <stdlib.h>
#include <string.h>

#include "handlers/diagnose.h"
#include "record_name.h"
#include "settings/route.h"
#include "handlers/talk.h"

static bool is_initial(const struct scope *scope, const struct view *view, enum option_id id)
{
	return view_get(view, id) == &scope->initial->v[id] || !view_get(view, id)->set;
}

/* Without a handler it is the JSON mode, as in certbot-external-auth, if there is somebody to talk
 * to: at the channel, or, if nothing at all is configured, where the client leaves us its own. */
static bool talks_by_default(const struct scope *scope, const struct target *target)
{
	return is_initial(scope, &target->view, OPTION_TO) &&
	       (view_text(&target->view, OPTION_CHANNEL) ||
		   (scope->stdio && !scope->offers && !rules_have_handler(scope->rules)));
}

/* A handler that is no program is an address; see talk.h. */
static bool set_address(const struct scope *scope, struct target *target, struct error *error)
{
	const char *channel = view_text(&target->view, OPTION_CHANNEL);

	if (target->to == dialect_find("manual", DIALECT_TO))
		channel = TERMINAL;
	else if (!channel && scope->stdio)
		channel = STDIO;
	else if (!channel)
		return error_set(error, FAILURE_USAGE,
		    "to: json needs somebody to talk to, and the client keeps standard input and "
		    "output for itself; give a channel");
	else if (!talk_address(channel, error))
		return false;
	target->handler = xstrdup(channel);
	return true;
}

/* Is the handler to be told of such events? */
static bool is_forwarded(const struct view *view, enum verb verb)
{
	const struct setting *events = view_get(view, OPTION_EVENTS);
	bool found = !events->set;

	for (size_t i = 0; i < events->list.n; i++)
		found = found || verb_from_name(events->list.v[i]) == verb;
	return found;
}

static struct view view_of(const struct scope *scope, const struct rule *rule)
{
	return (struct view){{scope->fixed, scope->command, rule ? &rule->settings : NULL,
	    &scope->rules->top, scope->initial}};
}

/* A delegated challenge has the rule of the domain that it is delegated to, if there is one that
 * has a handler. */
static void choose_rule(const struct scope *scope, const struct event *event, struct target *target)
{
	struct event there = *event;

	target->rule = route(scope->rules, event);
	target->view = target->proof = view_of(scope, target->rule);
	if (!event->field[FIELD_DELEGATE])
		return;
	there.field[FIELD_DOMAIN] = event->field[FIELD_DELEGATE];
	if (route(scope->rules, &there))
		target->view = view_of(scope, route(scope->rules, &there));
	if (view_text(&target->view, OPTION_HANDLER))
		target->rule = route(scope->rules, &there);
	else
		target->view = target->proof;
}

bool target_plan(const struct scope *scope, const struct event *event, struct target *target,
    struct error *error)
{
	const struct rules *rules = scope->rules;
	const char *handler, *to;

	choose_rule(scope, event, target);
	handler = view_text(&target->view, OPTION_HANDLER);
	to = view_text(&target->view, OPTION_TO);
	target->spared = !is_forwarded(&target->view, event->verb);
	if (!handler && talks_by_default(scope, target))
		to = "json";
	target->to = dialect_named(to, DIALECT_TO, error);
	if (!target->to)
		return false;
	if (target->to->compose)
		return set_address(scope, target, error);
	if (handler && target->to->launcher && view_text(&target->view, OPTION_INTERPRETER))
		return error_set(error, FAILURE_USAGE,
		    "interpreter: handlers of the dialect %s are parts of another program, which "
		    "runs them; do not set it for them",
		    target->to->name);
	if (handler) {
		/* no search in PATH: a handler is a file */
		target->handler = xasprintf("%s%s", strchr(handler, '/') ? "" : "./", handler);
		return true;
	}
	target->unhandled = true;
	/* Without a handler a challenge cannot be met; other events are for whoever wants them. */
	return !verb_is_challenge(event->verb) ||
	       error_set(error, FAILURE_USAGE,
		   "no handler for %s; set handler in %s, or give --handler",
		   event->field[FIELD_DOMAIN],
		   rules->file ? rules->file : "the configuration file");
}

/* --- batches */

bool target_is_planned(const struct target *target)
{
	return target->view.layer[nitems(target->view.layer) - 1] != NULL;
}

void batch_take(struct batch *batch, struct events *events)
{
	batch->events = *events;
	batch->targets = xcalloc(events->n, sizeof(*batch->targets));
	*events = (struct events){0};
}

struct event *batch_add(struct batch *batch, enum role role)
{
	size_t n = batch->events.n;

	batch->targets = xrealloc(batch->targets, (n + 1) * sizeof(*batch->targets));
	batch->targets[n] = (struct target){.role = role};
	return events_add(&batch->events);
}

size_t batch_index(const struct batch *batch, const struct call *call, size_t k)
{
	return batch->order[call->first + k];
}

bool batch_is_new(const struct batch *batch, size_t i)
{
	enum role role = batch->targets[i].role;

	return role == ROLE_NEW || role == ROLE_LATER || role == ROLE_NEVER;
}

/* Is the handler told of it with the calls of this batch? */
static bool is_told_now(const struct target *target)
{
	return target->role != ROLE_TOLD && target->role != ROLE_LATER &&
	       target->role != ROLE_NEVER;
}

/* Where an event comes in the calls: with the first one of its rule; in a chain a name before
 * longer ones, so that a zone comes before what is below it. */
struct rank {
	size_t rule, length, i;
};

static int by_rank(const void *a, const void *b)
{
	const struct rank *x = a, *y = b;

	if (x->rule != y->rule)
		return x->rule < y->rule ? -1 : 1;
	if (x->length != y->length)
		return x->length < y->length ? -1 : 1;
	return (x->i > y->i) - (x->i < y->i);
}

static size_t first_of_rule(const struct batch *batch, size_t i)
{
	size_t k = 0;

	while (batch->targets[k].rule != batch->targets[i].rule)
		k++;
	return k;
}

/* Makes the order; returns how many there are in it. */
static size_t arrange(struct batch *batch)
{
	struct rank *ranks = xcalloc(batch->events.n, sizeof(*ranks));
	size_t n = 0;

	for (size_t i = 0; i < batch->events.n; i++) {
		const struct target *target = &batch->targets[i];
		const char *domain = batch->events.v[i].field[FIELD_DOMAIN];
		bool chain = view_number(&target->view, OPTION_CHAIN);

		if (is_told_now(target))
			ranks[n++] = (struct rank){
			    first_of_rule(batch, i), chain && domain ? strlen(domain) : 0, i};
	}
	if (n)
		qsort(ranks, n, sizeof(*ranks), by_rank);
	batch->order = xcalloc(n, sizeof(*batch->order));
	for (size_t k = 0; k < n; k++)
		batch->order[k] = ranks[k].i;
	free(ranks);
	return n;
}

/* The calls from the first on are made by the interpreter, if one is set. */
static void interpret(const struct target *target, struct calls *calls, size_t first)
{
	const char *interpreter = view_text(&target->view, OPTION_INTERPRETER);

	for (size_t c = first; interpreter && !target->to->compose && c < calls->n; c++)
		strlist_put_first(&calls->v[c].argv, interpreter);
}

static bool write_calls(
    struct batch *batch, const struct event *events, size_t n, struct error *error)
{
	for (size_t first = 0, count; first < n; first += count) {
		const struct target *t = &batch->targets[batch->order[first]];
		size_t before = batch->calls.n;

		for (count = 1; first + count < n &&
				batch->targets[batch->order[first + count]].rule == t->rule;)
			count++;
		if (t->handler && !t->spared &&
		    !dialect_write(t->to, t->handler, view_number(&t->view, OPTION_CHAIN), events,
			first, count, &batch->calls, error)) {
			calls_free(&batch->calls);
			return false;
		}
		interpret(t, &batch->calls, before);
	}
	return true;
}

/* The events as handlers are told of them, in the order of the calls: of one that is delegated they
 * hear the domain that it is delegated to. What is not borrowed is freed by forget_told(). */
static struct event *make_told(const struct batch *batch, size_t n)
{
	struct event *told = xcalloc(n, sizeof(*told));

	for (size_t k = 0; k < n; k++) {
		char *domain;

		told[k] = batch->events.v[batch->order[k]];
		domain = told[k].field[FIELD_DELEGATE];
		if (!domain)
			continue;
		told[k].field[FIELD_DOMAIN] = domain;
		told[k].field[FIELD_FQDN] = record_name("dns-01", domain, NULL);
	}
	return told;
}

static void forget_told(struct event *told, size_t n)
{
	for (size_t k = 0; k < n; k++)
		if (told[k].field[FIELD_DELEGATE])
			free(told[k].field[FIELD_FQDN]);
	free(told);
}

static void run_free(struct run *run)
{
	process_result_free(&run->result);
	fault_drop(&run->error);
}

static void drop_calls(struct batch *batch)
{
	for (size_t i = 0; batch->runs && i < batch->calls.n; i++)
		run_free(&batch->runs[i]);
	free(batch->runs);
	free(batch->order);
	calls_free(&batch->calls);
	batch->runs = NULL;
	batch->order = NULL;
}

bool batch_plan(struct batch *batch, const struct scope *scope, size_t *i, struct error *error)
{
	struct event *told;
	bool good = true;
	size_t n;

	drop_calls(batch);
	*i = 0;
	for (size_t k = 0; k < batch->events.n; k++) {
		if (target_is_planned(&batch->targets[k]) ||
		    target_plan(scope, &batch->events.v[k], &batch->targets[k], error) || !good)
			continue;
		good = false;
		*i = k;
	}
	if (!good)
		return false;
	n = arrange(batch);
	told = make_told(batch, n);
	good = write_calls(batch, told, n, error);
	forget_told(told, n);
	batch->runs = xcalloc(batch->calls.n, sizeof(*batch->runs));
	return good;
}

void batch_unplan(struct batch *batch)
{
	drop_calls(batch);
	for (size_t i = 0; i < batch->events.n; i++) {
		struct target *target = &batch->targets[i];

		free(target->handler);
		*target = (struct target){.role = target->role};
	}
}

static bool says(const char *output, const char *word)
{
	size_t len = strlen(word);

	output += strspn(output, " \t\r\n");
	return !strncmp(output, word, len) && !output[len + strspn(output + len, " \t\r\n")];
}

/* The word that the handler may have taken for an option, though it is a value; NULL: none. */
static const char *dashed(const struct call *call)
{
	for (size_t i = 1; i < call->argv.n && strcmp(call->argv.v[i], "--"); i++)
		if (*call->argv.v[i] == '-')
			return call->argv.v[i];
	return NULL;
}

static void judge_status(
    const struct run *run, const char *path, const struct call *call, struct error *error)
{
	const char *word = dashed(call);

	if (word)
		error_set(error, FAILURE_HANDLER,
		    "handler %s failed with exit status %d; its argument %s begins with \"-\", and "
		    "was perhaps taken for an option: let the handler write \"--\" before such "
		    "words, or set trust = dns if it does its work all the same",
		    path, run->result.exit_status, word);
	else
		error_set(error, FAILURE_HANDLER, "handler %s failed with exit status %d", path,
		    run->result.exit_status);
}

static void judge(
    struct run *run, const struct target *target, const struct call *call, struct error *error)
{
	const struct process_result *r = &run->result;
	const char *path = target->handler, *not_implemented = target->to->not_implemented;

	if (r->failure)
		error_set(error, r->failure, "%s", r->err);
	else if (r->stopped)
		error_set(error, FAILURE_STOPPED, "handler %s was stopped, as we were", path);
	else if (r->timed_out)
		error_set(error, FAILURE_HANDLER_TIMEOUT,
		    "handler %s did not end within %g s (--timeout) and was stopped; if it needs "
		    "longer, set timeout; it need not wait for name servers, as acmehook does; "
		    "acmehook try NAME shows what it is like",
		    path, (double)view_number(&target->view, OPTION_TIMEOUT) / 1000);
	else if (r->signal)
		error_set(error, FAILURE_HANDLER, "handler %s was killed by signal %d (%s)", path,
		    r->signal, strsignal(r->signal));
	else if (r->exit_status && not_implemented && says(r->out, not_implemented))
		run->not_implemented = true;
	else if (r->exit_status != 126 && r->exit_status != 127) {
		if (r->exit_status)
			judge_status(run, path, call, error);
	} else if (view_text(&target->view, OPTION_INTERPRETER) || diagnose(path, NULL, 0, error)) {
		error_set(error, FAILURE_HANDLER,
		    "handler %s failed with exit status %d: a program it calls was not found, or "
		    "could "
		    "not be executed",
		    path, r->exit_status);
	}
}

void run_judge(struct run *run, const struct target *target, const struct call *call)
{
	struct error error = {0};

	judge(run, target, call, &error);
	fault_keep(&run->error, error.failure, error.text);
}

char *run_output(const struct run *run)
{
	const char *out = run && run->ended ? run->result.out : NULL;
	size_t len;

	if (!out)
		return NULL;
	out += strspn(out, " \t\r\n");
	len = strlen(out);
	while (len && strchr(" \t\r\n", out[len - 1]))
		len--;
	return len ? xstrndup(out, len) : NULL;
}

void batch_free(struct batch *batch)
{
	batch_unplan(batch);
	free(batch->targets);
	events_free(&batch->events);
}
