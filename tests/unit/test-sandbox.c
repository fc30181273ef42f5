/* SPDX-License-Identifier: MIT */
/* The sandboxes of the verifier and the responder: what can be done before they are entered, and
 * what cannot any more. */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "buf.h"
#include "tap.h"
#include "verify/dns/servers.h"
#include "privileges.h"
#include "sandbox.h"

/* Who is in the sandbox. */
enum { NEITHER = 0, VERIFIER = 1, RESPONDER = 2, BOTH = 3 };

/* Sockets that are there before: one that listens, and has a connection; one that is not connected
 * yet; one for datagrams. */
static int listener, unused, datagrams;

static char dir[] = "/tmp/test-sandbox.XXXXXX";

static const struct {
	const char *name;
	mode_t mode;
} files[] = {
    {"resolv.conf", 0644}, {"acmehook.conf", 0644}, /* everyone may read it, but for the sandbox */
    {"journal", 0755 | S_IFDIR}, {"journal/entry", 0644}, {"spool", 0755 | S_IFDIR},
    {"spool/entry", 0666}, {"open", 0666},
    {"program", 0755}, /* of no format that the kernel knows */
};

static void make_files(void)
{
	umask(0);
	if (!mkdtemp(dir) || chmod(dir, 0777) || chdir(dir))
		abort();
	for (size_t i = 0; i < nitems(files); i++) {
		int fd;

		if (S_ISDIR(files[i].mode)) {
			if (mkdir(files[i].name, files[i].mode & 07777))
				abort();
			continue;
		}
		fd = open(files[i].name, O_CREAT | O_EXCL | O_WRONLY, files[i].mode);
		if (fd < 0 || write(fd, "nothing\n", 8) != 8 || close(fd))
			abort();
	}
}

static void remove_files(void)
{
	for (size_t i = nitems(files); i-- > 0;)
		remove(files[i].name);
	remove("made");
	if (chdir("/") || rmdir(dir))
		abort();
}

/* --- What is tried: true if it could be done */

static char *in_dir(const char *name)
{
	return xasprintf("%s/%s", dir, name);
}

static bool can_open(const char *name, int flags)
{
	char *path = in_dir(name);
	int fd = open(path, flags, 0644);

	free(path);
	return fd >= 0 && !close(fd);
}

static bool read_resolvers(void)
{
	return can_open("resolv.conf", O_RDONLY);
}

static bool read_configuration(void)
{
	return can_open("acmehook.conf", O_RDONLY);
}

static bool read_journal(void)
{
	return can_open("journal/entry", O_RDONLY);
}

static bool list_journal(void)
{
	return can_open("journal", O_RDONLY | O_DIRECTORY);
}

static bool read_spool(void)
{
	return can_open("spool/entry", O_RDONLY);
}

static bool list_spool(void)
{
	return can_open("spool", O_RDONLY | O_DIRECTORY);
}

static bool write_spool(void)
{
	return can_open("spool/entry", O_WRONLY);
}

static bool read_passwd(void)
{
	return !close(open("/etc/passwd", O_RDONLY));
}

static bool read_shadow(void)
{
	return !close(open("/etc/shadow", O_RDONLY));
}

static bool write_file(void)
{
	return can_open("open", O_WRONLY);
}

static bool truncate_file(void)
{
	return can_open("open", O_RDONLY | O_TRUNC);
}

static bool create_file(void)
{
	return can_open("made", O_CREAT | O_RDWR);
}

static bool make_directory(void)
{
	char *path = in_dir("directory");
	bool done = !mkdir(path, 0755) && !rmdir(path);

	free(path);
	return done;
}

static bool change_mode(void)
{
	char *path = in_dir("made"); /* ours: create_file() made it */
	bool done = !chmod(path, 0600);

	free(path);
	return done;
}

static bool run_program(void)
{
	char *path = in_dir("program"), *argv[] = {path, NULL};

	execv(path, argv);
	free(path);
	return errno == ENOEXEC;
}

