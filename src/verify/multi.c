/* SPDX-License-Identifier: MIT */
/* libcurl's transfers on the libuv loop. */
#include "config.h"

#include "verify/multi.h"

/* Tells of the transfers that libcurl is through with. */
static void reap(struct multi *m)
{
	struct CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(m->curl, &left)))
		/* The message is gone with the handle. */
		if (message->msg == CURLMSG_DONE)
			m->ended(message->easy_handle, message->data.result);
}

static void on_timer(uv_timer_t *timer)
{
	struct multi *m = timer->data;
	int running;

	curl_multi_socket_action(m->curl, CURL_SOCKET_TIMEOUT, 0, &running);
	reap(m);
}

/* Only checks keep the loop alive: there is always one that waits for what libcurl does. */
static int set_timer(CURLM *curl, long ms, void *arg)
{
	struct multi *m = arg;

	(void)curl;
	if (ms < 0)
		uv_timer_stop(&m->timer);
	else
		uv_timer_start(&m->timer, on_timer, (uint64_t)ms, 0);
	return 0;
}

/* If something is wrong with it, libcurl finds out itself, by reading, which error it is. */
static void on_socket(void *arg, int socket, int events)
{
	struct multi *m = arg;
	int flags = 0, running;

	if (events & UV_READABLE)
		flags |= CURL_CSELECT_IN;
	if (events & UV_WRITABLE)
		flags |= CURL_CSELECT_OUT;
	curl_multi_socket_action(m->curl, socket, flags, &running);
	reap(m);
}

static int set_socket(CURL *easy, curl_socket_t socket, int what, void *arg, void *mark)
{
	struct multi *m = arg;
	void *known = mark;
	int events = 0;

	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		watch_end(&m->watches, socket, mark);
		curl_multi_assign(m->curl, socket, NULL);
		return 0;
	}
	if (what & CURL_POLL_IN)
		events |= UV_READABLE;
	if (what & CURL_POLL_OUT)
		events |= UV_WRITABLE;
	/* What cannot be watched runs out of time; by -1 all others would end, and those to come.
	 */
	watch_socket(&m->watches, socket, events, &mark);
	if (mark != known)
		curl_multi_assign(m->curl, socket, mark);
	return 0;
}

bool multi_init(struct multi *m, uv_loop_t *loop, void (*ended)(CURL *easy, CURLcode code))
{
	*m = (struct multi){.loop = loop, .ended = ended};
	if (curl_global_init(CURL_GLOBAL_DEFAULT) || !(m->curl = curl_multi_init()))
		return false;
	if (!watches_init(&m->watches, loop, on_socket, m))
		return false;
	uv_timer_init(loop, &m->timer);
	m->timer.data = m;
	uv_unref((uv_handle_t *)&m->timer);
	curl_multi_setopt(m->curl, CURLMOPT_SOCKETFUNCTION, set_socket);
	curl_multi_setopt(m->curl, CURLMOPT_SOCKETDATA, m);
	curl_multi_setopt(m->curl, CURLMOPT_TIMERFUNCTION, set_timer);
	curl_multi_setopt(m->curl, CURLMOPT_TIMERDATA, m);
	return true;
}

void multi_free(struct multi *m)
{
	curl_multi_cleanup(m->curl);
	watches_free(&m->watches);
	uv_close((uv_handle_t *)&m->timer, NULL);
	curl_global_cleanup();
}
