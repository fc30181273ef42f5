/* SPDX-License-Identifier: MIT */
/* One run of a handler: spawn, capture, deadline, process group. */
#include "config.h"

#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "capture.h"
#include "diagnose.h"

/* How long we wait for pipes that a child of the handler keeps open, in ms. */
#define DRAIN 1000

extern char **environ;

struct output {
	uv_pipe_t pipe;
	struct capture capture;
	bool ended;
};

struct process {
	pid_t pid;
	uv_signal_t child; /* SIGCHLD */
	uv_timer_t timer;  /* the deadline; then the grace; then the drain */
	struct output out, err;
	uint64_t started, ended;
	long kill_after;
	bool reaped, closing;
	int handles; /* not yet closed */
	struct process_result result;
	process_done *done;
	void *arg;
};

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

static bool same_name(const char *a, const char *b)
{
	size_t len = strcspn(a, "=");

	return len == strcspn(b, "=") && !strncmp(a, b, len);
}

static bool overridden(const char *entry, const struct strlist *by)
{
	for (size_t i = 0; by && i < by->n; i++)
		if (same_name(entry, by->v[i]))
			return true;
	return false;
}

/* Our environment, then env, then env_more; of one name only the last. Borrows its strings. */
static char **make_environment(const struct process_options *o)
{
	size_t n = 0, ours = 0,
	       count = (o->env ? o->env->n : 0) + (o->env_more ? o->env_more->n : 0);
	char **env;

	while (environ[ours])
		ours++;
	env = xcalloc(ours + count + 1, sizeof(*env));
	for (size_t i = 0; i < ours; i++)
		if (!overridden(environ[i], o->env) && !overridden(environ[i], o->env_more))
			env[n++] = environ[i];
	for (size_t i = 0; o->env && i < o->env->n; i++)
		if (strchr(o->env->v[i], '=') && !overridden(o->env->v[i], o->env_more))
			env[n++] = o->env->v[i];
	for (size_t i = 0; o->env_more && i < o->env_more->n; i++)
		env[n++] = o->env_more->v[i];
	return env;
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
	free(p);
}

static void close_all(struct process *p)
{
	if (p->closing)
		return;
	p->closing = true;
	p->handles = 4;
	uv_close((uv_handle_t *)&p->child, on_closed);
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

static void on_child(uv_signal_t *handle, int signal)
{
	struct process *p = handle->data;
	int status;

	(void)signal;
	if (p->reaped || waitpid(p->pid, &status, WNOHANG) != p->pid)
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
	int error = uv_pipe(ends, UV_NONBLOCK_PIPE, 0);

	uv_pipe_init(loop, &output->pipe, 0);
	output->pipe.data = p;
	*child_end = -1;
	if (error)
		return error;
	*child_end = ends[1];
	return uv_pipe_open(&output->pipe, ends[0]);
}

/*
 * A pipe that holds all of the input already, and its end: what a pipe takes at once (64 KiB on
 * Linux) is far more than any dialect has to say. The end to read from, or -1.
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
	return -1;
}

/* All that a child must not have from us: signals that are ignored or blocked, our session. */
static int set_attributes(posix_spawnattr_t *attributes)
{
	sigset_t all, none;
#ifdef POSIX_SPAWN_SETSID
	short flags = POSIX_SPAWN_SETSID;
#else
	short flags = POSIX_SPAWN_SETPGROUP;
#endif

	sigfillset(&all);
	sigemptyset(&none);
	posix_spawnattr_setsigdefault(attributes, &all);
	posix_spawnattr_setsigmask(attributes, &none);
	return posix_spawnattr_setflags(
	    attributes, flags | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
}

static int set_files(posix_spawn_file_actions_t *actions, const int fds[3])
{
	int error = fds[0] < 0
			? posix_spawn_file_actions_addopen(actions, 0, "/dev/null", O_RDONLY, 0)
			: posix_spawn_file_actions_adddup2(actions, fds[0], 0);

	for (int fd = 1; fd < 3 && !error; fd++)
		error = posix_spawn_file_actions_adddup2(actions, fds[fd], fd);
	return error;
}

/* posix_spawn(3) with our umask and working directory as the child shall have them. */
static int spawn_in(struct process *p, const struct process_options *o,
    const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *attributes)
{
	int here = o->cwd ? open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1, error = 0;
	char **env = make_environment(o);
	mode_t before = umask(o->umask);

	if (o->cwd && chdir(o->cwd))
		error = errno;
	if (!error)
		error = posix_spawn(&p->pid, o->argv[0], actions, attributes, o->argv, env);
	umask(before);
	if (here >= 0) {
		if (fchdir(here))
			error = error ? error : errno;
		close(here);
	}
	free(env);
	return error;
}

/* Not uv_spawn(): its fork(2) costs as much as a small handler, and scripts without "#!" would be
 * given to a shell. */
static int spawn(struct process *p, const struct process_options *o, const int fds[3])
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int error = posix_spawn_file_actions_init(&actions);

	if (error)
		return error;
	error = posix_spawnattr_init(&attributes);
	if (!error) {
		error = set_attributes(&attributes);
		if (!error)
			error = set_files(&actions, fds);
		if (!error)
			error = spawn_in(p, o, &actions, &attributes);
		posix_spawnattr_destroy(&attributes);
	}
	posix_spawn_file_actions_destroy(&actions);
	return error;
}

struct process *process_start(uv_loop_t *loop, const struct process_options *o, process_done *done,
    void *arg, struct error *error)
{
	struct process *p = xcalloc(1, sizeof(*p));
	int fds[3] = {-1, -1, -1}, status;

	p->arg = arg;
	p->kill_after = o->kill_after;
	p->started = uv_hrtime();
	p->timer.data = p->child.data = p;
	uv_timer_init(loop, &p->timer);
	uv_signal_init(loop, &p->child);
	uv_signal_start(&p->child, on_child, SIGCHLD);
	status = -open_pipe(loop, p, &p->out, &fds[1]);
	status = -open_pipe(loop, p, &p->err, &fds[2]) ?: status;
	if (o->input && (fds[0] = open_input(o->input)) < 0)
		status = ENOBUFS;
	if (!status)
		status = spawn(p, o, fds);
	for (size_t i = 0; i < nitems(fds); i++)
		if (fds[i] >= 0)
			close(fds[i]);
	if (status) {
		diagnose(o->argv[0], o->cwd, status, error);
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
