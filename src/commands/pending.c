/* SPDX-License-Identifier: MIT */
/* acmehook pending: what is deployed and not yet cleaned; and cleaning it. */
#include "config.h"

#include "commands/pending_certs.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "jsonline.h"
#include "journal/lock.h"
#include "journal/orphans.h"

/* How long handlers of an acmehook that was killed may go on, in ms. */
#define ORPHANS_PATIENCE 10000

struct pending {
	struct session *session;
	struct entries entries;
	size_t at;
	struct settings fixed; /* the handler of the entry that is being cleaned */
	size_t cleaned, failed;
	long long now;
};

static bool is_asked_for(const struct pending *p, const struct event *event, long long created)
{
	const struct strlist *names = &p->session->command->words;
	const struct setting *older = &p->session->command->settings.v[OPTION_OLDER_THAN];

	if (older->set && (p->now - created) * 1000 < older->number)
		return false;
	return !names->n || strlist_has(names, event->field[FIELD_DOMAIN]);
}

/* --- the list */

void print_age(long long seconds)
{
	static const struct {
		long long seconds;
		char unit;
	} units[] = {{86400, 'd'}, {3600, 'h'}, {60, 'm'}, {1, 's'}};
	size_t i = 0;

	while (i + 1 < nitems(units) && seconds < 2 * units[i].seconds)
		i++;
	printf("%4lld%c", seconds < 0 ? 0 : seconds / units[i].seconds, units[i].unit);
}

void print_object(struct json_object *o)
{
	struct buf b = BUF_INIT(JSONLINE_MAX);

	jsonline_add(&b, o);
	fputs(buf_text(&b), stdout);
	buf_free(&b);
	json_object_put(o);
}

static void print_text(const struct pending *p, const struct entry *entry)
{
	print_age(p->now - entry->created);
	printf("  %-9s  %s %s  %s", entry_state_name(entry->state), entry->event.field[FIELD_TYPE],
	    entry->event.field[FIELD_DOMAIN], entry->handler ? entry->handler : entry->to);
	if (entry->verdict)
		printf("  %s%s%s", entry->verdict, entry->case_id ? " " : "",
		    entry->case_id ? entry->case_id : "");
	printf("\n");
}

static void print_json(const struct pending *p, const struct entry *entry)
{
	struct json_object *o = json_object_new_object();

	jsonline_set(o, "cmd", "pending");
	jsonline_set(o, "event", verb_name(entry->event.verb));
	jsonline_set(o, "type", entry->event.field[FIELD_TYPE]);
	jsonline_set(o, "domain", entry->event.field[FIELD_DOMAIN]);
	jsonline_set(o, "delegated", entry->event.field[FIELD_DELEGATE]);
	jsonline_set(o, "validation", entry->event.field[FIELD_VALIDATION]);
	jsonline_set(o, "state", entry_state_name(entry->state));
	jsonline_set_integer(o, "created", entry->created);
	jsonline_set_integer(o, "age", p->now - entry->created);
	jsonline_set(o, "from", entry->from);
	jsonline_set(o, "handler", entry->handler);
	jsonline_set(o, "dialect", entry->to);
	jsonline_set(o, "verdict", entry->verdict);
	jsonline_set(o, "case", entry->case_id);
	print_object(o);
}

static void print_list(const struct pending *p)
{
	bool json = view_number(&p->session->view, OPTION_FORMAT) == FORMAT_JSON;

	for (size_t i = 0; i < p->entries.n; i++)
		if (is_asked_for(p, &p->entries.v[i].event, p->entries.v[i].created))
			(json ? print_json : print_text)(p, &p->entries.v[i]);
}

/* --- cleaning */

static void next(struct pending *p);

/* Its client has hardly had the time to come to the last of its batch. */
static bool is_planned(const struct pending *p, const struct entry *entry)
{
	return entry->state == ENTRY_PLANNED && p->now - entry->created < ENTRY_IN_USE;
}

/*
 * The lock is free, so whoever wrote the entry is done with it or was killed. What was finished a
 * client may still count on: it has its time.
 */
static bool is_left_behind(const struct pending *p, const struct entry *entry)
{
	bool told = p->session->command->settings.v[OPTION_OLDER_THAN].set;

	return told || !(entry_in_use(entry, p->now) || is_planned(p, entry));
}

static void on_cleaned(struct job *job, void *arg)
{
	struct pending *p = arg;

	if (job->error.failure)
		p->failed++;
	else if (job->deploy.targets[0].role != ROLE_LATER) /* else others are still in use */
		p->cleaned++;
	p->session->jobs.scope.fixed = NULL;
	settings_free(&p->fixed);
	job_free(job);
	next(p);
}

/* The same handler as deployed it, with what the configuration says for it now. */
static void fix_handler(struct pending *p, const struct entry *entry)
{
	struct error error = {0};

	if (entry->handler) {
		settings_put(&p->fixed, OPTION_HANDLER, entry->handler, &error);
		p->fixed.v[OPTION_HANDLER].set = true;
	}
	settings_put(&p->fixed, OPTION_TO, entry->to, &error);
	p->fixed.v[OPTION_TO].set = true;
	p->session->jobs.scope.fixed = &p->fixed;
}

