/* SPDX-License-Identifier: MIT */
/*
 * capture: how long do handlers take that are only run as acmehook runs them, for no event?
 *
 * Usage: capture JOBS N PROGRAM
 *
 * Runs a program N times, JOBS at once: in a session of its own, looked at for who may change it,
 * with pipes for its output and a deadline. Prints the microseconds that all of them took, which no
 * event can take less than.
 */
#include "config.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>

#include "handlers/process.h"

static long left;

static void run_one(char **argv);

static void on_ended(void *arg, const struct process_result *result)
{
	struct process_result texts = *result;

	if (result->exit_status != 0)
		errx(1, "%s: exit status %d", *(char **)arg, result->exit_status);
	process_result_free(&texts);
	run_one(arg);
}

static void run_one(char **argv)
{
	static const struct strlist none;
	const struct process_options options = {
	    .argv = argv,
	    .handler = argv[0],
	    .env = &none,
	    .env_more = &none,
	    .umask = 022,
	    .timeout = 60000,
	    .kill_after = 5000,
	};
	struct error error = {0};

	if (left-- > 0 && !process_start(uv_default_loop(), &options, on_ended, argv, &error))
		errx(1, "%s", error.text);
}

int main(int argc, char **argv)
{
	uint64_t began;

	if (argc != 4)
		errx(2, "usage: capture JOBS N PROGRAM");
	process_clean_start();
	left = atol(argv[2]);
	began = uv_hrtime();
	for (long jobs = atol(argv[1]); jobs > 0; jobs--)
		run_one(argv + 3);
	uv_run(uv_default_loop(), UV_RUN_DEFAULT);
	printf("%llu\n", (unsigned long long)(uv_hrtime() - began) / 1000);
	return 0;
}
