/* SPDX-License-Identifier: MIT */
/* acmehook-verify: questions about challenges on standard input, verdicts on standard output. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
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
#include "verify/options.h"
#include "privileges.h"
#include "verify/question.h"
#include "sandbox.h"
#include "verify/vantage.h"

/* Replies wait that long for somebody to read them. */
#define OUTPUT_MAX (256 * 1024 * 1024)

struct verifier {
	uv_loop_t loop;
	struct check common; /* what the options say of all questions */
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

/* A file has all of it at once: what would only wait here can wait there. */
static void read_file(struct verifier *v)
{
	while (read_input(v))
		do
			uv_run(&v->loop, checks_are_busy(&v->checks) ? UV_RUN_ONCE : UV_RUN_NOWAIT);
		while (checks_are_busy(&v->checks));
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
		read_file(v);
}

static void finish(struct verifier *v)
{
	checks_free(&v->checks);
	question_free(&v->common);
	if (v->out_polled)
		uv_close((uv_handle_t *)&v->out, NULL);
	uv_close((uv_handle_t *)&v->flush, NULL);
	uv_run(&v->loop, UV_RUN_DEFAULT);
	uv_loop_close(&v->loop);
	linecutter_free(&v->lines);
	buf_free(&v->pending);
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

/* Whatever it is: the sentence on standard error, and the status. */
static int fail(const struct error *error)
{
	fprintf(stderr, "acmehook-verify: %s\n", error->text);
	return failure_status(error->failure);
}

/* Answers what is asked on standard input, to its end. */
static int answer(struct verifier *v, const struct sandbox_needs *needs)
{
	struct addresses resolvers = {0};
	struct sandbox sandbox = {0};
	struct error error = {0};

	linecutter_init(&v->lines, take_line, v);
	if (uv_loop_init(&v->loop) || !checks_init(&v->checks, &v->loop, &v->common, &v->pending)) {
		error_set(&error, FAILURE_STOPPED, "cannot start: %s", strerror(errno));
		return fail(&error);
	}
	servers_read(&resolvers, SERVERS_FILE); /* while it is sure that we can */
	addresses_free(&resolvers);
	vantage_look(); /* the sandbox has no sockets for that */
	sandbox_enter(&sandbox, needs);
	start(v);
	do {
		uv_run(&v->loop, UV_RUN_DEFAULT);
		write_pending(v);
	} while (v->pending.len);
	finish(v);
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	static struct verifier v;
	const struct sandbox_needs needs = {.resolvers = SERVERS_FILE};
	struct sandbox sandbox = {0};
	struct error error = {0};
	enum wish wish;

	v.pending = (struct buf)BUF_INIT(OUTPUT_MAX);
	open_standard_files();
	question_init(&v.common);
	wish = verify_options_read(argc, argv, &v.common, &error);
	if (wish == WISH_NONE)
		return fail(&error);
	if (wish == WISH_HELP) {
		verify_options_help(stdout);
		return EXIT_SUCCESS;
	}
	signal(SIGPIPE, SIG_IGN);
	if (!privileges_drop(VERIFY_USER, &error))
		return fail(&error);
	if (wish == WISH_VERSION) {
		sandbox_enter(&sandbox, &needs);
		return print_version(&sandbox);
	}
	return answer(&v, &needs);
}
