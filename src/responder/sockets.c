/* SPDX-License-Identifier: MIT */
/* Sockets, opened while we may still open any. */
#include "config.h"

#include "responder/sockets.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "dns/protocol.h"

/* A burst of queries waits here, rather than be lost. */
#define RECEIVE_BUFFER (4 * 1024 * 1024)
/* Connections at each, and those of each that are more for a moment; files that are for others. */
#define CONNECTIONS_MAX 512
#define CONNECTIONS_MIN 8
#define SLACK 64
#define FILES_RESERVED 64
#define FILES_MAX 65536
/* SD_LISTEN_FDS_START */
#define FIRST_HANDED 3

static void add(struct sockets *all, int fd, enum service service, bool stream)
{
	struct listening *s;
	socklen_t len = sizeof(s->address);

	all->v = xrealloc(all->v, (all->n + 1) * sizeof(*all->v));
	s = &all->v[all->n++];
	*s = (struct listening){.fd = fd, .service = service, .stream = stream};
	getsockname(fd, &s->address.sa, &len);
	s->wildcard = address_is_v6(&s->address) ? IN6_IS_ADDR_UNSPECIFIED(&s->address.v6.sin6_addr)
						 : s->address.v4.sin_addr.s_addr == INADDR_ANY;
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

/* --- Handed over by systemd */

static void forget(void)
{
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
}

/* By the name that FileDescriptorName gives it, or else by its port; or SERVICE__MAX. */
static enum service service_of(int fd, const char *name, size_t len)
{
	enum service service = 0;
	union address a = {0};
	socklen_t size = sizeof(a);
	uint16_t port;

	while (service < SERVICE__MAX &&
	       (strlen(service_names[service]) != len || memcmp(service_names[service], name, len)))
		service++;
	if (service < SERVICE__MAX)
		return service;
	getsockname(fd, &a.sa, &size);
	port = ntohs(address_is_v6(&a) ? a.v6.sin6_port : a.v4.sin_port);
	for (service = 0; service < SERVICE__MAX && port != service_ports[service];)
		service++;
	return service;
}

static int option_of(int fd, int option)
{
	int value = -1;
	socklen_t size = sizeof(value);

	return getsockopt(fd, SOL_SOCKET, option, &value, &size) ? -1 : value;
}

/* Adds it; or why it cannot be used. */
static const char *take_one(
    struct sockets *all, int fd, const char *name, size_t len, bool had[SERVICE__MAX])
{
	enum service service = service_of(fd, name, len);
	int type = option_of(fd, SO_TYPE);

	if (type < 0)
		return "it is none";
	if (service == SERVICE__MAX)
		return "it has no FileDescriptorName of dns, http or tls";
	if (service_fault(service))
		return service_fault(service);
	if (type == SOCK_STREAM ? option_of(fd, SO_ACCEPTCONN) != 1
				: type != SOCK_DGRAM || service != SERVICE_DNS)
		return "it is of the wrong kind: ListenStream is needed, and for dns "
		       "ListenDatagram, "
		       "too";
	add(all, fd, service, type == SOCK_STREAM);
	had[service] = true;
	return NULL;
}

static bool take_handed(struct sockets *all, bool had[SERVICE__MAX], struct error *error)
{
	const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS"),
		   *name = getenv("LISTEN_FDNAMES");
	int n = pid && fds && atol(pid) == (long)getpid() ? atoi(fds) : 0;

	for (int fd = FIRST_HANDED; fd < FIRST_HANDED + n; fd++) {
		size_t len = name ? strcspn(name, ":") : 0;
		const char *fault = take_one(all, fd, name ? name : "", len, had);

		if (fault)
			return error_set(
			    error, FAILURE_USAGE, "the socket %d of systemd: %s", fd, fault);
		name = name && name[len] ? name + len + 1 : NULL;
	}
	forget();
	return true;
}

/* --- Our own */

static const char *remedy(int cause)
{
	switch (cause) {
	case EADDRINUSE:
		return "; something else listens there already: stop it, or name the addresses "
		       "that are free";
	case EACCES:
		return "; ports below 1024 are for root: use the units in examples/systemd";
	case EADDRNOTAVAIL:
		return "; this host does not have that address";
	default:
		return "";
	}
}

static bool set_up(int fd, const union address *a, bool stream)
{
	const int yes = 1, size = RECEIVE_BUFFER;
	socklen_t len = address_is_v6(a) ? sizeof(a->v6) : sizeof(a->v4);

	if (stream)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	else
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	if (address_is_v6(a))
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof(yes));
	return !bind(fd, &a->sa, len) && (!stream || !listen(fd, SOCKETS_BACKLOG));
}

