/* SPDX-License-Identifier: MIT */
/* http-01: what is below /.well-known/acme-challenge/, and nothing else. */
#ifndef ACMEHOOK_RESPONDER_HTTP_H
#define ACMEHOOK_RESPONDER_HTTP_H

#include <uv.h>

#include "responder/sockets.h"
#include "responder/values.h"

struct http;

/* Answers at the socket until it is stopped; the tokens stay the caller's. NULL if it cannot. */
struct http *http_start(uv_loop_t *loop, const struct listening *at, const struct values *tokens);
void http_stop(struct http *http);

#endif
