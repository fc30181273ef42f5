/* SPDX-License-Identifier: MIT */
/* ACME identifiers, tokens and digests: what they may look like, and what follows from them. */
#ifndef ACMEHOOK_IDENTIFIER_H
#define ACMEHOOK_IDENTIFIER_H

#include <stdbool.h>
#include <stddef.h>

/* A base64url SHA-256 digest without padding (RFC 8555 section 8.4), and the same as octets. */
#define DIGEST_TEXT 43
#define DIGEST_SIZE 32

/* One wrong thing about a text, as the end of a sentence ("is empty"), or NULL if it is well. */

/* A DNS name in A-labels, lower or upper case, no trailing dot, optionally "*." in front. */
const char *identifier_dns_fault(const char *name, bool wildcard);
/* IPv4 or IPv6 in its textual form, without brackets (RFC 8738). */
bool identifier_is_ip(const char *name);
/* A token: base64url, 1 to 128 characters (RFC 8555 section 8.1 asks for at least 128 bits of
 * entropy, which is the server's business). */
const char *token_fault(const char *token);
/* A key authorization: token "." thumbprint (RFC 8555 section 8.1). */
const char *key_authorization_fault(const char *key_auth);

/*
 * The label before _acme-challenge in the name of a dns-account-01 record: '_' and base32 of the
 * first ten octets of the digest of the account's URI (draft-ietf-acme-dns-account-label).
 */
#define ACCOUNT_LABEL 17
void account_label(const char *uri, char out[ACCOUNT_LABEL + 1]);

bool is_base64url(const char *text, size_t len);
/* Writes the digest of text, as base64url without padding. */
void digest_text(const char *text, char out[DIGEST_TEXT + 1]);
/* base64url of a digest into octets, and back; false if it is not exactly one. */
bool digest_decode(const char *base64url, unsigned char out[DIGEST_SIZE]);
void digest_encode(const unsigned char digest[DIGEST_SIZE], char out[DIGEST_TEXT + 1]);
/* The same of aa:bb:cc..., as dehydrated and openssl write it. */
bool digest_decode_hex(const char *hex, unsigned char out[DIGEST_SIZE]);

#endif
