/* SPDX-License-Identifier: MIT */
/* Handlers that are no programs: somebody who is told by a text and answers with a line. */
#include "config.h"

#include "handlers/talk.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "jsonline.h"
#include "handlers/lineio.h"
#include "trust.h"

/* How often a FIFO is tried that nobody reads yet, in ms. */
#define OPEN_INTERVAL 50

/* One thing that is said. */
struct remark {
	struct remark *next;
	struct partner *partner;
	char *text;
	bool awaited;
	long timeout;
	uint64_t started; /* ms */
	process_done *done;
	void *arg;
};

struct partner {
	struct partner *next;
	uv_loop_t *loop;
	char *address;
	struct lineio *io;	   /* NULL: not open */
	bool deaf;		   /* there will be no answers any more */
	bool over;		   /* cannot be opened once more */
	struct remark *first;	   /* the first is being said */
	bool saying;		   /* it has been said, its answer is waited for */
	uv_timer_t wake, deadline; /* to say the next one; for its answer */
	int handles;
};

static void on_wake(uv_timer_t *timer);

/* --- the end of a remark */

static void remark_free(struct remark *r)
{
	free(r->text);
	free(r);
}

static void next(struct partner *p)
{
	uv_timer_stop(&p->deadline);
	p->saying = false;
	if (p->io)
		lineio_read(p->io, false);
	if (p->first)
		uv_timer_start(&p->wake, on_wake, 0, 0);
}

static void take_out(struct remark *r)
{
	struct partner *p = r->partner;
	struct remark **link = &p->first;
	bool was_first = p->first == r;

	while (*link != r)
		link = &(*link)->next;
	*link = r->next;
	if (was_first)
		next(p);
}

/* result: its texts are taken over. */
static void answer(struct remark *r, struct process_result *result)
{
	result->ms = (long)(uv_now(r->partner->loop) - r->started);
	result->out = result->out ? result->out : xstrdup("");
	result->err = result->err ? result->err : xstrdup("");
	take_out(r);
	r->done(r->arg, result);
	remark_free(r);
}

static void refuse(struct remark *r, enum failure failure, const char *sentence)
{
	struct process_result result = {.exit_status = 1,
	    .failure = failure,
	    .timed_out = failure == FAILURE_HANDLER_TIMEOUT,
	    .err = xstrdup(sentence)};

	answer(r, &result);
}

/* After a failure an answer may still come, which would be taken for that of the next remark. */
static void hang_up(struct partner *p)
{
	lineio_close(p->io);
	p->io = NULL;
	p->over = !strcmp(p->address, STDIO) || !strncmp(p->address, "fd:", 3);
}

/* What is being said fails, with a sentence. */
__attribute__((format(printf, 3, 4))) static void fail(
    struct partner *p, enum failure failure, const char *format, ...)
{
	struct error error = {0};
	char *text;
	va_list ap;

	va_start(ap, format);
	if (vasprintf(&text, format, ap) >= 0) {
		error_set(&error, failure, "%s: %s", p->address, text);
		free(text);
	}
	va_end(ap);
	if (p->io)
		hang_up(p);
	if (p->first)
		refuse(p->first, failure, error.text);
}

/* --- what is heard */

/* "{"ok": true}", "{"ok": false, "error": "..."}"; as for certbot-external-auth any other line,
 * such as an empty one, says that it is done. */
static void hear(struct remark *r, const char *line, size_t len)
{
	const char *why = NULL, *error;
	struct json_object *o = *line == '{' ? jsonline_parse(line, len, &why) : NULL, *ok;
	struct process_result result = {.out = xstrndup(line, len)};
	char *sentence = NULL;

	error = o ? jsonline_string(o, "error") : NULL;
	if (*line == '{' && !o)
		sentence = xasprintf("the answer is not JSON: %s", why);
	else if (o && (!json_object_object_get_ex(o, "ok", &ok) ||
			  !json_object_is_type(ok, json_type_boolean)))
		sentence = xstrdup("the answer has no \"ok\" that is true or false");
	else if (o && !jsonline_bool(o, "ok"))
		sentence = xstrdup(error ? error : "it was refused, without a reason");
	else if (!strcmp(r->partner->address, TERMINAL) && (*line == 'q' || *line == 'Q'))
		sentence = xstrdup("given up at the terminal");
	json_object_put(o);
	if (sentence) {
		result.exit_status = 1;
		result.failure = FAILURE_HANDLER;
		result.err = xasprintf("%s: %s", r->partner->address, sentence);
		free(sentence);
	}
	answer(r, &result);
}

static void on_line(void *arg, const char *data, size_t len)
{
	struct partner *p = arg;

	if (!p->first || !p->saying || !p->first->awaited)
		return;
	if (data)
		hear(p->first, data, len);
	else
		fail(p, FAILURE_HANDLER, "the answer is longer than a line can be");
}

