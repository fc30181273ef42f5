/* SPDX-License-Identifier: MIT */
/* One GET of one URL at one address. libcurl says which sockets to watch, libuv watches them. */
#include "config.h"

#include "verify/fetch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "buf.h"

#define IN_FLIGHT_MAX 256
#define BODY_MAX 4096
#define HEADERS_MAX (256 * 1024)
#define CONNECT_MS 10000
#define USER_AGENT "acmehook-verify/" PACKAGE_VERSION

enum header {
	HEADER_LOCATION,
	HEADER_SERVER,
	HEADER_ENCODING,
	HEADER_AGE,
	HEADER_VIA,
	HEADER_CACHE,
	HEADER_RAY,
	HEADER__MAX
};
static const char *const header_names[] = {
    [HEADER_LOCATION] = "Location:",
    [HEADER_SERVER] = "Server:",
    [HEADER_ENCODING] = "Content-Encoding:",
    [HEADER_AGE] = "Age:",
    [HEADER_VIA] = "Via:",
    [HEADER_CACHE] = "X-Cache:",
    [HEADER_RAY] = "CF-Ray:",
};
_Static_assert(nitems(header_names) == HEADER__MAX, "a header without name");

struct fetch {
	struct fetches *all;
	struct slot slot;
	char *url, *referer;
	union address address;
	uint64_t timeout;
	CURL *easy; /* NULL until it is its turn */
	struct curl_slist *connect_to;
	struct buf body;
	bool cut;
	char *headers[HEADER__MAX];
	size_t headers_len; /* of all that came */
	bool raw;	    /* once more, without decoding anything */
	bool headed;	    /* the head of the response is complete */
	bool odd_head;	    /* its first line is not HTTP/1.0 or 1.1 */
	bool not_tls;
	int alert;
	char text[CURL_ERROR_SIZE];
	void (*done)(void *arg, const struct fetch_result *result);
	void *arg;
};

/* What came, and what is needed to ask. */
static void clear(struct fetch *f)
{
	if (f->easy) {
		curl_multi_remove_handle(f->all->multi, f->easy);
		curl_easy_cleanup(f->easy);
	}
	curl_slist_free_all(f->connect_to);
	buf_free(&f->body);
	for (size_t i = 0; i < HEADER__MAX; i++) {
		free(f->headers[i]);
		f->headers[i] = NULL;
	}
	f->easy = NULL;
	f->connect_to = NULL;
	f->headers_len = 0;
	f->cut = false;
	f->alert = -1;
}

static void fetch_free(struct fetch *f)
{
	clear(f);
	free(f->url);
	free(f->referer);
	free(f);
}

void fetch_cancel(struct fetch *f)
{
	if (!f)
		return;
	slots_leave(&f->all->slots, &f->slot);
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

	curl_easy_getinfo(f->easy, CURLINFO_CONNECT_TIME, &connected);
	if (connected <= 0)
		return FETCH_CONNECT_TIMEOUT;
	return (status && f->headed) || f->body.len ? FETCH_STUCK : FETCH_TIMEOUT;
}

static enum fetch_end end_of(const struct fetch *f, CURLcode code, int error, long status)
{
	if (f->not_tls)
		return FETCH_NOT_TLS;
	if (f->odd_head)
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
	const char *encoding = f->headers[HEADER_ENCODING];

	if (!encoding || !*encoding || !strcasecmp(encoding, "gzip") ||
	    !strcasecmp(encoding, "identity"))
		return NULL;
	return encoding;
}

static void on_turn(struct slot *slot);

static void finish(struct fetch *f, CURLcode code)
{
	struct fetch_result result = {.body = buf_text(&f->body),
	    .len = f->body.len,
	    .cut = f->cut,
	    .alert = f->alert,
	    .location = f->headers[HEADER_LOCATION],
	    .server = f->headers[HEADER_SERVER],
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
	curl_easy_getinfo(f->easy, CURLINFO_OS_ERRNO, &error);
	curl_easy_getinfo(f->easy, CURLINFO_RESPONSE_CODE, &result.status);
	curl_easy_getinfo(f->easy, CURLINFO_REDIRECT_URL, &redirect);
	curl_easy_getinfo(f->easy, CURLINFO_TOTAL_TIME_T, &us);
	result.end = end_of(f, code, (int)error, result.status);
	result.error = result.end == FETCH_DONE ? 0 : (int)error;
	result.redirect = redirect;
	for (size_t i = HEADER_AGE; i < HEADER__MAX; i++)
		result.cached = result.cached || f->headers[i];
	result.ms = (uint64_t)us / 1000;
	result.text = result.end == FETCH_DONE ? "" : *f->text ? f->text : curl_easy_strerror(code);
	slots_leave(&f->all->slots, &f->slot);
	f->done(f->arg, &result);
	fetch_free(f);
}

/* Ends the fetches that libcurl is through with. */
static void reap(struct fetches *all)
{
	struct CURLMsg *message;
	struct fetch *f;
	CURLcode code;
	int left;

	while ((message = curl_multi_info_read(all->multi, &left))) {
		if (message->msg != CURLMSG_DONE)
			continue;
		/* The message is gone with the handle. */
		code = message->data.result;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&f);
		finish(f, code);
	}
}

