/* SPDX-License-Identifier: MIT */
/* The one thing every client's call becomes: names, derivation, checks. */
#include "config.h"

#include "event.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "buf.h"
#include "identifier.h"
#include "record_name.h"

static const char *const verbs[] = {
    [VERB_UNKNOWN] = "unknown",
    [VERB_DEPLOY] = "perform_challenge",
    [VERB_CLEAN] = "cleanup",
    [VERB_DEPLOY_CERT] = "deploy_cert",
    [VERB_UNCHANGED_CERT] = "unchanged_cert",
    [VERB_SYNC_CERT] = "sync_cert",
    [VERB_DEPLOY_OCSP] = "deploy_ocsp",
    [VERB_INVALID_CHALLENGE] = "invalid_challenge",
    [VERB_REQUEST_FAILURE] = "request_failure",
    [VERB_GENERATE_CSR] = "generate_csr",
    [VERB_STARTUP] = "startup_hook",
    [VERB_EXIT] = "exit_hook",
    [VERB_SAVE] = "save",
    [VERB_RESTART] = "restart",
    [VERB_REPORT] = "report",
};
_Static_assert(nitems(verbs) == VERB__MAX, "a verb without name");

/* How a field is checked before it can reach a script. */
enum check {
	CHECK_WORD, /* no control characters */
	CHECK_TEXT, /* anything that can be an argument or a variable */
	CHECK_DIGEST,
	CHECK_TOKEN,
	CHECK_KEY_AUTH,
	CHECK_NUMBER,
	CHECK_LATER, /* by event_complete(), which knows the type */
};

static const struct {
	const char *name;
	enum check check;
} fields[] = {
    [FIELD_NONE] = {"nothing", CHECK_TEXT},
    [FIELD_TYPE] = {"type", CHECK_WORD},
    [FIELD_DOMAIN] = {"domain", CHECK_LATER},
    [FIELD_ACCOUNT] = {"account", CHECK_WORD},
    [FIELD_WILDCARD] = {"wildcard", CHECK_WORD},
    [FIELD_FQDN] = {"txt_domain", CHECK_LATER},
    [FIELD_TOKEN] = {"token", CHECK_TOKEN},
    [FIELD_VALIDATION] = {"validation", CHECK_WORD},
    [FIELD_VALUE] = {"value", CHECK_DIGEST},
    [FIELD_KEY_AUTH] = {"key_auth", CHECK_KEY_AUTH},
    [FIELD_KEY_PATH] = {"key_path", CHECK_WORD},
    [FIELD_CERT_PATH] = {"cert_path", CHECK_WORD},
    [FIELD_CHAIN_PATH] = {"chain_path", CHECK_WORD},
    [FIELD_FULLCHAIN_PATH] = {"fullchain_path", CHECK_WORD},
    [FIELD_CSR_PATH] = {"csr_path", CHECK_WORD},
    [FIELD_OCSP_PATH] = {"ocsp_path", CHECK_WORD},
    [FIELD_CERT_DIR] = {"cert_dir", CHECK_WORD},
    [FIELD_TIMESTAMP] = {"timestamp", CHECK_NUMBER},
    [FIELD_CERT_TIMESTAMP] = {"cert_timestamp", CHECK_NUMBER},
    [FIELD_ALTNAMES] = {"altnames", CHECK_WORD},
    [FIELD_STATUS] = {"status", CHECK_WORD},
    [FIELD_VALIDATED] = {"validated", CHECK_WORD},
    [FIELD_ERROR] = {"error", CHECK_TEXT},
    [FIELD_METHOD] = {"method", CHECK_WORD},
    [FIELD_HEADERS] = {"headers", CHECK_TEXT},
    [FIELD_TITLE] = {"title", CHECK_TEXT},
    [FIELD_TEMPORARY] = {"temporary", CHECK_WORD},
    [FIELD_MESSAGES] = {"messages", CHECK_TEXT},
    [FIELD_REMAINING] = {"remaining", CHECK_WORD},
    [FIELD_OUTPUT] = {"output", CHECK_TEXT},
    [FIELD_DELEGATE] = {"delegated", CHECK_WORD},
    [VIEW_TOKEN] = {"token", CHECK_TEXT},
    [VIEW_VALIDATION_HEX] = {"validation", CHECK_TEXT},
    [VIEW_FQDN_DOT] = {"txt_domain", CHECK_TEXT},
    [VIEW_URI] = {"uri", CHECK_TEXT},
    [VIEW_TIMESTAMP] = {"timestamp", CHECK_TEXT},
    [VIEW_LINEAGE] = {"directory with cert.pem, chain.pem, fullchain.pem and privkey.pem",
	CHECK_TEXT},
    [VIEW_STATE_DIR] = {"directory with live/DOMAIN/cert, chain, fullchain and privkey",
	CHECK_TEXT},
    [VIEW_EMPTY] = {"empty word", CHECK_TEXT},
    [VIEW_DASHES] = {"--", CHECK_TEXT},
    [VIEW_COMMAND] = {"command", CHECK_TEXT},
};
_Static_assert(nitems(fields) == VIEW__MAX, "a field without name and check");

