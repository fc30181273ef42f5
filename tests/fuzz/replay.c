/* SPDX-License-Identifier: MIT */
/*
 * Replays a corpus to the harness it is linked with, and prints TAP: the main() of harnesses where
 * there is no libFuzzer.
 *
 *   NAME [FILE...]    without files: those of $srcdir/tests/fuzz/corpus/NAME
 */
#include <dirent.h>
#include <errno.h>

#include "fuzz.h"
#include "../unit/tap.h"

/* The largest input that is worth keeping. */
#define INPUT_MAX 65536

static void replay(const char *path, const char *name)
{
	FILE *f = fopen(path, "rb");
	char *data = malloc(INPUT_MAX), *exact;
	size_t size = f && data ? fread(data, 1, INPUT_MAX, f) : 0;

	if (f && data) {
		/* A block of just that size: a sanitizer sees what is read beyond its end. */
		exact = malloc(size ? size : 1);
		memcpy(exact, data, size);
		LLVMFuzzerTestOneInput((const uint8_t *)exact, size);
		free(exact);
	}
	ok(f && data, "%s", f ? name : strerror(errno));
	free(data);
	if (f)
		fclose(f);
}

static void replay_directory(const char *program)
{
	const char *slash = strrchr(program, '/'), *srcdir = getenv("srcdir");
	char directory[4096], path[8192];
	const struct dirent *entry;
	DIR *dir;

	snprintf(directory, sizeof(directory), "%s/tests/fuzz/corpus/%s", srcdir ? srcdir : ".",
	    slash ? slash + 1 : program);
	dir = opendir(directory);
	while (dir && (entry = readdir(dir))) {
		if (*entry->d_name == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", directory, entry->d_name);
		replay(path, entry->d_name);
	}
	if (dir)
		closedir(dir);
	ok(tap_count > 0, "%s has inputs", directory);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		replay(argv[i], argv[i]);
	if (argc < 2)
		replay_directory(argv[0]);
	return done();
}
