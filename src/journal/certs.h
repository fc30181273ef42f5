/* SPDX-License-Identifier: MIT */
/*
 * Certificates whose handler failed, or was cut off: they are kept in the journal until they are
 * installed, superseded or forgotten; acmehook-journal(5).
 */
#ifndef ACMEHOOK_CERTS_H
#define ACMEHOOK_CERTS_H

#include "journal/journal.h"

enum cert_state {
	CERT_TRYING, /* in a slot; elsewhere: whoever tried was killed */
	CERT_FAILED,
	CERT__MAX
};

/* One of them. Owns what it points to; all zero is an empty one. */
struct cert {
	struct event event; /* deploy_cert or deploy_ocsp */
	enum cert_state state;
	char *from;		     /* the client's name */
	struct json_object *options; /* those of its command line, see options_json.h */
	char *job;		     /* ACMEHOOK_JOB of the handler that was called last */
	long attempts;		     /* with the one that goes on */
	long long created, tried;    /* seconds since 1970; the last attempt */
	char *error;		     /* of the last attempt that ended; NULL: none did */
};

struct certs {
	struct cert *v;
	size_t n;
};

/* Is what fails to be installed by such an event kept? */
bool verb_is_kept(enum verb verb);
const char *cert_state_name(enum cert_state state);
void cert_free(struct cert *cert);
void certs_free(struct certs *certs);

/* It is on the disk when this returns. False, with a sentence, if it cannot be written. */
bool certs_put(const struct journal *journal, const struct cert *cert, struct error *error);
/* Notes that it is about to be tried, in a slot, which is returned; see slots.h. */
int certs_try(struct journal *journal, const struct cert *cert);
/* Keeps what others were trying when they were killed. */
void certs_look(struct journal *journal);
/* Forgets what is kept for the same certificate; there need not be anything. */
void certs_remove(const struct journal *journal, const struct event *event);
/* What is kept for the certificate of an event, which may also be unchanged_cert: the same domain
 * and the same file. False if there is none that can be read. */
bool certs_get(const struct journal *journal, const struct event *event, struct cert *cert);
/* All of them, the oldest first; the caller frees them. */
struct certs certs_list(const struct journal *journal);

/* What its domain is locked by; see lock.h. The caller frees it. */
char *cert_lock_name(const struct event *event);
/*
 * When it may be tried again by itself, in seconds since 1970: behind a pause (in ms), which
 * doubles each time up to a day. -1: never, it was tried limit times.
 */
long long cert_next(const struct cert *cert, long limit, long pause);

/* As JSON; as entry_to_json() and entry_from_json(). */
struct json_object *cert_to_json(const struct cert *cert);
const char *cert_from_json(struct json_object *object, struct cert *cert);

#endif
