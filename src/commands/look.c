/* SPDX-License-Identifier: MIT */
/* acmehook verify: look only, call nothing. */
#include "config.h"

#include "commands/session.h"

#include <stdlib.h>
#include <string.h>

#include "identifier.h"
#include "jsonline.h"
#include "record_name.h"
#include "verdict.h"
#include "jobs/verifier.h"

struct look {
	struct session *session;
	char *title;
	const char *value; /* the one there is, in the form that the verifier wants */
	struct json_object *verdict;
	struct question *question;
};

static void on_verdict(void *arg, struct json_object *verdict)
{
	struct look *look = arg;

	look->verdict = verdict;
	look->question = NULL;
}

static void on_progress(void *arg, struct json_object *state)
{
	struct look *look = arg;
	struct report *report = &look->session->report;

	report->reporter->progress(report, look->title, state);
}

static void on_stop(void *arg)
{
	struct look *look = arg;

	if (look->question)
		verifier_cancel(look->question);
	look->question = NULL;
}

static void print(struct look *look, const struct event *event)
{
	struct json_object *v = look->verdict, *o;
	const char *id = jsonline_string(v, "case");
	struct buf b = BUF_INIT(4 * JSONLINE_MAX);

	if (view_number(&look->session->view, OPTION_FORMAT) == FORMAT_JSON) {
		o = json_object_new_object();
		jsonline_set(o, "type", event->field[FIELD_TYPE]);
		jsonline_set(o, "domain", event->field[FIELD_DOMAIN]);
		json_object_object_foreach(v, key, value)
		    json_object_object_add(o, key, json_object_get(value));
		jsonline_add(&b, o);
		json_object_put(o);
	} else {
		buf_printf(&b, "%s%s%s: %s: %s (%.1f s)\n", jsonline_string(v, "verdict"),
		    id ? " " : "", id ? id : "", look->title, jsonline_string(v, "reason"),
		    (double)jsonline_integer(v, "ms", 0) / 1000);
		report_evidence(&b, v);
		buf_visible(&b);
	}
	report_write(&look->session->report, &(struct buf)BUF_INIT(0)); /* no progress any more */
	write_all(1, buf_text(&b), b.len);
	buf_free(&b);
}

/* The words as an event: what an event may not be, a question may not be either. */
static bool read_words(struct look *look, const struct strlist *words, struct event *event,
    struct proof *proof, struct error *error)
{
	if (words->n < 3)
		return error_set(
		    error, FAILURE_USAGE, "usage: acmehook verify %s NAME VALUE...", words->v[0]);
	event_set(event, FIELD_ACCOUNT, view_text(&look->session->view, OPTION_ACCOUNT));
	event->verb = VERB_DEPLOY;
	event_set(event, FIELD_TYPE, words->v[0]);
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
static bool read_name(struct look *look, const struct strlist *words, struct event *event,
    struct proof *proof, struct error *error)
{
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

static bool read_caa(struct look *look, const struct strlist *words, struct event *event,
    struct proof *proof, struct error *error)
{
	proof->method = words->v[2];
	if (words->n > 3 || (proof->method && !is_challenge_type(proof->method)))
		return error_set(error, FAILURE_USAGE,
		    "\"%s\" is no type of challenge; only one may follow the name",
		    words->v[words->n - 1]);
	return read_name(look, words, event, proof, error);
}

static bool read_persist(struct look *look, const struct strlist *words, struct event *event,
    struct proof *proof, struct error *error)
{
	if (words->n > 2)
		return error_set(
		    error, FAILURE_USAGE, "usage: acmehook verify dns-persist-01 NAME");
	if (!view_text(&look->session->view, OPTION_ACCOUNT))
		return error_set(
		    error, FAILURE_USAGE, "for which account? give its URI with --account");
	return read_name(look, words, event, proof, error);
}

static bool read_question(struct look *look, const struct strlist *words, struct event *event,
    struct proof *proof, struct error *error)
{
	if (!strcmp(words->v[0], "caa"))
		return read_caa(look, words, event, proof, error);
	if (!strcmp(words->v[0], "dns-persist-01"))
		return read_persist(look, words, event, proof, error);
	return read_words(look, words, event, proof, error);
}

static int exit_status(struct json_object *verdict)
{
	static const enum failure failures[VERDICT__MAX] = {
	    [VERDICT_RETRY] = FAILURE_VERIFY_TIMEOUT,
	    [VERDICT_FAIL] = FAILURE_VERIFY,
	    [VERDICT_UNKNOWN] = FAILURE_UNKNOWN,
	};
	enum verdict v = VERDICT_UNKNOWN;

	verdict_from_name(jsonline_string(verdict, "verdict"), &v);
	return failure_status(failures[v]);
}

int look_command(struct session *session)
{
	const struct strlist *words = &session->command->words;
	const struct setting *timeout = view_get(&session->view, OPTION_VERIFY_TIMEOUT);
	struct look look = {.session = session};
	struct event event = {0};
	struct error error = {0};
	struct proof proof = {0};
	int status = failure_status(FAILURE_STOPPED);

	if (!read_question(&look, words, &event, &proof, &error)) {
		report_line(NULL, "verify: %s", error.text);
		event_free(&event);
		return failure_status(error.failure);
	}
	proof.type = event.field[FIELD_TYPE];
	proof.timeout = timeout->set ? timeout->number : job_default_timeout(proof.type);
	proof.view = &session->view;
	look.title = xasprintf("%s %s", proof.type, event.field[FIELD_DOMAIN]);
	session->on_stop = on_stop;
	session->arg = &look;
	look.question = verifier_ask(session->jobs.verifier, &proof, on_verdict,
	    report_shows_progress(&session->report) ? on_progress : NULL, &look);
	session_run(session);
	if (look.verdict) {
		print(&look, &event);
		status = exit_status(look.verdict);
	}
	json_object_put(look.verdict);
	free(look.title);
	event_free(&event);
	return status;
}
