/* SPDX-License-Identifier: MIT */
/* One GET of one URL at one address. */
#include "config.h"

#include "verify/fetch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "buf.h"
#include "verify/ciphers.h"
#include "verify/head.h"
#include "verify/place.h"

#define BODY_MAX 4096
#define CONNECT_MS 10000

/* What libcurl needs for a fetch; making it anew takes a tenth of the time of one. */
struct fetch_handle {
	CURL *easy;
	CURLU *url;
	struct curl_slist *connect_to;
	union address address; /* that is in connect_to */
	struct fetch_handle *next;
};

struct fetch {
	struct fetches *all;
	struct place *place;
	struct slot at_place; /* it waits for this first ... */
	struct slot slot;     /* ... and then for this */
	char *url, *referer;
	uint64_t timeout;
	struct fetch_handle *handle; /* NULL until it is its turn */
	struct buf body;
	bool cut;
	struct head head;
	bool raw; /* once more, without decoding anything */
	bool not_tls;
	int alert;
	char text[CURL_ERROR_SIZE];
	void (*done)(void *arg, const struct fetch_result *result);
	void *arg;
};

/* Of TLS, or of a user in the URL, nothing must be left for the next one. */
static bool is_plain(const struct fetch *f)
{
	return !f->raw && !strncmp(f->url, "http:", 5) && !strchr(f->url, '@');
}

static void handle_free(struct fetch_handle *handle)
{
	curl_easy_cleanup(handle->easy);
	curl_url_cleanup(handle->url);
	curl_slist_free_all(handle->connect_to);
	free(handle);
}

/* There are never more handles than slots. */
static void give_back(struct fetch *f)
{
	struct fetches *all = f->all;
	struct fetch_handle *handle = f->handle;

	f->handle = NULL;
	curl_multi_remove_handle(all->multi.curl, handle->easy);
	if (is_plain(f)) {
		handle->next = all->idle;
		all->idle = handle;
	} else {
		handle_free(handle);
	}
}

/* What came, and what is needed to ask. */
static void clear(struct fetch *f)
{
	if (f->handle)
		give_back(f);
	buf_free(&f->body);
	head_clear(&f->head);
	f->cut = false;
	f->alert = -1;
}

/* Others may go on instead. */
static void leave_slots(struct fetch *f)
{
	slots_leave(&f->all->slots, &f->slot);
	slots_leave(&f->place->slots, &f->at_place);
}

static void fetch_free(struct fetch *f)
{
	clear(f);
	place_leave(&f->all->places, f->place);
	free(f->url);
	free(f->referer);
	free(f);
}

void fetch_cancel(struct fetch *f)
{
	if (!f)
		return;
	leave_slots(f);
	fetch_free(f);
}

/* A connection that could not be made. */
static enum fetch_end connect_end(int error)
{
	if (error == ECONNREFUSED)
		return FETCH_REFUSED;
	return error == ETIMEDOUT ? FETCH_CONNECT_TIMEOUT : FETCH_UNREACHABLE;
}

static enum fetch_end timeout_end(const struct fetch *f, long status)
{
	double connected = 0;

	curl_easy_getinfo(f->handle->easy, CURLINFO_CONNECT_TIME, &connected);
	if (connected <= 0)
		return FETCH_CONNECT_TIMEOUT;
	return (status && f->head.complete) || f->body.len ? FETCH_STUCK : FETCH_TIMEOUT;
}

static enum fetch_end end_of(const struct fetch *f, CURLcode code, int error, long status)
{
	if (f->not_tls)
		return FETCH_NOT_TLS;
	if (f->head.fault)
		return FETCH_BROKEN;
	if (f->alert >= 0 && code != CURLE_OK)
		return FETCH_TLS;
	switch (code) {
	case CURLE_OK:
		return status ? FETCH_DONE : FETCH_BROKEN;
	case CURLE_WRITE_ERROR:
		return f->cut && status ? FETCH_DONE : FETCH_BROKEN;
	case CURLE_COULDNT_CONNECT:
		return connect_end(error);
	case CURLE_OPERATION_TIMEDOUT:
		return timeout_end(f, status);
	case CURLE_SSL_CONNECT_ERROR:
		return FETCH_TLS;
	case CURLE_RECV_ERROR:
	case CURLE_SEND_ERROR:
		return FETCH_RESET;
	case CURLE_PARTIAL_FILE:
		return FETCH_SHORT;
	case CURLE_BAD_CONTENT_ENCODING:
		return FETCH_ENCODING;
	default:
		return FETCH_BROKEN;
	}
}

static const char *odd_encoding(const struct fetch *f)
{
	const char *encoding = f->head.values[HEADER_ENCODING];

	/* The CA looks at the first only, and libcurl decodes all. */
	if (f->head.times[HEADER_ENCODING] > 1)
		return "several encodings";
	if (!encoding || !*encoding || !strcasecmp(encoding, "gzip") ||
	    !strcasecmp(encoding, "identity"))
		return NULL;
	return encoding;
}

