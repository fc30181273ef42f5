/* SPDX-License-Identifier: MIT */
/* DNS by TCP (RFC 7766). */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "responder/answer.h"
#include "responder/dns.h"

#define IDLE_MS 10000
/* The length of a message, before it. */
#define PREFIX 2
/* A longer query is none. */
#define QUERY_MAX 4096
/* Unsent answers, above which no other query is taken. */
#define UNSENT_MAX (2 * (PREFIX + ANSWER_TCP))

struct tcp {
	const struct names *names;
	unsigned char out[PREFIX + ANSWER_TCP];
};

struct asker {
	struct connection base;
	size_t have;
	unsigned char in[PREFIX + QUERY_MAX];
};

/* Answers the first query that is there completely. False if there is none, or it cannot be. */
static bool take_query(struct asker *a)
{
	size_t len = a->have < PREFIX ? 0 : (size_t)(a->in[0] << 8 | a->in[1]), n;
	struct tcp *t = a->base.service;

	if (len > QUERY_MAX) {
		connection_end(&a->base);
		return false;
	}
	if (a->have < PREFIX || a->have < PREFIX + len)
		return false;
	n = answer(t->names, a->in + PREFIX, len, t->out + PREFIX, ANSWER_TCP);
	a->have -= PREFIX + len;
	memmove(a->in, a->in + PREFIX + len, a->have);
	if (!n) {
		connection_end(&a->base);
		return false;
	}
	t->out[0] = (unsigned char)(n >> 8);
	t->out[1] = (unsigned char)n;
	connection_allow(&a->base, IDLE_MS);
	return connection_send(&a->base, t->out, PREFIX + n);
}

static void give_room(uv_handle_t *handle, size_t wanted, uv_buf_t *buffer)
{
	struct asker *a = handle->data;

	(void)wanted;
	*buffer = uv_buf_init((char *)a->in + a->have, (unsigned)(sizeof(a->in) - a->have));
}

static void take_queries(struct connection *c);

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buffer)
{
	struct asker *a = stream->data;

	(void)buffer;
	if (n < 0) {
		connection_end(&a->base);
		return;
	}
	a->have += (size_t)n;
	take_queries(&a->base);
}

/* As long as the other side reads what it asked for. */
static void take_queries(struct connection *c)
{
	uv_stream_t *stream = (uv_stream_t *)&c->tcp;

	while (connection_unsent(c) < UNSENT_MAX)
		if (!take_query((struct asker *)c))
			break;
	if (!connection_is_open(c))
		return;
	if (connection_unsent(c) < UNSENT_MAX)
		uv_read_start(stream, give_room, on_read);
	else
		uv_read_stop(stream);
}

static void open_asker(struct connection *c)
{
	connection_allow(c, IDLE_MS);
	take_queries(c);
}

static const struct connection_kind kind = {
    .size = sizeof(struct asker),
    .open = open_asker,
    .sent = take_queries,
    .over = free,
};

struct connections *tcp_start(
    uv_loop_t *loop, const struct listening *at, const struct names *names)
{
	struct tcp *t = xcalloc(1, sizeof(*t));

	t->names = names;
	return connections_start(loop, at, &kind, t);
}
