/* SPDX-License-Identifier: MIT */
/* The one acmehook-verify process, spoken to in JSON lines. */
#include "config.h"

#include "jobs/verifier.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ca.h"
#include "handlers/diagnose.h"
#include "handlers/environment.h"
#include "jsonline.h"
#include "trust.h"
#include "verdict.h"

/* An answer that is so much later than the question allowed will not come any more, in ms. */
#define SILENCE 30000
/* Thousands of questions may wait; they are found by their id. */
#define BUCKETS 1024
/* How often a process that died is started again while questions wait. */
#define RESTARTS 1

struct question {
	struct question *next, **link; /* in its bucket */
	struct verifier *verifier;
	long long id;
	struct buf line; /* as it is sent, perhaps again */
	long timeout;	 /* ms */
	uv_timer_t silence;
	verifier_verdict *verdict;
	verifier_progress *progress;
	void *arg;
};

struct verifier {
	uv_loop_t *loop;
	char *path;
	struct peer *peer;	     /* the process of now; NULL if there is none */
	struct question **questions; /* buckets; NULL: nothing was ever asked */
	long long last_id;
	int restarts;
};

/* A process and its pipes; outlives its verifier until its handles are closed. */
struct peer {
	uv_process_t process;
	uv_pipe_t in, out;
	struct linecutter lines;
	struct verifier *verifier; /* NULL: nobody listens any more */
	char buffer[16 * 1024];
	int handles;
};

struct write {
	uv_write_t request;
	struct buf line;
};

static void start(struct verifier *v, struct error *error);

static void on_question_closed(uv_handle_t *handle)
{
	free(handle->data);
}

/* Takes the question out of the list; it is freed when its timer is closed. */
static void question_end(struct question *q)
{
	*q->link = q->next;
	if (q->next)
		q->next->link = q->link;
	buf_free(&q->line);
	uv_close((uv_handle_t *)&q->silence, on_question_closed);
}

static void question_answer(struct question *q, struct json_object *verdict)
{
	verifier_verdict *call = q->verdict;
	void *arg = q->arg;

	question_end(q);
	call(arg, verdict);
}

static void question_unknown(struct question *q, const char *reason)
{
	struct json_object *o = json_object_new_object();

	verdict_set_unknown(o, reason);
	question_answer(q, o);
}

static void on_peer_closed(uv_handle_t *handle)
{
	struct peer *peer = handle->data;

	if (--peer->handles)
		return;
	linecutter_free(&peer->lines);
	free(peer);
}

static void peer_close(struct peer *peer)
{
	if (peer->verifier && peer->verifier->peer == peer)
		peer->verifier->peer = NULL;
	peer->verifier = NULL;
	if (uv_is_closing((uv_handle_t *)&peer->process))
		return;
	uv_close((uv_handle_t *)&peer->process, on_peer_closed);
	uv_close((uv_handle_t *)&peer->in, on_peer_closed);
	uv_close((uv_handle_t *)&peer->out, on_peer_closed);
}

static void on_written(uv_write_t *request, int status)
{
	struct write *w = (struct write *)request;

	(void)status; /* a process that does not read dies, and that is heard */
	buf_free(&w->line);
	free(w);
}

static void send_line(struct peer *peer, const struct buf *line)
{
	struct write *w = xcalloc(1, sizeof(*w));
	uv_buf_t buf;

	w->line = (struct buf)BUF_INIT(JSONLINE_MAX);
	buf_add(&w->line, line->data, line->len);
	buf = uv_buf_init(w->line.data, (unsigned)w->line.len);
	if (uv_write(&w->request, (uv_stream_t *)&peer->in, &buf, 1, on_written))
		on_written(&w->request, -1);
}

static struct question *any_question(const struct verifier *v)
{
	struct question *q = NULL;

	for (size_t i = 0; v->questions && i < BUCKETS && !q; i++)
		q = v->questions[i];
	return q;
}

static void ask_again(struct verifier *v)
{
	for (size_t i = 0; v->questions && i < BUCKETS; i++)
		for (struct question *q = v->questions[i]; q && v->peer; q = q->next)
			send_line(v->peer, &q->line);
}

/* The process is gone: once it is started again and asked again, then the questions are lost. */
static void lost(struct verifier *v, const char *how)
{
	struct error error = {0};
	char *reason;

	if (any_question(v) && v->restarts < RESTARTS) {
		v->restarts++;
		start(v, &error);
		ask_again(v);
		if (v->peer)
			return;
	}
	reason = xasprintf("the verifier %s", error.failure ? error.text : how);
	for (struct question *q; (q = any_question(v));)
		question_unknown(q, reason);
	free(reason);
}

