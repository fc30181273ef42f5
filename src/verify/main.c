/* SPDX-License-Identifier: MIT */
/* acmehook-verify: questions about challenges on standard input, verdicts on standard output. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <uv.h>

#include "buf.h"
#include "verify/check.h"
#include "error.h"
#include "jsonline.h"
#include "verify/dns/servers.h"
#include "privileges.h"
#include "sandbox.h"
#include "verify/vantage.h"

/* Replies wait that long for somebody to read them. */
#define OUTPUT_MAX (256 * 1024 * 1024)

struct verifier {
	uv_loop_t loop;
	struct checks checks;
	struct linecutter lines;
	uv_poll_t in, out;
	uv_prepare_t flush;
	bool in_polled, out_polled; /* files cannot be polled, and need not be */
	struct buf pending;	    /* replies that are not written yet */
	bool blocked;		    /* until the reader takes more */
};

static void out_ready(uv_poll_t *poll, int status, int events);

/* Nobody will read what we find out: there is nothing more to do. */
static void reader_is_gone(void)
{
	_exit(EXIT_FAILURE);
}

/* While everything is written only the end of the reader is of interest, and keeps nobody waiting.
 */
static void watch_output(struct verifier *v)
{
	if (!v->out_polled)
		return;
	uv_poll_start(&v->out, UV_DISCONNECT | (v->blocked ? UV_WRITABLE : 0), out_ready);
	if (v->blocked)
		uv_ref((uv_handle_t *)&v->out);
	else
		uv_unref((uv_handle_t *)&v->out);
}

static void write_pending(struct verifier *v)
{
	ssize_t n = 0;

	while (v->pending.len && (n >= 0 || errno == EINTR)) {
		n = write(STDOUT_FILENO, v->pending.data, v->pending.len);
		if (n > 0)
			buf_drop(&v->pending, (size_t)n);
	}
	if (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK)
		reader_is_gone();
	if (v->blocked != (v->pending.len > 0)) {
		v->blocked = !v->blocked;
		watch_output(v);
	}
}

static void out_ready(uv_poll_t *poll, int status, int events)
{
	struct verifier *v = poll->data;

	if (status < 0 || (events & UV_DISCONNECT))
		reader_is_gone();
	write_pending(v);
}

/* What was said since the last time goes out before anything is waited for, at once. */
static void on_flush(uv_prepare_t *flush)
{
	struct verifier *v = flush->data;

	if (v->pending.overflow)
		reader_is_gone();
	if (v->pending.len && !v->blocked)
		write_pending(v);
}

static void take_line(void *arg, const char *data, size_t len)
{
	struct verifier *v = arg;

	checks_line(&v->checks, data, len);
}

/* Reads once. False at the end of the input, or when it cannot be read. */
static bool read_input(struct verifier *v)
{
	char data[4096]; /* answers are taken in between, so that they do not pile up */
	ssize_t n = read(STDIN_FILENO, data, sizeof(data));

	if (n > 0)
		linecutter_feed(&v->lines, data, (size_t)n);
	if (n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR)))
		return true;
	linecutter_end(&v->lines);
	return false;
}

static void in_ready(uv_poll_t *poll, int status, int events)
{
	struct verifier *v = poll->data;

	(void)status;
	(void)events;
	if (!read_input(v))
		uv_close((uv_handle_t *)poll, NULL);
}

static void start(struct verifier *v)
{
	v->out_polled = uv_poll_init(&v->loop, &v->out, STDOUT_FILENO) == 0;
	v->out.data = v;
	watch_output(v);
	uv_prepare_init(&v->loop, &v->flush);
	uv_prepare_start(&v->flush, on_flush);
	uv_unref((uv_handle_t *)&v->flush);
	v->flush.data = v;
	v->in_polled = uv_poll_init(&v->loop, &v->in, STDIN_FILENO) == 0;
	v->in.data = v;
	if (v->in_polled)
		uv_poll_start(&v->in, UV_READABLE | UV_DISCONNECT, in_ready);
	else
		while (read_input(v))
			uv_run(&v->loop, UV_RUN_NOWAIT);
}

static void finish(struct verifier *v)
{
	checks_free(&v->checks);
	if (v->out_polled)
		uv_close((uv_handle_t *)&v->out, NULL);
	uv_close((uv_handle_t *)&v->flush, NULL);
	uv_run(&v->loop, UV_RUN_DEFAULT);
	uv_loop_close(&v->loop);
	linecutter_free(&v->lines);
	buf_free(&v->pending);
}

static void usage(FILE *f)
{
	fputs("usage: acmehook-verify [--help | --version]\n"
	      "Reads questions about ACME challenges from standard input, one JSON object a line,\n"
	      "and writes what it finds to standard output. See acmehook-verify(8).\n",
	    f);
}

/* Is only the version wanted? */
static bool read_options(int argc, char **argv)
{
	static const struct option options[] = {
	    {"help", no_argument, NULL, 'h'},
	    {"version", no_argument, NULL, 'V'},
	    {0},
	};
	int c = getopt_long(argc, argv, "hV", options, NULL);

	if (c == 'h') {
		usage(stdout);
		exit(EXIT_SUCCESS);
	}
	if (c == 'V')
		return true;
	if (c != -1 || optind < argc) {
		usage(stderr);
		exit(failure_status(FAILURE_USAGE));
	}
	return false;
}

/* The version, and what of the sandbox there is on this system. */
static int print_version(const struct sandbox *s)
{
	puts("acmehook-verify " PACKAGE_VERSION);
	printf("sandbox: limits %s, Landlock %s", s->limits ? "yes" : "no",
	    s->landlock ? "yes" : "no");
	if (s->landlock)
		printf(" (version %d)", s->landlock);
	printf(", seccomp %s\n", s->seccomp ? "yes" : "no");
	return EXIT_SUCCESS;
}

/* A descriptor of ours must not be taken for a standard one that we were started without. */
static void open_standard_files(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	close(fd);
}

int main(int argc, char **argv)
{
	static struct verifier v;
	struct addresses resolvers = {0};
	const struct sandbox_needs needs = {.resolvers = SERVERS_FILE};
	struct sandbox sandbox = {0};
	struct error error = {0};
	bool version;

	v.pending = (struct buf)BUF_INIT(OUTPUT_MAX);
	open_standard_files();
	version = read_options(argc, argv);
	signal(SIGPIPE, SIG_IGN);
	if (!privileges_drop(VERIFY_USER, &error)) {
		fprintf(stderr, "acmehook-verify: %s\n", error.text);
		return failure_status(error.failure);
	}
	if (version) {
		sandbox_enter(&sandbox, &needs);
		return print_version(&sandbox);
	}
	linecutter_init(&v.lines, take_line, &v);
	if (uv_loop_init(&v.loop) || !checks_init(&v.checks, &v.loop, &v.pending)) {
		fprintf(stderr, "acmehook-verify: cannot start: %s\n", strerror(errno));
		return failure_status(FAILURE_STOPPED);
	}
	servers_read(&resolvers, SERVERS_FILE); /* while it is sure that we can */
	addresses_free(&resolvers);
	vantage_look(); /* the sandbox has no sockets for that */
	sandbox_enter(&sandbox, &needs);
	start(&v);
	do {
		uv_run(&v.loop, UV_RUN_DEFAULT);
		write_pending(&v);
	} while (v.pending.len);
	finish(&v);
	return EXIT_SUCCESS;
}
