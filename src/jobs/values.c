/* SPDX-License-Identifier: MIT */
/* The values of one name. */
#include "config.h"

#include "jobs/values.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "journal/journal.h"
#include "jsonline.h"
#include "record_name.h"
#include "report/report.h"

static bool same(const char *a, const char *b)
{
	return a && b && !strcmp(a, b);
}

/* The domain whose record it is: a CNAME may lead to that of another one. */
static const char *owner(const struct event *event)
{
	return event->field[event->field[FIELD_DELEGATE] ? FIELD_DELEGATE : FIELD_DOMAIN];
}

bool values_share(const struct event *a, const struct event *b)
{
	const char *type = a->field[FIELD_TYPE];

	/* those of dns-persist-01 are nobody's: they stay */
	if (!same(type, b->field[FIELD_TYPE]) || !record_answers(type) ||
	    !strcmp(type, "dns-persist-01"))
		return false;
	return strcmp(type, "dns-01") ? same(a->field[FIELD_FQDN], b->field[FIELD_FQDN])
				      : same(owner(a), owner(b));
}

char *values_name(const struct event *event)
{
	return event->field[FIELD_DELEGATE] ? record_name("dns-01", owner(event), NULL)
					    : xstrdup(event->field[FIELD_FQDN]);
}

static bool is_of_job(const struct job *job, const struct event *event)
{
	for (size_t i = 0; i < job->deploy.events.n; i++)
		if (values_share(event, &job->deploy.events.v[i]) &&
		    same(event->field[FIELD_VALIDATION],
			job->deploy.events.v[i].field[FIELD_VALIDATION]))
			return true;
	return false;
}

static bool was_seen(const struct entry *entry)
{
	return same(entry->verdict, "PASS") || same(entry->verdict, "WARN");
}

void values_known(const struct job *job, size_t i, struct strlist *known, struct strlist *others)
{
	const struct event *event = &job->deploy.events.v[i];
	struct entries entries;
	long long now = time(NULL);

	if (!values_share(event, event) || !job->jobs->journal->open)
		return;
	/* those of other domains that are delegated to the same one may be anywhere */
	entries = journal_list(job->jobs->journal,
	    event->field[FIELD_DELEGATE] ? NULL : event->field[FIELD_DOMAIN], &job->deploy.events);
	for (size_t k = 0; k < entries.n; k++) {
		const struct entry *entry = &entries.v[k];

		if (values_share(event, &entry->event) && entry_in_use(entry, now) &&
		    was_seen(entry) && !is_of_job(job, &entry->event))
			strlist_add(entry->group == getpgrp() ? known : others,
			    entry->event.field[FIELD_VALIDATION]);
	}
	entries_free(&entries);
}

/* --- what a handler did to them */

/* The verifier shows so many values of a server. */
#define SHOWN 10

static bool shows(struct json_object *values, const char *value)
{
	for (size_t i = 0; i < json_object_array_length(values); i++)
		if (same(json_object_get_string(json_object_array_get_idx(values, i)), value))
			return true;
	return false;
}

/* The servers of a verdict that have one value, but not another one (NULL: any at all). */
static size_t count_servers(struct json_object *verdict, const char *value, const char *but_not)
{
	struct json_object *servers = jsonline_array(verdict, "servers");
	size_t n = 0;

	for (size_t i = 0; servers && i < json_object_array_length(servers); i++) {
		struct json_object *values =
		    jsonline_array(json_object_array_get_idx(servers, i), "values");

		n += values && json_object_array_length(values) < SHOWN && shows(values, value) &&
		     (!but_not || !shows(values, but_not));
	}
	return n;
}

/* Is one of them missing where a value of this job is? */
static bool is_one_gone(
    const struct job *job, size_t i, struct json_object *verdict, const struct strlist *known)
{
	const struct events *events = &job->deploy.events;

	for (size_t k = 0; k < known->n; k++)
		for (size_t e = 0; e < events->n; e++)
			if (values_share(&events->v[i], &events->v[e]) &&
			    count_servers(
				verdict, events->v[e].field[FIELD_VALIDATION], known->v[k]))
				return true;
	return false;
}

/* How a handler came to publish one of two values of a job only. */
enum mishap {
	MISHAP_NONE,
	MISHAP_REPLACED, /* by a later call */
	MISHAP_ONE_KEPT, /* of those of one call, the last */
	MISHAP_FIRST,	 /* of one call, and the others were passed over */
};

/* Event lost is at no server, event there is at some. */
static enum mishap mishap_of(const struct job *job, size_t lost, size_t there)
{
	const struct call *a = job->tasks[lost].call, *b = job->tasks[there].call;

	if (a && a == b)
		return lost < there ? MISHAP_ONE_KEPT : MISHAP_FIRST;
	return !a || (b && a < b) ? MISHAP_REPLACED : MISHAP_NONE;
}

static enum mishap own_mishap(const struct job *job, size_t i, struct json_object *verdict)
{
	const struct events *events = &job->deploy.events;
	enum mishap found = MISHAP_NONE;