/* Standard output may have a reader all the same. */
static void on_ended(void *arg)
{
	struct partner *p = arg;
	bool stdio = !strcmp(p->address, STDIO);

	p->deaf = stdio;
	if (!stdio) {
		fail(p, FAILURE_HANDLER, "it ended before there was an answer");
	} else if (p->first) {
		refuse(p->first, FAILURE_HANDLER,
		    "stdin ended before there was an answer: without a handler (or with \"to = "
		    "json\") the client is told of the event, and answers; if a hook script is to "
		    "be called, set handler");
	}
}

static void on_written(void *arg)
{
	struct partner *p = arg;
	struct process_result result = {.exit_status = 0};

	if (p->first && p->saying && !p->first->awaited)
		answer(p->first, &result);
}

static void on_trouble(void *arg, int error, bool kept)
{
	(void)kept;
	fail(arg, FAILURE_HANDLER, "it cannot be written: %s", strerror(error));
}

static const struct lineio_events events = {
    .line = on_line, .ended = on_ended, .written = on_written, .trouble = on_trouble};

static void on_deadline(uv_timer_t *timer)
{
	struct partner *p = timer->data;

	fail(p, FAILURE_HANDLER_TIMEOUT, "there was no answer within %g s (--timeout)",
	    (double)p->first->timeout / 1000);
}

/* --- opening */

static bool set_unix_address(struct sockaddr_un *address, const char *path)
{
	*address = (struct sockaddr_un){.sun_family = AF_UNIX};
	if (!*path || strlen(path) >= sizeof(address->sun_path))
		return false;
	strcpy(address->sun_path, path);
	return true;
}

/* Both return an errno; EAGAIN: try again. */
static int open_unix(const char *path, int fds[2])
{
	struct sockaddr_un address;

	if (!set_unix_address(&address, path))
		return ENAMETOOLONG;
	fds[0] = fds[1] = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fds[0] < 0 || !connect(fds[0], (struct sockaddr *)&address, sizeof(address)))
		return fds[0] < 0 ? errno : 0;
	close(fds[0]);
	return errno;
}

