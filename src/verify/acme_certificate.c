/* SPDX-License-Identifier: MIT */
/* The certificate that answers a tls-alpn-01 challenge, looked at in the order that Boulder has. */
#include "config.h"

#include "verify/acme_certificate.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <openssl/x509v3.h>

#include "buf.h"
#include "verify/explain.h"

#define OID_TEXT 80
#define ACME_IDENTIFIER "1.3.6.1.5.5.7.1.31"

/* In the same octets: to OpenSSL large and small letters would be the same. */
static bool is_same_name(const X509_NAME *a, const X509_NAME *b)
{
	const unsigned char *x, *y;
	size_t n, k;

	return X509_NAME_get0_der(a, &x, &n) && X509_NAME_get0_der(b, &y, &k) && n == k &&
	       !memcmp(x, y, n);
}

static bool is_self_signed(X509 *c)
{
	EVP_PKEY *key = X509_get0_pubkey(c);
	int hash = NID_undef;

	/* Go, which Boulder is built with, takes no signature with these any more. */
	OBJ_find_sigid_algs(X509_get_signature_nid(c), &hash, NULL);
	return key && hash != NID_sha1 && hash != NID_md5 && X509_verify(c, key) == 1 &&
	       is_same_name(X509_get_subject_name(c), X509_get_issuer_name(c));
}

/* The first extension with that OID, or NULL. */
static X509_EXTENSION *find(X509 *c, const char *oid)
{
	ASN1_OBJECT *object = OBJ_txt2obj(oid, 1);
	int i = X509_get_ext_by_OBJ(c, object, -1);

	ASN1_OBJECT_free(object);
	return i < 0 ? NULL : X509_get_ext(c, i);
}

static int compare_oids(const void *a, const void *b)
{
	return OBJ_cmp(*(ASN1_OBJECT *const *)a, *(ASN1_OBJECT *const *)b);
}

/* An extension that is there twice; its OID, or "". There may be thousands. */
static void find_twice(X509 *c, char oid[OID_TEXT])
{
	size_t n = (size_t)X509_get_ext_count(c);
	ASN1_OBJECT **all = xcalloc(n + 1, sizeof(*all));

	*oid = '\0';
	for (size_t i = 0; i < n; i++)
		all[i] = X509_EXTENSION_get_object(X509_get_ext(c, (int)i));
	qsort(all, n, sizeof(*all), compare_oids);
	for (size_t i = 1; i < n && !*oid; i++)
		if (!OBJ_cmp(all[i - 1], all[i]))
			OBJ_obj2txt(oid, OID_TEXT, all[i], 1);
	free(all);
}

/* ------------------------------------------------------------------------------- names */

/* A name as text; NULL if it is of another kind than those that a certificate may be for. */
static char *name_text(const GENERAL_NAME *name)
{
	char address[INET6_ADDRSTRLEN];
	int len;

	switch (name->type) {
	case GEN_DNS:
	case GEN_EMAIL:
	case GEN_URI:
		return clean_text(name->d.ia5->data, (size_t)name->d.ia5->length, 255);
	case GEN_IPADD:
		len = name->d.ip->length;
		if (len != 4 && len != 16)
			return NULL;
		inet_ntop(
		    len == 4 ? AF_INET : AF_INET6, name->d.ip->data, address, sizeof(address));
		return xstrdup(address);
	default:
		return NULL;
	}
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* All names of the certificate as Boulder lists them: with the subject's, sorted, in lower case. */
static char *all_names(X509 *c, const GENERAL_NAMES *names)
{
	char cn[256] = "", *text;
	struct strlist list = {0};
	struct buf b = BUF_INIT(4000);

	X509_NAME_get_text_by_NID(X509_get_subject_name(c), NID_commonName, cn, sizeof(cn));
	if (*cn)
		strlist_take(&list, clean_text(cn, strlen(cn), sizeof(cn)));
	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		text = name_text(sk_GENERAL_NAME_value(names, i));
		if (text)
			strlist_take(&list, text);
	}
	for (size_t i = 0; i < list.n; i++)
		for (char *p = list.v[i]; *p; p++)
			*p = (char)(*p >= 'A' && *p <= 'Z' ? *p + 'a' - 'A' : *p);
	if (list.n)
		qsort(list.v, list.n, sizeof(*list.v), compare);
	buf_puts(&b, "\"");
	for (size_t i = 0; i < list.n; i++)
		if (!i || strcmp(list.v[i], list.v[i - 1]))
			buf_printf(&b, "%s%s", i ? ", " : "", list.v[i]);
	buf_puts(&b, "\"");
	strlist_free(&list);
	return b.data;
}

static GENERAL_NAME *name_of(const char *identifier)
{
	bool ip = identifier_is_ip(identifier);
	GENERAL_NAME *name = GENERAL_NAME_new();
	ASN1_OCTET_STRING *value = ip ? a2i_IPADDRESS(identifier) : ASN1_IA5STRING_new();

	if (!name || !value)
		abort();
	if (!ip)
		ASN1_STRING_set(value, identifier, -1);
	GENERAL_NAME_set0_value(name, ip ? GEN_IPADD : GEN_DNS, value);
	return name;
}

