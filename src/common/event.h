/* SPDX-License-Identifier: MIT */
/* The one thing every client's call becomes: a verb and named fields. */
#ifndef ACMEHOOK_EVENT_H
#define ACMEHOOK_EVENT_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"
#include "error.h"

enum verb {
	VERB_UNKNOWN, /* a word no dialect knows, or dehydrated's probe: succeeds, goes nowhere */
	VERB_DEPLOY,
	VERB_CLEAN,
	VERB_DEPLOY_CERT,
	VERB_UNCHANGED_CERT,
	VERB_SYNC_CERT,
	VERB_DEPLOY_OCSP,
	VERB_INVALID_CHALLENGE,
	VERB_REQUEST_FAILURE,
	VERB_GENERATE_CSR,
	VERB_STARTUP,
	VERB_EXIT,
	VERB_SAVE,
	VERB_RESTART,
	VERB_REPORT,
	VERB__MAX
};

enum field {
	FIELD_NONE,
	FIELD_TYPE, /* of challenge: dns-01, dns-account-01, dns-persist-01, http-01, tls-alpn-01 */
	FIELD_DOMAIN,	/* identifier; in a challenge without "*." and trailing dot */
	FIELD_ACCOUNT,	/* URI of the account at the CA, where a challenge depends on it */
	FIELD_WILDCARD, /* "true" if the client told the domain with "*."; many do not tell */
	FIELD_FQDN,	/* owner name of the TXT record, no trailing dot */
	FIELD_TOKEN,
	FIELD_VALIDATION, /* what the challenge publishes: dns-01, tls-alpn-01 the digest, http-01
			     the key authorization */
	FIELD_VALUE,	  /* base64url(SHA-256(key authorization)), the TXT value */
	FIELD_KEY_AUTH,	  /* token "." thumbprint */
	FIELD_KEY_PATH,
	FIELD_CERT_PATH,
	FIELD_CHAIN_PATH,
	FIELD_FULLCHAIN_PATH,
	FIELD_CSR_PATH,
	FIELD_OCSP_PATH,
	FIELD_CERT_DIR,
	FIELD_TIMESTAMP,      /* of the deployment: seconds since 1970, perhaps with a fraction */
	FIELD_CERT_TIMESTAMP, /* when the certificate file was written, likewise */
	FIELD_ALTNAMES,	      /* all names of the certificate, separated by spaces */
	FIELD_STATUS,	      /* of the challenge ("pending"), or the HTTP status of a request */
	FIELD_VALIDATED,
	FIELD_ERROR, /* what the CA or the client says went wrong */
	FIELD_METHOD,
	FIELD_HEADERS,
	FIELD_TITLE,
	FIELD_TEMPORARY, /* true or false */
	FIELD_MESSAGES,	 /* JSON, as it came */
	FIELD_REMAINING, /* how many challenges of the batch come after this one */
	FIELD_OUTPUT,	 /* what the handler printed when this was deployed */
	FIELD_DELEGATE, /* the domain that handlers are told instead: a CNAME leads to its record */
	FIELD__MAX,
	/* Views: no fields of their own, event_text() makes them of the others. */
	VIEW_TOKEN =
	    FIELD__MAX,	     /* the token, or for a client that has none the digest: never empty */
	VIEW_VALIDATION_HEX, /* validation, but for tls-alpn-01 the digest as aa:bb:cc... */
	VIEW_FQDN_DOT,	     /* the name of the TXT record with its trailing dot */
	VIEW_URI,	     /* http-01: where the CA looks */
	VIEW_TIMESTAMP,	     /* timestamp, rounded up to full seconds */
	VIEW_LINEAGE,	     /* the directory with cert, chain, fullchain and privkey.pem */
	VIEW_STATE_DIR,	     /* acmetool's, which has them in live/DOMAIN, without .pem */
	VIEW_EMPTY,	     /* "" */
	VIEW_DASHES,	     /* "--" */
	VIEW_COMMAND,	     /* http-01: for a shell, in the document root: puts the file there */
	VIEW__MAX
};

/* Owns its strings; all zero is an empty event. A field that is not known is NULL. */
struct event {
	enum verb verb;
	char *field[FIELD__MAX];
	bool foreign; /* the thumbprints that were given are not the one of its account */
};

/* The name of a verb in events, results and configuration: "perform_challenge", "deploy_cert". */
const char *verb_name(enum verb verb);
/* Also takes dehydrated's words for the two challenge verbs. VERB_UNKNOWN if it is none. */
enum verb verb_from_name(const char *name);
/* The name of a field or view, as error sentences call it. */
const char *field_name(int field);
bool is_challenge_type(const char *type);
static inline bool verb_is_challenge(enum verb verb)
{
	return verb == VERB_DEPLOY || verb == VERB_CLEAN;
}

/* Replaces a field by a copy of text (NULL: by nothing). */
void event_set(struct event *event, enum field field, const char *text);
/*
 * Derives what follows from what is there (type from the shape of the validation, digest and
 * token from the key authorization, the name of the TXT record), brings names into one form and
 * checks everything a script could trip over. False, with a sentence, if the event cannot be.
 */
bool event_complete(struct event *event, struct error *error);
/* The same of the identifier alone, for a challenge whose value is not known yet. */
bool event_complete_identifier(struct event *event, struct error *error);
/*
 * Makes the key authorization of a challenge from its token and the thumbprint of the account key
 * (RFC 8555 section 8.1), where the client tells it not: that of the thumbprints whose digest is
 * the value. If none is, nothing is made, and the event is foreign.
 */
void event_use_thumbprints(struct event *event, const struct strlist *thumbprints);
/* The text of a field or view; the caller frees it. NULL if it is not known. */
char *event_text(const struct event *event, int field);
void event_copy(struct event *to, const struct event *from);
void event_free(struct event *event);

/* The events of one call of a client: all with the same verb. */
struct events {
	struct event *v;
	size_t n;
};

/* Appends an empty event and returns it; it stays owned by the list. */
struct event *events_add(struct events *events);
void events_free(struct events *events);

#endif
