/* SPDX-License-Identifier: MIT */
/* acmehook-responder: answers challenges from a spool directory, by DNS, HTTP and TLS. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "privileges.h"
#include "responder/delegation.h"
#include "responder/dns.h"
#include "responder/http.h"
#include "responder/say.h"
#include "responder/setup.h"
#include "responder/sockets.h"
#include "responder/spool.h"
#include "responder/tlsalpn.h"
#include "sandbox.h"

struct responder {
	uv_loop_t loop;
	uv_signal_t signals[2];
	struct setup setup;
	struct sockets sockets;
	struct served served;
	struct spool spool;
	struct sandbox sandbox;
	void **services; /* what was started at each of the sockets */
	int notify;	 /* systemd's socket, or -1 */
	int status;
};

/* There is one, and libuv's callbacks need it. */
static struct responder it = {.notify = -1};

/* --- systemd is told when we are ready (sd_notify(3)) */

static void open_notify(void)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	size_t len = path ? strlen(path) : 0;

	if (!len || len >= sizeof(a.sun_path))
		return;
	memcpy(a.sun_path, path, len);
	if (*path == '@')
		a.sun_path[0] = '\0';
	it.notify = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (it.notify >= 0 && connect(it.notify, (struct sockaddr *)&a,
				  (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len))) {
		close(it.notify);
		it.notify = -1;
	}
}

static void notify(const char *state)
{
	if (it.notify >= 0 && write(it.notify, state, strlen(state)) < 0)
		say("cannot tell systemd: %s", strerror(errno));
}

/* --- Start and end */

static void *start_udp(const struct listening *at)
{
	return udp_start(&it.loop, at, &it.served.names);
}

static void stop_udp(void *service)
{
	udp_stop(service);
}

static void *start_tcp(const struct listening *at)
{
	return tcp_start(&it.loop, at, &it.served.names);
}

static void stop_connections(void *service)
{
	connections_stop(service);
}

static void *start_http(const struct listening *at)
{
	return http_start(&it.loop, at, &it.served.tokens);
}

static void stop_http(void *service)
{
	http_stop(service);
}

#ifdef RESPONDER_TLS
static void *start_tls(const struct listening *at)
{
	return tlsalpn_start(&it.loop, at, &it.served.digests);
}
#endif

/* By datagrams, by streams. sockets_open() has opened none of another kind. */
static const struct way {
	void *(*start)(const struct listening *at);
	void (*stop)(void *service);
} ways[SERVICE__MAX][2] = {
    [SERVICE_DNS] = {{start_udp, stop_udp}, {start_tcp, stop_connections}},
    [SERVICE_HTTP][true] = {start_http, stop_http},
#ifdef RESPONDER_TLS
    [SERVICE_TLS][true] = {start_tls, stop_connections},
#endif
};

static const struct way *way_of(const struct listening *at)
{
	return &ways[at->service][at->stream];
}

static bool start_services(struct error *error)
{
	it.services = xcalloc(it.sockets.n, sizeof(*it.services));
	for (size_t i = 0; i < it.sockets.n; i++) {
		it.services[i] = way_of(&it.sockets.v[i])->start(&it.sockets.v[i]);
		if (!it.services[i])
			return error_set(error, FAILURE_STOPPED, "cannot serve %s",
			    service_names[it.sockets.v[i].service]);
	}
	return true;
}

static void end(int status)
{
	it.status = status;
	for (size_t i = 0; it.services && i < it.sockets.n; i++)
		way_of(&it.sockets.v[i])->stop(it.services[i]);
	free(it.services);
	it.services = NULL;
	for (size_t i = 0; i < nitems(it.signals); i++)
		uv_close((uv_handle_t *)&it.signals[i], NULL);
	spool_close(&it.spool);
}

static void on_signal(uv_signal_t *handle, int number)
{
	(void)handle;
	(void)number;
	end(EXIT_SUCCESS);
}

static void on_lost(void)
{
	say("the spool %s was taken away; start again when it is there", it.setup.spool);
	end(failure_status(FAILURE_STOPPED));
}

static void watch_signals(void)
{
	static const int numbers[nitems(it.signals)] = {SIGINT, SIGTERM};

	for (size_t i = 0; i < nitems(it.signals); i++) {
		uv_signal_init(&it.loop, &it.signals[i]);
		uv_signal_start(&it.signals[i], on_signal, numbers[i]);
	}
}

static void say_ready(void)
{
	struct buf where = BUF_INIT(1024);
	char text[ADDRESS_TEXT];

	for (size_t i = 0; i < it.sockets.n; i++) {
		const struct listening *s = &it.sockets.v[i];

		if (s->service == SERVICE_DNS && s->stream)
			continue; /* said with UDP */
		address_print(&s->address, 0, text);
		buf_printf(&where, ", %s at %s", service_names[s->service], text);
	}
	say("ready: %zu zones, %zu files in %s%s", it.setup.n, it.spool.files.n, it.setup.spool,
	    buf_text(&where));
	buf_free(&where);
}