/* The identifier is all there is, in exactly these octets. */
static bool is_exactly(X509_EXTENSION *san, const char *identifier)
{
	const ASN1_OCTET_STRING *there = X509_EXTENSION_get_data(san);
	GENERAL_NAMES *names = GENERAL_NAMES_new();
	unsigned char *der = NULL;
	bool same;
	int len;

	sk_GENERAL_NAME_push(names, name_of(identifier));
	len = i2d_GENERAL_NAMES(names, &der);
	same = len == there->length && !memcmp(der, there->data, (size_t)len);
	OPENSSL_free(der);
	GENERAL_NAMES_free(names);
	return same;
}

static const char *name_fault(
    const GENERAL_NAMES *names, X509_EXTENSION *san, const char *identifier, bool exact)
{
	int kind = identifier_is_ip(identifier) ? GEN_IPADD : GEN_DNS, n = 0, others = 0;
	GENERAL_NAME *wanted;
	bool same = false;

	wanted = name_of(identifier);
	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);

		n += name->type == kind;
		others += name->type != kind && (name->type == GEN_DNS || name->type == GEN_IPADD);
		if (name->type == GEN_DNS && kind == GEN_DNS)
			same = (size_t)name->d.ia5->length == strlen(identifier) &&
			       !strncasecmp(
				   (const char *)name->d.ia5->data, identifier, strlen(identifier));
		else if (name->type == kind)
			same = !GENERAL_NAME_cmp((GENERAL_NAME *)name, wanted);
	}
	GENERAL_NAME_free(wanted);
	if (n != 1 || others)
		return "wrong number of identifiers";
	if (!same)
		return "identifier does not match expected identifier";
	return exact && !is_exactly(san, identifier) ? "SAN extension does not match expected bytes"
						     : NULL;
}

static bool check_names(
    X509 *c, X509_EXTENSION *san, const char *identifier, bool exact, char **detail)
{
	GENERAL_NAMES *names = X509V3_EXT_d2i(san);
	const char *fault = name_fault(names, san, identifier, exact);
	char *all;

	if (fault) {
		all = all_names(c, names);
		*detail = xasprintf("with unexpected identifiers (%s): \"%s\"", all, fault);
		free(all);
	}
	GENERAL_NAMES_free(names);
	return !fault;
}

/* ------------------------------------------------------------------------------- digest */

static char *hex(const unsigned char *octets, size_t len)
{
	struct buf b = BUF_INIT(2 * len);

	buf_puts(&b, "");
	for (size_t i = 0; i < len; i++)
		buf_printf(&b, "%02x", octets[i]);
	return b.data;
}

static enum case_id check_digest(
    X509_EXTENSION *e, const unsigned char digest[DIGEST_SIZE], bool exact, char **detail)
{
	const ASN1_OCTET_STRING *value = X509_EXTENSION_get_data(e);
	char *have, *want;

	if (!X509_EXTENSION_get_critical(e)) {
		*detail = xstrdup("with acmeValidationV1 extension that is not Critical.");
		return CASE_T03;
	}
	/* An OCTET STRING of 32 octets in DER, and nothing after it. */
	if (value->length < 2 + DIGEST_SIZE || (exact && value->length > 2 + DIGEST_SIZE) ||
	    value->data[0] != 4 || value->data[1] != DIGEST_SIZE) {
		*detail = xstrdup("with malformed acmeValidationV1 extension value.");
		return CASE_T03;
	}
	if (!memcmp(value->data + 2, digest, DIGEST_SIZE))
		return CASE_TLS_GOOD;
	have = hex(value->data + 2, DIGEST_SIZE);
	want = hex(digest, DIGEST_SIZE);
	*detail =
	    xasprintf("with acmeValidationV1 extension value %s but expected %s.", have, want);
	free(have);
	free(want);
	return CASE_T03_VALUE;
}

enum case_id acme_certificate_check(X509 *c, const char *identifier,
    const unsigned char digest[DIGEST_SIZE], bool exact, char **detail)
{
	static const char *const needed[] = {ACME_IDENTIFIER, "2.5.29.17"};
	char oid[OID_TEXT];

	if (exact && !is_self_signed(c)) {
		*detail = acme_certificate_names(c);
		return CASE_T02;
	}
	find_twice(c, oid);
	if (exact && *oid) {
		*detail =
		    xasprintf("with unexpected extensions: \"Extension OID %s seen twice\"", oid);
		return CASE_T03;
	}
	for (size_t i = 0; i < nitems(needed); i++) {
		if (find(c, needed[i]))
			continue;
		*detail = xasprintf("with unexpected extensions: \"Required extension OID %s is "
				    "not present\"",
		    needed[i]);
		return i ? CASE_T04 : CASE_T03;
	}
	if (!check_names(c, find(c, needed[1]), identifier, exact, detail))
		return CASE_T04;
	return check_digest(find(c, needed[0]), digest, exact, detail);
}

/* ------------------------------------------------------------------------------- people */

char *acme_certificate_names(X509 *c)
{
	char subject[200], issuer[200];

	X509_NAME_oneline(X509_get_subject_name(c), subject, sizeof(subject));
	X509_NAME_oneline(X509_get_issuer_name(c), issuer, sizeof(issuer));
	return xasprintf("for %s, by %s", subject, issuer);
}

const char *acme_certificate_proxy(X509 *c)
{
	static const char *const proxies[] = {"Cloudflare", "Fastly", "Akamai", "Amazon", "Imperva",
	    "Incapsula", "Sucuri", "Google Trust Services", "Azure", "Traefik"};
	char *names = acme_certificate_names(c);
	const char *found = NULL;

	for (size_t i = 0; i < nitems(proxies) && !found; i++)
		if (strcasestr(names, proxies[i]))
			found = proxies[i];
	free(names);
	return found;
}
