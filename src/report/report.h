/* SPDX-License-Identifier: MIT */
/* What people and programs are told of a job: on stderr, or as data. */
#ifndef ACMEHOOK_REPORT_H
#define ACMEHOOK_REPORT_H

#include <stdbool.h>

#include <json-c/json.h>

#include "jobs/job.h"

/* One way to tell it; either function may be NULL. */
struct reporter {
	void (*done)(struct report *report, const struct job *job);
	/* state: of a look at the challenge that was not the last one, as the verifier tells it */
	void (*progress)(struct report *report, const char *what, struct json_object *state);
};

struct report {
	const struct reporter *reporter;
	bool quiet, verbose;
	bool terminal; /* stderr is one */
	bool line;     /* a progress line stands there */
};

extern const struct reporter report_text, report_json, report_nothing;

/* The reporter and its manners, from the options. */
void report_init(struct report *report, const struct view *view);
void report_done(struct report *report, const struct job *job);
void report_progress(
    struct report *report, const struct job *job, size_t i, struct json_object *state);
bool report_shows_progress(const struct report *report);

/* "deploy_challenge example.test": what the client said, or what the event is. Static storage. */
const char *job_title(const struct job *job, size_t i);

/*
 * The result of an event as acmehook-events(5) describes it. id (borrowed) may be NULL. The caller
 * puts what is returned.
 */
struct json_object *result_to_json(const struct job *job, size_t i, struct json_object *id);

/* Adds, without a newline, how it stands with what is looked for. */
void report_progress_line(struct buf *b, const char *what, struct json_object *state);
/* Adds the lines that show what a verifier saw: one for each server or address, what the CA would
 * say, the hint. */
void report_evidence(struct buf *b, struct json_object *verify);
/* "acmehook: TEXT\n" on stderr, in one write. */
void report_line(struct report *report, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Text for people on stderr, in place of a line of progress; what could upset a terminal becomes
 * '?'. */
void report_write(struct report *report, struct buf *b);
/* Writes all of it. What cannot be written is dropped; if it was for stdout, that is remembered. */
void write_all(int fd, const char *data, size_t len);
bool output_lost(void);

#endif
