/* SPDX-License-Identifier: MIT */
/*
 * http-01: what is served is asked for again, because there may be several servers behind an
 * address, and one without it. Which of them answers does not depend on the token; so where many
 * URLs of one name are asked for at the same addresses, one of them is asked for again, and what
 * comes of that counts for all.
 *
 * It is as good as if each were asked for again:
 *
 * - It is the latest one, so that a server that has it has got those before it, too.
 * - Only those that were served themselves wait for it, and without redirects, which might lead
 *   each of them elsewhere.
 * - If it is missed, it is missed for all of them. Each asks for itself the next time; so nobody
 *   has a second chance that it would not have had alone, nor is it held back for long by another.
 *
 * Other names are never taken for the same, for what answers does depend on these.
 */
#include "config.h"

#include "verify/http01.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"

/* Room for a name, and for more addresses than a host may have. */
#define KEY_MAX 16384

struct sharing {
	char *key; /* what is the same for all */
	struct http01 *asking;
	struct http01 *waiting; /* for what that one finds out */
	struct http01 *later;	/* those that came when it had begun */
};

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct sharing *)a)->key, ((const struct sharing *)b)->key);
}

static void push(struct http01 **list, struct http01 *http)
{
	http->next = *list;
	http->link = list;
	if (*list)
		(*list)->link = &http->next;
	*list = http;
}

static void pull(struct http01 *http)
{
	*http->link = http->next;
	if (http->next)
		http->next->link = http->link;
}

static char *key_of(const struct http01 *http)
{
	const struct check *check = http->check;
	const struct addresses *all = &http->host->addresses;
	struct buf key = BUF_INIT(KEY_MAX);
	char text[ADDRESS_TEXT];

	buf_printf(&key, "%s %u %p", check->domain, check->http_port, (const void *)check->profile);
	for (size_t i = 0; i < all->n; i++) {
		address_print(&all->v[i], 0, text);
		buf_puts(&key, " ");
		buf_puts(&key, text);
	}
	return key.data;
}

static bool was_redirected(const struct http01 *http)
{
	for (size_t i = 0; i < http->n; i++)
		if (http->walks[i]->hops)
			return true;
	return false;
}

/* The latest of those that are there now asks for all of them. */
static void ask_next(struct sharing *s, void **root)
{
	struct http01 *http, *latest;

	while ((http = s->later)) {
		pull(http);
		push(&s->waiting, http);
	}
	latest = s->waiting;
	for (http = s->waiting; http; http = http->next)
		if (http->check->started > latest->check->started)
			latest = http;
	s->asking = latest;
	if (latest) {
		pull(latest);
		http01_repeat(latest);
	} else {
		tdelete(s, root, compare);
		free(s->key);
		free(s);
	}
}

void sharing_enter(struct http01 *http)
{
	void **root = &http->check->all->sharings;
	struct sharing wanted, **found, *s;

	if (http->alone || was_redirected(http)) {
		http01_repeat(http);
		return;
	}
	wanted.key = key_of(http);
	found = tfind(&wanted, root, compare);
	if (found) {
		free(wanted.key);
		http->sharing = *found;
		push(&http->sharing->later, http);
		return;
	}
	s = http->sharing = xcalloc(1, sizeof(*s));
	s->key = wanted.key;
	s->asking = http;
	if (!tsearch(s, root, compare))
		abort();
	http01_repeat(http);
}

void sharing_done(struct http01 *http)
{
	struct sharing *s = http->sharing;
	struct http01 *other;

	while (s && (other = s->waiting)) {
		pull(other);
		other->sharing = NULL;
		http01_heard(other, http);
	}
	sharing_leave(http);
}

void sharing_leave(struct http01 *http)
{
	struct sharing *s = http->sharing;

	http->sharing = NULL;
	if (!s)
		return;
	if (s->asking == http)
		ask_next(s, &http->check->all->sharings);
	else
		pull(http);
}

bool sharing_waits(const struct http01 *http)
{
	return http->sharing && http->sharing->asking != http;
}
