/* SPDX-License-Identifier: MIT */
/*
 * tls-alpn-01: the handshake that RFC 8737 wants, and nothing else. Whoever does not offer the
 * protocol acme-tls/1, or asks for a name that the spool has nothing for, gets an alert.
 */
#ifndef ACMEHOOK_RESPONDER_TLSALPN_H
#define ACMEHOOK_RESPONDER_TLSALPN_H

#include <uv.h>

#include "responder/connections.h"
#include "responder/values.h"

/*
 * Takes part in handshakes there, until it is stopped; digests has the digest of each server name,
 * as base64url, and stays the caller's. A connection has 10 s for all of it, however it uses them.
 * NULL if it cannot.
 */
struct connections *tlsalpn_start(
    uv_loop_t *loop, const struct listening *at, const struct values *digests);

#endif