static bool open_one(struct sockets *all, const union address *a, enum service service, bool stream,
    struct error *error)
{
	int fd = socket(a->sa.sa_family, stream ? SOCK_STREAM : SOCK_DGRAM, 0), cause;
	char text[ADDRESS_TEXT];

	if (fd >= 0 && set_up(fd, a, stream)) {
		add(all, fd, service, stream);
		return true;
	}
	cause = errno;
	if (fd >= 0)
		close(fd);
	errno = cause;
	address_print(a, 0, text);
	return error_set(error, FAILURE_USAGE, "%s: cannot listen at %s (%s): %s%s",
	    service_names[service], text, stream ? "TCP" : "UDP", strerror(cause), remedy(cause));
}

/* DNS is served by both, at the same port. */
static bool open_both(struct sockets *all, const union address *a, struct error *error)
{
	union address same = *a, bound;

	if (!open_one(all, a, SERVICE_DNS, true, error))
		return false;
	bound = all->v[all->n - 1].address;
	address_set_port(
	    &same, ntohs(address_is_v6(&bound) ? bound.v6.sin6_port : bound.v4.sin_port));
	return open_one(all, &same, SERVICE_DNS, false, error);
}

static bool open_service(
    struct sockets *all, const struct setup *setup, enum service service, struct error *error)
{
	const struct addresses *where = &setup->listen[service];

	for (size_t i = 0; i < where->n; i++)
		if (!(service == SERVICE_DNS ? open_both(all, &where->v[i], error)
					     : open_one(all, &where->v[i], service, true, error)))
			return false;
	return true;
}

/* All addresses, where nothing is said about it; there may be no IPv6 on this host. */
static bool open_everywhere(struct sockets *all, struct error *error)
{
	struct error ignored = {0};
	union address a;

	address_parse(&a, "::", DNS_PORT);
	if (!open_both(all, &a, &ignored) && errno != EAFNOSUPPORT && errno != EADDRNOTAVAIL) {
		*error = ignored;
		return false;
	}
	address_parse(&a, "0.0.0.0", DNS_PORT);
	return open_both(all, &a, error);
}

/* So that connections never take the files with which the spool is read. */
static void share(struct sockets *all)
{
	struct rlimit files = {0};
	rlim_t n, streams = 0;

	getrlimit(RLIMIT_NOFILE, &files);
	for (size_t i = 0; i < all->n; i++)
		streams += all->v[i].stream;
	n = files.rlim_max < FILES_MAX ? files.rlim_max : FILES_MAX;
	n = streams && n > FILES_RESERVED ? (n - FILES_RESERVED) / streams : 0;
	n = n > CONNECTIONS_MIN + SLACK ? n - SLACK : CONNECTIONS_MIN;
	for (size_t i = 0; i < all->n; i++)
		all->v[i].connections = n < CONNECTIONS_MAX ? (unsigned)n : CONNECTIONS_MAX;
}

bool sockets_open(struct sockets *all, const struct setup *setup, struct error *error)
{
	bool had[SERVICE__MAX] = {false};

	*all = (struct sockets){0};
	if (!take_handed(all, had, error))
		return false;
	for (int i = 0; i < SERVICE__MAX; i++)
		if (!had[i] && !open_service(all, setup, (enum service)i, error))
			return false;
	if (!had[SERVICE_DNS] && !setup->listen[SERVICE_DNS].n && setup->n &&
	    !open_everywhere(all, error))
		return false;
	share(all);
	return all->n ||
	       error_set(error, FAILURE_USAGE,
		   "%s: there is nothing to do: neither a zone, nor http or tls", setup->file);
}

void sockets_close(struct sockets *all)
{
	for (size_t i = 0; i < all->n; i++)
		if (all->v[i].fd >= 0)
			close(all->v[i].fd);
	free(all->v);
	*all = (struct sockets){0};
}