/*
 * Where a redirect leads: the CA takes the first Location, and libcurl the last. One that cannot be
 * taken apart stays as it is. The caller frees it.
 */
static char *resolve(struct fetch *f, long status)
{
	const char *location = f->head.values[HEADER_LOCATION];
	char *url, *copy;

	if (status < 300 || status >= 400 || !location || !*location)
		return NULL;
	if (curl_url_set(f->handle->url, CURLUPART_URL, location,
		CURLU_NON_SUPPORT_SCHEME | CURLU_URLENCODE | CURLU_ALLOW_SPACE) ||
	    curl_url_get(f->handle->url, CURLUPART_URL, &url, 0))
		return xstrdup(location);
	copy = xstrdup(url);
	curl_free(url);
	return copy;
}

static const char *explain(const struct fetch *f, CURLcode code, enum fetch_end end)
{
	if (end == FETCH_DONE)
		return "";
	if (f->head.fault)
		return f->head.fault;
	return *f->text ? f->text : curl_easy_strerror(code);
}

static void on_turn(struct slot *slot);

static void finish(struct fetch *f, CURLcode code)
{
	struct fetch_result result = {.body = buf_text(&f->body),
	    .len = f->body.len,
	    .cut = f->cut,
	    .alert = f->alert,
	    .location = f->head.values[HEADER_LOCATION],
	    .server = f->head.values[HEADER_SERVER],
	    .encoding = odd_encoding(f)};
	char *redirect = NULL;
	curl_off_t us = 0;
	long error = 0;

	/* Only gzip was offered, and the CA decodes nothing else; libcurl does. */
	if (result.encoding && !f->raw) {
		clear(f);
		f->raw = true;
		on_turn(&f->slot);
		return;
	}
	curl_easy_getinfo(f->handle->easy, CURLINFO_OS_ERRNO, &error);
	curl_easy_getinfo(f->handle->easy, CURLINFO_RESPONSE_CODE, &result.status);
	curl_easy_getinfo(f->handle->easy, CURLINFO_TOTAL_TIME_T, &us);
	result.end = end_of(f, code, (int)error, result.status);
	result.error = result.end == FETCH_DONE ? 0 : (int)error;
	result.redirect = redirect = resolve(f, result.status);
	for (size_t i = HEADER_AGE; i < HEADER__MAX; i++)
		result.cached = result.cached || f->head.values[i];
	result.ms = (uint64_t)us / 1000;
	result.text = explain(f, code, result.end);
	leave_slots(f);
	f->done(f->arg, &result);
	free(redirect);
	fetch_free(f);
}

static void on_ended(CURL *easy, CURLcode code)
{
	struct fetch *f;

	curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&f);
	finish(f, code);
}

/* Of every request. libcurl copies these only once, and those that it makes itself twice. */
static const char *const headers[] = {"User-Agent: acmehook-verify/" PACKAGE_VERSION, "Accept: */*",
    "Accept-Encoding: gzip", "Connection: close"};

static bool add(struct curl_slist **list, const char *text)
{
	struct curl_slist *longer = curl_slist_append(*list, text);

	if (longer)
		*list = longer;
	return longer;
}

bool fetches_init(struct fetches *all, uv_loop_t *loop)
{
	if (!multi_init(&all->multi, loop, on_ended))
		return false;
	for (size_t i = 0; i < nitems(headers); i++)
		if (!add(&all->headers, headers[i]))
			return false;
	slots_init(&all->slots, FETCHES_MAX);
	return true;
}

void fetches_free(struct fetches *all)
{
	for (struct fetch_handle *handle; (handle = all->idle);) {
		all->idle = handle->next;
		handle_free(handle);
	}
	multi_free(&all->multi);
	curl_slist_free_all(all->headers);
}

static size_t take_body(char *data, size_t size, size_t n, void *arg)
{
	struct fetch *f = arg;
	size_t len = size * n, room = BODY_MAX - f->body.len;

	f->cut = len > room;
	buf_add(&f->body, data, f->cut ? room : len);
	return f->cut ? 0 : len;
}

static size_t take_header(char *data, size_t size, size_t n, void *arg)
{
	struct fetch *f = arg;

	return head_take(&f->head, data, size * n) ? size * n : 0;
}

/*
 * What comes of TLS: the record headers, and the messages in them. An alert is two octets, and its
 * record header has five.
 */
static int watch_tls(CURL *easy, curl_infotype type, char *data, size_t len, void *arg)
{
	struct fetch *f = arg;

	(void)easy;
	if (type != CURLINFO_SSL_DATA_IN)
		return 0;
	if (len == 5 && !memcmp(data, "HTTP/", 5))
		f->not_tls = true;
	if (len == 2 && data[0] == 2)
		f->alert = (unsigned char)data[1];
	return 0;
}

