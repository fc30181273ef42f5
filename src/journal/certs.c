/* SPDX-License-Identifier: MIT */
/* Certificates that are kept until they are installed. */
#include "config.h"

#include "journal/certs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "journal/entry_json.h"
#include "event_json.h"
#include "identifier.h"
#include "jsonline.h"
#include "journal/slots.h"

#define SUFFIX ".retry"
/* Grows when an older acmehook would misunderstand what is written. */
#define FORMAT 1
/* Far more than anybody tries. */
#define ATTEMPTS_MAX 1000000000
/* The longest pause between two attempts, in ms. */
#define PAUSE_MAX (24 * 3600 * 1000LL)

static const char *const states[] = {
    [CERT_TRYING] = "trying",
    [CERT_FAILED] = "failed",
};
_Static_assert(nitems(states) == CERT__MAX, "a state without name");

bool verb_is_kept(enum verb verb)
{
	return verb == VERB_DEPLOY_CERT || verb == VERB_DEPLOY_OCSP;
}

const char *cert_state_name(enum cert_state state)
{
	return states[state];
}

void cert_free(struct cert *cert)
{
	event_free(&cert->event);
	json_object_put(cert->options);
	free(cert->from);
	free(cert->job);
	free(cert->error);
	*cert = (struct cert){0};
}

void certs_free(struct certs *certs)
{
	for (size_t i = 0; i < certs->n; i++)
		cert_free(&certs->v[i]);
	free(certs->v);
	*certs = (struct certs){0};
}

long long cert_next(const struct cert *cert, long limit, long pause)
{
	long long ms = pause;

	if (cert->attempts >= limit)
		return -1;
	for (long i = 1; i < cert->attempts && ms < PAUSE_MAX; i++)
		ms *= 2;
	/* whoever tried was killed: that says nothing about the handler */
	if (cert->state == CERT_TRYING)
		ms = 0;
	return cert->tried + (ms < PAUSE_MAX ? ms : PAUSE_MAX) / 1000;
}

/* --- as JSON */

struct json_object *cert_to_json(const struct cert *cert)
{
	struct json_object *o = json_object_new_object();

	jsonline_set_integer(o, "version", FORMAT);
	jsonline_set(o, "state", states[cert->state]);
	jsonline_set_integer(o, "created", cert->created);
	jsonline_set_integer(o, "tried", cert->tried);
	jsonline_set_integer(o, "attempts", cert->attempts);
	jsonline_set(o, "error", cert->error);
	jsonline_set(o, "from", cert->from);
	jsonline_set_value(o, "options", json_object_get(cert->options));
	jsonline_set(o, "job", cert->job);
	jsonline_set_value(o, "event", event_to_json(&cert->event));
	return o;
}

static const char *read_options(struct json_object *o, struct cert *cert)
{
	struct json_object *inner = NULL;

	json_object_object_get_ex(o, "options", &inner);
	if (inner && !json_object_is_type(inner, json_type_object))
		return "its options are none";
	cert->options = json_object_get(inner);
	return NULL;
}

/* Seconds that can be reckoned with. */
static bool is_time(long long seconds)
{
	return seconds >= 0 && seconds < 1LL << 40;
}

const char *cert_from_json(struct json_object *o, struct cert *cert)
{
	long long version = jsonline_integer(o, "version", 0);
	const char *state = jsonline_string(o, "state"), *why;
	size_t i = 0;

	*cert = (struct cert){0};
	if (version > FORMAT)
		return JOURNAL_TOO_NEW;
	if (version < 1)
		return "it has no version";
	while (i < nitems(states) && !(state && !strcmp(state, states[i])))
		i++;
	if (i == nitems(states))
		return "it has no state";
	cert->state = (enum cert_state)i;
	cert->created = jsonline_integer(o, "created", 0);
	cert->tried = jsonline_integer(o, "tried", 0);
	cert->attempts = (long)jsonline_integer(o, "attempts", 0);
	cert->error = jsonline_copy(o, "error");
	cert->from = jsonline_copy(o, "from");
	cert->job = jsonline_copy(o, "job");
	why = read_options(o, cert);
	if (!why)
		why = entry_read_event(o, &cert->event);
	if (!why && (!verb_is_kept(cert->event.verb) || !cert->event.field[FIELD_DOMAIN]))
		why = "its event installs no certificate";
	if (!why && (!is_time(cert->created) || !is_time(cert->tried)))
		why = "its times are none";
	if (!why && (!cert->from || cert->attempts < 1 || cert->attempts > ATTEMPTS_MAX))
		why = "it does not say who had tried it, and how often";
	if (why)
		cert_free(cert);
	return why;
}