static bool make_process(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	return pid > 0 && waitpid(pid, NULL, 0) == pid;
}

static bool signal_process(void)
{
	return !kill(getpid(), 0);
}

static bool ask_local_server(void)
{
	return !close(socket(AF_UNIX, SOCK_STREAM, 0));
}

static bool ask_network(void)
{
	return !close(socket(AF_INET, SOCK_STREAM, 0)) && !close(socket(AF_INET, SOCK_DGRAM, 0));
}

/* Of 127.0.0.1, at any port. */
static bool open_listener(int fd)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};

	return !bind(fd, (struct sockaddr *)&a, sizeof(a)) && !listen(fd, 1);
}

static bool connect_to_listener(int fd)
{
	struct sockaddr_in a;
	socklen_t len = sizeof(a);

	return !getsockname(listener, (struct sockaddr *)&a, &len) &&
	       !connect(fd, (struct sockaddr *)&a, len);
}

static bool serve(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	bool done = open_listener(fd);

	close(fd);
	return done;
}

static bool take_connection(void)
{
	int fd = accept(listener, NULL, NULL);

	return fd >= 0 && !close(fd);
}

static bool connect_out(void)
{
	return connect_to_listener(unused);
}

static bool send_datagram(void)
{
	struct sockaddr_in a = {
	    .sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_port = htons(9)};

	return sendto(datagrams, "x", 1, 0, (struct sockaddr *)&a, sizeof(a)) == 1;
}

static bool draw_random(void)
{
	char octets[32];

	return getrandom(octets, sizeof(octets), 0) == (ssize_t)sizeof(octets);
}

static bool know_interfaces(void)
{
	union address a;

	return address_parse(&a, "fe80::1%lo", 53);
}

static bool become_root(void)
{
	return getuid() != 0 && !setuid(0); /* a user namespace may have nobody but root */
}

enum needs { NOTHING, LANDLOCK, SECCOMP, EITHER };

static const struct trial {
	const char *what;
	bool (*try)(void);
	int before;	/* -1: either */
	unsigned after; /* who can, in the sandbox */
	enum needs needs;
} trials[] = {
    {"read the resolvers' addresses", read_resolvers, true, VERIFIER, LANDLOCK},
    {"open sockets to the network", ask_network, true, VERIFIER, SECCOMP},
    {"connect to somebody", connect_out, true, VERIFIER, SECCOMP},
    {"know interfaces by name", know_interfaces, true, VERIFIER, SECCOMP},
    {"read the spool", read_spool, true, RESPONDER, LANDLOCK},
    {"list the spool", list_spool, true, RESPONDER, LANDLOCK},
    {"take a connection", take_connection, true, RESPONDER, SECCOMP},
    {"send a datagram", send_datagram, true, BOTH, NOTHING},
    {"draw random octets", draw_random, true, BOTH, NOTHING},
    {"read the configuration", read_configuration, true, NEITHER, LANDLOCK},
    {"read the journal", read_journal, true, NEITHER, LANDLOCK},
    {"list the journal", list_journal, true, NEITHER, LANDLOCK},
    {"read /etc/passwd", read_passwd, true, NEITHER, LANDLOCK},
    {"read /etc/shadow", read_shadow, -1, NEITHER, NOTHING},
    {"become root", become_root, false, NEITHER, NOTHING},
    {"write a file", write_file, true, NEITHER, EITHER},
    {"write to the spool", write_spool, true, NEITHER, EITHER},
    {"truncate a file", truncate_file, true, NEITHER, EITHER},
    {"create a file", create_file, true, NEITHER, EITHER},
    {"change a file's mode", change_mode, true, NEITHER, SECCOMP},
    {"make a directory", make_directory, true, NEITHER, EITHER},
    {"run a program", run_program, true, NEITHER, EITHER},
    {"make a process", make_process, true, NEITHER, NOTHING},
    {"signal a process", signal_process, true, NEITHER, SECCOMP},
    {"open sockets to local servers", ask_local_server, true, NEITHER, SECCOMP},
    {"serve at a port of its own", serve, true, NEITHER, EITHER},
};

