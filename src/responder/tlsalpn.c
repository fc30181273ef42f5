/* SPDX-License-Identifier: MIT */
/* TLS handshakes: libuv carries the octets, OpenSSL reads and writes them in memory. */
#include "config.h"

#include "responder/tlsalpn.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "buf.h"
#include "dns/name.h"
#include "responder/certificate.h"

/* For the handshake, as long as the CA has; and for the other side to hear that it is over. */
#define HANDSHAKE_MS 10000
#define FAREWELL_MS 1000
/* Much more than a handshake takes. */
#define OCTETS_MAX 65536
/* As ALPN has it: with the length before it. */
#define PROTOCOL "\012acme-tls/1"

/* Much sooner than a certificate ends. */
#define USE_MS (24 * 3600 * 1000)

/* The certificate that was made last: a CA asks for it from several places. */
struct made {
	X509 *certificate; /* NULL: none */
	char *name, *digest;
	uint64_t until; /* ms, of the loop */
};

struct tlsalpn {
	uv_loop_t *loop;
	SSL_CTX *ctx;
	EVP_PKEY *key;
	struct made made;
	const struct values *digests;
	char in[16384]; /* libuv reads and tells in one go, so that one is enough for all */
};

struct peer {
	struct connection base;
	SSL *ssl;
	uv_shutdown_t shutdown;
	size_t octets; /* that came */
	bool over;     /* it had its handshake, or an alert; nothing counts any more */
};

/* --- What the handshake is about */

/* OpenSSL asks on_protocols() only if there are any. */
static int on_hello(SSL *ssl, int *alert, void *arg)
{
	const unsigned char *protocols;
	size_t len;

	(void)arg;
	if (SSL_client_hello_get0_ext(
		ssl, TLSEXT_TYPE_application_layer_protocol_negotiation, &protocols, &len))
		return SSL_CLIENT_HELLO_SUCCESS;
	*alert = SSL_AD_NO_APPLICATION_PROTOCOL;
	return SSL_CLIENT_HELLO_ERROR;
}

static int on_protocols(SSL *ssl, const unsigned char **chosen, unsigned char *chosen_len,
    const unsigned char *offered, unsigned offered_len, void *arg)
{
	unsigned char *out;

	(void)ssl;
	(void)arg;
	if (SSL_select_next_proto(&out, chosen_len, (const unsigned char *)PROTOCOL,
		sizeof(PROTOCOL) - 1, offered, offered_len) != OPENSSL_NPN_NEGOTIATED)
		return SSL_TLSEXT_ERR_ALERT_FATAL;
	*chosen = out;
	return SSL_TLSEXT_ERR_OK;
}

static void forget(struct made *m)
{
	X509_free(m->certificate);
	free(m->name);
	free(m->digest);
	*m = (struct made){0};
}

static X509 *provide(struct tlsalpn *t, const char *name, const char *text)
{
	unsigned char digest[DIGEST_SIZE];
	struct made *m = &t->made;

	if (m->certificate && !strcmp(m->name, name) && !strcmp(m->digest, text) &&
	    uv_now(t->loop) < m->until)
		return m->certificate;
	forget(m);
	if (!digest_decode(text, digest))
		return NULL;
	m->certificate = certificate_new(t->key, name, digest);
	m->name = xstrdup(name);
	m->digest = xstrdup(text);
	m->until = uv_now(t->loop) + USE_MS;
	return m->certificate;
}

static bool use(struct tlsalpn *t, SSL *ssl, const char *name, const char *digest)
{
	X509 *c = provide(t, name, digest);

	return c && SSL_use_certificate(ssl, c) == 1 && SSL_use_PrivateKey(ssl, t->key) == 1;
}

static int on_name(SSL *ssl, int *alert, void *arg)
{
	struct tlsalpn *t = arg;
	const char *asked = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name), *digest;
	char *name = asked ? name_canonical(asked) : NULL;
	int status = SSL_TLSEXT_ERR_OK;

	digest = name ? values_find(t->digests, name) : NULL;
	if (!digest) {
		/* Of TLS 1.3 only; before it OpenSSL has another in its place. */
		*alert = asked ? SSL_AD_UNRECOGNIZED_NAME : SSL_AD_MISSING_EXTENSION;
		status = SSL_TLSEXT_ERR_ALERT_FATAL;
	} else if (!use(t, ssl, name, digest)) {
		*alert = SSL_AD_INTERNAL_ERROR;
		status = SSL_TLSEXT_ERR_ALERT_FATAL;
	}
	free(name);
	return status;
}

