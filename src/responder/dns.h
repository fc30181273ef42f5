/* SPDX-License-Identifier: MIT */
/* DNS at the sockets, by UDP and TCP. */
#ifndef ACMEHOOK_RESPONDER_DNS_H
#define ACMEHOOK_RESPONDER_DNS_H

#include <uv.h>

#include "responder/limit.h"
#include "responder/names.h"
#include "responder/sockets.h"

struct udp;
struct tcp;

/* Answers what comes there, until it is closed; the names stay the caller's. NULL, with errno, if
 * the system cannot. */
struct udp *udp_start(uv_loop_t *loop, const struct listening *at, const struct names *names);
void udp_stop(struct udp *udp);

/*
 * The same by TCP: many queries over one connection, each answered in its turn. A connection on
 * which no whole query came for 10 s is closed. There are 512 at most, 64 from one network, at
 * each socket; those beyond are closed at once.
 */
struct tcp *tcp_start(uv_loop_t *loop, const struct listening *at, const struct names *names);
void tcp_stop(struct tcp *tcp);

#endif
