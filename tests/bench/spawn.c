// SPDX-License-Identifier: MIT
// spawn: how long does a command take, from posix_spawn to waitpid?
//
// Usage: spawn N COMMAND [WORD...] [-- COMMAND [WORD...]]...
//        spawn -j JOBS N COMMAND [WORD...]
//        spawn -m COMMAND [WORD...]
//
// Runs every command once and then N times, in turn, so that all of them see
// the same machine. Prints one line each: median and minimum in microseconds,
// the most memory in KiB, and the median of what it took longer than the
// command before it in the same round: what disturbs one mostly disturbs
// both. A status other than 0 ends it.
//
// With -j runs one command N times, JOBS at once, and prints the microseconds
// that all of them took: what starting processes costs without anything else.
// With -m runs one command once, and prints microseconds and KiB.
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
static void start(char **argv, const posix_spawn_file_actions_t *files)
{
	pid_t pid;
	int error = posix_spawnp(&pid, argv[0], files, NULL, argv, environ);

	if (error != 0)
		errx(1, "%s: %s", argv[0], strerror(error));
}

// Waits for one; returns the most memory it had, in KiB.
static int64_t reap(char **argv)
{
	struct rusage usage;
	int status;

	if (wait4(-1, &status, 0, &usage) < 0)
		err(1, "wait4");
	if (status != 0)
		errx(1, "%s: wait status %#x", argv[0], (unsigned)status);
	return usage.ru_maxrss;
}

static int64_t run(char **argv, const posix_spawn_file_actions_t *files, int64_t *memory)
{
	int64_t began = microseconds(), kib;

	start(argv, files);
	kib = reap(argv);
	if (kib > *memory)
		*memory = kib;
	return microseconds() - began;
}

static int64_t run_side_by_side(
    char **argv, const posix_spawn_file_actions_t *files, int jobs, int n)
{
	int64_t began = microseconds();

	for (int i = 0; i < n; i++) {
		if (i >= jobs)
			reap(argv);
		start(argv, files);
	}
	for (int i = 0; i < n && i < jobs; i++)
		reap(argv);
	return microseconds() - began;
}

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static int64_t median(int64_t *all, int n)
{
	qsort(all, n, sizeof(*all), compare);
	return all[n / 2];
}

int main(int argc, char **argv)
{
	int jobs = argc > 4 && strcmp(argv[1], "-j") == 0 ? atoi(argv[2]) : 0;
	int once = argc > 2 && strcmp(argv[1], "-m") == 0;
	int rounds = argc > 2 && !jobs ? atoi(argv[1]) : 0;
	int commands = 0;
	posix_spawn_file_actions_t files;

	if (rounds < 1 && jobs < 1 && !once)
		errx(2, "usage: spawn N COMMAND [WORD...] [-- COMMAND [WORD...]]...\n"
			"       spawn -j JOBS N COMMAND [WORD...]\n"
			"       spawn -m COMMAND [WORD...]");
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);

	if (jobs) {
		printf(
		    "%lld\n", (long long)run_side_by_side(argv + 4, &files, jobs, atoi(argv[3])));
		return 0;
	}

	if (once) {
		int64_t kib = 0, took = run(argv + 2, &files, &kib);

		printf("%lld %lld\n", (long long)took, (long long)kib);
		return 0;
	}

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
	int64_t *memory = calloc(commands, sizeof(*memory));
	int64_t *took = calloc((size_t)commands * rounds, sizeof(*took));
	int64_t *longer = calloc(rounds, sizeof(*longer));
	int64_t *more = calloc(commands, sizeof(*more));
	int64_t *typical = calloc(commands, sizeof(*typical));
	if (memory == NULL || took == NULL || longer == NULL || more == NULL || typical == NULL)
		err(1, NULL);
	for (int round = -1; round < rounds; round++) {
		for (int i = 0; i < commands; i++) {
			int64_t one = run(command[i], &files, &memory[i]);
			if (round >= 0)
				took[i * rounds + round] = one;
		}
	}
	for (int i = commands - 1; i >= 0; i--) { // a row before the one above it is sorted
		int64_t *all = took + i * rounds, *above = i ? all - rounds : all;

		for (int round = 0; round < rounds; round++)
			longer[round] = all[round] - above[round];
		more[i] = median(longer, rounds);
		typical[i] = median(all, rounds);
	}
	for (int i = 0; i < commands; i++)
		printf("%lld %lld %lld %lld\n", (long long)typical[i], (long long)took[i * rounds],
		    (long long)memory[i], (long long)more[i]);
	free(more);
	free(typical);
	free(longer);
	free(took);
	free(memory);
	free(command);
	posix_spawn_file_actions_destroy(&files);
	return 0;
}
