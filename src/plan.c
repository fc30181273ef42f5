/* SPDX-License-Identifier: MIT */
/* Who is told of the events of a call, and what; and what came of telling them. */
#include "config.h"

#include "plan.h"

#include <stdlib.h>
#include <string.h>

#include "diagnose.h"
#include "record_name.h"
#include "route.h"
#include "talk.h"

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
	target->to = dialect_find(to, DIALECT_TO);
	if (!target->to)
		return error_set(error, FAILURE_USAGE,
		    "to: \"%s\" is no kind of handler; acmehook dialects lists them", to);
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

size_t batch_own(const struct batch *batch)
{
	return batch->events.n - batch->told;
}

/* The calls from the first on are made by the interpreter, if one is set. */
static void interpret(const struct target *target, struct calls *calls, size_t first)
{
	const char *interpreter = view_text(&target->view, OPTION_INTERPRETER);

	for (size_t c = first; interpreter && !target->to->compose && c < calls->n; c++)
		strlist_put_first(&calls->v[c].argv, interpreter);
}

/* Events that follow each other and have the same rule share brackets and chains. */
static bool write_calls(struct batch *batch, const struct event *events, struct error *error)
{
	const struct target *targets = batch->targets;
	size_t n = batch_own(batch);

	for (size_t first = 0, count; first < n; first += count) {
		const struct target *t = &targets[first];
		size_t before = batch->calls.n;

		for (count = 1; first + count < n && targets[first + count].rule == t->rule;)
			count++;
		if (t->handler && !t->spared &&
		    !dialect_write(t->to, t->handler, view_number(&t->view, OPTION_CHAIN), events,
			first, count, &batch->calls, error)) {
			calls_free(&batch->calls);
			return false;
		}
		interpret(t, &batch->calls, before);
	}
	batch->runs = xcalloc(batch->calls.n, sizeof(*batch->runs));
	return true;
}

/* The events as handlers are told of them, where any is for another domain than the client's. */
static void tell(struct events *told, const struct events *events)
{
	bool any = false;

	for (size_t i = 0; i < events->n; i++)
		any = any || events->v[i].field[FIELD_DELEGATE];
	for (size_t i = 0; any && i < events->n; i++) {
		struct event *event = events_add(told);
		const char *domain = events->v[i].field[FIELD_DELEGATE];
		char *name = domain ? record_name("dns-01", domain, NULL) : NULL;

		event_copy(event, &events->v[i]);
		if (name) {
			event_set(event, FIELD_DOMAIN, domain);
			event_set(event, FIELD_FQDN, name);
		}
		free(name);
	}
}

bool batch_plan(struct batch *batch, const struct scope *scope, size_t *i, struct error *error)
{
	struct events told = {0};
	bool good = true;

	batch->targets = xcalloc(batch->events.n, sizeof(*batch->targets));
	*i = 0;
	for (size_t k = 0; k < batch->events.n; k++) {
		if (target_plan(scope, &batch->events.v[k], &batch->targets[k], error) || !good)
			continue;
		good = false;
		*i = k;
	}
	if (!good)
		return false;
	tell(&told, &batch->events);
	good = write_calls(batch, told.n ? told.v : batch->events.v, error);
	events_free(&told);
	return good;
}

void batch_unplan(struct batch *batch)
{
	for (size_t i = 0; batch->runs && i < batch->calls.n; i++)
		process_result_free(&batch->runs[i].result);
	for (size_t i = 0; batch->targets && i < batch->events.n; i++)
		free(batch->targets[i].handler);
	free(batch->targets);
	free(batch->runs);
	batch->targets = NULL;
	batch->runs = NULL;
	calls_free(&batch->calls);
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

static void judge_status(struct run *run, const char *path, const struct call *call)
{
	const char *word = dashed(call);

	if (word)
		error_set(&run->error, FAILURE_HANDLER,
		    "handler %s failed with exit status %d; its argument %s begins with \"-\", and "
		    "was perhaps taken for an option: let the handler write \"--\" before such "
		    "words, or set trust = dns if it does its work all the same",
		    path, run->result.exit_status, word);
	else
		error_set(&run->error, FAILURE_HANDLER, "handler %s failed with exit status %d",
		    path, run->result.exit_status);
}

void run_judge(struct run *run, const struct target *target, const struct call *call)
{
	const struct process_result *r = &run->result;
	const char *path = target->handler, *not_implemented = target->to->not_implemented;

	if (r->failure)
		error_set(&run->error, r->failure, "%s", r->err);
	else if (r->stopped)
		error_set(&run->error, FAILURE_STOPPED, "handler %s was stopped, as we were", path);
	else if (r->timed_out)
		error_set(&run->error, FAILURE_HANDLER_TIMEOUT,
		    "handler %s did not end within %g s (--timeout) and was stopped", path,
		    (double)view_number(&target->view, OPTION_TIMEOUT) / 1000);
	else if (r->signal)
		error_set(&run->error, FAILURE_HANDLER, "handler %s was killed by signal %d (%s)",
		    path, r->signal, strsignal(r->signal));
	else if (r->exit_status && not_implemented && says(r->out, not_implemented))
		run->not_implemented = true;
	else if (r->exit_status != 126 && r->exit_status != 127) {
		if (r->exit_status)
			judge_status(run, path, call);
	} else if (view_text(&target->view, OPTION_INTERPRETER) ||
		   diagnose(path, NULL, 0, &run->error)) {
		error_set(&run->error, FAILURE_HANDLER,
		    "handler %s failed with exit status %d: a program it calls was not found, or "
		    "could "
		    "not be executed",
		    path, r->exit_status);
	}
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
	events_free(&batch->events);
}
