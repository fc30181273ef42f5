/* SPDX-License-Identifier: MIT */
/* acmehook verify: look only, call nothing. */
#include "config.h"

#include "commands/look.h"

#include <stdlib.h>
#include <string.h>

#include "identifier.h"
#include "jsonline.h"
#include "record_name.h"
#include "verdict.h"
#include "jobs/verifier.h"

static void on_verdict(void *arg, struct json_object *verdict)
{
	struct look *look = arg;

	look->verdict = verdict;
	look->question = NULL;
	if (look->done)
		look->done(look);
}

void look_print(const struct look *look, bool evidence)
{
	struct session *session = look->session;
	struct json_object *v = look->verdict, *o;
	const char *id = jsonline_string(v, "case");
	struct buf b = BUF_INIT(4 * JSONLINE_MAX);

	if (view_number(&session->view, OPTION_FORMAT) == FORMAT_JSON) {
		o = json_object_new_object();
		if (look->line)
			jsonline_set_integer(o, "line", (long long)look->line);
		jsonline_set(o, "type", look->event.field[FIELD_TYPE]);
		jsonline_set(o, "domain", look->event.field[FIELD_DOMAIN]);
		json_object_object_foreach(v, key, value)
		    json_object_object_add(o, key, json_object_get(value));
		jsonline_add(&b, o);
		json_object_put(o);
	} else {
		buf_printf(&b, "%s%s%s: %s: %s (%.1f s)\n", jsonline_string(v, "verdict"),
		    id ? " " : "", id ? id : "", look->title, jsonline_string(v, "reason"),
		    (double)jsonline_integer(v, "ms", 0) / 1000);
		if (evidence)
			report_evidence(&b, v);
		buf_visible(&b);
	}
	report_write(&session->report, &(struct buf)BUF_INIT(0)); /* no progress any more */
	write_all(1, buf_text(&b), b.len);
	buf_free(&b);
}

/* The words as an event: what an event may not be, a question may not be either. */
static bool read_words(
    struct look *look, const struct strlist *words, struct proof *proof, struct error *error)
{
	struct event *event = &look->event;
	const char *domain, *type;

	if (words->n < 3 && is_challenge_type(words->v[0]))
		return error_set(
		    error, FAILURE_USAGE, "usage: acmehook verify %s NAME VALUE...", words->v[0]);
	event_set(event, FIELD_ACCOUNT, view_text(&look->session->view, OPTION_ACCOUNT));
	event->verb = VERB_DEPLOY;
	event_set(event, FIELD_TYPE, words->v[0]);
	domain = record_domain(words->v[1], &type);
	if (domain)
		return error_set(error, FAILURE_USAGE,
		    "%s: give the domain, without \"_acme-challenge\": %s", words->v[1], domain);
	event_set(event, FIELD_DOMAIN, words->v[1]);
	event_set(event, FIELD_VALIDATION, words->v[2]);
	if (!event_complete(event, error))
		return false;
	for (size_t i = 3; i < words->n; i++) {
		unsigned char digest[DIGEST_SIZE];

		if (!record_answers(event->field[FIELD_TYPE]))
			return error_set(error, FAILURE_USAGE, "%s has one value, not %zu",
			    event->field[FIELD_TYPE], words->n - 2);
		if (!digest_decode(words->v[i], digest))
			return error_set(error, FAILURE_USAGE,
			    "value \"%s\" is not a base64url SHA-256 digest of 43 characters",
			    words->v[i]);
	}
	proof->domain = event->field[FIELD_DOMAIN];
	proof->token = event->field[FIELD_TOKEN];
	look->value = event->field[FIELD_VALIDATION];
	proof->values = words->n == 3 ? &look->value : (const char *const *)words->v + 2;
	proof->n = words->n - 2;
	return true;
}

/* Questions that have no value, but a CA: the name, which may be a wildcard. */
static bool read_name(
    struct look *look, const struct strlist *words, struct proof *proof, struct error *error)
{
	struct event *event = &look->event;
	struct strlist identities = {0};
	char *domain;
	bool known;

