/* SPDX-License-Identifier: MIT */
/* DNS by UDP: many datagrams with each system call. */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "buf.h"
#include "responder/answer.h"
#include "responder/dns.h"

#define BATCH 64
/* Then others have their turn. */
#define BATCHES 16
/* No query is longer, whatever options it has. */
#define QUERY_ROOM 1024
/* IP_PKTINFO, IPV6_PKTINFO: at which of our addresses a datagram came. */
#define CONTROL_ROOM 64

struct udp {
	uv_poll_t poll;
	int fd;
	const struct names *names;
	struct limit limit;
	struct mmsghdr in[BATCH], out[BATCH];
	struct iovec in_vec[BATCH], out_vec[BATCH];
	union address from[BATCH];
	_Alignas(struct cmsghdr) unsigned char control[BATCH][CONTROL_ROOM];
	unsigned char query[BATCH][QUERY_ROOM], answer[BATCH][ANSWER_UDP];
};

static void make_ready(struct udp *u)
{
	for (unsigned i = 0; i < BATCH; i++) {
		u->in_vec[i] = (struct iovec){u->query[i], sizeof(u->query[i])};
		u->in[i].msg_hdr = (struct msghdr){
		    .msg_name = &u->from[i],
		    .msg_namelen = sizeof(u->from[i]),
		    .msg_iov = &u->in_vec[i],
		    .msg_iovlen = 1,
		    .msg_control = u->control[i],
		    .msg_controllen = sizeof(u->control[i]),
		};
	}
}

/* The answer comes from the address that was asked, through whatever interface leads back. */
static void answer_from_there(struct msghdr *m)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(m);

	if (!c)
		return;
	if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
		struct in_pktinfo info;

		memcpy(&info, CMSG_DATA(c), sizeof(info));
		info.ipi_ifindex = 0;
		memcpy(CMSG_DATA(c), &info, sizeof(info));
	} else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
		struct in6_pktinfo info;

		memcpy(&info, CMSG_DATA(c), sizeof(info));
		if (!IN6_IS_ADDR_LINKLOCAL(&info.ipi6_addr))
			info.ipi6_ifindex = 0;
		memcpy(CMSG_DATA(c), &info, sizeof(info));
	}
}

/* The answer to one query; its length, 0 for none. */
static size_t answer_one(struct udp *u, unsigned i, size_t len)
{
	unsigned char *out = u->answer[i];
	size_t n = answer(u->names, u->query[i], len, out, ANSWER_UDP);

	if (n <= ANSWER_MODEST(len) || limit_take(&u->limit, &u->from[i], n, uv_now(u->poll.loop)))
		return n;
	return answer_by_tcp(u->names, u->query[i], len, out, ANSWER_UDP);
}

static unsigned answer_all(struct udp *u, unsigned received)
{
	unsigned n = 0;

	for (unsigned i = 0; i < received; i++) {
		struct msghdr *m = &u->in[i].msg_hdr;
		size_t len = m->msg_flags & MSG_TRUNC ? 0 : answer_one(u, i, u->in[i].msg_len);

		if (!len)
			continue;
		answer_from_there(m);
		u->out_vec[n] = (struct iovec){u->answer[i], len};
		u->out[n].msg_hdr = *m;
		u->out[n].msg_hdr.msg_flags = 0;
		u->out[n].msg_hdr.msg_iov = &u->out_vec[n];
		n++;
	}
	return n;
}

/* What cannot be sent is lost, as any datagram may be. */
static void send_all(struct udp *u, unsigned n)
{
	for (unsigned done = 0; done < n;) {
		int sent = sendmmsg(u->fd, u->out + done, n - done, 0);

		if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return;
		if (sent < 0 && errno == EINTR)
			continue;
		done += sent > 0 ? (unsigned)sent : 1;
	}
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
	struct udp *u = poll->data;
	int n = BATCH;

	(void)status;
	(void)events;
	for (unsigned batch = 0; n == BATCH && batch < BATCHES; batch++) {
		make_ready(u);
		n = recvmmsg(u->fd, u->in, BATCH, MSG_DONTWAIT, NULL);
		if (n > 0)
			send_all(u, answer_all(u, (unsigned)n));
	}
}

struct udp *udp_start(uv_loop_t *loop, const struct listening *at, const struct names *names)
{
	struct udp *u = xcalloc(1, sizeof(*u));
	const int yes = 1;

	u->fd = at->fd;
	u->names = names;
	limit_init(&u->limit);
	if (at->wildcard) {
		if (address_is_v6(&at->address))
			setsockopt(u->fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &yes, sizeof(yes));
		else
			setsockopt(u->fd, IPPROTO_IP, IP_PKTINFO, &yes, sizeof(yes));
	}
	u->poll.data = u;
	if (uv_poll_init(loop, &u->poll, u->fd)) {
		free(u);
		return NULL;
	}
	uv_poll_start(&u->poll, UV_READABLE, on_readable);
	return u;
}

static void on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

void udp_stop(struct udp *u)
{
	if (u)
		uv_close((uv_handle_t *)&u->poll, on_closed);
}