static void on_exit_of_peer(uv_process_t *process, int64_t status, int signal)
{
	struct peer *peer = process->data;
	struct verifier *v = peer->verifier;
	char how[80];

	if (signal)
		snprintf(how, sizeof(how), "was killed by signal %d", signal);
	else
		snprintf(how, sizeof(how), "ended with status %d", (int)status);
	peer_close(peer);
	if (v)
		lost(v, how);
}

static struct question *find(struct verifier *v, long long id)
{
	struct question *q = id < 0 || !v->questions ? NULL : v->questions[id % BUCKETS];

	while (q && q->id != id)
		q = q->next;
	return q;
}

static void on_line(void *arg, const char *data, size_t len)
{
	struct peer *peer = arg;
	const char *why;
	struct json_object *o = data ? jsonline_parse(data, len, &why) : NULL;
	struct question *q =
	    o && peer->verifier ? find(peer->verifier, jsonline_integer(o, "id", -1)) : NULL;

	if (!q) { /* cancelled, or nothing that we understand */
		json_object_put(o);
		return;
	}
	json_object_object_del(o, "id");
	if (!jsonline_bool(o, "progress")) {
		peer->verifier->restarts = 0;
		question_answer(q, o);
		return;
	}
	if (q->progress)
		q->progress(q->arg, o);
	json_object_put(o);
}

static void on_alloc(uv_handle_t *handle, size_t size, uv_buf_t *buf)
{
	struct peer *peer = handle->data;

	(void)size;
	*buf = uv_buf_init(peer->buffer, sizeof(peer->buffer));
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	struct peer *peer = stream->data;

	if (n > 0)
		linecutter_feed(&peer->lines, buf->base, (size_t)n);
	if (n < 0)
		uv_read_stop(stream);
}

static int spawn(struct verifier *v, struct peer *peer)
{
	char *argv[] = {v->path, NULL};
	uv_stdio_container_t stdio[3] = {
	    {.flags = UV_CREATE_PIPE | UV_READABLE_PIPE, .data.stream = (uv_stream_t *)&peer->in},
	    {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&peer->out},
	    {.flags = UV_INHERIT_FD, .data.fd = 2},
	};
	uv_process_options_t options = {
	    .file = v->path,
	    .args = argv,
	    .env = environment_make(NULL, 0),
	    .flags = UV_PROCESS_DETACHED, /* the terminal's Ctrl-C is ours to handle */
	    .stdio = stdio,
	    .stdio_count = 3,
	    .exit_cb = on_exit_of_peer,
	};

	int status = uv_spawn(v->loop, &peer->process, &options);

	free(options.env);
	return status;
}

static void start(struct verifier *v, struct error *error)
{
	struct peer *peer;
	int status;

	if (!diagnose_trust(v->path, TRUST_VERIFIER, geteuid(), error))
		return;
	peer = xcalloc(1, sizeof(*peer));
	peer->verifier = v;
	peer->handles = 3;
	peer->process.data = peer->in.data = peer->out.data = peer;
	uv_pipe_init(v->loop, &peer->in, 0);
	uv_pipe_init(v->loop, &peer->out, 0);
	peer->in.data = peer->out.data = peer;
	linecutter_init(&peer->lines, on_line, peer);
	status = spawn(v, peer);
	if (status) {
		diagnose(v->path, NULL, -status, error);
		peer_close(peer);
		return;
	}
	uv_unref((uv_handle_t *)&peer->process);
	uv_unref((uv_handle_t *)&peer->out);
	v->peer = peer;
	uv_read_start((uv_stream_t *)&peer->out, on_alloc, on_read);
}

struct verifier *verifier_new(uv_loop_t *loop, const char *path)
{
	struct verifier *v = xcalloc(1, sizeof(*v));

	v->loop = loop;
	v->path = xstrdup(path);
	return v;
}

bool verifier_prepare(struct verifier *v, struct error *error)
{
	struct error why = {0};

	if (!v->peer)
		start(v, &why);
	return v->peer ||
	       error_set(error, FAILURE_USAGE, "the verifier cannot be started: %s", why.text);
}

static void on_silence(uv_timer_t *timer)
{
	struct question *q = timer->data;

	/* It hangs; without it the other questions would wait as long. */
	if (q->verifier->peer)
		uv_process_kill(&q->verifier->peer->process, SIGKILL);
	question_unknown(q, "the verifier did not answer");
}

void verifier_identities(const struct view *view, struct strlist *identities)
{
	const struct strlist *list = &view_get(view, OPTION_CAA_IDENTITY)->list;
	const char *of_ca = ca_identity((enum ca)view_number(view, OPTION_CA));

	for (size_t i = 0; i < list->n; i++)
		strlist_add(identities, list->v[i]);
	if (!list->n && of_ca)
		strlist_add(identities, of_ca);
}

/* What is as the verifier takes it anyway is not said: it costs both of us more than the rest. */

