/* SPDX-License-Identifier: MIT */
/* The one acmehook-verify process: start it, ask it, hear it, give up on it; acmehook-verify(8). */
#ifndef ACMEHOOK_VERIFIER_H
#define ACMEHOOK_VERIFIER_H

#include <json-c/json.h>
#include <uv.h>

#include "error.h"
#include "settings/options.h"

struct verifier;
struct question;

/* What is to be proven. Everything is copied before verifier_ask() returns. */
struct proof {
	const char *type, *domain;
	const char *token;   /* http-01; else NULL */
	const char *method;  /* caa: the type of challenge that is meant; else NULL */
	const char *account; /* URI; NULL: the one of the settings, if any */
	bool wildcard;	     /* it is for "*." and the domain */
	bool absent;	     /* it is to be proven that none of the values is there */
	const char *const *values;
	size_t n, known;	 /* so many of them, the last ones, have been there before */
	long timeout;		 /* ms */
	const struct view *view; /* resolver, authority, http-port, ca */
};

/*
 * The verdict, once: an object as acmehook-verify(8) describes, without the id; it is the
 * receiver's. If the process cannot be had the verdict is UNKNOWN and says why. progress gets the
 * same of each look that was not the last; what it gets is borrowed.
 */
typedef void verifier_verdict(void *arg, struct json_object *verdict);
typedef void verifier_progress(void *arg, struct json_object *state);

/* The names of the CA in CAA records, by caa-identity or ca; the list may be empty. */
void verifier_identities(const struct view *view, struct strlist *identities);

/* Nothing is started yet. path need not outlive the call. */
struct verifier *verifier_new(uv_loop_t *loop, const char *path);
/* Starts the process now, if it is not there: it is ready when it is asked, and a program that is
 * not there, or that others can write to, is known before anything is deployed. */
bool verifier_prepare(struct verifier *verifier, struct error *error);
/* Asks; progress may be NULL. The question is gone with its verdict. */
struct question *verifier_ask(struct verifier *verifier, const struct proof *proof,
    verifier_verdict *verdict, verifier_progress *progress, void *arg);
/* Drops a question; its verdict will not be called. Returns the arg it was asked with. */
void *verifier_cancel(struct question *question);
/* Closes the pipe to the process, which ends then; drops all questions. */
void verifier_close(struct verifier *verifier);

#endif
