/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "responder/certificate.h"

#include <string.h>

#include <openssl/ec.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include "dns/reverse.h"

#define ACME_IDENTIFIER "1.3.6.1.5.5.7.1.31"
/* Nobody looks at the time; all the same it is right on hosts whose clock is not. */
#define VALID_BEFORE (24 * 3600)
#define VALID_AFTER (7 * 24 * 3600)
#define SUBJECT "acmehook-responder"

EVP_PKEY *certificate_key(void)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_id(EVP_PKEY_EC, NULL);
	EVP_PKEY *key = NULL;

	if (!ctx || EVP_PKEY_keygen_init(ctx) != 1 ||
	    EVP_PKEY_CTX_set_ec_paramgen_curve_nid(ctx, NID_X9_62_prime256v1) != 1 ||
	    EVP_PKEY_keygen(ctx, &key) != 1)
		key = NULL;
	EVP_PKEY_CTX_free(ctx);
	return key;
}

/* Two certificates of one issuer with the same number are refused by some. */
static bool number(X509 *c)
{
	unsigned char octets[8];
	BIGNUM *n = NULL;
	bool good;

	if (RAND_bytes(octets, sizeof(octets)) != 1)
		return false;
	octets[0] = (octets[0] & 0x3f) | 0x40; /* positive, and never 0 */
	n = BN_bin2bn(octets, sizeof(octets), NULL);
	good = n && BN_to_ASN1_INTEGER(n, X509_get_serialNumber(c));
	BN_free(n);
	return good;
}

/* Subject and issuer are the same, as it is self-signed. */
static bool name_it(X509 *c)
{
	X509_NAME *name = X509_get_subject_name(c);

	return X509_NAME_add_entry_by_txt(
		   name, "CN", MBSTRING_ASC, (const unsigned char *)SUBJECT, -1, -1, 0) == 1 &&
	       X509_set_issuer_name(c, name) == 1;
}

/* The address of such a name, or the name itself. */
static GENERAL_NAME *identifier_of(const char *server_name)
{
	GENERAL_NAME *name = GENERAL_NAME_new();
	ASN1_STRING *value;
	union address a;
	bool ip = reverse_address(&a, server_name), v6 = ip && address_is_v6(&a);
	const void *octets = server_name;
	int len = (int)strlen(server_name);

	value = ip ? ASN1_OCTET_STRING_new() : ASN1_IA5STRING_new();
	if (ip) {
		octets = v6 ? (const void *)&a.v6.sin6_addr : (const void *)&a.v4.sin_addr;
		len = v6 ? 16 : 4;
	}
	if (!name || !value || ASN1_STRING_set(value, octets, len) != 1) {
		GENERAL_NAME_free(name);
		ASN1_STRING_free(value);
		return NULL;
	}
	GENERAL_NAME_set0_value(name, ip ? GEN_IPADD : GEN_DNS, value);
	return name;
}

static bool add_identifier(X509 *c, const char *server_name)
{
	GENERAL_NAMES *names = GENERAL_NAMES_new();
	GENERAL_NAME *name = identifier_of(server_name);
	bool good;

	if (!names || !name || !sk_GENERAL_NAME_push(names, name)) {
		GENERAL_NAME_free(name);
		GENERAL_NAMES_free(names);
		return false;
	}
	good = X509_add1_ext_i2d(c, NID_subject_alt_name, names, 0, X509V3_ADD_DEFAULT) == 1;
	GENERAL_NAMES_free(names);
	return good;
}

/* Critical: whoever does not know what this is for must not take it for something else. */
static bool add_digest(X509 *c, const unsigned char digest[DIGEST_SIZE])
{
	unsigned char der[2 + DIGEST_SIZE] = {V_ASN1_OCTET_STRING, DIGEST_SIZE};
	ASN1_OBJECT *oid = OBJ_txt2obj(ACME_IDENTIFIER, 1);
	ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
	X509_EXTENSION *extension = NULL;
	bool good;

	memcpy(der + 2, digest, DIGEST_SIZE);
	if (oid && value && ASN1_OCTET_STRING_set(value, der, sizeof(der)) == 1)
		extension = X509_EXTENSION_create_by_OBJ(NULL, oid, 1, value);
	good = extension && X509_add_ext(c, extension, -1) == 1;
	X509_EXTENSION_free(extension);
	ASN1_OCTET_STRING_free(value);
	ASN1_OBJECT_free(oid);
	return good;
}

X509 *certificate_new(
    EVP_PKEY *key, const char *server_name, const unsigned char digest[DIGEST_SIZE])
{
	X509 *c = X509_new();

	if (c && X509_set_version(c, 2) == 1 && number(c) && name_it(c) &&
	    X509_gmtime_adj(X509_getm_notBefore(c), -VALID_BEFORE) &&
	    X509_gmtime_adj(X509_getm_notAfter(c), VALID_AFTER) && X509_set_pubkey(c, key) == 1 &&
	    add_identifier(c, server_name) && add_digest(c, digest) &&
	    X509_sign(c, key, EVP_sha256()))
		return c;
	X509_free(c);
	return NULL;
}
