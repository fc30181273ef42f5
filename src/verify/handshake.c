/* SPDX-License-Identifier: MIT */
/*
 * One TLS handshake: libuv carries the octets, OpenSSL reads and writes them in memory. When it is
 * over nothing is sent any more, and the connection is closed.
 */
#include "config.h"

#include "verify/handshake.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>

#include "buf.h"
#include "verify/ciphers.h"

#define IN_FLIGHT_MAX 256
#define TIME_MS 10000
/* More than that is no handshake. */
#define OCTETS_MAX (256 * 1024)

struct handshake {
	struct handshakes *all;
	struct slot slot;
	union address address;
	char *server_name;
	uv_tcp_t tcp;
	uv_connect_t connect;
	uv_timer_t timer;
	int handles; /* that are open */
	bool connected;
	SSL *ssl;
	size_t octets; /* that came */
	bool http;     /* they began like a response of HTTP */
	int alert;
	uint64_t started;
	void (*done)(void *arg, const struct handshake_result *result); /* NULL: over */
	void *arg;
};

void handshakes_init(struct handshakes *all, uv_loop_t *loop)
{
	*all = (struct handshakes){.loop = loop};
	slots_init(&all->slots, IN_FLIGHT_MAX);
}

void handshakes_free(struct handshakes *all)
{
	SSL_CTX_free(all->ctx);
}

/* ------------------------------------------------------------------------------- ending */

static void on_closed(uv_handle_t *handle)
{
	struct handshake *h = handle->data;

	if (--h->handles)
		return;
	SSL_free(h->ssl);
	free(h->server_name);
	free(h);
}

static void handshake_close(struct handshake *h)
{
	h->done = NULL;
	slots_leave(&h->all->slots, &h->slot);
	/* While it waits for its turn there is the timer only. */
	if (h->handles == 2)
		uv_close((uv_handle_t *)&h->tcp, on_closed);
	uv_close((uv_handle_t *)&h->timer, on_closed);
}

void handshake_cancel(struct handshake *h)
{
	if (h)
		handshake_close(h);
}

static void finish(struct handshake *h, enum fetch_end end, const char *text)
{
	struct handshake_result result = {
	    .end = end,
	    .alert = h->alert,
	    .text = text,
	    .ms = uv_now(h->all->loop) - h->started,
	};
	const unsigned char *protocol;
	unsigned len;

	if (end == FETCH_DONE) {
		SSL_get0_alpn_selected(h->ssl, &protocol, &len);
		result.acme = len == 10 && !memcmp(protocol, "acme-tls/1", len);
		result.certificate = SSL_get_peer_certificate(h->ssl);
	}
	h->done(h->arg, &result);
	X509_free(result.certificate);
	handshake_close(h);
}

/* ------------------------------------------------------------------------------- octets */

struct sending {
	uv_write_t request;
	char data[];
};

static void on_sent(uv_write_t *request, int status)
{
	(void)status; /* an error comes again when reading */
	free(request);
}

/* Sends what OpenSSL has written. */
static void flush(struct handshake *h)
{
	BIO *out = SSL_get_wbio(h->ssl);
	size_t len = BIO_ctrl_pending(out);
	struct sending *s;
	uv_buf_t buf;

	if (!len)
		return;
	s = xcalloc(1, sizeof(*s) + len);
	BIO_read(out, s->data, (int)len);
	buf = uv_buf_init(s->data, (unsigned)len);
	if (uv_write(&s->request, (uv_stream_t *)&h->tcp, &buf, 1, on_sent))
		free(s);
}

static void advance(struct handshake *h)
{
	int status = SSL_do_handshake(h->ssl), error = SSL_get_error(h->ssl, status);
	char text[200];

	flush(h);
	if (status == 1) {
		finish(h, FETCH_DONE, "");
	} else if (h->http) {
		finish(h, FETCH_NOT_TLS, "it speaks HTTP");
	} else if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) {
		unsigned long code = ERR_peek_error();
		const char *reason = ERR_reason_error_string(code);

		snprintf(text, sizeof(text), "%s", reason ? reason : "not TLS");
		finish(h, FETCH_TLS, text);
	}
	ERR_clear_error();
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	struct handshake *h = stream->data;

	if (n < 0) {
		finish(h, FETCH_RESET, n == UV_EOF ? "closed" : uv_strerror((int)n));
		return;
	}
	if (!h->octets && n >= 5)
		h->http = !memcmp(buf->base, "HTTP/", 5);
	h->octets += (size_t)n;
	if (h->octets > OCTETS_MAX) {
		finish(h, FETCH_BROKEN, "it sends without end");
		return;
	}
	BIO_write(SSL_get_rbio(h->ssl), buf->base, (int)n);
	if (n)
		advance(h);
}