/* What a process without rights, in the sandbox or not yet, could do. */
struct outcome {
	bool dropped;
	struct sandbox sandbox;
	bool could[nitems(trials)];
};

static void open_sockets(void)
{
	listener = socket(AF_INET, SOCK_STREAM, 0);
	unused = socket(AF_INET, SOCK_STREAM, 0);
	datagrams = socket(AF_INET, SOCK_DGRAM, 0);
	if (!open_listener(listener) || !connect_to_listener(socket(AF_INET, SOCK_STREAM, 0)))
		abort();
}

static void enter(struct sandbox *sandbox, unsigned who)
{
	struct sandbox_needs needs = {.serves = who == RESPONDER};

	if (who == RESPONDER)
		needs.directory = in_dir("spool");
	else
		needs.resolvers = in_dir("resolv.conf");
	sandbox_enter(sandbox, &needs);
	free((char *)(uintptr_t)needs.directory);
	free((char *)(uintptr_t)needs.resolvers);
}

/* who: NEITHER is one that is not in the sandbox yet */
static struct outcome look(unsigned who)
{
	struct outcome outcome = {0};
	struct error error = {0};
	int ends[2];
	pid_t pid;

	if (pipe(ends) || (pid = fork()) < 0)
		abort();
	if (pid == 0) {
		open_sockets();
		outcome.dropped = privileges_drop(VERIFY_USER, &error);
		if (who)
			enter(&outcome.sandbox, who);
		for (size_t i = 0; i < nitems(trials); i++)
			outcome.could[i] = trials[i].try();
		_exit(write(ends[1], &outcome, sizeof(outcome)) != sizeof(outcome));
	}
	close(ends[1]);
	if (read(ends[0], &outcome, sizeof(outcome)) != sizeof(outcome))
		outcome.dropped = false;
	close(ends[0]);
	waitpid(pid, NULL, 0);
	return outcome;
}

/* What this system, or this build, lacks to keep it from being done; NULL: nothing. */
static const char *lacks(const struct trial *t, const struct sandbox *s)
{
	if (SANITIZED && t->try == make_process)
		return "sanitizers make processes";
	if (t->needs == LANDLOCK && !s->landlock)
		return "there is no Landlock here";
	if (t->needs == SECCOMP && !s->seccomp)
		return "there is no seccomp filter here";
	if (t->needs == EITHER && !s->landlock && !s->seccomp)
		return "there is neither Landlock nor seccomp here";
	return NULL;
}

static void test_before(void)
{
	struct outcome before = look(NEITHER);

	ok(before.dropped, "privileges are dropped");
	for (size_t i = 0; i < nitems(trials); i++)
		if (trials[i].before >= 0)
			ok(before.could[i] == trials[i].before, "%s %s: before",
			    trials[i].before ? "can" : "cannot", trials[i].what);
}

static void test_sandbox(unsigned who, const char *name)
{
	struct outcome after = look(who);

	ok(after.dropped, "%s: privileges are dropped", name);
	ok(after.sandbox.limits, "%s: limits are set", name);
	for (size_t i = 0; i < nitems(trials); i++) {
		const struct trial *t = &trials[i];
		bool can = t->after & who;
		const char *why = can ? NULL : lacks(t, &after.sandbox);

		if (why)
			ok(true, "%s cannot %s # SKIP %s", name, t->what, why);
		else
			ok(after.could[i] == can, "%s %s %s", name, can ? "can" : "cannot",
			    t->what);
	}
}

int main(void)
{
	make_files();
	test_before();
	unlink("made");
	test_sandbox(VERIFIER, "the verifier");
	test_sandbox(RESPONDER, "the responder");
	remove_files();
	return done();
}