	event_set(event, FIELD_DOMAIN, words->v[1]);
	event->verb = VERB_DEPLOY_CERT; /* whose domain may be a wildcard */
	if (!event_complete(event, error))
		return false;
	event_set(event, FIELD_TYPE, words->v[0]);
	verifier_identities(&look->session->view, &identities);
	known = identities.n;
	strlist_free(&identities);
	if (!known)
		return error_set(error, FAILURE_USAGE,
		    "for which CA? give --ca letsencrypt, or its name in DNS records with "
		    "--caa-identity");
	domain = event->field[FIELD_DOMAIN];
	if (identifier_is_ip(domain))
		return error_set(error, FAILURE_USAGE, "%s is an address; %s is for domain names",
		    domain, words->v[0]);
	proof->wildcard = !strncmp(domain, "*.", 2);
	proof->domain = domain + 2 * proof->wildcard;
	return true;
}

static bool read_caa(
    struct look *look, const struct strlist *words, struct proof *proof, struct error *error)
{
	proof->method = words->v[2];
	if (words->n > 3 || (proof->method && !is_challenge_type(proof->method)))
		return error_set(error, FAILURE_USAGE,
		    "\"%s\" is no type of challenge; only one may follow the name",
		    words->v[words->n - 1]);
	return read_name(look, words, proof, error);
}

static bool read_persist(
    struct look *look, const struct strlist *words, struct proof *proof, struct error *error)
{
	if (words->n > 2)
		return error_set(
		    error, FAILURE_USAGE, "usage: acmehook verify dns-persist-01 NAME");
	if (!view_text(&look->session->view, OPTION_ACCOUNT))
		return error_set(
		    error, FAILURE_USAGE, "for which account? give its URI with --account");
	return read_name(look, words, proof, error);
}

static bool read_question(
    struct look *look, const struct strlist *words, struct proof *proof, struct error *error)
{
	if (words->n < 2)
		return error_set(
		    error, FAILURE_USAGE, "there is no name behind \"%s\"", words->v[0]);
	if (!strcmp(words->v[0], "caa"))
		return read_caa(look, words, proof, error);
	if (!strcmp(words->v[0], "dns-persist-01"))
		return read_persist(look, words, proof, error);
	return read_words(look, words, proof, error);
}

bool look_begin(struct look *look, const struct strlist *words, verifier_progress *progress,
    struct error *error)
{
	const struct setting *timeout = view_get(&look->session->view, OPTION_VERIFY_TIMEOUT);
	struct proof proof = {0};

	if (!read_question(look, words, &proof, error))
		return false;
	proof.type = look->event.field[FIELD_TYPE];
	proof.timeout = timeout->set ? timeout->number : job_default_timeout(proof.type);
	proof.view = &look->session->view;
	look->title = xasprintf("%s %s", proof.type, look->event.field[FIELD_DOMAIN]);
	look->question =
	    verifier_ask(look->session->jobs.verifier, &proof, on_verdict, progress, look);
	return true;
}

static void cancel(struct look *look)
{
	if (look->question)
		verifier_cancel(look->question);
	look->question = NULL;
}

void look_end(struct look *look)
{
	cancel(look);
	json_object_put(look->verdict);
	look->verdict = NULL;
	free(look->title);
	look->title = NULL;
	event_free(&look->event);
}

enum failure look_failure(enum verdict verdict)
{
	static const enum failure failures[VERDICT__MAX] = {
	    [VERDICT_RETRY] = FAILURE_VERIFY_TIMEOUT,
	    [VERDICT_FAIL] = FAILURE_VERIFY,
	    [VERDICT_UNKNOWN] = FAILURE_UNKNOWN,
	};

	return failures[verdict];
}

enum verdict look_verdict(const struct look *look)
{
	enum verdict v = VERDICT_UNKNOWN;

	verdict_from_name(jsonline_string(look->verdict, "verdict"), &v);
	return v;
}

static void on_progress(void *arg, struct json_object *state)
{
	struct look *look = arg;
	struct report *report = &look->session->report;

	report->reporter->progress(report, look->title, state);
}

static void on_stop(void *arg)
{
	cancel(arg);
}

int look_command(struct session *session)
{
	struct look look = {.session = session};
	struct error error = {0};
	int status = failure_status(FAILURE_STOPPED);

	if (view_text(&session->view, OPTION_FILE))
		return look_at_file(session);
	session->on_stop = on_stop;
	session->arg = &look;
	if (!look_begin(&look, &session->command->words,
		report_shows_progress(&session->report) ? on_progress : NULL, &error)) {
		report_line(NULL, "verify: %s", error.text);
		status = failure_status(error.failure);
	}
	session_run(session);
	if (look.verdict) {
		look_print(&look, true);
		status = failure_status(look_failure(look_verdict(&look)));
	}
	look_end(&look);
	return status;
}