/* --- A connection */

static void on_shutdown(uv_shutdown_t *request, int status)
{
	if (status)
		connection_end(request->handle->data);
}

/* Says that nothing follows, and waits for the same: what is closed with something unread may take
 * an alert along that is on its way. */
static void part(struct peer *p)
{
	p->over = true;
	connection_allow(&p->base, FAREWELL_MS);
	if (uv_shutdown(&p->shutdown, (uv_stream_t *)&p->base.tcp, on_shutdown))
		connection_end(&p->base);
}

/* Sends what OpenSSL has written. */
static bool flush(struct peer *p)
{
	BIO *out = SSL_get_wbio(p->ssl);
	char *data;
	long len = BIO_get_mem_data(out, &data);
	bool good = len <= 0 || connection_send(&p->base, data, (size_t)len);

	BIO_reset(out);
	return good;
}

static void advance(struct peer *p)
{
	int status, error;

	ERR_clear_error();
	status = SSL_do_handshake(p->ssl);
	error = SSL_get_error(p->ssl, status);
	if (status == 1)
		SSL_shutdown(p->ssl);
	if (flush(p) && error != SSL_ERROR_WANT_READ)
		part(p);
}

static void give_room(uv_handle_t *handle, size_t wanted, uv_buf_t *buffer)
{
	const struct peer *p = handle->data;
	struct tlsalpn *t = p->base.service;

	(void)wanted;
	*buffer = uv_buf_init(t->in, sizeof(t->in));
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buffer)
{
	struct peer *p = stream->data;

	p->octets += n > 0 ? (size_t)n : 0;
	if (n < 0 || p->octets > OCTETS_MAX) {
		connection_end(&p->base);
		return;
	}
	if (p->over || !n)
		return;
	if (BIO_write(SSL_get_rbio(p->ssl), buffer->base, (int)n) == (int)n)
		advance(p);
	else
		connection_end(&p->base);
}

static void open_peer(struct connection *c)
{
	struct peer *p = (struct peer *)c;
	const struct tlsalpn *t = c->service;
	BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());

	p->ssl = SSL_new(t->ctx);
	if (!p->ssl || !in || !out) {
		BIO_free(in);
		BIO_free(out);
		connection_end(c);
		return;
	}
	SSL_set_bio(p->ssl, in, out);
	SSL_set_accept_state(p->ssl);
	connection_allow(c, HANDSHAKE_MS);
	uv_read_start((uv_stream_t *)&c->tcp, give_room, on_read);
}

static void release_peer(struct connection *c)
{
	SSL_free(((struct peer *)c)->ssl);
}

/* --- All of them */

static void over(void *service)
{
	struct tlsalpn *t = service;

	SSL_CTX_free(t->ctx);
	forget(&t->made);
	EVP_PKEY_free(t->key);
	free(t);
}

static const struct connection_kind kind = {
    .size = sizeof(struct peer),
    .open = open_peer,
    .release = release_peer,
    .over = over,
};

/* Nothing is kept from one handshake for another, and there is nothing after it. */
static bool set_up(struct tlsalpn *t)
{
	t->ctx = SSL_CTX_new(TLS_server_method());
	t->key = certificate_key();
	if (!t->ctx || !t->key || SSL_CTX_set_min_proto_version(t->ctx, TLS1_2_VERSION) != 1 ||
	    SSL_CTX_set_num_tickets(t->ctx, 0) != 1)
		return false;
	SSL_CTX_set_options(
	    t->ctx, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
	SSL_CTX_set_session_cache_mode(t->ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_mode(t->ctx, SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_client_hello_cb(t->ctx, on_hello, NULL);
	SSL_CTX_set_tlsext_servername_callback(t->ctx, on_name);
	SSL_CTX_set_tlsext_servername_arg(t->ctx, t);
	SSL_CTX_set_alpn_select_cb(t->ctx, on_protocols, NULL);
	return true;
}

struct connections *tlsalpn_start(
    uv_loop_t *loop, const struct listening *at, const struct values *digests)
{
	struct tlsalpn *t = xcalloc(1, sizeof(*t));

	t->loop = loop;
	t->digests = digests;
	if (set_up(t))
		return connections_start(loop, at, &kind, t);
	over(t);
	return NULL;
}