/* What we read we open for writing, too: who answers may open and close it each time. */
static int open_fifos(const char *paths, int fds[2])
{
	const char *comma = strchr(paths, ',');
	char *in = xstrndup(paths, (size_t)(comma - paths));

	fds[1] = open(comma + 1, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	fds[0] = fds[1] < 0 ? -1 : open(in, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	free(in);
	if (fds[0] >= 0)
		return 0;
	if (fds[1] >= 0)
		close(fds[1]);
	return errno == ENXIO ? EAGAIN : errno;
}

static int open_terminal(int fds[2])
{
	/* in the background we hear EIO instead of being stopped for ever */
	signal(SIGTTIN, SIG_IGN);
	fds[0] = fds[1] = open(TERMINAL, O_RDWR | O_NOCTTY | O_CLOEXEC);
	return fds[0] < 0 ? errno : 0;
}

static int open_address(const char *address, int fds[2])
{
	if (!strcmp(address, STDIO)) {
		fds[0] = 0;
		fds[1] = 1;
		return 0;
	}
	if (!strcmp(address, TERMINAL))
		return open_terminal(fds);
	if (!strncmp(address, "unix:", 5))
		return open_unix(address + 5, fds);
	if (!strncmp(address, "fifo:", 5))
		return open_fifos(address + 5, fds);
	fds[0] = fds[1] = atoi(address + 3);
	return fcntl(fds[0], F_GETFD) < 0 ? EBADF : 0;
}

bool talk_address(const char *address, struct error *error)
{
	struct sockaddr_un scratch;
	const char *rest = address + 5, *comma = strchr(address, ',');

	if (!strncmp(address, "unix:", 5) && set_unix_address(&scratch, rest))
		return true;
	if (!strncmp(address, "fifo:", 5) && comma && comma > rest && comma[1])
		return true;
	if (!strncmp(address, "fd:", 3) && address[3] &&
	    !address[3 + strspn(address + 3, "0123456789")] && strlen(address) < 8)
		return true;
	return error_set(error, FAILURE_USAGE,
	    "channel: \"%s\" is none of unix:PATH, fifo:IN,OUT and fd:NUMBER", address);
}

static void cannot_open(struct partner *p, int error)
{
	if (!strcmp(p->address, TERMINAL))
		fail(p, FAILURE_USAGE,
		    "%s; somebody must be there to follow instructions: run the client in a "
		    "terminal, or give a handler",
		    strerror(error));
	else
		fail(p, FAILURE_USAGE, "%s", p->over ? "it was closed" : strerror(error));
}

bool talk_trusts(const char *address, struct error *error)
{
	const char *path = address + 5, *comma = strchr(address, ',');
	bool good = true;

	if (!strncmp(address, "unix:", 5))
		return trust_path(path, TRUST_CHANNEL, error);
	if (!strncmp(address, "fifo:", 5)) {
		char *in = xstrndup(path, (size_t)(comma - path));

		good = trust_path(in, TRUST_CHANNEL, error) &&
		       trust_path(comma + 1, TRUST_CHANNEL, error);
		free(in);
	}
	return good;
}

static void close_both(const int fds[2])
{
	close(fds[0]);
	if (fds[1] != fds[0])
		close(fds[1]);
}

static bool ready(struct partner *p)
{
	struct error why = {0};
	int fds[2], error;

	if (p->io)
		return true;
	error = p->over ? EPIPE : open_address(p->address, fds);
	if (error == EAGAIN) {
		uv_timer_start(&p->wake, on_wake, OPEN_INTERVAL, 0);
		return false;
	}
	/* nobody can have replaced since it was opened what is trusted now */
	if (!error && !talk_trusts(p->address, &why)) {
		close_both(fds);
		fail(p, why.failure, "%s", why.text);
		return false;
	}
	if (!error)
		p->io = lineio_new(p->loop, fds[0], fds[1], &events, p, &error);
	if (error)
		cannot_open(p, error);
	return !error;
}

/* --- saying */

static void on_wake(uv_timer_t *timer)
{
	struct partner *p = timer->data;
	struct remark *r = p->first;

	if (!r || p->saying)
		return;
	if (r->timeout && !uv_is_active((uv_handle_t *)&p->deadline))
		uv_timer_start(&p->deadline, on_deadline, (uint64_t)r->timeout, 0);
	if (!ready(p))
		return;
	p->saying = true;
	lineio_write(p->io, r->text, strlen(r->text));
	if (p->first != r) /* it could not be said */
		return;
	if (r->awaited && p->deaf)
		on_ended(p);
	else if (r->awaited)
		lineio_read(p->io, true);
	else if (!lineio_unwritten(p->io))
		on_written(p);
}

static struct partner *find(const struct partners *partners, const char *address)
{
	struct partner *p = partners->first;

	while (p && strcmp(p->address, address))
		p = p->next;
	return p;
}

static struct partner *partner_new(struct partners *partners, const char *address)
{
	struct partner *p = xcalloc(1, sizeof(*p));

	*p = (struct partner){
	    .next = partners->first, .loop = partners->loop, .address = xstrdup(address)};
	partners->first = p;
	uv_timer_init(p->loop, &p->wake);
	uv_timer_init(p->loop, &p->deadline);
	p->wake.data = p->deadline.data = p;
	return p;
}

struct remark *talk_say(struct partners *partners, const char *address, const char *text,
    bool awaited, long timeout, process_done *done, void *arg)
{
	struct partner *p = find(partners, address);
	struct remark *r = xcalloc(1, sizeof(*r)), **last;

	if (!p)
		p = partner_new(partners, address);
	*r = (struct remark){.partner = p,
	    .text = xstrdup(text),
	    .awaited = awaited,
	    .timeout = timeout,
	    .started = uv_now(p->loop),
	    .done = done,
	    .arg = arg};
	for (last = &p->first; *last;)
		last = &(*last)->next;
	*last = r;
	if (p->first == r)
		uv_timer_start(&p->wake, on_wake, 0, 0);
	return r;
}

void talk_stop(struct remark *r)
{
	if (r->partner->first == r && r->partner->io)
		hang_up(r->partner);
	refuse(r, FAILURE_STOPPED, "stopped before there was an answer");
}

void *talk_cancel(struct remark *r)
{
	void *arg = r->arg;

	take_out(r);
	remark_free(r);
	return arg;
}

void talk_show(struct partners *partners, const char *address, const char *line)
{
	struct partner *p = find(partners, address);

	if (p && p->io && !p->saying)
		lineio_write(p->io, line, strlen(line));
}

static void on_closed(uv_handle_t *handle)
{
	struct partner *p = handle->data;

	if (--p->handles)
		return;
	free(p->address);
	free(p);
}

void partners_close(struct partners *partners)
{
	struct partner *p;

	while ((p = partners->first)) {
		partners->first = p->next;
		lineio_close(p->io);
		p->handles = 2;
		uv_close((uv_handle_t *)&p->wake, on_closed);
		uv_close((uv_handle_t *)&p->deadline, on_closed);
	}
}

/* --- as a transport */

static void *start(const struct errand *errand, process_done *done, void *arg, struct error *error)
{
	const struct call *call = errand->call;
	const struct setting *timeout = view_get(errand->view, OPTION_TIMEOUT);
	/* a person takes as long as it takes, unless somebody says how long */
	bool patient =
	    !strcmp(call->argv.v[0], TERMINAL) &&
	    timeout == &errand->view->layer[nitems(errand->view->layer) - 1]->v[OPTION_TIMEOUT];

	(void)error;
	return talk_say(errand->partners, call->argv.v[0], call->input, call->awaited,
	    patient ? 0 : timeout->number, done, arg);
}

static void stop(void *run)
{
	talk_stop(run);
}

const struct transport transport_talk = {start, stop};
