/* SPDX-License-Identifier: MIT */
/* The one thing every client's call becomes: names, derivation, checks. */
#include "config.h"

#include "event.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "buf.h"
#include "identifier.h"

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
};
_Static_assert(nitems(fields) == VIEW__MAX, "a field without name and check");

static const char *const types[] = {"dns-01", "http-01", "tls-alpn-01"};

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

	for (; text[n] && n < 60; n++)
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
	static const char prefix[] = "_acme-challenge.";
	const char *fqdn = event->field[FIELD_FQDN];

	if (event->field[FIELD_DOMAIN] || !fqdn)
		return true;
	if (strncasecmp(fqdn, prefix, strlen(prefix)))
		return bad(error, FIELD_FQDN, fqdn,
		    "does not begin with _acme-challenge., so that the domain is not known: the "
		    "client "
		    "has followed a CNAME (lego: LEGO_DISABLE_CNAME_SUPPORT=true or "
		    "EXEC_MODE=RAW; acme.sh: --challenge-alias, not --domain-alias)");
	event_set(event, FIELD_DOMAIN, fqdn + strlen(prefix));
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
	if (challenge && !strncmp(domain, "*.", 2))
		memmove(domain, domain + 2, strlen(domain + 2) + 1);
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
		    "is not a challenge type known here (dns-01, http-01, tls-alpn-01)");
	if (!event->field[FIELD_TYPE])
		event_set(event, FIELD_TYPE, type);
	if (!strcmp(type, "dns-01") && identifier_is_ip(event->field[FIELD_DOMAIN]))
		return error_set(error, FAILURE_USAGE,
		    "dns-01 is not possible for the IP address %s (RFC 8738 section 7); use "
		    "http-01",
		    event->field[FIELD_DOMAIN]);
	return true;
}

/* aa:bb:... of 32 octets into base64url; false if it is not that. */
static bool hex_to_digest(const char *hex, char out[DIGEST_TEXT + 1])
{
	unsigned char digest[DIGEST_SIZE];

	for (int i = 0; i < DIGEST_SIZE; i++, hex += 3) {
		unsigned octet;
		char after;

		if (strspn(hex, "0123456789abcdefABCDEF") != 2 || sscanf(hex, "%2x", &octet) != 1)
			return false;
		after = hex[2];
		if (after != (i + 1 < DIGEST_SIZE ? ':' : '\0'))
			return false;
		digest[i] = (unsigned char)octet;
	}
	digest_encode(digest, out);
	return true;
}

