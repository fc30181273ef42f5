/* SPDX-License-Identifier: MIT */
/* The certificate that answers a tls-alpn-01 challenge (RFC 8737 section 3, RFC 8738 section 4). */
#ifndef ACMEHOOK_RESPONDER_CERTIFICATE_H
#define ACMEHOOK_RESPONDER_CERTIFICATE_H

#include <openssl/x509.h>

#include "identifier.h"

/* A key for all of them, that never leaves this process. NULL if OpenSSL has none for us; the
 * caller frees it. */
EVP_PKEY *certificate_key(void);
/*
 * The one that is presented to whoever asks for that name, which is canonical; that of an address
 * is for the address. Signed by its own key. NULL if it cannot be made; the caller frees it.
 */
X509 *certificate_new(
    EVP_PKEY *key, const char *server_name, const unsigned char digest[DIGEST_SIZE]);

#endif
