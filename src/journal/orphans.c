/* SPDX-License-Identifier: MIT */
/* Handlers that go on although the acmehook that called them was killed. */
#include "config.h"

#include "journal/orphans.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "buf.h"

#define ENVIRON_MAX (4 * 1024 * 1024)
#define INTERVAL 20 /* ms */
#define TERM_PAUSE 1000

/* Is it one of the entries of the environment, which end with NUL each? */
static bool has_entry(const struct buf *environment, const char *entry)
{
	size_t len = strlen(entry) + 1;

	for (size_t at = 0; at < environment->len; at += strlen(environment->data + at) + 1)
		if (environment->len - at + 1 >= len && !strcmp(environment->data + at, entry))
			return true;
	return false;
}

static bool belongs_to(const char *pid, const char *entry)
{
	struct buf environment = BUF_INIT(ENVIRON_MAX);
	char *path = xasprintf("/proc/%s/environ", pid), chunk[16 * 1024];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool found;
	ssize_t n;

	free(path);
	if (fd < 0)
		return false;
	while ((n = read(fd, chunk, sizeof(chunk))) > 0 && buf_add(&environment, chunk, (size_t)n))
		;
	close(fd);
	found = has_entry(&environment, entry);
	buf_free(&environment);
	return found;
}

/* Sends a signal (0: none) to each; returns how many they are. */
static size_t signal_all(const char *entry, int number)
{
	DIR *dir = opendir("/proc");
	const struct dirent *d;
	size_t n = 0;

	while (dir && (d = readdir(dir))) {
		pid_t pid = isdigit((unsigned char)*d->d_name) ? (pid_t)atol(d->d_name) : 0;

		if (!pid || pid == getpid() || !belongs_to(d->d_name, entry))
			continue;
		n++;
		kill(pid, number);
	}
	if (dir)
		closedir(dir);
	return n;
}

static bool wait_until_gone(const char *entry, long patience)
{
	const struct timespec pause = {.tv_nsec = INTERVAL * 1000000L};

	while (signal_all(entry, 0)) {
		if (patience <= 0)
			return false;
		nanosleep(&pause, NULL);
		patience -= INTERVAL;
	}
	return true;
}

bool orphans_end(const char *job, long patience)
{
	char *entry = xasprintf("ACMEHOOK_JOB=%s", job);
	bool gone = wait_until_gone(entry, patience);

	for (int i = 0; i < 2 && !gone; i++) {
		signal_all(entry, i ? SIGKILL : SIGTERM);
		gone = wait_until_gone(entry, TERM_PAUSE);
	}
	free(entry);
	return gone;
}
