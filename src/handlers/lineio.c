/* SPDX-License-Identifier: MIT */
/* Lines from one descriptor and text to another, without ever waiting for either. */
#include "config.h"

#include "handlers/lineio.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "jsonline.h"

/* How soon a full disk is tried again, in ms. */
#define RETRY 1000
/* What was written is dropped from the buffer only when it is worth the copying. */
#define DROP (64 * 1024)

/* A descriptor that is waited for; a regular file is always ready, and cannot be. */
struct end {
	int fd;	   /* -1: there is none */
	int flags; /* its status flags as they were */
	bool polled;
	uv_poll_t poll;
};

struct lineio {
	struct end in, out;
	bool shared; /* one socket for both: in.poll waits for both */
	uv_idle_t file;
	uv_timer_t retry;
	int handles; /* not yet closed */
	struct linecutter lines;
	struct buf output;
	size_t sent; /* of output */
	bool reading, ended, gone, full, closing;
	const struct lineio_events *events;
	void *arg;
};

static void on_closed(uv_handle_t *handle)
{
	struct lineio *io = handle->data;

	if (--io->handles)
		return;
	linecutter_free(&io->lines);
	buf_free(&io->output);
	free(io);
}

static void end_give_back(struct end *end)
{
	if (end->fd < 0)
		return;
	if (end->fd > 2)
		close(end->fd);
	else
		fcntl(end->fd, F_SETFL, end->flags);
}

void lineio_close(struct lineio *io)
{
	if (!io || io->closing)
		return;
	io->closing = true;
	io->handles = 2 + io->in.polled + io->out.polled;
	uv_close((uv_handle_t *)&io->file, on_closed);
	uv_close((uv_handle_t *)&io->retry, on_closed);
	if (io->in.polled)
		uv_close((uv_handle_t *)&io->in.poll, on_closed);
	if (io->out.polled)
		uv_close((uv_handle_t *)&io->out.poll, on_closed);
	end_give_back(&io->in);
	if (!io->shared)
		end_give_back(&io->out);
}

static void on_line(void *arg, const char *data, size_t len)
{
	struct lineio *io = arg;

	if (!io->closing && io->events->line)
		io->events->line(io->arg, data, len);
}

static void watch(struct lineio *io);

static void read_some(struct lineio *io)
{
	static char data[64 * 1024]; /* one is read at a time */
	ssize_t n = read(io->in.fd, data, sizeof(data));

	if (n > 0) {
		linecutter_feed(&io->lines, data, (size_t)n);
	} else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
		io->ended = true;
		linecutter_end(&io->lines);
		if (!io->closing && io->events->ended)
			io->events->ended(io->arg);
	}
	watch(io);
}

static void on_retry(uv_timer_t *timer);

/* Room may come back on a disk; what else is full, such as /dev/full, stays so. */
static bool may_have_room(int fd, int error)
{
	struct stat st;

	return (error == ENOSPC || error == EDQUOT) && !fstat(fd, &st) && S_ISREG(st.st_mode);
}

static void trouble(struct lineio *io, int error)
{
	bool first = !io->gone && !io->full;

	io->full = may_have_room(io->out.fd, error);
	io->gone = !io->full;
	if (io->full)
		uv_timer_start(&io->retry, on_retry, RETRY, 0);
	else
		io->sent = io->output.len;
	if (first && io->events->trouble)
		io->events->trouble(io->arg, error, io->full);
}

/* Writes what it can. */
static void write_some(struct lineio *io)
{
	while (lineio_unwritten(io)) {
		ssize_t n =
		    write(io->out.fd, io->output.data + io->sent, io->output.len - io->sent);

		if (n >= 0)
			io->sent += (size_t)n;
		else if (errno == EAGAIN)
			break;
		else if (errno != EINTR) {
			trouble(io, errno);
			break;
		} else
			continue;
		io->full = false;
	}
	if (io->sent > DROP || io->sent == io->output.len) {
		buf_drop(&io->output, io->sent);
		io->sent = 0;
	}
}

