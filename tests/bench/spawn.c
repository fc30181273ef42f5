// SPDX-License-Identifier: MIT
// spawn: how long does a command take, from posix_spawn to waitpid?
//
// Usage: spawn N COMMAND [WORD...] [-- COMMAND [WORD...]]...
//
// Runs every command once and then N times, in turn, so that all of them see
// the same machine. Prints one line each: median and minimum in microseconds, and
// the most memory it had, in KiB.
#include <err.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

static int64_t microseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

// Runs a command with its standard files on /dev/null; it has to succeed.
static int64_t run(char **argv, const posix_spawn_file_actions_t *files, long *memory)
{
	struct rusage usage;
	int64_t began = microseconds();
	int status;
	pid_t pid;
	int error = posix_spawnp(&pid, argv[0], files, NULL, argv, environ);

	if (error != 0)
		errx(1, "%s: %s", argv[0], strerror(error));
	if (wait4(pid, &status, 0, &usage) != pid)
		err(1, "wait4");
	if (usage.ru_maxrss > *memory)
		*memory = usage.ru_maxrss;
	if (status != 0)
		errx(1, "%s: wait status %#x", argv[0], (unsigned)status);
	return microseconds() - began;
}

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	int rounds = argc > 2 ? atoi(argv[1]) : 0;
	int commands = 0;
	posix_spawn_file_actions_t files;

	if (rounds < 1)
		errx(2, "usage: spawn N COMMAND [WORD...] [-- COMMAND [WORD...]]...");
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);

	// The commands are the parts of argv: "--" becomes the NULL that ends one.
	char ***command = calloc(argc, sizeof(*command));
	if (command == NULL)
		err(1, NULL);
	for (int i = 2; i < argc; i++) {
		if (i == 2 || argv[i - 1] == NULL)
			command[commands++] = &argv[i];
		if (strcmp(argv[i], "--") == 0)
			argv[i] = NULL;
	}
	int64_t *took = calloc((size_t)commands * rounds, sizeof(*took));
	long *memory = calloc((size_t)commands, sizeof(*memory));
	if (took == NULL || memory == NULL)
		err(1, NULL);
	for (int round = -1; round < rounds; round++) {
		for (int i = 0; i < commands; i++) {
			int64_t one = run(command[i], &files, &memory[i]);

			if (round >= 0)
				took[i * rounds + round] = one;
		}
	}
	for (int i = 0; i < commands; i++) {
		int64_t *all = took + i * rounds;

		qsort(all, rounds, sizeof(*all), compare);
		printf("%lld %lld %ld\n", (long long)all[rounds / 2], (long long)all[0], memory[i]);
	}
	free(took);
	free(memory);
	free(command);
	posix_spawn_file_actions_destroy(&files);
	return 0;
}
