/* SPDX-License-Identifier: MIT */
/* One GET of one URL at one address, by libcurl on the libuv loop. */
#ifndef ACMEHOOK_FETCH_H
#define ACMEHOOK_FETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <uv.h>

#include "verify/dns/servers.h"
#include "verify/multi.h"
#include "verify/slots.h"

/* As many are under way at once ... */
#define FETCHES_MAX 256
/* ... and as many of them at one address and port, which others need not wait for. */
#define FETCHES_PLACE_MAX 64

/* What all fetches of a loop share. */
struct fetches {
	struct multi multi;
	struct curl_slist *headers; /* of every request */
	struct fetch_handle *idle;  /* to be used again */
	struct slots slots;
	void *places; /* those that are asked, in a tree of tsearch(3) */
};

/* False if libcurl cannot be used. */
bool fetches_init(struct fetches *all, uv_loop_t *loop);
/* There must be no fetch any more. */
void fetches_free(struct fetches *all);

/* How an attempt to reach a server ends. */
enum fetch_end {
	FETCH_DONE,	       /* there is a response, whatever its status */
	FETCH_REFUSED,	       /* nobody listens there */
	FETCH_UNREACHABLE,     /* there is no way from this host to there */
	FETCH_CONNECT_TIMEOUT, /* no answer to the attempt to connect */
	FETCH_TIMEOUT,	       /* connected, but no response in time */
	FETCH_STUCK,	       /* a response began, but did not end in time */
	FETCH_RESET,	       /* the connection was torn down */
	FETCH_SHORT,	       /* the response is shorter than it says itself */
	FETCH_ENCODING,	       /* its content is not encoded as it says */
	FETCH_TLS,	       /* TLS could not be negotiated */
	FETCH_NOT_TLS,	       /* it speaks HTTP where TLS should be */
	FETCH_BROKEN,	       /* what came is no response, or the URL cannot be fetched */
	FETCH__MAX
};

struct fetch_result {
	enum fetch_end end;
	int error;	      /* errno of the connection attempt, or 0 */
	int alert;	      /* of TLS, that the server sent; -1 if none */
	const char *text;     /* what libcurl says about it; "" after FETCH_DONE */
	long status;	      /* of HTTP, 0 if there was none */
	const char *body;     /* NUL-terminated after len octets; what came if it is no response */
	size_t len;	      /* at most 4096 */
	bool cut;	      /* the body was longer; the rest was not read */
	const char *redirect; /* the absolute URL of a redirect, or NULL */
	const char *location; /* the header as it came, or NULL */
	const char *server;   /* of the header Server, or NULL */
	const char *encoding; /* one that was not offered, the body is still in it; or NULL */
	bool cached;	      /* something between us and the server has answered */
	uint64_t ms;
};

struct fetch;

struct fetch_request {
	const char *url;
	const union address *address; /* to connect to, whatever host and port the URL has */
	const char *referer;	      /* or NULL */
	uint64_t timeout;	      /* ms */
	bool begun;		      /* it goes on with what others have not begun yet */
};

/*
 * Fetches the URL; redirects are not followed, certificates are not verified (RFC 8555 section 8.3
 * and the CA do likewise), proxies and everything else in the environment or in files is ignored.
 * Up to 10 s of the time to connect.
 *
 * At most FETCHES_MAX are under way at once, of which FETCHES_PLACE_MAX are at one address and
 * port. The others wait their turn, those that go on with something first. Unless cancelled, done()
 * is called exactly once, never from within fetch_start(); the fetch is gone then, and what the
 * result points to is valid during the call only. The request may be gone at once.
 */
struct fetch *fetch_start(struct fetches *all, const struct fetch_request *request,
    void (*done)(void *arg, const struct fetch_result *result), void *arg);
/* Ends it without calling done(); NULL is allowed. */
void fetch_cancel(struct fetch *fetch);

#endif
