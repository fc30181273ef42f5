/* SPDX-License-Identifier: MIT */
/* HTTP by libmicrohttpd, whose own epoll is one of the descriptors of our loop. */
#include "config.h"

#include "responder/http.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <microhttpd.h>

#include "buf.h"
#include "identifier.h"
#include "responder/crowd.h"

/* For a request, from the first octet of the connection, or the end of the request before it. */
#define REQUEST_MS 10000
#define SWEEP_MS 500
/* Connections that have to leave, and are still there. */
#define LEAVING 64u
#define MEMORY 8192u /* of a connection: headers that need more are refused */
#define PATH "/.well-known/acme-challenge/"

struct http {
	struct MHD_Daemon *daemon;
	uv_poll_t poll;
	uv_timer_t timer, sweep;
	struct crowd crowd;
	const struct values *tokens;
	struct MHD_Response *none, *wrong; /* for what there is not, and for what cannot be done */
	unsigned handles;
};

/* A connection. */
struct visitor {
	struct guest guest;
	uint64_t until; /* ms, of the loop: there must be a whole request */
	int fd;
};

/* --- Who is connected */

/* libmicrohttpd sees that it ends, and tells. */
static void dismiss(struct visitor *v)
{
	crowd_leave(&v->guest);
	shutdown(v->fd, SHUT_RDWR);
}

/* libmicrohttpd only looks whether there is nothing at all. */
static void on_sweep(uv_timer_t *timer)
{
	struct http *h = timer->data;
	struct guest *next;

	for (struct guest *g = h->crowd.first; g; g = next) {
		struct visitor *v = (struct visitor *)g; /* the first member */

		next = g->next;
		if (v->until <= uv_now(timer->loop))
			dismiss(v);
	}
	if (!h->crowd.first)
		uv_timer_stop(timer);
}

static void enter(struct http *h, struct MHD_Connection *connection, struct visitor *v)
{
	const union MHD_ConnectionInfo *address =
	    MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const union MHD_ConnectionInfo *socket =
	    MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	struct guest *leaves;

	v->fd = socket->connect_fd;
	v->until = uv_now(h->timer.loop) + REQUEST_MS;
	leaves = crowd_enter(
	    &h->crowd, &v->guest, (const union address *)(const void *)address->client_addr);
	if (leaves)
		dismiss((struct visitor *)leaves);
	if (!uv_is_active((uv_handle_t *)&h->sweep))
		uv_timer_start(&h->sweep, on_sweep, SWEEP_MS, SWEEP_MS);
}

static void on_connection(void *arg, struct MHD_Connection *connection, void **state,
    enum MHD_ConnectionNotificationCode code)
{
	struct visitor *v = *state;

	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		*state = v = xcalloc(1, sizeof(*v));
		enter(arg, connection, v);
	} else if (v) {
		crowd_leave(&v->guest);
		free(v);
		*state = NULL;
	}
}

static void on_completed(void *arg, struct MHD_Connection *connection, void **state,
    enum MHD_RequestTerminationCode code)
{
	struct http *h = arg;
	struct visitor *v =
	    MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;

	(void)state;
	if (code != MHD_REQUEST_TERMINATED_COMPLETED_OK || !v)
		return;
	v->until = uv_now(h->timer.loop) + REQUEST_MS;
	crowd_heard(&h->crowd, &v->guest);
}

/* --- Requests */

static struct MHD_Response *text_response(const char *text, enum MHD_ResponseMemoryMode mode)
{
	struct MHD_Response *r =
	    MHD_create_response_from_buffer(strlen(text), (void *)(uintptr_t)text, mode);

	if (r)
		MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, "text/plain");
	return r;
}

static const char *content_of(const struct http *h, const char *url)
{
	size_t len = strlen(PATH);

	if (strncmp(url, PATH, len) || token_fault(url + len))
		return NULL;
	return values_find(h->tokens, url + len);
}

