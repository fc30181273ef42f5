/* SPDX-License-Identifier: MIT */
/* What a handler is told beside what the client tells now, or later than it tells it. */
#include "config.h"

#include "jobs/gather.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "journal/journal.h"
#include "jobs/recall.h"
#include "jobs/record.h"
#include "jobs/values.h"

/* Can the handler of an event be told of many with it? */
static bool takes_many(const struct target *target, enum verb verb)
{
	return view_number(&target->view, OPTION_CHAIN) && dialect_repeats(target->to, verb);
}

static bool same_value(const struct event *a, const struct event *b)
{
	const char *x = a->field[FIELD_VALIDATION], *y = b->field[FIELD_VALIDATION];

	return values_share(a, b) && x && y && !strcmp(x, y);
}

static bool is_in_batch(const struct batch *batch, const struct event *event)
{
	for (size_t i = 0; i < batch->events.n; i++)
		if (same_value(&batch->events.v[i], event))
			return true;
	return false;
}

/* A job of this process that has called its handler, and is not at its end: nobody else can tell
 * that its values are there. */
static bool is_being_proven(const struct job *job, const struct entry *entry)
{
	const struct job *other = job->jobs->first;

	while (other && (!entry->job || strcmp(other->id, entry->job)))
		other = other->next;
	return other && other != job && other->state == JOB_VERIFYING;
}

static bool is_live(const struct job *job, const struct entry *entry)
{
	return entry_in_use(entry, time(NULL)) ||
	       (entry->state == ENTRY_DEPLOYING && is_being_proven(job, entry));
}

/* The entries beside event i that the same handler has deployed, and that the batch has not got. */
static struct entries list_others(const struct job *job, const struct batch *batch, size_t i)
{
	const struct event *event = &batch->events.v[i];
	const struct target *target = &batch->targets[i];
	struct journal *journal = job->jobs->journal;
	struct entries found = {0}, all;
	char *handler = record_handler(target);

	if (!journal->open || !values_share(event, event)) {
		free(handler);
		return found;
	}
	all = journal_list(journal, NULL, NULL); /* others may be delegated to the same domain */
	for (size_t k = 0; k < all.n; k++) {
		struct entry *entry = &all.v[k];

		if (values_share(event, &entry->event) && !is_in_batch(batch, &entry->event) &&
		    !strcmp(entry->to, target->to->name) && entry->handler && handler &&
		    !strcmp(entry->handler, handler)) {
			/* taken out of the one list, into the other */
			found.v = xrealloc(found.v, (found.n + 1) * sizeof(*found.v));
			found.v[found.n++] = *entry;
			*entry = (struct entry){0};
		}
	}
	entries_free(&all);
	free(handler);
	return found;
}

/* --- deploying */

/* Other values of the same name in the batch are told of, too: also those that were before. */
static bool keep_in_batch(struct batch *batch, size_t i, bool *changed)
{
	bool found = false;

	for (size_t k = 0; k < batch->events.n; k++) {
		if (k == i || !values_share(&batch->events.v[k], &batch->events.v[i]))
			continue;
		found = true;
		if (batch->targets[k].role == ROLE_TOLD) {
			batch->targets[k].role = ROLE_GATHERED;
			*changed = true;
		}
	}
	return found;
}

static void refuse(const struct batch *batch, size_t i, struct error *error)
{
	const struct target *target = &batch->targets[i];
	bool could = dialect_repeats(target->to, VERB_DEPLOY);
	char *name = values_name(&batch->events.v[i]);
	char *remedy =
	    could ? xstrdup(": set chain = true if it takes many challenges in one call; else ")
		  : xasprintf("; a handler of the dialect %s cannot be told of both in one call: ",
			target->to->name);

	error_set(error, FAILURE_USAGE,
	    "handler %s keeps one value of a name (replaces), and a second one of %s would take "
	    "the place of the first%sget the name and its wildcard as two certificates, one after "
	    "the other",
	    target->handler, name, remedy);
	free(remedy);
	free(name);
}

/* A handler that would replace what is there is told of that, too. */
static bool keep_others(
    struct job *job, struct batch *batch, size_t i, bool *changed, struct error *error)
{
	struct entries others = list_others(job, batch, i);
	bool many = takes_many(&batch->targets[i], VERB_DEPLOY), found;

	found = keep_in_batch(batch, i, changed);
	for (size_t k = 0; k < others.n; k++) {
		if (!is_live(job, &others.v[k]))
			continue;
		found = true;
		if (!many)
			break;
		event_copy(batch_add(batch, ROLE_AGAIN), &others.v[k].event);
		*changed = true;
	}
	entries_free(&others);
	if (found && !many)
		refuse(batch, i, error);
	return !found || many;
}

static bool gather_deploy(
    struct job *job, struct batch *batch, size_t i, bool *changed, struct error *error)
{
	struct target *target = &batch->targets[i];

	if (target->role == ROLE_NEW && batch_goes_on(&batch->events.v[i]) &&
	    takes_many(target, VERB_DEPLOY)) {
		target->role = ROLE_LATER;
		return *changed = true;
	}
	return target->role == ROLE_TOLD || !view_number(&target->view, OPTION_REPLACES) ||
	       keep_others(job, batch, i, changed, error);
}

/* --- cleaning */

static bool was_told(const struct job *job, const struct event *event)
{
	struct entry entry;
	bool told;

	if (!job->jobs->journal->open || !journal_get(job->jobs->journal, event, &entry))
		return true;
	told = entry.state != ENTRY_PLANNED;
	entry_free(&entry);
	return told;
}

/* A handler that cleans all values of a name is called when nobody needs any of them any more. */
static bool clean_with_others(struct job *job, struct batch *batch, size_t i)
{
	struct entries others = list_others(job, batch, i);
	bool changed = false, needed = false;

	for (size_t k = 0; k < others.n; k++)
		needed = needed || is_live(job, &others.v[k]);
	if (needed)
		batch->targets[i].role = ROLE_LATER;
	for (size_t k = 0; k < others.n && !needed && batch != &job->undo; k++) {
		struct event *event;

		if (others.v[k].state != ENTRY_UNWANTED)
			continue;
		event = batch_add(batch, ROLE_ALSO);
		event_copy(event, &others.v[k].event);
		event->verb = VERB_CLEAN;
		event_set(event, FIELD_STATUS, batch->events.v[i].field[FIELD_STATUS]);
		changed = true;
	}
	entries_free(&others);
	return changed || needed;
}

static bool gather_clean(struct job *job, struct batch *batch, size_t i)
{
	struct target *target = &batch->targets[i];

	if (!was_told(job, &batch->events.v[i])) {
		target->role = ROLE_NEVER;
		return true;
	}
	return view_number(&target->view, OPTION_CLEANS_ALL) && clean_with_others(job, batch, i);
}

bool gather(struct job *job, struct batch *batch, size_t *i, struct error *error)
{
	size_t n = batch->events.n;
	bool changed = false;

	for (*i = 0; *i < n; ++*i) {
		const struct target *target = &batch->targets[*i];
		enum verb verb = batch->events.v[*i].verb;

		if (!target->handler || target->spared)
			continue;
		if (verb == VERB_CLEAN)
			changed = gather_clean(job, batch, *i) || changed;
		else if (verb == VERB_DEPLOY && !gather_deploy(job, batch, *i, &changed, error))
			return false;
	}
	return !changed || batch_plan(batch, &job->jobs->scope, i, error);
}