/* Everything that needs rights, then what does without. */
static bool start(struct error *error)
{
	struct sandbox_needs needs = {.directory = it.setup.spool, .serves = true};

	if (!setup_zones(&it.setup, &it.served.names, error) ||
	    !sockets_open(&it.sockets, &it.setup, error))
		return false;
	open_notify();
	if (!spool_open(&it.spool, &it.loop, it.setup.spool, &it.served, on_lost, error) ||
	    !start_services(error) || !privileges_drop(it.setup.user, error))
		return false;
	watch_signals();
	sandbox_enter(&it.sandbox, &needs);
	if (!spool_read(&it.spool, error))
		return false;
	say_ready();
	notify("READY=1");
	return true;
}

static int serve(struct error *error)
{
	signal(SIGPIPE, SIG_IGN);
	if (uv_loop_init(&it.loop))
		return error_set(error, FAILURE_STOPPED, "cannot start: %s", strerror(errno));
	if (!start(error))
		return failure_status(error->failure);
	uv_run(&it.loop, UV_RUN_DEFAULT);
	uv_loop_close(&it.loop);
	names_free(&it.served.names);
	values_free(&it.served.tokens);
	values_free(&it.served.digests);
	sockets_close(&it.sockets);
	return it.status;
}

/* --- The command line */

static void usage(FILE *f)
{
	fputs("usage: acmehook-responder [--config FILE] [COMMAND]\n"
	      "Answers ACME challenges from a spool directory. See acmehook-responder(8).\n"
	      "\n"
	      "  --config FILE              the configuration\n"
	      "                             [" SYSCONFDIR "/acmehook/acmehook-responder.conf]\n"
	      "Without a command it serves. Commands:\n"
	      "  --check                    only say whether the configuration is well\n"
	      "  --delegation DOMAIN        print the records that lead from a domain to here\n"
	      "  --help, --version\n",
	    f);
}

enum command {
	COMMAND_SERVE,
	COMMAND_CHECK,
	COMMAND_DELEGATION,
	COMMAND_HELP = 'h',
	COMMAND_VERSION = 'V',
	COMMAND_WRONG
};

struct call {
	enum command command;
	const char *config, *domain;
};

static struct call read_call(int argc, char **argv)
{
	static const struct option options[] = {
	    {"config", required_argument, NULL, 'c'},
	    {"check", no_argument, NULL, COMMAND_CHECK},
	    {"delegation", required_argument, NULL, COMMAND_DELEGATION},
	    {"help", no_argument, NULL, COMMAND_HELP},
	    {"version", no_argument, NULL, COMMAND_VERSION},
	    {0},
	};
	struct call call = {COMMAND_SERVE, NULL, NULL};

	for (int c; (c = getopt_long(argc, argv, "c:hV", options, NULL)) != -1;) {
		if (c == 'c') {
			call.config = optarg;
			continue;
		}
		call.command = c == '?' ? COMMAND_WRONG : (enum command)c;
		call.domain = c == COMMAND_DELEGATION ? optarg : call.domain;
	}
	if (optind < argc)
		call.command = COMMAND_WRONG;
	return call;
}

static bool perform(const struct call *call, struct error *error)
{
	if (!setup_read(&it.setup, call->config, error))
		return false;
	switch (call->command) {
	case COMMAND_DELEGATION:
		return setup_zones(&it.setup, &it.served.names, error) &&
		       delegation_print(&it.setup, call->domain, error);
	case COMMAND_CHECK:
		return setup_zones(&it.setup, &it.served.names, error);
	default:
		return serve(error) == 0 && !error->failure;
	}
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
	struct call call;
	struct error error = {0};

	open_standard_files();
	call = read_call(argc, argv);
	if (call.command == COMMAND_WRONG) {
		usage(stderr);
		return failure_status(FAILURE_USAGE);
	}
	if (call.command == COMMAND_HELP) {
		usage(stdout);
	} else if (call.command == COMMAND_VERSION) {
		puts("acmehook-responder " PACKAGE_VERSION);
	} else if (!perform(&call, &error) && error.failure) {
		say("%s", error.text);
		it.status = failure_status(error.failure);
	}
	if (fflush(stdout) || ferror(stdout)) {
		say("cannot write to standard output: %s", strerror(errno));
		it.status = failure_status(FAILURE_STOPPED);
	}
	names_free(&it.served.names);
	setup_free(&it.setup);
	return it.status;
}
