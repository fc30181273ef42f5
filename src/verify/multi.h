/* SPDX-License-Identifier: MIT */
/* libcurl's transfers on the libuv loop: it says which sockets to watch, and when to be called. */
#ifndef ACMEHOOK_MULTI_H
#define ACMEHOOK_MULTI_H

#include <stdbool.h>

#include <curl/curl.h>
#include <uv.h>

#include "verify/watch.h"

struct multi {
	uv_loop_t *loop;
	CURLM *curl;
	uv_timer_t timer;
	struct watches watches;
	/* A transfer is over; it is still in curl, and goes on being the caller's. */
	void (*ended)(CURL *easy, CURLcode code);
};

/* False if libcurl cannot be used. */
bool multi_init(struct multi *m, uv_loop_t *loop, void (*ended)(CURL *easy, CURLcode code));
/* There must be no transfer any more. */
void multi_free(struct multi *m);

#endif
