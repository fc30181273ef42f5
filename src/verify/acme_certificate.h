/* SPDX-License-Identifier: MIT */
/* The certificate that answers a tls-alpn-01 challenge (RFC 8737 section 3, RFC 8738 section 6). */
#ifndef ACMEHOOK_ACME_CERTIFICATE_H
#define ACMEHOOK_ACME_CERTIFICATE_H

#include <stdbool.h>

#include <openssl/x509.h>

#include "identifier.h"
#include "verify/catalogue.h"

/*
 * Is it the one for this identifier and digest? exact: as Boulder wants it, self-signed and with
 * nothing twice; Pebble does not look at that. Returns CASE_TLS_GOOD, or the case and in *detail
 * what is wrong, which the caller frees: the rest of the CA's sentence, "Received certificate ...".
 */
enum case_id acme_certificate_check(X509 *certificate, const char *identifier,
    const unsigned char digest[DIGEST_SIZE], bool exact, char **detail);
/* Somebody who ends TLS for others, going by the names in the certificate; NULL if it is none. */
const char *acme_certificate_proxy(X509 *certificate);
/* Subject and issuer, for people. The caller frees it. */
char *acme_certificate_names(X509 *certificate);

#endif
