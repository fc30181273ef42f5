/* SPDX-License-Identifier: MIT */
/* Queries that share a socket. */
#include "config.h"

#include "verify/dns/desk.h"

#include <stdlib.h>
#include <string.h>

#include "buf.h"

void wire_close(struct wire *w)
{
	if (w && w->socket)
		w->close(w);
}

static bool has_id(const struct desk *desk, unsigned i, const unsigned char *id)
{
	return desk->ids[i][0] == id[0] && desk->ids[i][1] == id[1];
}

bool desk_takes(const struct desk *desk, const struct wire_query *query)
{
	for (unsigned i = 0; i < desk->used; i++)
		if (has_id(desk, i, query->data))
			return false;
	return desk->used < DESK_MAX;
}

static void take_place(struct desk *desk, struct wire *w, void *socket)
{
	w->socket = socket;
	w->place = desk->used++;
	memcpy(desk->ids[w->place], w->query.data, sizeof(desk->ids[0]));
	desk->wires[w->place] = w;
	desk->waiting++;
}

struct wire *desk_add(struct desk *desk, const struct wire_query *query, void *socket,
    void (*close)(struct wire *wire))
{
	struct wire *w = xcalloc(1, sizeof(*w));

	w->close = close;
	w->query = *query;
	take_place(desk, w, socket);
	return w;
}

void desk_move(struct desk *desk, struct wire *w, struct desk *to, void *socket)
{
	desk_remove(desk, w);
	take_place(to, w, socket);
}

void desk_remove(struct desk *desk, struct wire *w)
{
	desk->wires[w->place] = NULL;
	desk->waiting--;
}

struct wire *desk_find(const struct desk *desk, const unsigned char *data, size_t len)
{
	for (unsigned i = 0; len >= 2 && i < desk->used; i++) {
		if (!has_id(desk, i, data))
			continue;
		if (desk->wires[i])
			desk->wires[i]->answered = true;
		return desk->wires[i];
	}
	return desk_first(desk);
}

struct wire *desk_first(const struct desk *desk)
{
	for (unsigned i = 0; desk->waiting && i < desk->used; i++)
		if (desk->wires[i])
			return desk->wires[i];
	return NULL;
}

void desk_fail(struct desk *desk, int error)
{
	struct wire *w;

	while ((w = desk_first(desk))) {
		desk_remove(desk, w);
		w->socket = NULL;
		w->query.ears->failed(w->query.arg, error);
		free(w);
	}
}
