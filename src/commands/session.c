/* SPDX-License-Identifier: MIT */
/* What a command needs to run jobs. */
#include "config.h"

#include "commands/session.h"

#include <signal.h>

#include "jobs/verifier.h"

/* SIGTERM, SIGINT, SIGHUP: end in order. */
static const int stop_signals[] = {SIGTERM, SIGINT, SIGHUP};

static void on_signal(uv_signal_t *handle, int number)
{
	struct session *s = handle->data;

	(void)number;
	if (s->jobs.stopping)
		return;
	jobs_stop(&s->jobs);
	if (s->on_stop)
		s->on_stop(s->arg);
}

static void watch_signals(struct session *s)
{
	for (size_t i = 0; i < nitems(stop_signals); i++) {
		struct sigaction before;

		uv_signal_init(&s->loop, &s->signals[i]);
		s->signals[i].data = s;
		uv_unref((uv_handle_t *)&s->signals[i]);
		/* nohup and cron may ignore SIGHUP: leave that so */
		if (sigaction(stop_signals[i], NULL, &before) || before.sa_handler == SIG_IGN)
			continue;
		uv_signal_start(&s->signals[i], on_signal, stop_signals[i]);
	}
}

bool session_open(struct session *s, const struct command *command, struct error *error)
{
	*s = (struct session){.command = command};
	settings_initial(&s->initial);
	if (!rules_read(&s->rules, command->settings.v[OPTION_CONFIG].text, error))
		return false;
	s->view = (struct view){{&command->settings, &s->rules.top, &s->initial}};
	uv_loop_init(&s->loop);
	watch_signals(s);
	report_init(&s->report, &s->view);
	journal_init(&s->journal, view_text(&s->view, OPTION_STATE));
	s->partners.loop = &s->loop;
	s->jobs = (struct jobs){
	    .loop = &s->loop,
	    .scope = {.command = &command->settings, .initial = &s->initial, .rules = &s->rules},
	    .verifier = verifier_new(&s->loop, view_text(&s->view, OPTION_VERIFIER)),
	    .report = &s->report,
	    .alerts = &s->alerts,
	    .journal = &s->journal,
	    .partners = &s->partners,
	};
	s->alerts.jobs = &s->jobs;
	s->open = true;
	return true;
}

void session_run(struct session *s)
{
	uv_run(&s->loop, UV_RUN_DEFAULT);
}

void session_close(struct session *s)
{
	if (s->open) {
		alerts_close(&s->alerts);
		verifier_close(s->jobs.verifier);
		partners_close(&s->partners);
		for (size_t i = 0; i < nitems(stop_signals); i++)
			uv_close((uv_handle_t *)&s->signals[i], NULL);
		uv_run(&s->loop, UV_RUN_DEFAULT);
		uv_loop_close(&s->loop);
		journal_close(&s->journal);
	}
	rules_free(&s->rules);
	settings_free(&s->initial);
}