/* Puts the validation where it belongs by its type: key authorization or digest. */
static bool sort_validation(struct event *event, struct error *error)
{
	char *validation = event->field[FIELD_VALIDATION], digest[DIGEST_TEXT + 1];
	bool http = !strcmp(event->field[FIELD_TYPE], "http-01");
	enum field home = http ? FIELD_KEY_AUTH : FIELD_VALUE;

	if (!validation)
		return true;
	if (!http && hex_to_digest(validation, digest)) {
		event_set(event, FIELD_VALIDATION, digest);
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

static bool complete_fqdn(struct event *event, struct error *error)
{
	char *fqdn, *told = event->field[FIELD_FQDN];
	size_t len = told ? strlen(told) : 0;

	if (len && told[len - 1] == '.')
		told[len - 1] = '\0';
	if (strcmp(event->field[FIELD_TYPE], "dns-01")) {
		event_set(event, FIELD_FQDN, NULL);
		return true;
	}
	fqdn = xasprintf("_acme-challenge.%s", event->field[FIELD_DOMAIN]);
	if (told && strcasecmp(told, fqdn)) {
		bad(error, FIELD_FQDN, told, "is not _acme-challenge. and the domain");
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

/* dehydrated's form of the tls-alpn-01 digest. */
static char *digest_hex(const char *digest)
{
	unsigned char octets[DIGEST_SIZE];
	struct buf hex = BUF_INIT(3 * DIGEST_SIZE);

	if (!digest_decode(digest, octets))
		return NULL;
	for (int i = 0; i < DIGEST_SIZE; i++)
		buf_printf(&hex, "%s%02x", i ? ":" : "", octets[i]);
	return hex.data;
}

static char *whole_seconds(const char *timestamp)
{
	double seconds;
	long long whole;

	if (!timestamp)
		return NULL;
	seconds = strtod(timestamp, NULL);
	whole = (long long)seconds;
	return xasprintf("%lld", (double)whole < seconds ? whole + 1 : whole);
}

static char *copy(const char *text)
{
	return text ? xstrdup(text) : NULL;
}

/* The directory of the four files, if they are in one and have these names. */
static char *directory_of_files(const struct event *event, const char *suffix)
{
	static const struct {
		enum field field;
		const char *name;
	} files[] = {
	    {FIELD_CERT_PATH, "/cert"},
	    {FIELD_KEY_PATH, "/privkey"},
	    {FIELD_CHAIN_PATH, "/chain"},
	    {FIELD_FULLCHAIN_PATH, "/fullchain"},
	};
	const char *cert = event->field[FIELD_CERT_PATH];
	size_t len = cert && strrchr(cert, '/') ? (size_t)(strrchr(cert, '/') - cert) : 0;

	for (size_t i = 0; i < nitems(files); i++) {
		const char *path = event->field[files[i].field];
		size_t name = strlen(files[i].name);

		if (!path || !len || strncmp(path, cert, len) ||
		    strncmp(path + len, files[i].name, name) || strcmp(path + len + name, suffix))
			return NULL;
	}
	return xstrndup(cert, len);
}

/* acmetool's state directory, if the files are in live/DOMAIN of one. */
static char *state_dir(const struct event *event)
{
	char *directory = directory_of_files(event, ""), *name;

	if (!directory || !event->field[FIELD_DOMAIN]) {
		free(directory);
		return NULL;
	}
	name = xasprintf("/live/%s", event->field[FIELD_DOMAIN]);
	if (strlen(directory) > strlen(name) &&
	    !strcmp(directory + strlen(directory) - strlen(name), name)) {
		directory[strlen(directory) - strlen(name)] = '\0';
	} else {
		free(directory);
		directory = NULL;
	}
	free(name);
	return directory;
}

char *event_text(const struct event *event, int field)
{
	char *const *f = event->field;
	const char *type = f[FIELD_TYPE] ? f[FIELD_TYPE] : "";

	switch (field) {
	case VIEW_TOKEN:
		return copy(f[FIELD_TOKEN] ? f[FIELD_TOKEN] : f[FIELD_VALUE]);
	case VIEW_VALIDATION_HEX:
		return !strcmp(type, "tls-alpn-01") && f[FIELD_VALUE] ? digest_hex(f[FIELD_VALUE])
								      : copy(f[FIELD_VALIDATION]);
	case VIEW_URI:
		if (strcmp(type, "http-01") || !f[FIELD_TOKEN])
			return NULL;
		return xasprintf(strchr(f[FIELD_DOMAIN], ':')
				     ? "http://[%s]/.well-known/acme-challenge/%s"
				     : "http://%s/.well-known/acme-challenge/%s",
		    f[FIELD_DOMAIN], f[FIELD_TOKEN]);
	case VIEW_FQDN_DOT:
		return f[FIELD_FQDN] ? xasprintf("%s.", f[FIELD_FQDN]) : NULL;
	case VIEW_LINEAGE:
		return directory_of_files(event, ".pem");
	case VIEW_STATE_DIR:
		return state_dir(event);
	case VIEW_EMPTY:
		return xstrdup("");
	case VIEW_DASHES:
		return xstrdup("--");
	case VIEW_TIMESTAMP:
		return whole_seconds(f[FIELD_TIMESTAMP]);
	default:
		return copy(f[field]);
	}
}

void event_copy(struct event *to, const struct event *from)
{
	*to = (struct event){.verb = from->verb, .foreign = from->foreign};
	for (int i = 0; i < FIELD__MAX; i++)
		to->field[i] = copy(from->field[i]);
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
