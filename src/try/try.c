/* SPDX-License-Identifier: MIT */
/* acmehook try: a handler is tried, without a CA. */
#include "config.h"

#include "commands/session.h"

#include <stdlib.h>
#include <string.h>

#include "try/card.h"
#include "try/examine.h"
#include "settings/options_text.h"

/* One of the jobs that a client would have us do. */
static bool do_job(struct trial *t, enum verb verb, size_t specimen, struct error *error)
{
	struct events events = {0};
	struct error none = {0};
	struct event *event = events_add(&events);
	struct job *job;

	event_copy(event, &t->specimens[specimen].event);
	event->verb = verb;
	if (verb == VERB_DEPLOY)
		t->specimens[specimen].out = true;
	job = job_new(&t->session->jobs, dialect_find("json", DIALECT_FROM), NULL, &events, &none);
	trial_run(t, job);
	if (job->error.failure && !error->failure)
		error_set(error, job->error.failure, "%s", job->error.text);
	job_free(job);
	return !error->failure;
}

/* Two values at one name, as for a name and its wildcard, with the lines that are proposed: as a
 * client would have it that calls for one challenge after the other. */
static bool prove_lines(
    struct trial *t, const struct traits *r, const struct strlist *cure, struct error *error)
{
	size_t second = r->dash == DASH_FAILS ? SPECIMEN_THIRD : SPECIMEN_DASHED;
	struct settings fixed = {0};
	struct error cleaning = {0};
	bool good;

	if (!t->session->report.quiet)
		report_line(NULL, "%s: deploys and cleans two values, with the lines that suit it",
		    t->subject->field[FIELD_DOMAIN]);
	trial_settings(&fixed, cure);
	settings_put_line(&fixed, "on-failure=", error);
	if (view_number(&t->target.view, OPTION_VERIFY) == VERIFY_OFF)
		settings_put_line(&fixed, "verify=require", error);
	t->session->jobs.scope.fixed = &fixed;
	good = do_job(t, VERB_DEPLOY, SPECIMEN_FIRST, error) &&
	       do_job(t, VERB_DEPLOY, second, error) && trial_look(t, SPECIMEN_FIRST);
	if (!good && !error->failure && trial_goes_on(t))
		error_set(
		    error, FAILURE_VERIFY, "the first value is gone when the second is there");
	/* whether it cleans well is told apart; trial_clean() will see to what is left */
	if (trial_goes_on(t) && do_job(t, VERB_CLEAN, SPECIMEN_FIRST, &cleaning))
		do_job(t, VERB_CLEAN, second, &cleaning);
	t->session->jobs.scope.fixed = NULL;
	settings_free(&fixed);
	return good;
}

/* Lines that it does not work without; what only makes it better needs no proof. */
static void conclude(struct trial *t, const struct traits *r, struct strlist *cure,
    struct card *card, struct error *error)
{
	const char *obstacle = traits_obstacle(r);

	card->obstacle = obstacle;
	for (size_t i = 0; i < t->lines.n; i++)
		strlist_add(cure, t->lines.v[i]);
	if (r->works)
		traits_cure(
		    r, view_number(&t->target.view, OPTION_TIMEOUT), trial_verify_timeout(t), cure);
	card->works = r->works && !obstacle;
	if (!card->works || !trial_goes_on(t))
		return;
	if (cure->n) {
		card->works = prove_lines(t, r, cure, error);
		card->lines = card->works ? LINES_PROVEN : LINES_FAIL;
		card->obstacle = error->failure ? error->text : NULL;
	}
}

static void take_left(struct trial *t, struct strlist *left)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct event *event = &t->specimens[i].event;
		const char *where = event->field[FIELD_FQDN];

		if (t->specimens[i].out)
			strlist_take(left, xasprintf("%s at %s", event->field[FIELD_VALIDATION],
					       where ? where : event->field[FIELD_DOMAIN]));
	}
}

static void print(struct session *session, const struct card *card)
{
	struct buf b = BUF_INIT(256 * 1024);

	if (view_number(&session->view, OPTION_FORMAT) == FORMAT_JSON)
		card_json(&b, card);
	else
		card_text(&b, card);
	write_all(1, buf_text(&b), b.len);
	buf_free(&b);
}

static enum failure try_name(struct session *session, const char *type, const char *name)
{
	struct trial trial = {0};
	struct traits traits = {0};
	struct strlist cure = {0};
	struct card card = {.trial = &trial, .traits = &traits, .cure = &cure};
	struct error error = {0}, proof = {0};

	if (trial_open(&trial, session, type, name, SPECIMENS, &error)) {
		examine(&trial, &traits);
		trial_clean(&trial);
		conclude(&trial, &traits, &cure, &card, &proof);
		trial_clean(&trial);
		take_left(&trial, &card.left);
		if (trial.stops)
			error_set(&error, FAILURE_STOPPED, "stopped; %s",
			    card.left.n ? "something may be left behind: acmehook pending --clean"
					: "what was deployed is cleaned");
		else if (trial.blind.failure)
			error = trial.blind;
		else
			print(session, &card);
	}
	if (error.failure)
		report_line(NULL, "try: %s: %s", name, error.text);
	strlist_free(&card.left);
	strlist_free(&cure);
	traits_free(&traits);
	trial_close(&trial);
	return error.failure ? error.failure : card.works ? FAILURE_NONE : FAILURE_HANDLER;
}

int try_command(struct session *session)
{
	const struct strlist *names = &session->command->words;
	const char *type = view_text(&session->view, OPTION_TYPE);
	enum failure worst = FAILURE_NONE;

	if (!session->report.verbose)
		session->report.reporter = &report_nothing;
	for (size_t i = 0; i < names->n && worst != FAILURE_STOPPED; i++) {
		enum failure failure = try_name(session, type, names->v[i]);

		worst = failure ? failure : worst;
	}
	return failure_status(worst);
}
