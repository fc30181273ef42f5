/* SPDX-License-Identifier: MIT */
/* The verifier's sandbox: what can be done before it is entered, and what cannot any more. */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "buf.h"
#include "tap.h"
#include "verify/dns/servers.h"
#include "privileges.h"
#include "sandbox.h"

static char dir[] = "/tmp/test-sandbox.XXXXXX";

static const struct {
	const char *name;
	mode_t mode;
} files[] = {
    {"resolv.conf", 0644}, {"acmehook.conf", 0644}, /* everyone may read it, but for the sandbox */
    {"journal", 0755 | S_IFDIR}, {"journal/entry", 0644}, {"open", 0666},
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

static bool serve(void)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	bool done = !bind(fd, (struct sockaddr *)&a, sizeof(a)) && !listen(fd, 1);

	close(fd);
	return done;
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
	int before; /* -1: either */
	bool after;
	enum needs needs;
} trials[] = {
    {"read the resolvers' addresses", read_resolvers, true, true, NOTHING},
    {"open sockets to the network", ask_network, true, true, NOTHING},
    {"know interfaces by name", know_interfaces, true, true, NOTHING},
    {"read the configuration", read_configuration, true, false, LANDLOCK},
    {"read the journal", read_journal, true, false, LANDLOCK},
    {"list the journal", list_journal, true, false, LANDLOCK},
    {"read /etc/passwd", read_passwd, true, false, LANDLOCK},
    {"read /etc/shadow", read_shadow, -1, false, NOTHING},
    {"become root", become_root, false, false, NOTHING},
    {"write a file", write_file, true, false, EITHER},
    {"truncate a file", truncate_file, true, false, EITHER},
    {"create a file", create_file, true, false, EITHER},
    {"change a file's mode", change_mode, true, false, SECCOMP},
    {"make a directory", make_directory, true, false, EITHER},
    {"run a program", run_program, true, false, EITHER},
    {"make a process", make_process, true, false, NOTHING},
    {"signal a process", signal_process, true, false, SECCOMP},
    {"open sockets to local servers", ask_local_server, true, false, SECCOMP},
    {"serve", serve, true, false, EITHER},
};

/* What a process without rights, in the sandbox or not yet, could do. */
struct outcome {
	bool dropped;
	struct sandbox sandbox;
	bool could[nitems(trials)];
};

static struct outcome look(bool sandboxed)
{
	struct outcome outcome = {0};
	char *resolvers = in_dir("resolv.conf");
	struct error error = {0};
	int ends[2];
	pid_t pid;

	if (pipe(ends) || (pid = fork()) < 0)
		abort();
	if (pid == 0) {
		outcome.dropped = privileges_drop(VERIFY_USER, &error);
		if (sandboxed)
			sandbox_enter(
			    &outcome.sandbox, &(struct sandbox_needs){.resolvers = resolvers});
		for (size_t i = 0; i < nitems(trials); i++)
			outcome.could[i] = trials[i].try();
		_exit(write(ends[1], &outcome, sizeof(outcome)) != sizeof(outcome));
	}
	free(resolvers);
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

int main(void)
{
	struct outcome before, after;

	make_files();
	before = look(false);
	unlink("made");
	after = look(true);
	ok(before.dropped && after.dropped, "privileges are dropped");
	ok(after.sandbox.limits, "limits are set");
	for (size_t i = 0; i < nitems(trials); i++) {
		const struct trial *t = &trials[i];
		const char *why = t->after ? NULL : lacks(t, &after.sandbox);

		if (t->before >= 0)
			ok(before.could[i] == t->before, "%s %s: before",
			    t->before ? "can" : "cannot", t->what);
		if (why)
			ok(true, "cannot %s: in the sandbox # SKIP %s", t->what, why);
		else
			ok(after.could[i] == t->after, "%s %s: in the sandbox",
			    t->after ? "can" : "cannot", t->what);
	}
	remove_files();
	return done();
}
