/* SPDX-License-Identifier: MIT */
/* How a call reaches its handler. */
#include "config.h"

#include "handlers/transport.h"

#include "handlers/talk.h"

static void *start(const struct errand *errand, process_done *done, void *arg, struct error *error)
{
	const struct call *call = errand->call;
	const struct view *view = errand->view;
	const struct process_options options = {
	    .input = call->input,
	    .argv = call->argv.v,
	    .handler = errand->handler,
	    .interpreted = view_text(view, OPTION_INTERPRETER) != NULL,
	    .env = &call->env,
	    .env_more = &view_get(view, OPTION_ENV)->list,
	    .env_file = view_text(view, OPTION_ENV_FILE),
	    .user = view_text(view, OPTION_USER),
	    .cwd = view_text(view, OPTION_CWD),
	    .umask = (mode_t)view_number(view, OPTION_UMASK),
	    .timeout = view_number(view, OPTION_TIMEOUT),
	    .kill_after = view_number(view, OPTION_KILL_AFTER),
	};

	return process_start(errand->loop, &options, done, arg, error);
}

static void stop(void *run)
{
	process_stop(run);
}

static const struct transport transport_process = {start, stop};

const struct transport *transport_of(const struct dialect *to)
{
	return to->compose ? &transport_talk : &transport_process;
}
