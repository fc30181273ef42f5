/* SPDX-License-Identifier: MIT */
/* How a call reaches its handler: as a process, or as something that is said to somebody. */
#ifndef ACMEHOOK_TRANSPORT_H
#define ACMEHOOK_TRANSPORT_H

#include "dialects/dialect.h"
#include "settings/options.h"
#include "handlers/process.h"

struct partners;

/* A call that is to be made; borrowed. */
struct errand {
	uv_loop_t *loop;
	struct partners *partners;
	const struct call *call;
	const char *handler; /* its file: of a launcher's words it is not the first */
	const struct view *view;
};

struct transport {
	/* As process_start() and process_stop(). */
	void *(*start)(
	    const struct errand *errand, process_done *done, void *arg, struct error *error);
	void (*stop)(void *run);
};

/* The one for a kind of handlers. */
const struct transport *transport_of(const struct dialect *to);

#endif
