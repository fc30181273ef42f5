/* SPDX-License-Identifier: MIT */
/* acmehook pending: of certificates that could not be installed. */
#include "config.h"

#include "commands/pending_certs.h"

#include <stdlib.h>
#include <string.h>

#include "jsonline.h"
#include "journal/lock.h"
#include "jobs/retry.h"

/* What people call the state: whoever was trying was killed, or it is not tried any more. */
static const char *state_of(const struct cert *cert, long long due)
{
	if (due < 0)
		return "given-up";
	return cert->state == CERT_TRYING ? "cut-off" : cert_state_name(cert->state);
}

static void print_text(const struct cert *cert, long limit, long long due, long long now)
{
	print_age(now - cert->created);
	printf("  %-9s  %s %s  attempt %ld of %ld", state_of(cert, due),
	    verb_name(cert->event.verb), cert->event.field[FIELD_DOMAIN], cert->attempts, limit);
	if (due > now) {
		printf(", next in");
		print_age(due - now);
	}
	if (cert->error)
		printf(": %s", cert->error);
	printf("\n");
}

static void print_json(const struct cert *cert, long limit, long long due, long long now)
{
	struct json_object *o = json_object_new_object();

	jsonline_set(o, "cmd", "pending");
	jsonline_set(o, "event", verb_name(cert->event.verb));
	jsonline_set(o, "domain", cert->event.field[FIELD_DOMAIN]);
	jsonline_set(o, "cert_path", cert->event.field[FIELD_CERT_PATH]);
	jsonline_set(o, "ocsp_path", cert->event.field[FIELD_OCSP_PATH]);
	jsonline_set(o, "state", state_of(cert, due));
	jsonline_set_integer(o, "created", cert->created);
	jsonline_set_integer(o, "age", now - cert->created);
	jsonline_set(o, "from", cert->from);
	jsonline_set_integer(o, "attempts", cert->attempts);
	jsonline_set_integer(o, "limit", limit);
	jsonline_set_integer(o, "tried", cert->tried);
	jsonline_set_value(o, "next", due < 0 ? NULL : json_object_new_int64(due));
	jsonline_set(o, "error", cert->error);
	print_object(o);
}

void pending_print(struct session *session, const struct certs *certs, long long now)
{
	bool json = view_number(&session->view, OPTION_FORMAT) == FORMAT_JSON;

	for (size_t i = 0; i < certs->n; i++) {
		long limit;
		long long due = cert_due(&session->jobs.scope, &certs->v[i], &limit);

		(json ? print_json : print_text)(&certs->v[i], limit, due, now);
	}
}

size_t pending_retry(struct session *session, struct certs *certs)
{
	struct retries retries = {
	    .jobs = &session->jobs,
	    .certs = *certs,
	    .forced = session->command->words.n > 0,
	};

	*certs = (struct certs){0};
	retries_start(&retries);
	session_run(session);
	if (session->report.verbose)
		report_line(&session->report, "pending: %zu installed, %zu failed",
		    retries.installed, retries.failed);
	retries_free(&retries);
	return retries.failed;
}

static bool forget(struct session *session, const struct cert *cert)
{
	char *name = cert_lock_name(&cert->event), *why;
	pid_t holder;
	bool taken = lock_take(&session->journal.locks, name, &holder);

	if (taken) {
		certs_remove(&session->journal, &cert->event);
		lock_drop(&session->journal.locks, name);
	} else {
		why = lock_refusal(name, holder);
		report_line(&session->report, "%s", why);
		free(why);
	}
	free(name);
	return taken;
}

size_t pending_forget(struct session *session, const struct certs *certs)
{
	const struct strlist *names = &session->command->words;
	size_t failed = 0;

	for (size_t i = 0; i < certs->n; i++)
		failed += !forget(session, &certs->v[i]);
	for (size_t i = 0; i < names->n; i++) {
		size_t k = 0;

		while (k < certs->n && strcmp(certs->v[k].event.field[FIELD_DOMAIN], names->v[i]))
			k++;
		if (k < certs->n)
			continue;
		report_line(
		    &session->report, "pending: no certificate is kept for %s", names->v[i]);
		failed++;
	}
	return failed;
}