/* --- as files */

char *cert_lock_name(const struct event *event)
{
	return xasprintf("the certificate of %s", event->field[FIELD_DOMAIN]);
}

/* The same certificate is the same file: one domain may have many. */
static char *file_of(const struct event *event)
{
	bool ocsp = event->verb == VERB_DEPLOY_OCSP;
	const char *verb = verb_name(ocsp ? VERB_DEPLOY_OCSP : VERB_DEPLOY_CERT);
	const char *domain = event->field[FIELD_DOMAIN],
		   *path = event->field[ocsp ? FIELD_OCSP_PATH : FIELD_CERT_PATH];
	char digest[DIGEST_TEXT + 1],
	    *all = xasprintf("%s\n%s\n%s\n", verb, domain, path ? path : "");

	digest_text(all, digest);
	free(all);
	return xasprintf("%.180s_%s_%.16s" SUFFIX, domain, verb, digest);
}

bool certs_put(const struct journal *journal, const struct cert *cert, struct error *error)
{
	struct json_object *o = cert_to_json(cert);
	char *file = file_of(&cert->event);
	bool done = journal_write(journal, file, o, DURABLE_NEW) ||
		    error_set(error, FAILURE_USAGE, "state: %s/%s cannot be written: %s",
			journal->dir, file, strerror(errno));

	json_object_put(o);
	free(file);
	return done;
}

/* A newer one, or a later attempt, may be kept already. */
static const char *rescue(struct journal *journal, struct json_object *left)
{
	struct error error = {0};
	struct cert cert, kept;
	const char *why = cert_from_json(left, &cert);
	bool newer;

	if (why)
		return why;
	newer = certs_get(journal, &cert.event, &kept);
	if (newer) {
		newer = kept.created > cert.created ||
			(kept.created == cert.created && kept.attempts >= cert.attempts);
		cert_free(&kept);
	}
	if (!newer && !certs_put(journal, &cert, &error))
		why = "";
	cert_free(&cert);
	return why;
}

int certs_try(struct journal *journal, const struct cert *cert)
{
	struct json_object *o = cert_to_json(cert);
	int slot = slots_use(journal, o, rescue);

	json_object_put(o);
	return slot;
}

void certs_look(struct journal *journal)
{
	slots_look(journal, rescue);
}

void certs_remove(const struct journal *journal, const struct event *event)
{
	char *file = file_of(event);

	journal_unlink(journal, file);
	free(file);
}

static const char *take_cert(void *arg, struct json_object *o)
{
	return cert_from_json(o, arg);
}

bool certs_get(const struct journal *journal, const struct event *event, struct cert *cert)
{
	char *file = file_of(event);
	bool found = !journal_read(journal, file, take_cert, cert);

	free(file);
	return found;
}

static const char *add_cert(void *arg, struct json_object *o)
{
	struct certs *certs = arg;
	struct cert cert;
	const char *why = cert_from_json(o, &cert);

	if (why)
		return why;
	certs->v = xrealloc(certs->v, (certs->n + 1) * sizeof(cert));
	certs->v[certs->n++] = cert;
	return NULL;
}

static int by_age(const void *a, const void *b)
{
	const struct cert *x = a, *y = b;

	return (x->created > y->created) - (x->created < y->created);
}

struct certs certs_list(const struct journal *journal)
{
	struct certs certs = {0};

	journal_each(journal, "", "", SUFFIX, NULL, add_cert, &certs);
	if (certs.n)
		qsort(certs.v, certs.n, sizeof(*certs.v), by_age);
	return certs;
}
