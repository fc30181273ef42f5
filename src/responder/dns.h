/* SPDX-License-Identifier: MIT */
/* DNS at the sockets, by UDP and TCP. */
#ifndef ACMEHOOK_RESPONDER_DNS_H
#define ACMEHOOK_RESPONDER_DNS_H

#include <uv.h>

#include "responder/connections.h"
#include "responder/limit.h"
#include "responder/names.h"
#include "responder/sockets.h"

struct udp;

/* Answers what comes there, until it is closed; the names stay the caller's. NULL, with errno, if
 * the system cannot. */
struct udp *udp_start(uv_loop_t *loop, const struct listening *at, const struct names *names);
void udp_stop(struct udp *udp);

/*
 * The same by TCP: many queries over one connection, each answered in its turn. A connection on
 * which no whole query came for 10 s is closed.
 */
struct connections *tcp_start(
    uv_loop_t *loop, const struct listening *at, const struct names *names);

#endif
