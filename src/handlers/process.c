/* SPDX-License-Identifier: MIT */
/* One run of a handler: spawn, capture, deadline, process group. */
#include "config.h"

#include "handlers/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "handlers/capture.h"
#include "handlers/diagnose.h"
#include "handlers/environment.h"
#include "handlers/launch.h"
#include "trust.h"

/* How long we wait for pipes that a child of the handler keeps open, in ms. */
#define DRAIN 1000

struct output {
	uv_pipe_t pipe;
	struct capture capture;
	bool ended;
};

struct process {
	struct process *next; /* among those that are watched */
	pid_t pid;
	uv_timer_t timer; /* the deadline; then the grace; then the drain */
	struct output out, err;
	uint64_t started, ended;
	long kill_after;
	bool reaped, closing;
	int handles; /* not yet closed */
	struct process_result result;
	process_done *done;
	void *arg;
};

/* SIGCHLD, for all that run: it does not say whose it is. NULL while none does. */
struct watch {
	uv_signal_t signal;
	struct process *first;
};
static struct watch *watch;

void process_clean_start(void)
{
	sigset_t none;
	int fd;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_IGN);
	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd < 3);
	if (fd >= 0)
		close(fd);
#ifdef HAVE_CLOSE_RANGE
	if (!close_range(3, ~0u, CLOSE_RANGE_CLOEXEC))
		return;
#endif
	for (fd = 3; fd < (int)sysconf(_SC_OPEN_MAX); fd++)
		fcntl(fd, F_SETFD, FD_CLOEXEC);
}

static void on_watch_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static void unwatch(const struct process *p)
{
	struct process **link = &watch->first;

	while (*link != p)
		link = &(*link)->next;
	*link = p->next;
	if (watch->first)
		return;
	uv_close((uv_handle_t *)&watch->signal, on_watch_closed);
	watch = NULL;
}

static void on_closed(uv_handle_t *handle)
{
	struct process *p = handle->data;
	struct process_result result;

	if (--p->handles)
		return;
	result = p->result;
	result.ms = (long)((p->ended - p->started) / 1000000);
	result.out = capture_text(&p->out.capture);
	result.err = capture_text(&p->err.capture);
	result.truncated = capture_truncated(&p->out.capture) || capture_truncated(&p->err.capture);
	capture_free(&p->out.capture);
	capture_free(&p->err.capture);
	if (p->done)
		p->done(p->arg, &result);
	else
		process_result_free(&result);
	unwatch(p); /* now, not before: the next one may have been started by done() */
	free(p);
}

static void close_all(struct process *p)
{
	if (p->closing)
		return;
	p->closing = true;
	p->handles = 3;
	uv_close((uv_handle_t *)&p->timer, on_closed);
	uv_close((uv_handle_t *)&p->out.pipe, on_closed);
	uv_close((uv_handle_t *)&p->err.pipe, on_closed);
}

static void maybe_done(struct process *p)
{
	if (p->reaped && p->out.ended && p->err.ended)
		close_all(p);
}

static void on_drained(uv_timer_t *timer)
{
	close_all(timer->data);
}

static void reap(struct process *p)
{
	int status;

	if (p->reaped || p->closing || waitpid(p->pid, &status, WNOHANG) != p->pid)
		return;
	p->ended = uv_hrtime();
	p->reaped = true;
	p->result.exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	p->result.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	if (p->result.timed_out || p->result.stopped) /* whoever of its group is left */
		kill(-p->pid, SIGKILL);
	uv_timer_start(&p->timer, on_drained, DRAIN, 0);
	maybe_done(p);
}

static void on_child(uv_signal_t *handle, int signal)
{
	const struct watch *w = handle->data;

	(void)signal;
	for (struct process *p = w->first; p; p = p->next)
		reap(p);
}

static void watch_end_of(struct process *p, uv_loop_t *loop)
{
	if (!watch) {
		watch = xcalloc(1, sizeof(*watch));
		watch->signal.data = watch;
		uv_signal_init(loop, &watch->signal);
		uv_signal_start(&watch->signal, on_child, SIGCHLD);
	}
	p->next = watch->first;
	watch->first = p;
}

static void on_grace_over(uv_timer_t *timer)
{
	struct process *p = timer->data;

	kill(-p->pid, SIGKILL);
}

static void terminate(struct process *p)
{
	kill(-p->pid, SIGTERM);
	uv_timer_start(&p->timer, on_grace_over, (uint64_t)p->kill_after, 0);
}

static void on_deadline(uv_timer_t *timer)
{
	struct process *p = timer->data;

	p->result.timed_out = true;
	terminate(p);
}

void process_stop(struct process *p)
{
	if (p->reaped || p->result.stopped || p->result.timed_out)
		return;
	p->result.stopped = true;
	terminate(p);
}

static void on_alloc(uv_handle_t *handle, size_t size, uv_buf_t *buf)
{
	static char data[64 * 1024]; /* libuv reads one pipe at a time */

	(void)handle;
	(void)size;
	*buf = uv_buf_init(data, sizeof(data));
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	struct process *p = stream->data;
	struct output *output = stream == (uv_stream_t *)&p->out.pipe ? &p->out : &p->err;

	if (n > 0)
		capture_add(&output->capture, buf->base, (size_t)n);
	if (n >= 0)
		return;
	output->ended = true;
	uv_read_stop(stream);
	maybe_done(p);
}