static void on_timer(uv_timer_t *timer)
{
	struct fetches *all = timer->data;
	int running;

	curl_multi_socket_action(all->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	reap(all);
}

/* Only checks keep the loop alive: there is always one that waits for what libcurl does. */
static int set_timer(CURLM *multi, long ms, void *arg)
{
	struct fetches *all = arg;

	(void)multi;
	if (ms < 0)
		uv_timer_stop(&all->timer);
	else
		uv_timer_start(&all->timer, on_timer, (uint64_t)ms, 0);
	return 0;
}

/* A socket of libcurl's, as libuv sees it. */
struct watch {
	uv_poll_t poll;
	curl_socket_t socket;
	struct fetches *all;
};

static void on_socket(uv_poll_t *poll, int status, int events)
{
	struct watch *w = poll->data;
	struct fetches *all = w->all;
	int flags = 0, running;

	/* libcurl finds out itself, by reading, which error it is. */
	if (status < 0)
		flags = CURL_CSELECT_IN | CURL_CSELECT_OUT;
	if (events & UV_READABLE)
		flags |= CURL_CSELECT_IN;
	if (events & UV_WRITABLE)
		flags |= CURL_CSELECT_OUT;
	curl_multi_socket_action(all->multi, w->socket, flags, &running);
	reap(all);
}

static void free_watch(uv_handle_t *handle)
{
	free(handle->data);
}

static struct watch *watch_new(struct fetches *all, curl_socket_t socket)
{
	struct watch *w = xcalloc(1, sizeof(*w));

	w->all = all;
	w->socket = socket;
	if (uv_poll_init_socket(all->loop, &w->poll, socket)) {
		free(w);
		return NULL;
	}
	w->poll.data = w;
	curl_multi_assign(all->multi, socket, w);
	return w;
}

static int set_socket(CURL *easy, curl_socket_t socket, int what, void *arg, void *socket_arg)
{
	struct fetches *all = arg;
	struct watch *w = socket_arg;
	int events = 0;

	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		if (w) {
			uv_poll_stop(&w->poll);
			uv_close((uv_handle_t *)&w->poll, free_watch);
			curl_multi_assign(all->multi, socket, NULL);
		}
		return 0;
	}
	if (!w)
		w = watch_new(all, socket);
	if (!w)
		return -1;
	if (what & CURL_POLL_IN)
		events |= UV_READABLE;
	if (what & CURL_POLL_OUT)
		events |= UV_WRITABLE;
	uv_poll_start(&w->poll, events, on_socket);
	return 0;
}

bool fetches_init(struct fetches *all, uv_loop_t *loop)
{
	if (curl_global_init(CURL_GLOBAL_DEFAULT) || !(all->multi = curl_multi_init()))
		return false;
	all->headers = curl_slist_append(NULL, "Connection: close");
	all->raw = curl_slist_append(
	    curl_slist_append(NULL, "Connection: close"), "Accept-Encoding: gzip");
	if (!all->headers || !all->raw)
		return false;
	all->loop = loop;
	slots_init(&all->slots, IN_FLIGHT_MAX);
	uv_timer_init(loop, &all->timer);
	all->timer.data = all;
	uv_unref((uv_handle_t *)&all->timer);
	curl_multi_setopt(all->multi, CURLMOPT_SOCKETFUNCTION, set_socket);
	curl_multi_setopt(all->multi, CURLMOPT_SOCKETDATA, all);
	curl_multi_setopt(all->multi, CURLMOPT_TIMERFUNCTION, set_timer);
	curl_multi_setopt(all->multi, CURLMOPT_TIMERDATA, all);
	return true;
}

void fetches_free(struct fetches *all)
{
	curl_multi_cleanup(all->multi);
	curl_slist_free_all(all->headers);
	curl_slist_free_all(all->raw);
	uv_close((uv_handle_t *)&all->timer, NULL);
	curl_global_cleanup();
}

static size_t take_body(char *data, size_t size, size_t n, void *arg)
{
	struct fetch *f = arg;
	size_t len = size * n, room = BODY_MAX - f->body.len;

	f->cut = len > room;
	buf_add(&f->body, data, f->cut ? room : len);
	return f->cut ? 0 : len;
}