	for (size_t k = 0; k < events->n; k++) {
		const char *lost = events->v[k].field[FIELD_VALIDATION];

		if (!values_share(&events->v[i], &events->v[k]) ||
		    count_servers(verdict, lost, NULL))
			continue;
		for (size_t e = 0; e < events->n && !found; e++)
			if (values_share(&events->v[i], &events->v[e]) &&
			    count_servers(verdict, events->v[e].field[FIELD_VALIDATION], lost))
				found = mishap_of(job, k, e);
	}
	return found;
}

/* What helps, by what the handler can be told. */
static char *advice(const struct target *target, enum mishap mishap)
{
	static const char separately[] =
	    "get the name and its wildcard as two certificates, one after the other";

	if (mishap == MISHAP_FIRST)
		return xstrdup("set chain = false for this handler, and it is called for each");
	if (mishap == MISHAP_ONE_KEPT)
		return xasprintf("mend the handler: it must add, not replace. If its provider has "
				 "room for one value only, %s",
		    separately);
	if (!dialect_repeats(target->to, VERB_DEPLOY))
		return xasprintf(
		    "mend the handler: it is told one value at a time (dialect %s), and must add "
		    "it to those that are there; or %s",
		    target->to->name, separately);
	return xasprintf("if it takes many challenges in one call, set chain = true and replaces = "
			 "true for it, and it is told all of them each time; else mend it: it must "
			 "add, not replace; or %s",
	    separately);
}

static void tell(const struct job *job, size_t i, struct json_object *verdict, enum mishap mishap)
{
	static const struct {
		const char *did, *when;
	} words[] = {
	    [MISHAP_REPLACED] = {"replaced the first value of", "when it added the second"},
	    [MISHAP_ONE_KEPT] = {"kept one of the values of", "that it was told in one call"},
	    [MISHAP_FIRST] = {"took only the first of the values of",
		"that it was told in one call"},
	};
	const struct target *target = &job->deploy.targets[i];
	char *name = values_name(&job->deploy.events.v[i]), *hint = advice(target, mishap),
	     *reason = xasprintf("handler %s %s %s %s", target->handler, words[mishap].did, name,
		 words[mishap].when);

	jsonline_set(verdict, "reason", reason);
	jsonline_set(verdict, "hint", hint);
	free(name);
	free(reason);
	free(hint);
}

static void explain_missing(const struct job *job, size_t i, struct json_object *verdict)
{
	enum mishap mishap = is_one_gone(job, i, verdict, &job->tasks[i].known)
				 ? MISHAP_REPLACED
				 : own_mishap(job, i, verdict);

	if (mishap)
		tell(job, i, verdict, mishap);
}

/* Of another client, whom nobody else tells. */
static void warn(const struct job *job, size_t i, const char *did, const char *see)
{
	char *name = values_name(&job->deploy.events.v[i]);

	report_line(job->jobs->report,
	    "WARNING: handler %s %s a value of %s that another client still needs; see %s in "
	    "acmehook.conf(5)",
	    job->deploy.targets[i].handler, did, name, see);
	free(name);
}

static void warn_replaced(const struct job *job, size_t i, struct json_object *verdict)
{
	struct strlist known = {0}, others = {0};

	/* unless they were cleaned meanwhile */
	if (is_one_gone(job, i, verdict, &job->tasks[i].others))
		values_known(job, i, &known, &others);
	if (is_one_gone(job, i, verdict, &others))
		warn(job, i, "replaced", "replaces");
	strlist_free(&known);
	strlist_free(&others);
}

/* Do servers say what they have, and none has this? */
static bool is_nowhere(struct json_object *verdict, const char *value)
{
	struct json_object *servers = jsonline_array(verdict, "servers");
	bool told = false;

	for (size_t i = 0; servers && i < json_object_array_length(servers); i++) {
		struct json_object *server = json_object_array_get_idx(servers, i);
		struct json_object *values = jsonline_array(server, "values");

		if (!values || json_object_array_length(values) >= SHOWN || shows(values, value))
			return false;
		told = told || same(jsonline_string(server, "verdict"), "PASS");
	}
	return told;
}

static void warn_removed(const struct job *job, size_t i, struct json_object *verdict)
{
	struct strlist known = {0}, others = {0};
	bool gone = false;

	values_known(job, i, &known, &others);
	for (size_t k = 0; k < others.n; k++)
		gone = gone || is_nowhere(verdict, others.v[k]);
	if (gone)
		warn(job, i, "cleaned", "cleans-all");
	strlist_free(&known);
	strlist_free(&others);
}

void values_explain(const struct job *job, size_t i, struct json_object *verdict)
{
	const struct event *event = &job->deploy.events.v[i];

	if (!values_share(event, event))
		return;
	if (same(jsonline_string(verdict, "case"), "D17"))
		explain_missing(job, i, verdict);
	if (event->verb == VERB_CLEAN)
		warn_removed(job, i, verdict);
	else
		warn_replaced(job, i, verdict);
}