static void on_alloc(uv_handle_t *handle, size_t size, uv_buf_t *buf)
{
	struct handshake *h = handle->data;

	(void)size;
	/* It is read from before anything else is read into it. */
	*buf = uv_buf_init(h->all->buffer, sizeof(h->all->buffer));
}

/* An alert from the other side: two octets, the first of which is the level. */
static void on_message(
    int sent, int version, int type, const void *data, size_t len, SSL *ssl, void *arg)
{
	struct handshake *h = arg;
	const unsigned char *p = data;

	(void)version;
	(void)ssl;
	if (!sent && type == SSL3_RT_ALERT && len == 2 && p[0] == SSL3_AL_FATAL)
		h->alert = p[1];
}

static SSL *ssl_new(struct handshake *h)
{
	static const unsigned char protocols[] = "\012acme-tls/1";
	SSL_CTX **ctx = &h->all->ctx;
	SSL *ssl;

	if (!*ctx) {
		*ctx = SSL_CTX_new(TLS_client_method());
		if (!*ctx)
			abort();
		SSL_CTX_set_min_proto_version(*ctx, TLS1_2_VERSION);
		SSL_CTX_set_verify(*ctx, SSL_VERIFY_NONE, NULL);
	}
	ssl = SSL_new(*ctx);
	if (!ssl || !SSL_set_cipher_list(ssl, TLS_CIPHERS) ||
	    SSL_set_alpn_protos(ssl, protocols, sizeof(protocols) - 1))
		abort();
	SSL_set_tlsext_host_name(ssl, h->server_name);
	SSL_set_msg_callback(ssl, on_message);
	SSL_set_msg_callback_arg(ssl, h);
	SSL_set_bio(ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
	SSL_set_connect_state(ssl);
	return ssl;
}

/* --------------------------------------------------------------------------- connecting */

static enum fetch_end connect_end(int status)
{
	if (status == UV_ECONNREFUSED)
		return FETCH_REFUSED;
	if (status == UV_ETIMEDOUT)
		return FETCH_CONNECT_TIMEOUT;
	return status == UV_ECONNRESET ? FETCH_RESET : FETCH_UNREACHABLE;
}

static void on_connected(uv_connect_t *request, int status)
{
	struct handshake *h = request->data;

	if (!h->done)
		return;
	if (!status)
		status = uv_read_start((uv_stream_t *)&h->tcp, on_alloc, on_read);
	if (status) {
		finish(h, connect_end(status), uv_strerror(status));
		return;
	}
	h->connected = true;
	h->ssl = ssl_new(h);
	advance(h);
}

static void on_timer(uv_timer_t *timer)
{
	struct handshake *h = timer->data;

	finish(h, h->connected ? FETCH_TIMEOUT : FETCH_CONNECT_TIMEOUT, "timed out");
}

static void on_no_socket(uv_timer_t *timer)
{
	struct handshake *h = timer->data;

	finish(h, FETCH_UNREACHABLE, "no socket, or no way to there");
}

static void on_turn(struct slot *slot)
{
	struct handshake *h = (struct handshake *)((char *)slot - offsetof(struct handshake, slot));

	h->started = uv_now(h->all->loop);
	uv_tcp_init(h->all->loop, &h->tcp);
	h->handles++;
	h->tcp.data = h->connect.data = h;
	uv_timer_start(&h->timer, on_timer, TIME_MS, 0);
	if (uv_tcp_connect(&h->connect, &h->tcp, &h->address.sa, on_connected))
		uv_timer_start(&h->timer, on_no_socket, 0, 0);
}

struct handshake *handshake_start(struct handshakes *all, const union address *address,
    const char *server_name, void (*done)(void *arg, const struct handshake_result *result),
    void *arg)
{
	struct handshake *h = xcalloc(1, sizeof(*h));

	h->all = all;
	h->address = *address;
	h->server_name = xstrdup(server_name);
	h->alert = -1;
	h->done = done;
	h->arg = arg;
	uv_timer_init(all->loop, &h->timer);
	h->timer.data = h;
	h->handles = 1;
	slots_enter(&all->slots, &h->slot, on_turn);
	return h;
}
