/* SPDX-License-Identifier: MIT */
/* The result of an event as data; acmehook-events(5). */
#include "config.h"

#include "report/report.h"

#include <stdlib.h>

#include "jsonline.h"
#include "record_name.h"

static struct json_object *handler_to_json(const struct task *task, const struct target *target)
{
	const struct process_result *r = &task->run->result;
	struct json_object *o = json_object_new_object();

	jsonline_set(o, "path", target->handler);
	jsonline_set(o, "dialect", target->to->name);
	jsonline_set_value(o, "argv", jsonline_list(&task->call->argv));
	jsonline_set_value(o, "exit",
	    task->run->ended && r->exit_status >= 0 ? json_object_new_int(r->exit_status) : NULL);
	jsonline_set_value(o, "signal", r->signal ? json_object_new_int(r->signal) : NULL);
	jsonline_set_bool(o, "timed_out", r->timed_out);
	jsonline_set_integer(o, "ms", r->ms);
	jsonline_set(o, "stdout", r->out ? r->out : "");
	jsonline_set(o, "stderr", r->err ? r->err : "");
	jsonline_set_bool(o, "truncated", r->truncated);
	return o;
}

/* That a certificate is kept, to be tried again. */
static struct json_object *retry_to_json(const struct task *task)
{
	struct json_object *o = json_object_new_object();

	jsonline_set_integer(o, "attempts", task->attempts);
	jsonline_set_value(o, "next", task->next < 0 ? NULL : json_object_new_int64(task->next));
	return o;
}

/* Where the record of a challenge is, by a CNAME, and the domain that handlers are told then. */
static struct json_object *delegation_to_json(const struct task *task, const struct event *event)
{
	const char *domain = event->field[FIELD_DELEGATE];
	char *name = domain ? record_name("dns-01", domain, NULL) : NULL;
	struct json_object *o = NULL;

	if (name || task->alias) {
		o = json_object_new_object();
		jsonline_set(o, "name", name ? name : task->alias);
		jsonline_set(o, "domain", domain);
	}
	free(name);
	return o;
}

struct json_object *result_to_json(const struct job *job, size_t i, struct json_object *id)
{
	const struct event *event = i < job->deploy.events.n ? &job->deploy.events.v[i] : NULL;
	const struct task *task = event ? &job->tasks[i] : NULL;
	const struct fault *error = task ? &task->error : &job->error;
	struct json_object *o = json_object_new_object();

	jsonline_set(o, "cmd", "result");
	jsonline_set_value(o, "id", json_object_get(id));
	jsonline_set(o, "event", event && event->verb ? verb_name(event->verb) : NULL);
	jsonline_set(o, "type", event ? event->field[FIELD_TYPE] : NULL);
	jsonline_set(o, "domain", event ? event->field[FIELD_DOMAIN] : NULL);
	jsonline_set_bool(o, "ok", !error->failure);
	jsonline_set(o, "error", error->failure ? error->text : NULL);
	jsonline_set_value(o, "handler",
	    task && task->run && task->run->started ? handler_to_json(task, &job->deploy.targets[i])
						    : NULL);
	jsonline_set_value(o, "verify", task ? json_object_get(task->verify) : NULL);
	jsonline_set_value(o, "caa", task ? json_object_get(task->caa) : NULL);
	jsonline_set_value(o, "retry", task && task->attempts ? retry_to_json(task) : NULL);
	jsonline_set_value(o, "delegation", task ? delegation_to_json(task, event) : NULL);
	return o;
}

static void done(struct report *report, const struct job *job)
{
	struct buf b = BUF_INIT(4 * JSONLINE_MAX);

	if (report->quiet && !job->error.failure)
		return;
	for (size_t i = 0; i < job->deploy.events.n; i++) {
		enum role role = job->deploy.targets[i].role;
		struct json_object *o;

		if (role == ROLE_AGAIN ||
		    role == ROLE_ALSO) /* of which the client has said nothing */
			continue;
		o = result_to_json(job, i, NULL);
		jsonline_add(&b, o);
		json_object_put(o);
	}
	write_all(2, buf_text(&b), b.len);
	buf_free(&b);
}

const struct reporter report_json = {.done = done};
