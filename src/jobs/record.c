/* SPDX-License-Identifier: MIT */
/* What a job leaves in the journal. */
#include "config.h"

#include "jobs/record.h"

#include <stdlib.h>
#include <string.h>

#include "journal/journal.h"
#include "jsonline.h"
#include "report/report.h"

char *record_handler(const struct target *target)
{
	return target->handler && !target->to->compose ? xabsolute(target->handler) : NULL;
}

static void set_text(char **to, const char *text)
{
	free(*to);
	*to = text ? xstrdup(text) : NULL;
}

static void set_verdict(struct entry *entry, const struct task *task)
{
	set_text(&entry->verdict, jsonline_string(task->verify, "verdict"));
	set_text(&entry->case_id, jsonline_string(task->verify, "case"));
}

/* The entry of a deployment as it stands. */
static void put_deployed(struct job *job, size_t i, enum entry_state state, struct error *error)
{
	const struct target *target = &job->deploy.targets[i];
	const struct task *task = &job->tasks[i];
	struct entry entry = {.state = state, .created = job->created, .group = getpgrp()};
	char *output;

	event_copy(&entry.event, &job->deploy.events.v[i]);
	output = run_output(task->run);
	event_set(&entry.event, FIELD_OUTPUT, output);
	free(output);
	set_verdict(&entry, task);
	entry.from = xstrdup(job->from->name);
	entry.to = xstrdup(target->to->name);
	entry.handler = record_handler(target);
	entry.job = xstrdup(job->id);
	job->tasks[i].recorded =
	    journal_put(job->jobs->journal, &entry, state == ENTRY_DEPLOYING, error);
	entry_free(&entry);
}

/* Another state, or the verdict, for an entry that is there. */
static void change(struct job *job, size_t i, enum entry_state state, bool verified)
{
	struct entry entry;
	struct error error = {0};

	if (!journal_get(job->jobs->journal, &job->deploy.events.v[i], &entry))
		return;
	entry.state = state;
	if (verified)
		set_verdict(&entry, &job->tasks[i]);
	job->tasks[i].seen = entry.verdict && strcmp(entry.verdict, "UNKNOWN");
	set_text(&entry.job, job->id);
	job->tasks[i].recorded = true;
	if (!journal_put(job->jobs->journal, &entry, false, &error))
		report_line(job->jobs->report, "%s", error.text);
	entry_free(&entry);
}

static bool begin_deploy(struct job *job, size_t i, struct error *error)
{
	enum role role = job->deploy.targets[i].role;

	if (role == ROLE_LATER)
		put_deployed(job, i, ENTRY_PLANNED, error);
	else if (role != ROLE_AGAIN && job->tasks[i].call)
		put_deployed(job, i, ENTRY_DEPLOYING, error);
	return !error->failure;
}

static void begin_clean(struct job *job, size_t i)
{
	const struct target *target = &job->deploy.targets[i];

	if (!job->jobs->journal->open)
		return;
	/* who is not told to clean leaves that to somebody else */
	if (target->spared || target->role == ROLE_NEVER)
		journal_remove(job->jobs->journal, &job->deploy.events.v[i]);
	else if (target->role == ROLE_LATER)
		change(job, i, ENTRY_UNWANTED, false);
	else if (job->tasks[i].call)
		change(job, i, ENTRY_CLEANING, false);
}

bool record_begin(struct job *job, struct error *error)
{
	for (size_t i = 0; i < job->deploy.events.n; i++) {
		if (job->deploy.events.v[i].verb == VERB_CLEAN)
			begin_clean(job, i);
		else if (job->deploy.events.v[i].verb == VERB_DEPLOY &&
			 !begin_deploy(job, i, error))
			return false;
	}
	return true;
}

static bool went_well(const struct run *run)
{
	return run && (run->not_implemented || (run->ended && !run->error.failure));
}

/* How a value is left that was to be deployed, and is there, perhaps. */
static enum entry_state state_at_end(const struct job *job, size_t i)
{
	if (job->tasks[i].undo_waits)
		return ENTRY_UNWANTED;
	return job->error.failure ? ENTRY_FAILED : ENTRY_DEPLOYED;
}

static void end_deploy(struct job *job, size_t i)
{
	struct error error = {0};
	bool deployed = job_deployed(job, i);

	if (!deployed && job->deploy.targets[i].role == ROLE_GATHERED)
		put_deployed(job, i, ENTRY_PLANNED, &error);
	else if (!deployed || went_well(job->tasks[i].undone))
		journal_remove(job->jobs->journal, &job->deploy.events.v[i]);
	else
		put_deployed(job, i, state_at_end(job, i), &error);
	if (error.failure)
		report_line(job->jobs->report, "%s", error.text);
}

static void end_clean(struct job *job, size_t i)
{
	bool gone = job_doubts(job, i) && !job->tasks[i].error.failure;

	if (gone || went_well(job->tasks[i].run))
		journal_remove(job->jobs->journal, &job->deploy.events.v[i]);
	else
		change(job, i, ENTRY_FAILED, false);
}

void record_end(struct job *job)
{
	for (size_t i = 0; i < job->deploy.events.n; i++) {
		enum role role = job->deploy.targets[i].role;

		if (role == ROLE_TOLD && job->tasks[i].verify)
			change(job, i, ENTRY_DEPLOYED, true);
		if (role == ROLE_TOLD || role == ROLE_LATER || !job->tasks[i].recorded)
			continue;
		if (job->deploy.events.v[i].verb == VERB_DEPLOY)
			end_deploy(job, i);
		else
			end_clean(job, i);
	}
}