/* CONNECT_TO for any host and port of the URL: the address, and no name to look up. */
static void set_address(struct fetch_handle *handle, const union address *a)
{
	char text[ADDRESS_TEXT], *entry;
	uint16_t port = ntohs(address_is_v6(a) ? a->v6.sin6_port : a->v4.sin_port);

	if (handle->connect_to && address_same(&handle->address, a))
		return;
	address_print(a, port, text);
	entry = xasprintf(address_is_v6(a) ? "::[%s]:%u" : "::%s:%u", text, port);
	curl_slist_free_all(handle->connect_to);
	handle->connect_to = curl_slist_append(NULL, entry);
	handle->address = *a;
	free(entry);
	if (!handle->connect_to)
		abort();
	curl_easy_setopt(handle->easy, CURLOPT_CONNECT_TO, handle->connect_to);
}

/* What every fetch has. */
static struct fetch_handle *handle_new(void)
{
	struct fetch_handle *handle = xcalloc(1, sizeof(*handle));
	CURL *easy = handle->easy = curl_easy_init();

	handle->url = curl_url();
	if (!easy || !handle->url)
		abort();
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	/* So that we see what it is that comes instead of HTTP; it has no status then. */
	curl_easy_setopt(easy, CURLOPT_HTTP09_ALLOWED, 1L);
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
	curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
	curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
	/* Its addresses are ours; keeping them would make it look through all of them each time. */
	curl_easy_setopt(easy, CURLOPT_DNS_CACHE_TIMEOUT, 0L);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
	return handle;
}

/*
 * libcurl uses what is taken apart already, and does not put it together again for itself. From a
 * URL that cannot be taken apart it finds out the same.
 */
static void set_url(struct fetch_handle *handle, const char *url)
{
	bool good = !curl_url_set(handle->url, CURLUPART_URL, url, 0);

	curl_easy_setopt(handle->easy, CURLOPT_URL, url);
	curl_easy_setopt(handle->easy, CURLOPT_CURLU, good ? handle->url : NULL);
}

/* What each fetch has of its own. */
static void set_request(struct fetch *f)
{
	CURL *easy = f->handle->easy;
	uint64_t connect_ms = f->timeout < CONNECT_MS ? f->timeout : CONNECT_MS;

	set_url(f->handle, f->url);
	set_address(f->handle, &f->place->address);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, f->all->headers);
	curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, f->raw ? NULL : "gzip");
	curl_easy_setopt(easy, CURLOPT_REFERER, f->referer);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)connect_ms);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)f->timeout);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, f->text);
	curl_easy_setopt(easy, CURLOPT_PRIVATE, f);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, f);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, f);
}

static bool is_openssl(void)
{
	const char *name = curl_version_info(CURLVERSION_NOW)->ssl_version;

	return name && !strncmp(name, "OpenSSL/", 8);
}

static void set_tls(struct fetch *f)
{
	CURL *easy = f->handle->easy;

	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
	/* What is not verified needs no authorities, which take long to read. */
	curl_easy_setopt(easy, CURLOPT_CAINFO, NULL);
	curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	curl_easy_setopt(easy, CURLOPT_SSL_ENABLE_ALPN, 0L);
	curl_easy_setopt(easy, CURLOPT_SSL_SESSIONID_CACHE, 0L);
	curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	/* Others have other words for it. */
	if (is_openssl())
		curl_easy_setopt(easy, CURLOPT_SSL_CIPHER_LIST, TLS_CIPHERS);
	curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L);
	curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, watch_tls);
	curl_easy_setopt(easy, CURLOPT_DEBUGDATA, f);
}

/* Only now memory is taken for it: thousands may wait. */
static void on_turn(struct slot *slot)
{
	struct fetch *f = (struct fetch *)((char *)slot - offsetof(struct fetch, slot));
	struct fetches *all = f->all;

	f->handle = is_plain(f) ? all->idle : NULL;
	if (f->handle)
		all->idle = f->handle->next;
	else
		f->handle = handle_new();
	set_request(f);
	if (!strncmp(f->url, "https:", 6))
		set_tls(f);
	/* Begins with the timer, from the loop. */
	curl_multi_add_handle(all->multi.curl, f->handle->easy);
}

static void on_place(struct slot *slot)
{
	struct fetch *f = (struct fetch *)((char *)slot - offsetof(struct fetch, at_place));

	slots_enter(&f->all->slots, &f->slot, on_turn);
}

struct fetch *fetch_start(struct fetches *all, const struct fetch_request *request,
    void (*done)(void *arg, const struct fetch_result *result), void *arg)
{
	struct fetch *f = xcalloc(1, sizeof(*f));

	*f = (struct fetch){.all = all,
	    .url = xstrdup(request->url),
	    .referer = request->referer ? xstrdup(request->referer) : NULL,
	    .place = place_enter(&all->places, request->address, FETCHES_PLACE_MAX),
	    .timeout = request->timeout,
	    .at_place = {.urgent = request->begun},
	    .slot = {.urgent = request->begun},
	    .body = BUF_INIT(BODY_MAX),
	    .alert = -1,
	    .done = done,
	    .arg = arg};
	slots_enter(&f->place->slots, &f->at_place, on_place);
	return f;
}
