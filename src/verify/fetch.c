/* SPDX-License-Identifier: MIT */
/* One GET of one URL at one address. libcurl says which sockets to watch, libuv watches them. */
#include "config.h"

#include "verify/fetch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"

#define IN_FLIGHT_MAX 256
#define BODY_MAX 4096
#define CONNECT_MS 10000L
#define TOTAL_MS 15000L
#define USER_AGENT "acmehook-verify/" PACKAGE_VERSION

struct fetch {
	struct fetches *all;
	struct slot slot;
	CURL *easy;
	struct curl_slist *headers;
	struct curl_slist *connect_to;
	struct buf body;
	bool cut;
	char text[CURL_ERROR_SIZE];
	void (*done)(void *arg, const struct fetch_result *result);
	void *arg;
};

static void fetch_free(struct fetch *f)
{
	curl_multi_remove_handle(f->all->multi, f->easy);
	curl_easy_cleanup(f->easy);
	curl_slist_free_all(f->headers);
	curl_slist_free_all(f->connect_to);
	buf_free(&f->body);
	free(f);
}

void fetch_cancel(struct fetch *f)
{
	if (!f)
		return;
	slots_leave(&f->all->slots, &f->slot);
	fetch_free(f);
}

static enum fetch_end end_of(const struct fetch *f, CURLcode code, int error)
{
	double connected = 0;

	curl_easy_getinfo(f->easy, CURLINFO_CONNECT_TIME, &connected);
	if (code == CURLE_OK || (code == CURLE_WRITE_ERROR && f->cut))
		return FETCH_DONE;
	if (code == CURLE_COULDNT_CONNECT) {
		if (error == ECONNREFUSED)
			return FETCH_REFUSED;
		if (error == ETIMEDOUT)
			return FETCH_CONNECT_TIMEOUT;
		return FETCH_UNREACHABLE;
	}
	if (code == CURLE_OPERATION_TIMEDOUT)
		return connected > 0 ? FETCH_TIMEOUT : FETCH_CONNECT_TIMEOUT;
	if (code == CURLE_SSL_CONNECT_ERROR)
		return FETCH_TLS;
	if (code == CURLE_RECV_ERROR || code == CURLE_SEND_ERROR)
		return FETCH_RESET;
	return FETCH_BROKEN;
}

static void finish(struct fetch *f, CURLcode code)
{
	struct fetch_result result = {
	    .body = buf_text(&f->body), .len = f->body.len, .cut = f->cut};
	char *redirect = NULL;
	curl_off_t us = 0;
	long error = 0;

	curl_easy_getinfo(f->easy, CURLINFO_OS_ERRNO, &error);
	curl_easy_getinfo(f->easy, CURLINFO_RESPONSE_CODE, &result.status);
	curl_easy_getinfo(f->easy, CURLINFO_REDIRECT_URL, &redirect);
	curl_easy_getinfo(f->easy, CURLINFO_TOTAL_TIME_T, &us);
	result.end = end_of(f, code, (int)error);
	result.error = result.end == FETCH_DONE ? 0 : (int)error;
	result.redirect = redirect;
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

static void set_options(struct fetch *f, const char *url, const char *referer)
{
	CURL *easy = f->easy;

	curl_easy_setopt(easy, CURLOPT_URL, url);
	curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(easy, CURLOPT_CONNECT_TO, f->connect_to);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, f->headers);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, USER_AGENT);
	curl_easy_setopt(easy, CURLOPT_REFERER, referer);
	curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
#if LIBCURL_VERSION_NUM >= 0x074000
	curl_easy_setopt(easy, CURLOPT_HTTP09_ALLOWED, 0L);
#endif
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
	curl_easy_setopt(easy, CURLOPT_SSL_ENABLE_ALPN, 0L);
	curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
	curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
	curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, TOTAL_MS);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, f->text);
	curl_easy_setopt(easy, CURLOPT_PRIVATE, f);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, f);
}

static void on_turn(struct slot *slot)
{
	struct fetch *f = (struct fetch *)((char *)slot - offsetof(struct fetch, slot));

	/* Begins with the timer, from the loop. */
	curl_multi_add_handle(f->all->multi, f->easy);
}

struct fetch *fetch_start(struct fetches *all, const char *url, const union address *address,
    const char *referer, void (*done)(void *arg, const struct fetch_result *result), void *arg)
{
	struct fetch *f = xcalloc(1, sizeof(*f));

	*f = (struct fetch){.all = all, .body = BUF_INIT(BODY_MAX), .done = done, .arg = arg};
	f->easy = curl_easy_init();
	f->headers = curl_slist_append(NULL, "Connection: close");
	f->connect_to = connect_to(address);
	if (!f->easy || !f->headers || !f->connect_to)
		abort();
	set_options(f, url, referer);
	slots_enter(&all->slots, &f->slot, on_turn);
	return f;
}