static void add_list(struct json_object *o, const char *key, const struct strlist *list)
{
	if (list->n)
		jsonline_set_value(o, key, jsonline_list(list));
}

static void add_flag(struct json_object *o, const char *key, bool set)
{
	if (set)
		jsonline_set_bool(o, key, true);
}

static void add_number(struct json_object *o, const char *key, long number, long usual)
{
	if (number != usual)
		jsonline_set_integer(o, key, number);
}

static void add_text(struct json_object *o, const char *key, const char *text)
{
	if (text)
		jsonline_set(o, key, text);
}

/* What follows from the settings alone. */
static void view_to_json(const struct view *view, struct json_object *o)
{
	enum ca ca = (enum ca)view_number(view, OPTION_CA);
	struct strlist identities = {0};

	verifier_identities(view, &identities);
	add_list(o, "resolvers", &view_get(view, OPTION_RESOLVER)->list);
	add_list(o, "authorities", &view_get(view, OPTION_AUTHORITY)->list);
	add_number(o, "http_port", view_number(view, OPTION_HTTP_PORT), 80);
	add_number(o, "tls_port", view_number(view, OPTION_TLS_PORT), 443);
	add_list(o, "connect_to", &view_get(view, OPTION_CONNECT_TO)->list);
	add_flag(o, "allow_reserved", view_number(view, OPTION_ALLOW_RESERVED));
	add_text(o, "ca", ca == CA_GENERIC ? NULL : ca_names[ca]);
	add_list(o, "identities", &identities);
	add_text(o, "account", view_text(view, OPTION_ACCOUNT));
	strlist_free(&identities);
}

static struct json_object *proof_to_json(const struct proof *proof, long long id, bool progress)
{
	struct json_object *o = json_object_new_object();

	jsonline_set_integer(o, "id", id);
	jsonline_set(o, "type", proof->type);
	jsonline_set(o, "domain", proof->domain);
	add_text(o, "token", proof->token);
	if (proof->n)
		jsonline_set_value(o, "values", jsonline_texts(proof->values, proof->n));
	if (proof->known)
		jsonline_set_value(o, "known",
		    jsonline_texts(proof->values + proof->n - proof->known, proof->known));
	add_number(o, "timeout_ms", proof->timeout, 0);
	add_text(o, "method", proof->method);
	add_flag(o, "wildcard", proof->wildcard);
	add_flag(o, "absent", proof->absent);
	view_to_json(proof->view, o);
	add_text(o, "account", proof->account);
	add_flag(o, "progress", progress);
	return o;
}

static void on_ask(uv_timer_t *timer)
{
	struct question *q = timer->data;
	struct error error = {0};

	if (!verifier_prepare(q->verifier, &error)) {
		question_unknown(q, error.text);
		return;
	}
	send_line(q->verifier->peer, &q->line);
	uv_timer_start(&q->silence, on_silence, (uint64_t)q->timeout + SILENCE, 0);
}

struct question *verifier_ask(struct verifier *v, const struct proof *proof,
    verifier_verdict *verdict, verifier_progress *progress, void *arg)
{
	struct question *q = xcalloc(1, sizeof(*q)), **bucket;
	struct json_object *o;

	if (!v->questions)
		v->questions = xcalloc(BUCKETS, sizeof(struct question *));
	bucket = &v->questions[(v->last_id + 1) % BUCKETS];
	*q = (struct question){.next = *bucket,
	    .link = bucket,
	    .verifier = v,
	    .id = ++v->last_id,
	    .line = BUF_INIT(JSONLINE_MAX),
	    .timeout = proof->timeout,
	    .verdict = verdict,
	    .progress = progress,
	    .arg = arg};
	o = proof_to_json(proof, q->id, progress != NULL);
	jsonline_add(&q->line, o);
	json_object_put(o);
	if (q->next)
		q->next->link = &q->next;
	*bucket = q;
	uv_timer_init(v->loop, &q->silence);
	q->silence.data = q;
	/* not from here: a verdict must not come before its question is known */
	uv_timer_start(&q->silence, on_ask, 0, 0);
	return q;
}

void *verifier_cancel(struct question *q)
{
	struct buf line = BUF_INIT(64);
	void *arg = q->arg;

	buf_printf(&line, "{\"id\": %lld, \"cancel\": true}\n", q->id);
	if (q->verifier->peer)
		send_line(q->verifier->peer, &line);
	buf_free(&line);
	question_end(q);
	return arg;
}

void verifier_close(struct verifier *v)
{
	for (struct question *q; (q = any_question(v));)
		verifier_cancel(q);
	if (v->peer) {
		uv_process_kill(&v->peer->process, SIGTERM);
		peer_close(v->peer);
	}
	free(v->path);
	free(v->questions);
	free(v);
}
