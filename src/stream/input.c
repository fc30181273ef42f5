/* SPDX-License-Identifier: MIT */
/* Where a stream of events comes from: files, FIFOs, sockets. */
#include "config.h"

#include "stream/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 128

struct listener {
	uv_poll_t poll;
	int fd;
	char *path; /* ours to remove; NULL: it is not */
	listener_client *client;
	void *arg;
};

int input_fifo(const char *path, struct error *error)
{
	int fd;

	if (mkfifo(path, 0600) && errno != EEXIST) {
		error_set(error, FAILURE_USAGE, "%s: cannot be made: %s", path, strerror(errno));
		return -1;
	}
	/* for writing too: we are one writer that stays, so that it does not end with the others */
	fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		error_set(error, FAILURE_USAGE, "%s: %s", path, strerror(errno));
	else if (input_is_fifo(fd))
		return fd;
	else
		error_set(error, FAILURE_USAGE, "%s: is no FIFO; remove it, or name another", path);
	if (fd >= 0)
		close(fd);
	return -1;
}

bool input_is_fifo(int fd)
{
	struct stat st;

	return !fstat(fd, &st) && S_ISFIFO(st.st_mode);
}

int input_activation(int *first)
{
	const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");
	int n = pid && fds && atol(pid) == (long)getpid() ? atoi(fds) : 0;

	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
	*first = 3; /* SD_LISTEN_FDS_START */
	return n < 0 || n > 64 ? 0 : n;
}

static void on_client(uv_poll_t *poll, int status, int events)
{
	struct listener *l = poll->data;
	int fd;

	(void)status;
	(void)events;
	fd = accept4(l->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd >= 0 && !l->client(l->arg, fd))
		uv_poll_stop(poll);
}

void listener_resume(struct listener *l)
{
	uv_poll_start(&l->poll, UV_READABLE, on_client);
}

struct listener *listener_take(uv_loop_t *loop, int fd, listener_client *client, void *arg)
{
	struct listener *l = xcalloc(1, sizeof(*l));

	*l = (struct listener){.fd = fd, .client = client, .arg = arg};
	uv_poll_init(loop, &l->poll, fd);
	l->poll.data = l;
	listener_resume(l);
	return l;
}

/* A socket that nobody serves is left over from a program that was killed. */
static bool is_served(const struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool served = !connect(fd, (const struct sockaddr *)address, sizeof(*address)) ||
		      errno != ECONNREFUSED;

	close(fd);
	return served;
}

/* Only its owner may connect: who can, deploys. */
static int bind_private(int fd, const struct sockaddr_un *address)
{
	mode_t before = umask(0177);
	int error = bind(fd, (const struct sockaddr *)address, sizeof(*address)) ? errno : 0;

	umask(before);
	return error;
}

static int open_socket(const char *path, struct error *error)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), status;
	struct stat st;

	strcpy(address.sun_path, path);
	status = bind_private(fd, &address);
	if (status == EADDRINUSE && !lstat(path, &st) && S_ISSOCK(st.st_mode) &&
	    !is_served(&address)) {
		unlink(path);
		status = bind_private(fd, &address);
	}
	if (!status && listen(fd, BACKLOG))
		status = errno;
	if (!status)
		return fd;
	error_set(error, FAILURE_USAGE, "listen: %s: %s", path,
	    status == EADDRINUSE ? "is in use, or is no socket" : strerror(status));
	close(fd);
	return -1;
}

struct listener *listener_new(
    uv_loop_t *loop, const char *address, listener_client *client, void *arg, struct error *error)
{
	const char *path = strncmp(address, "unix:", 5) ? NULL : address + 5;
	struct listener *l;
	int fd;

	if (!path || !*path || strlen(path) >= sizeof(((struct sockaddr_un *)0)->sun_path)) {
		error_set(error, FAILURE_USAGE,
		    "listen: \"%s\" is not unix:PATH with a path of at most %zu characters",
		    address, sizeof(((struct sockaddr_un *)0)->sun_path) - 1);
		return NULL;
	}
	fd = open_socket(path, error);
	if (fd < 0)
		return NULL;
	l = listener_take(loop, fd, client, arg);
	l->path = xstrdup(path);
	return l;
}

static void on_closed(uv_handle_t *handle)
{
	struct listener *l = handle->data;

	free(l->path);
	free(l);
}

void listener_close(struct listener *l)
{
	if (l->path)
		unlink(l->path);
	uv_close((uv_handle_t *)&l->poll, on_closed);
	close(l->fd);
}