/* A real pipe: hooks open /dev/stderr, which a socket does not survive. Ours is the read end. */
static int open_pipe(uv_loop_t *loop, struct process *p, struct output *output, int *child_end)
{
	uv_file ends[2];
	int error = uv_pipe(ends, 0, 0); /* uv_pipe_open() makes its end non-blocking */

	uv_pipe_init(loop, &output->pipe, 0);
	output->pipe.data = p;
	*child_end = -1;
	if (error)
		return error;
	*child_end = ends[1];
	return uv_pipe_open(&output->pipe, ends[0]);
}

/* A file without a name that holds it. */
static int open_input_file(const char *input, size_t len)
{
	FILE *file = tmpfile();
	int fd = -1;

	if (file && fwrite(input, 1, len, file) == len && !fflush(file))
		fd = fcntl(fileno(file), F_DUPFD_CLOEXEC, 3);
	if (file)
		fclose(file);
	if (fd >= 0)
		lseek(fd, 0, SEEK_SET);
	return fd;
}

/*
 * A pipe that holds all of the input already, and its end: what a pipe takes at once (64 KiB on
 * Linux) is far more than any dialect has to say; for more there is a file. The end to read from,
 * or -1.
 */
static int open_input(const char *input)
{
	size_t len = strlen(input);
	uv_file ends[2];
	bool all;

	if (uv_pipe(ends, 0, UV_NONBLOCK_PIPE))
		return -1;
	all = write(ends[1], input, len) == (ssize_t)len;
	close(ends[1]);
	if (all)
		return ends[0];
	close(ends[0]);
	return open_input_file(input, len);
}

/* What has to be known, and to be in order, before a handler can be started. */
struct plan {
	struct account account;
	struct strlist file_env;
};

static bool plan(struct plan *plan, const struct process_options *o, struct error *error)
{
	if (!account_find(&plan->account, o->user, error))
		return false;
	if (o->env_file && !environment_read(&plan->file_env, o->env_file, error))
		return false;
	return diagnose_handler(o->argv[0], o->handler, o->interpreted, plan->account.uid, error);
}

static void plan_free(struct plan *plan)
{
	account_free(&plan->account);
	strlist_free(&plan->file_env);
}

static int start(
    struct process *p, const struct process_options *o, const struct plan *plan, const int fds[3])
{
	const struct strlist *layers[] = {&plan->account.env, o->env, &plan->file_env, o->env_more};
	char **env = environment_make(layers, nitems(layers));
	const struct launch options = {
	    .argv = o->argv,
	    .env = env,
	    .cwd = o->cwd,
	    .umask = o->umask,
	    .fds = fds,
	    .account = &plan->account,
	};
	int error = launch(&p->pid, &options);

	free(env);
	return error;
}

/* Why it could not be started. */
static void explain(const struct process_options *o, int status, struct error *error)
{
	if (status == EACCES && o->user && geteuid() == 0)
		error_set(error, FAILURE_USAGE,
		    "%s: user %s must not execute it, or not reach it%s%s; try: namei -l %s",
		    o->argv[0], o->user, o->cwd ? ", or not work in " : "", o->cwd ? o->cwd : "",
		    o->argv[0]);
	diagnose(o->argv[0], o->cwd, status, error);
}

struct process *process_start(uv_loop_t *loop, const struct process_options *o, process_done *done,
    void *arg, struct error *error)
{
	struct plan needs = {0};
	int fds[3] = {-1, -1, -1}, status, second;
	struct process *p;

	if (!plan(&needs, o, error)) {
		plan_free(&needs);
		return NULL;
	}
	p = xcalloc(1, sizeof(*p));
	p->arg = arg;
	p->kill_after = o->kill_after;
	p->started = uv_hrtime();
	p->timer.data = p;
	uv_timer_init(loop, &p->timer);
	watch_end_of(p, loop);
	status = open_pipe(loop, p, &p->out, &fds[1]);
	second = open_pipe(loop, p, &p->err, &fds[2]);
	status = -(status ? status : second);
	if (o->input && (fds[0] = open_input(o->input)) < 0)
		status = ENOBUFS;
	if (!status)
		status = start(p, o, &needs, fds);
	for (size_t i = 0; i < nitems(fds); i++)
		if (fds[i] >= 0)
			close(fds[i]);
	plan_free(&needs);
	if (status) {
		explain(o, status, error);
		close_all(p);
		return NULL;
	}
	p->done = done;
	uv_timer_start(&p->timer, on_deadline, (uint64_t)o->timeout, 0);
	uv_read_start((uv_stream_t *)&p->out.pipe, on_alloc, on_read);
	uv_read_start((uv_stream_t *)&p->err.pipe, on_alloc, on_read);
	return p;
}

void process_result_free(struct process_result *result)
{
	free(result->out);
	free(result->err);
	result->out = result->err = NULL;
}
