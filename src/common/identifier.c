/* SPDX-License-Identifier: MIT */
/* ACME identifiers, tokens and digests. */
#include "config.h"

#include "identifier.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>

#include <sha2.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* The place in the alphabet, or -1. */
static int digit_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '-' ? 62 : c == '_' ? 63 : -1;
}

bool is_base64url(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (digit_value(text[i]) < 0)
			return false;
	return len > 0;
}

bool identifier_is_ip(const char *name)
{
	unsigned char address[16];

	return inet_pton(AF_INET, name, address) == 1 || inet_pton(AF_INET6, name, address) == 1;
}

static bool letter_digit(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static const char *label_fault(const char *label, size_t len)
{
	if (len == 0)
		return "has an empty label";
	if (len > 63)
		return "has a label of more than 63 characters";
	if (label[0] == '-' || label[len - 1] == '-')
		return "has a label that begins or ends with '-'";
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)label[i];

		if (c >= 0x80)
			return "is not in A-labels (write the xn-- form)";
		/* '_' is no host name, but aliases such as _acme.example.net are names too */
		if (!letter_digit(c) && c != '-' && c != '_')
			return "has a character that no domain name has";
	}
	return NULL;
}

const char *identifier_dns_fault(const char *name, bool wildcard)
{
	size_t len;

	if (wildcard && !strncmp(name, "*.", 2))
		name += 2;
	len = strlen(name);
	if (len == 0)
		return "is empty";
	if (len > 253)
		return "is longer than 253 characters";
	for (const char *label = name;; label += strcspn(label, ".") + 1) {
		const char *fault = label_fault(label, strcspn(label, "."));

		if (fault)
			return fault;
		if (!label[strcspn(label, ".")])
			return NULL;
	}
}

const char *token_fault(const char *token)
{
	size_t len = strlen(token);

	if (len == 0)
		return "is empty";
	if (len > 128)
		return "is longer than 128 characters";
	if (!is_base64url(token, len))
		return "has a character outside base64url";
	return NULL;
}

const char *key_authorization_fault(const char *key_auth)
{
	const char *dot = strchr(key_auth, '.');

	if (!dot)
		return "has no '.' between token and thumbprint";
	if (!is_base64url(key_auth, (size_t)(dot - key_auth)) || dot - key_auth > 128)
		return "does not begin with a token";
	if (!is_base64url(dot + 1, strlen(dot + 1)) || strlen(dot + 1) > 128)
		return "does not end with an account key thumbprint";
	return NULL;
}

void digest_encode(const unsigned char digest[DIGEST_SIZE], char out[DIGEST_TEXT + 1])
{
	unsigned bits = 0, have = 0;
	size_t n = 0;

	for (size_t i = 0; i < DIGEST_SIZE; i++) {
		bits = bits << 8 | digest[i];
		for (have += 8; have >= 6; have -= 6)
			out[n++] = alphabet[bits >> (have - 6) & 63];
	}
	out[n++] = alphabet[bits << (6 - have) & 63];
	out[n] = '\0';
}

bool digest_decode(const char *base64url, unsigned char out[DIGEST_SIZE])
{
	unsigned bits = 0, have = 0;
	size_t n = 0;

	if (strlen(base64url) != DIGEST_TEXT)
		return false;
	for (const char *p = base64url; *p; p++) {
		int value = digit_value(*p);

		if (value < 0)
			return false;
		bits = bits << 6 | (unsigned)value;
		have += 6;
		if (have >= 8) {
			have -= 8;
			out[n++] = (unsigned char)(bits >> have);
		}
	}
	return (bits & ((1u << have) - 1)) == 0;
}

bool digest_decode_hex(const char *hex, unsigned char out[DIGEST_SIZE])
{
	for (int i = 0; i < DIGEST_SIZE; i++, hex += 3) {
		unsigned octet;

		if (strspn(hex, "0123456789abcdefABCDEF") != 2 || sscanf(hex, "%2x", &octet) != 1 ||
		    hex[2] != (i + 1 < DIGEST_SIZE ? ':' : '\0'))
			return false;
		out[i] = (unsigned char)octet;
	}
	return true;
}

static void digest_of(const char *text, unsigned char out[DIGEST_SIZE])
{
	SHA2_CTX sha;

	SHA256Init(&sha);
	SHA256Update(&sha, (const uint8_t *)text, strlen(text));
	SHA256Final(out, &sha);
}

void digest_text(const char *text, char out[DIGEST_TEXT + 1])
{
	unsigned char digest[DIGEST_SIZE];

	digest_of(text, digest);
	digest_encode(digest, out);
}

void account_label(const char *uri, char out[ACCOUNT_LABEL + 1])
{
	static const char base32[] = "abcdefghijklmnopqrstuvwxyz234567";
	unsigned char digest[DIGEST_SIZE];
	unsigned bits = 0, have = 0;
	size_t n = 0;

	digest_of(uri, digest);
	out[n++] = '_';
	for (size_t i = 0; n < ACCOUNT_LABEL; i++) {
		bits = bits << 8 | digest[i];
		for (have += 8; have >= 5; have -= 5)
			out[n++] = base32[bits >> (have - 5) & 31];
	}
	out[n] = '\0';
}