static const char *const types[] = {
    "dns-01", "dns-account-01", "dns-persist-01", "http-01", "tls-alpn-01"};

const char *verb_name(enum verb verb)
{
	return verbs[verb];
}

enum verb verb_from_name(const char *name)
{
	if (!strcmp(name, "deploy_challenge"))
		return VERB_DEPLOY;
	if (!strcmp(name, "clean_challenge"))
		return VERB_CLEAN;
	for (size_t i = VERB_UNKNOWN + 1; i < nitems(verbs); i++)
		if (!strcmp(name, verbs[i]))
			return (enum verb)i;
	return VERB_UNKNOWN;
}

const char *field_name(int field)
{
	return fields[field].name;
}

bool is_challenge_type(const char *type)
{
	for (size_t i = 0; i < nitems(types); i++)
		if (!strcmp(type, types[i]))
			return true;
	return false;
}

void event_set(struct event *event, enum field field, const char *text)
{
	char *copy = text ? xstrdup(text) : NULL;

	free(event->field[field]);
	event->field[field] = copy;
}

/* Shows at most so much of a bad text, without what could upset a terminal. */
static const char *show(const char *text, char out[64])
{
	size_t n = 0;

	for (; n < 60 && text[n]; n++)
		out[n] = (unsigned char)text[n] < 0x20 || text[n] == 0x7f ? '?' : text[n];
	out[n] = '\0';
	return out;
}

static bool bad(struct error *error, int field, const char *text, const char *fault)
{
	char shown[64];

	return error_set(
	    error, FAILURE_USAGE, "%s \"%s\" %s", fields[field].name, show(text, shown), fault);
}

static bool has_control(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			return true;
	return false;
}

/* A point in time that fits: no NaN, no infinity, nothing before 1970. */
static bool is_time(const char *text)
{
	char *end;
	double seconds = strtod(text, &end);

	return end != text && !*end && seconds >= 0 && seconds < 1e15;
}

static const char *fault_of(enum check check, const char *text)
{
	unsigned char digest[DIGEST_SIZE];

	switch (check) {
	case CHECK_WORD:
		return has_control(text) ? "has a control character" : NULL;
	case CHECK_DIGEST:
		return digest_decode(text, digest)
			   ? NULL
			   : "is not a base64url SHA-256 digest of 43 characters";
	case CHECK_TOKEN:
		return token_fault(text);
	case CHECK_KEY_AUTH:
		return key_authorization_fault(text);
	case CHECK_NUMBER:
		return is_time(text) ? NULL : "is not a time in seconds";
	case CHECK_TEXT:
	case CHECK_LATER:
		break;
	}
	return NULL;
}

static bool check_fields(const struct event *event, struct error *error)
{
	for (int i = 1; i < FIELD__MAX; i++) {
		const char *text = event->field[i], *fault;

		if (text && (fault = fault_of(fields[i].check, text)))
			return bad(error, i, text, fault);
	}
	return true;
}

/* A client may tell the name of the record only. */
static bool domain_from_fqdn(struct event *event, struct error *error)
{
	const char *fqdn = event->field[FIELD_FQDN], *domain, *type = NULL;

	if (!fqdn)
		return true;
	domain = record_domain(fqdn, &type);
	if (domain && !event->field[FIELD_TYPE])
		event_set(event, FIELD_TYPE, type);
	if (event->field[FIELD_DOMAIN])
		return true;
	if (!domain)
		return bad(error, FIELD_FQDN, fqdn,
		    "does not begin with _acme-challenge., so that the domain is not known: the "
		    "client "
		    "has followed a CNAME (lego: LEGO_DISABLE_CNAME_SUPPORT=true or "
		    "EXEC_MODE=RAW; acme.sh: --challenge-alias, not --domain-alias)");
	event_set(event, FIELD_DOMAIN, domain);
	return true;
}

