/* SPDX-License-Identifier: MIT */
/* One TLS handshake with acme-tls/1 at one address, by OpenSSL on the libuv loop (RFC 8737). */
#ifndef ACMEHOOK_HANDSHAKE_H
#define ACMEHOOK_HANDSHAKE_H

#include <stdbool.h>
#include <stdint.h>

#include <openssl/ssl.h>
#include <uv.h>

#include "verify/dns/servers.h"
#include "verify/fetch.h"
#include "verify/slots.h"

/* What all handshakes of a loop share. */
struct handshakes {
	uv_loop_t *loop;
	SSL_CTX *ctx; /* made for the first of them */
	struct slots slots;
	char buffer[8192]; /* for what comes */
};

void handshakes_init(struct handshakes *all, uv_loop_t *loop);
/* There must be no handshake any more. */
void handshakes_free(struct handshakes *all);

struct handshake_result {
	enum fetch_end end; /* FETCH_DONE: there is a certificate */
	int alert;	    /* that the server sent; -1 if none */
	const char *text;   /* what is wrong, in words; "" after FETCH_DONE */
	bool acme;	    /* the server chose acme-tls/1 */
	X509 *certificate;  /* NULL if there is none */
	uint64_t ms;
};

struct handshake;

/*
 * Connects to the address and port, with the server name, and takes the certificate; nothing is
 * verified. 10 s in all, as the CA has. At most 256 are under way at once. Unless cancelled, done()
 * is called exactly once, never from within handshake_start(); what the result points to is valid
 * during the call only.
 */
struct handshake *handshake_start(struct handshakes *all, const union address *address,
    const char *server_name, void (*done)(void *arg, const struct handshake_result *result),
    void *arg);
/* Ends it without calling done(); NULL is allowed. */
void handshake_cancel(struct handshake *h);

#endif