static enum MHD_Result on_request(void *arg, struct MHD_Connection *connection, const char *url,
    const char *method, const char *version, const char *body, size_t *body_len, void **state)
{
	const struct http *h = arg;
	struct MHD_Response *response;
	enum MHD_Result result;
	const char *content;

	(void)version;
	(void)body;
	if (*body_len) { /* nobody has to send us anything */
		*body_len = 0;
		return MHD_YES;
	}
	if (!*state) { /* the headers; a body may follow */
		*state = connection;
		return MHD_YES;
	}
	if (strcmp(method, MHD_HTTP_METHOD_GET) && strcmp(method, MHD_HTTP_METHOD_HEAD))
		return MHD_queue_response(connection, MHD_HTTP_METHOD_NOT_ALLOWED, h->wrong);
	content = content_of(h, url);
	if (!content)
		return MHD_queue_response(connection, MHD_HTTP_NOT_FOUND, h->none);
	response = text_response(content, MHD_RESPMEM_MUST_COPY);
	if (!response)
		return MHD_NO;
	result = MHD_queue_response(connection, MHD_HTTP_OK, response);
	MHD_destroy_response(response);
	return result;
}

/* --- On the loop */

static void on_timer(uv_timer_t *timer);

static void work(struct http *h)
{
	MHD_UNSIGNED_LONG_LONG ms;

	MHD_run(h->daemon);
	if (MHD_get_timeout(h->daemon, &ms) == MHD_YES)
		uv_timer_start(&h->timer, on_timer, ms, 0);
	else
		uv_timer_stop(&h->timer);
}

static void on_timer(uv_timer_t *timer)
{
	work(timer->data);
}

static void on_events(uv_poll_t *poll, int status, int events)
{
	(void)status;
	(void)events;
	work(poll->data);
}

static struct MHD_Daemon *start_daemon(struct http *h, int fd, unsigned connections)
{
	return MHD_start_daemon(MHD_USE_EPOLL, 0, NULL, NULL, on_request, h,
	    MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT, connections,
	    MHD_OPTION_NOTIFY_CONNECTION, on_connection, h, MHD_OPTION_NOTIFY_COMPLETED,
	    on_completed, h, MHD_OPTION_CONNECTION_TIMEOUT, REQUEST_MS / 1000u,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MEMORY, MHD_OPTION_END);
}

struct http *http_start(uv_loop_t *loop, const struct listening *at, const struct values *tokens)
{
	struct http *h = xcalloc(1, sizeof(*h));
	const union MHD_DaemonInfo *info;
	int fd = fcntl(at->fd, F_DUPFD_CLOEXEC, 0);

	h->tokens = tokens;
	h->handles = 3;
	h->poll.data = h->timer.data = h->sweep.data = h;
	crowd_init(&h->crowd, at->connections);
	h->none = text_response("There is nothing here.\n", MHD_RESPMEM_PERSISTENT);
	h->wrong = text_response("Only GET and HEAD.\n", MHD_RESPMEM_PERSISTENT);
	if (h->wrong)
		MHD_add_response_header(h->wrong, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
	h->daemon = fd >= 0 ? start_daemon(h, fd, at->connections + LEAVING) : NULL;
	info = h->daemon ? MHD_get_daemon_info(h->daemon, MHD_DAEMON_INFO_EPOLL_FD) : NULL;
	if (!info || !h->none || !h->wrong)
		return NULL; /* and with it the program ends */
	uv_timer_init(loop, &h->timer);
	uv_timer_init(loop, &h->sweep);
	if (uv_poll_init(loop, &h->poll, info->epoll_fd))
		return NULL;
	uv_poll_start(&h->poll, UV_READABLE, on_events);
	return h;
}

static void on_closed(uv_handle_t *handle)
{
	struct http *h = handle->data;

	if (--h->handles)
		return;
	MHD_stop_daemon(h->daemon);
	MHD_destroy_response(h->none);
	MHD_destroy_response(h->wrong);
	free(h);
}

void http_stop(struct http *h)
{
	if (!h)
		return;
	uv_close((uv_handle_t *)&h->poll, on_closed);
	uv_close((uv_handle_t *)&h->timer, on_closed);
	uv_close((uv_handle_t *)&h->sweep, on_closed);
}