/* Lower case, no trailing dot, no "ip:" (dehydrated), and in a challenge no "*.". */
static bool complete_domain(struct event *event, bool challenge, struct error *error)
{
	char *domain = event->field[FIELD_DOMAIN];
	const char *fault;
	size_t len;

	if (!domain)
		return !challenge || error_set(error, FAILURE_USAGE, "the domain is missing");
	if (!strncmp(domain, "ip:", 3))
		memmove(domain, domain + 3, strlen(domain + 3) + 1);
	if (challenge && !strncmp(domain, "*.", 2)) {
		memmove(domain, domain + 2, strlen(domain + 2) + 1);
		event_set(event, FIELD_WILDCARD, "true");
	}
	len = strlen(domain);
	if (len > 1 && domain[len - 1] == '.')
		domain[len - 1] = '\0';
	for (char *p = domain; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p += 'a' - 'A';
	if (identifier_is_ip(domain))
		return true;
	fault = identifier_dns_fault(domain, !challenge);
	return !fault || bad(error, FIELD_DOMAIN, domain, fault);
}

/* From the shape: a key authorization has a '.', dehydrated's tls-alpn-01 hash has ':'. */
static const char *type_from_shape(const char *validation)
{
	unsigned char digest[DIGEST_SIZE];

	if (strchr(validation, ':'))
		return "tls-alpn-01";
	if (strchr(validation, '.'))
		return "http-01";
	return digest_decode(validation, digest) ? "dns-01" : NULL;
}

static bool complete_type(struct event *event, struct error *error)
{
	const char *validation = event->field[FIELD_VALIDATION], *type = event->field[FIELD_TYPE];

	if (!type && event->field[FIELD_FQDN])
		type = "dns-01";
	if (!type && validation && !(type = type_from_shape(validation)))
		return bad(error, FIELD_VALIDATION, validation,
		    "is neither a TXT digest, a key authorization nor a tls-alpn-01 hash");
	if (!type)
		return error_set(
		    error, FAILURE_USAGE, "the challenge type is missing, and no value tells it");
	if (!is_challenge_type(type))
		return bad(error, FIELD_TYPE, type,
		    "is not a challenge type known here (dns-01, dns-account-01, "
		    "dns-persist-01, http-01, tls-alpn-01)");
	if (!event->field[FIELD_TYPE])
		event_set(event, FIELD_TYPE, type);
	if (record_answers(type) && identifier_is_ip(event->field[FIELD_DOMAIN]))
		return error_set(error, FAILURE_USAGE,
		    "%s is not possible for the IP address %s (RFC 8738 section 7); use "
		    "http-01",
		    type, event->field[FIELD_DOMAIN]);
	return true;
}

static bool is_type(const struct event *event, const char *type)
{
	return !strcmp(event->field[FIELD_TYPE], type);
}

/* Puts the validation where it belongs by its type: key authorization or digest. */
static bool sort_validation(struct event *event, struct error *error)
{
	char *validation = event->field[FIELD_VALIDATION], text[DIGEST_TEXT + 1];
	unsigned char digest[DIGEST_SIZE];
	bool http = !strcmp(event->field[FIELD_TYPE], "http-01");
	enum field home = http ? FIELD_KEY_AUTH : FIELD_VALUE;

	/* That of dns-persist-01 is neither: it is the record itself. */
	if (!validation || is_type(event, "dns-persist-01"))
		return true;
	if (!http && digest_decode_hex(validation, digest)) {
		digest_encode(digest, text);
		event_set(event, FIELD_VALIDATION, text);
		validation = event->field[FIELD_VALIDATION];
	}
	if (event->field[home] && strcmp(event->field[home], validation))
		return error_set(error, FAILURE_USAGE, "validation and %s of %s %s differ",
		    fields[home].name, event->field[FIELD_TYPE], event->field[FIELD_DOMAIN]);
	if (!event->field[home])
		event_set(event, home, validation);
	return true;
}

static bool complete_values(struct event *event, struct error *error)
{
	char digest[DIGEST_TEXT + 1];
	const char *key_auth;

	if (!sort_validation(event, error) || !check_fields(event, error))
		return false;
	key_auth = event->field[FIELD_KEY_AUTH];
	if (key_auth) {
		size_t len = strcspn(key_auth, ".");
		const char *token = event->field[FIELD_TOKEN];

		if (token && (strlen(token) != len || strncmp(token, key_auth, len)))
			return error_set(error, FAILURE_USAGE,
			    "token \"%s\" is not the one the key authorization \"%s\" begins with",
			    token, key_auth);
		if (!token)
			event->field[FIELD_TOKEN] = xstrndup(key_auth, len);
		digest_text(key_auth, digest);
		if (event->field[FIELD_VALUE] && strcmp(event->field[FIELD_VALUE], digest))
			return error_set(error, FAILURE_USAGE,
			    "value \"%s\" is not the digest of the key authorization (\"%s\")",
			    event->field[FIELD_VALUE], digest);
		event_set(event, FIELD_VALUE, digest);
	}
	if (!event->field[FIELD_VALIDATION]) {
		bool http = !strcmp(event->field[FIELD_TYPE], "http-01");
		const char *published = event->field[http ? FIELD_KEY_AUTH : FIELD_VALUE];

		if (!published)
			return error_set(error, FAILURE_USAGE,
			    "the %s of the %s challenge is missing",
			    http ? "key authorization" : "value", event->field[FIELD_TYPE]);
		event_set(event, FIELD_VALIDATION, published);
	}
	return true;
}

/* A client may tell the name of a dns-account-01 record without the account that it is made of. */
static bool is_account_record(const struct event *event)
{
	const char *name = event->field[FIELD_FQDN], *type = NULL;
	const char *domain = name ? record_domain(name, &type) : NULL;

	return domain && is_type(event, type) && !strcasecmp(domain, event->field[FIELD_DOMAIN]);
}

static bool complete_fqdn(struct event *event, struct error *error)
{
	char *fqdn, *told = event->field[FIELD_FQDN];
	size_t len = told ? strlen(told) : 0;

	if (len && told[len - 1] == '.')
		told[len - 1] = '\0';
	if (!record_answers(event->field[FIELD_TYPE])) {
		event_set(event, FIELD_FQDN, NULL);
		return true;
	}
	fqdn = record_name(
	    event->field[FIELD_TYPE], event->field[FIELD_DOMAIN], event->field[FIELD_ACCOUNT]);
	if (!fqdn)
		return is_account_record(event) ||
		       error_set(error, FAILURE_USAGE,
			   "the account of the dns-account-01 challenge of %s is missing: its URI "
			   "is needed for the name of the record",
			   event->field[FIELD_DOMAIN]);
	if (told && strcasecmp(told, fqdn)) {
		bad(error, FIELD_FQDN, told,
		    is_type(event, "dns-01") ? "is not _acme-challenge. and the domain"
					     : "is not the name of the record");
		free(fqdn);
		return false;
	}
	free(told);
	event->field[FIELD_FQDN] = fqdn;
	return true;
}

bool event_complete_identifier(struct event *event, struct error *error)
{
	bool challenge = verb_is_challenge(event->verb);

	return (!challenge || domain_from_fqdn(event, error)) &&
	       complete_domain(event, challenge, error);
}

bool event_complete(struct event *event, struct error *error)
{
	bool challenge = verb_is_challenge(event->verb);

	if (!event_complete_identifier(event, error))
		return false;
	if (!challenge)
		return check_fields(event, error);
	return complete_type(event, error) && complete_values(event, error) &&
	       complete_fqdn(event, error);
}

void event_use_thumbprints(struct event *event, const struct strlist *thumbprints)
{
	char **f = event->field, digest[DIGEST_TEXT + 1];

	if (!f[FIELD_TOKEN] || !f[FIELD_VALUE] || f[FIELD_KEY_AUTH])
		return;
	for (size_t i = 0; i < thumbprints->n; i++) {
		char *key_auth = xasprintf("%s.%s", f[FIELD_TOKEN], thumbprints->v[i]);

		digest_text(key_auth, digest);
		if (!strcmp(digest, f[FIELD_VALUE])) {
			f[FIELD_KEY_AUTH] = key_auth;
			return;
		}
		free(key_auth);
	}
	event->foreign = thumbprints->n > 0;
}

void event_copy(struct event *to, const struct event *from)
{
	*to = (struct event){.verb = from->verb, .foreign = from->foreign};
	for (int i = 0; i < FIELD__MAX; i++)
		to->field[i] = from->field[i] ? xstrdup(from->field[i]) : NULL;
}

void event_free(struct event *event)
{
	for (int i = 0; i < FIELD__MAX; i++)
		free(event->field[i]);
	*event = (struct event){0};
}

struct event *events_add(struct events *events)
{
	events->v = xrealloc(events->v, (events->n + 1) * sizeof(*events->v));
	events->v[events->n] = (struct event){0};
	return &events->v[events->n++];
}

void events_free(struct events *events)
{
	for (size_t i = 0; i < events->n; i++)
		event_free(&events->v[i]);
	free(events->v);
	*events = (struct events){0};
}