/* "HTTP/1.1 200", with anything after it; libcurl is not as strict. */
static bool is_status_line(const char *line, size_t len)
{
	return len >= 13 && !memcmp(line, "HTTP/1.", 7) && (line[7] == '0' || line[7] == '1') &&
	       line[8] == ' ' && strspn(line + 9, "0123456789") == 3;
}

/* A line of the head; the status line of another response begins anew. */
static size_t take_header(char *data, size_t size, size_t n, void *arg)
{
	struct fetch *f = arg;
	size_t len = size * n;

	f->headers_len += len;
	if (len > 5 && !memcmp(data, "HTTP/", 5))
		f->odd_head = !is_status_line(data, len);
	f->headed = len <= 2;
	for (size_t i = 0; i < HEADER__MAX; i++) {
		size_t k = strlen(header_names[i]), end = len;

		if (f->headers[i] || len < k || strncasecmp(data, header_names[i], k))
			continue;
		while (k < end && (data[k] == ' ' || data[k] == '\t'))
			k++;
		while (end > k && (data[end - 1] == '\n' || data[end - 1] == '\r' ||
				      data[end - 1] == ' ' || data[end - 1] == '\t'))
			end--;
		f->headers[i] = xstrndup(data + k, end - k);
	}
	return f->headers_len > HEADERS_MAX ? 0 : len;
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
static struct curl_slist *connect_to(const union address *a)
{
	char text[ADDRESS_TEXT], *entry;
	struct curl_slist *list;
	uint16_t port = ntohs(address_is_v6(a) ? a->v6.sin6_port : a->v4.sin_port);

	address_print(a, port, text);
	entry = xasprintf(address_is_v6(a) ? "::[%s]:%u" : "::%s:%u", text, port);
	list = curl_slist_append(NULL, entry);
	free(entry);
	return list;
}

static void set_request(struct fetch *f)
{
	CURL *easy = f->easy;

	curl_easy_setopt(easy, CURLOPT_URL, f->url);
	curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(easy, CURLOPT_CONNECT_TO, f->connect_to);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, f->raw ? f->all->raw : f->all->headers);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, USER_AGENT);
	curl_easy_setopt(easy, CURLOPT_REFERER, f->referer);
	if (!f->raw)
		curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	/* So that we see what it is that comes instead of HTTP; it has no status then. */
	curl_easy_setopt(easy, CURLOPT_HTTP09_ALLOWED, 1L);
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
	curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
}

static void set_tls(struct fetch *f)
{
	CURL *easy = f->easy;

	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
	/* What is not verified needs no authorities, which take long to read. */
	curl_easy_setopt(easy, CURLOPT_CAINFO, NULL);
	curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	curl_easy_setopt(easy, CURLOPT_SSL_ENABLE_ALPN, 0L);
	curl_easy_setopt(easy, CURLOPT_SSL_SESSIONID_CACHE, 0L);
	curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L);
	curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, watch_tls);
	curl_easy_setopt(easy, CURLOPT_DEBUGDATA, f);
}

static void set_connection(struct fetch *f)
{
	CURL *easy = f->easy;
	uint64_t connect_ms = f->timeout < CONNECT_MS ? f->timeout : CONNECT_MS;

	curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
	curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)connect_ms);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)f->timeout);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, f->text);
	curl_easy_setopt(easy, CURLOPT_PRIVATE, f);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, f);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, f);
}

/* Only now memory is taken for it: thousands may wait. */
static void on_turn(struct slot *slot)
{
	struct fetch *f = (struct fetch *)((char *)slot - offsetof(struct fetch, slot));

	f->easy = curl_easy_init();
	f->connect_to = connect_to(&f->address);
	if (!f->easy || !f->connect_to)
		abort();
	set_request(f);
	set_connection(f);
	if (!strncmp(f->url, "https:", 6))
		set_tls(f);
	/* Begins with the timer, from the loop. */
	curl_multi_add_handle(f->all->multi, f->easy);
}

struct fetch *fetch_start(struct fetches *all, const struct fetch_request *request,
    void (*done)(void *arg, const struct fetch_result *result), void *arg)
{
	struct fetch *f = xcalloc(1, sizeof(*f));

	*f = (struct fetch){.all = all,
	    .url = xstrdup(request->url),
	    .referer = request->referer ? xstrdup(request->referer) : NULL,
	    .address = *request->address,
	    .timeout = request->timeout,
	    .body = BUF_INIT(BODY_MAX),
	    .alert = -1,
	    .done = done,
	    .arg = arg};
	slots_enter(&all->slots, &f->slot, on_turn);
	return f;
}