/* Writes what has waited. */
static void write_on(struct lineio *io)
{
	write_some(io);
	if (!io->closing && !lineio_unwritten(io) && io->events->written)
		io->events->written(io->arg);
}

static void on_retry(uv_timer_t *timer)
{
	struct lineio *io = timer->data;

	write_on(io);
	watch(io);
}

static void on_ready(uv_poll_t *poll, int status, int events)
{
	struct lineio *io = poll->data;
	bool in = poll == &io->in.poll && io->reading && !io->ended,
	     out = (poll == &io->out.poll || io->shared) && lineio_unwritten(io) && !io->full;

	/* an error is what read(2) and write(2) say of it */
	if (out && (status < 0 || events & UV_WRITABLE))
		write_on(io);
	if (in && !io->closing && (status < 0 || events & (UV_READABLE | UV_DISCONNECT)))
		read_some(io);
	watch(io);
}

static void on_file(uv_idle_t *idle)
{
	read_some(idle->data);
}

static void poll_for(struct end *end, int events)
{
	if (!end->polled)
		return;
	if (events)
		uv_poll_start(&end->poll, events, on_ready);
	else
		uv_poll_stop(&end->poll);
}

/* Waits for what is wanted now. */
static void watch(struct lineio *io)
{
	bool read = io->reading && !io->ended;
	int in = read ? UV_READABLE : 0, out = lineio_unwritten(io) && !io->full ? UV_WRITABLE : 0;

	if (io->closing)
		return;
	poll_for(&io->in, io->shared ? in | out : in);
	if (!io->shared)
		poll_for(&io->out, out);
	if (read && !io->in.polled)
		uv_idle_start(&io->file, on_file);
	else
		uv_idle_stop(&io->file);
}

static int end_open(struct end *end, uv_loop_t *loop, int fd, void *data)
{
	struct stat st;
	int error;

	*end = (struct end){.fd = fd, .flags = fd < 0 ? 0 : fcntl(fd, F_GETFL)};
	if (fd < 0)
		return 0;
	if (fstat(fd, &st))
		return errno;
	error = uv_poll_init(loop, &end->poll, fd);
	end->polled = !error;
	end->poll.data = data;
	/* what cannot be polled is always ready, such as a file or /dev/null; a directory is not */
	return S_ISDIR(st.st_mode) ? EISDIR : error == UV_EPERM ? 0 : -error;
}

struct lineio *lineio_new(
    uv_loop_t *loop, int in, int out, const struct lineio_events *events, void *arg, int *error)
{
	struct lineio *io = xcalloc(1, sizeof(*io));

	io->events = events;
	io->arg = arg;
	io->shared = in >= 0 && in == out;
	io->output = (struct buf)BUF_INIT(SIZE_MAX / 4);
	linecutter_init(&io->lines, on_line, io);
	uv_idle_init(loop, &io->file);
	uv_timer_init(loop, &io->retry);
	io->file.data = io->retry.data = io;
	*error = end_open(&io->in, loop, in, io);
	if (!*error)
		*error = end_open(&io->out, loop, io->shared ? -1 : out, io);
	io->out.fd = out;
	if (!*error)
		return io;
	io->in.fd = io->out.fd = -1;
	lineio_close(io);
	return NULL;
}

void lineio_read(struct lineio *io, bool on)
{
	if (io->reading == on)
		return;
	io->reading = on;
	watch(io);
}

void lineio_write(struct lineio *io, const char *data, size_t len)
{
	if (io->gone || io->closing || io->out.fd < 0)
		return;
	buf_add(&io->output, data, len);
	if (!io->full)
		write_some(io);
	watch(io);
}

size_t lineio_unwritten(const struct lineio *io)
{
	return io->output.len - io->sent;
}