/* What is left of a handler after acmehook was killed may take its time, as any other, but not all
 * of ours. */
static bool end_orphans(const struct entry *entry, const struct job *job)
{
	long timeout = view_number(&job->deploy.targets[0].view, OPTION_TIMEOUT);

	return !entry->job || (entry->state != ENTRY_DEPLOYING && entry->state != ENTRY_CLEANING) ||
	       orphans_end(entry->job, timeout < ORPHANS_PATIENCE ? timeout : ORPHANS_PATIENCE);
}

static void clean(struct pending *p, const struct entry *entry)
{
	struct events events = {0};
	struct error error = {0};
	struct event *event = events_add(&events);
	struct job *job;

	event_copy(event, &entry->event);
	event->verb = VERB_CLEAN;
	event_set(event, FIELD_STATUS, "invalid");
	fix_handler(p, entry);
	job = job_new(&p->session->jobs, dialect_find("json", DIALECT_FROM), NULL, &events, &error);
	if (!job->error.failure && !end_orphans(entry, job)) {
		error_set(&error, FAILURE_HANDLER_TIMEOUT,
		    "the handler that was at it still runs, and cannot be stopped");
		job_fail(job, 0, error.failure, error.text);
	}
	uv_update_time(p->session->jobs.loop); /* the wait for orphans was not the loop's */
	job_start(job, on_cleaned, p);
}

/* Takes the lock and looks once more: what is gone or in use by now is passed over. What cannot be
 * locked at all has failed. */
static bool take(struct pending *p, const struct entry *seen)
{
	struct journal *journal = &p->session->journal;
	const char *name = seen->event.field[FIELD_DOMAIN];
	struct entry entry;
	pid_t holder;
	char *why;
	bool left;

	if (!lock_take(&journal->locks, name, &holder)) {
		p->failed += holder < 0;
		if (holder < 0 || p->session->report.verbose) {
			why = lock_refusal(name, holder);
			report_line(&p->session->report, "%s", why);
			free(why);
		}
		return false;
	}
	left = journal_get(journal, &seen->event, &entry);
	if (left && is_left_behind(p, &entry)) {
		clean(p, &entry);
		entry_free(&entry);
		return true;
	}
	lock_drop(&journal->locks, name);
	if (left)
		entry_free(&entry);
	return false;
}

static void next(struct pending *p)
{
	while (p->at < p->entries.n && !p->session->jobs.stopping) {
		const struct entry *entry = &p->entries.v[p->at++];

		if (is_asked_for(p, &entry->event, entry->created) && take(p, entry))
			return;
	}
}

static void clean_all(struct pending *p)
{
	next(p);
	session_run(p->session);
	journal_tidy(&p->session->journal);
	if (p->session->report.verbose)
		report_line(
		    &p->session->report, "pending: %zu cleaned, %zu failed", p->cleaned, p->failed);
}

/* Those that are asked for; the caller frees them. */
static struct certs list_certs(const struct pending *p)
{
	struct certs all = certs_list(&p->session->journal);
	size_t n = 0;

	for (size_t i = 0; i < all.n; i++) {
		if (is_asked_for(p, &all.v[i].event, all.v[i].created))
			all.v[n++] = all.v[i];
		else
			cert_free(&all.v[i]);
	}
	all.n = n;
	return all;
}

static void perform(struct pending *p)
{
	const struct setting *v = p->session->command->settings.v;
	struct certs certs;

	certs_look(&p->session->journal);
	p->entries = journal_list(&p->session->journal, NULL, NULL);
	certs = list_certs(p);
	if (v[OPTION_CLEAN].number)
		clean_all(p);
	if (v[OPTION_FORGET].number)
		p->failed += pending_forget(p->session, &certs);
	else if (v[OPTION_RETRY].number)
		p->failed += pending_retry(p->session, &certs);
	if (!v[OPTION_CLEAN].number && !v[OPTION_FORGET].number && !v[OPTION_RETRY].number) {
		print_list(p);
		pending_print(p->session, &certs, p->now);
	}
	certs_free(&certs);
	entries_free(&p->entries);
}

int pending_command(struct session *session)
{
	struct pending p = {.session = session, .now = time(NULL)};
	struct error error = {0};
	size_t damaged;

	if (session->command->settings.v[OPTION_FORGET].number && !session->command->words.n) {
		report_line(NULL, "pending --forget: say for which names");
		return failure_status(FAILURE_USAGE);
	}
	if (!journal_open(&session->journal, false, &error)) {
		if (error.failure)
			report_line(NULL, "%s", error.text);
		return failure_status(error.failure);
	}
	perform(&p);
	damaged = journal_damaged(&session->journal);
	if (damaged)
		report_line(NULL,
		    "state: %zu damaged file%s set aside in %s; look at what they tell of, then "
		    "remove them",
		    damaged, damaged == 1 ? " is" : "s are", session->journal.dir);
	if (session->jobs.stopping)
		return failure_status(FAILURE_STOPPED);
	return failure_status(p.failed ? FAILURE_HANDLER : FAILURE_NONE);
}
