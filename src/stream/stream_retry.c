/* SPDX-License-Identifier: MIT */
/* In a stream, certificates that were not installed are tried again as further events. */
#include "config.h"

#include "stream/stream_retry.h"

#include <stdlib.h>

#include "settings/options_json.h"
#include "report/report.h"
#include "jobs/retry.h"

struct attempt {
	struct ticket ticket; /* first */
	struct cert cert;
};

static void on_begun(struct source *source)
{
	(void)source;
}

/* There is no result line for it: nobody asked. */
static void on_done(struct ticket *ticket, const struct job *job, size_t i)
{
	struct attempt *attempt = (struct attempt *)ticket;
	struct stream_retry *retry =
	    (struct stream_retry *)((char *)ticket->source - offsetof(struct stream_retry, source));

	(void)i;
	if (job->error.failure && !job->superseded && !job->jobs->stopping &&
	    job->jobs->report->reporter == &report_nothing)
		report_line(
		    job->jobs->report, "%s: tried again: %s", job_title(job, 0), job->error.text);
	cert_free(&attempt->cert);
	events_free(&ticket->events);
	free(attempt);
	schedule_answered(retry->schedule);
}

static const struct schedule_events events = {.begun = on_begun, .done = on_done};

void stream_retry_init(struct stream_retry *retry, struct schedule *schedule)
{
	*retry = (struct stream_retry){.schedule = schedule, .source = {.events = &events}};
	source_add(schedule, &retry->source);
}

static void add(struct stream_retry *retry, struct cert *cert)
{
	struct attempt *attempt = xcalloc(1, sizeof(*attempt));

	attempt->cert = *cert;
	*cert = (struct cert){0};
	attempt->ticket.source = &retry->source;
	attempt->ticket.again = &attempt->cert;
	event_copy(events_add(&attempt->ticket.events), &attempt->cert.event);
	schedule_add(retry->schedule, &attempt->ticket);
}

void stream_retry_after(struct stream_retry *retry, const struct event *event)
{
	struct jobs *jobs = retry->schedule->jobs;
	struct json_object *ours;
	struct certs certs;

	if (!verb_retries(event->verb) || jobs->stopping)
		return;
	certs = certs_after(jobs, event);
	ours = options_to_json(jobs->scope.command);
	for (size_t i = 0; i < certs.n; i++)
		if (certs.v[i].state == CERT_FAILED && json_object_equal(certs.v[i].options, ours))
			add(retry, &certs.v[i]);
	json_object_put(ours);
	certs_free(&certs);
}
