/* SPDX-License-Identifier: MIT */
/* What the failure command was told lately. */
#include "config.h"

#include "journal/told.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "identifier.h"

/* A line is a time, a space and a digest: at most so many octets. */
#define LINE_MAX_LEN 64
#define MOST 4096
#define FILE_NAME "told"

/* The lines that count still; *known if one of them is for this digest. */
static size_t read_lines(int fd, struct buf *lines, const char *digest, long long now, bool *known)
{
	static char text[MOST * LINE_MAX_LEN + 1];
	ssize_t len = read(fd, text, sizeof(text) - 1);
	char *rest = text;
	size_t n = 0;

	*known = false;
	text[len > 0 ? len : 0] = '\0';
	for (char *line = strsep(&rest, "\n"); line; line = strsep(&rest, "\n")) {
		char *end;
		long long told = strtoll(line, &end, 10);

		/* what a crash has cut off is none, nor is what a wrong clock has left */
		if (*end != ' ' || strlen(end + 1) != DIGEST_TEXT || told > now ||
		    told + TOLD_FOR <= now)
			continue;
		*known = *known || !strcmp(end + 1, digest);
		buf_printf(lines, "%s\n", line);
		n++;
	}
	return n;
}

/* Drops the oldest lines, which are the first. */
static const char *newest(const struct buf *lines, size_t n)
{
	const char *from = buf_text(lines);

	for (; n >= MOST; n--)
		from = strchr(from, '\n') + 1;
	return from;
}

static void write_lines(
    int fd, const struct buf *lines, size_t n, const char *digest, long long now)
{
	const char *old = newest(lines, n);
	char *all = xasprintf("%s%lld %s\n", old, now, digest);
	size_t len = strlen(all);

	if (pwrite(fd, all, len, 0) != (ssize_t)len || ftruncate(fd, (off_t)len))
		(void)!ftruncate(fd, 0);
	free(all);
}

bool told_is_new(const struct journal *journal, const char *cause, long long now)
{
	struct buf lines = BUF_INIT(MOST * LINE_MAX_LEN);
	char digest[DIGEST_TEXT + 1];
	int fd = openat(journal->fd, FILE_NAME, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	bool known;
	size_t n;

	if (fd < 0)
		return true;
	digest_text(cause, digest);
	flock(fd, LOCK_EX);
	n = read_lines(fd, &lines, digest, now, &known);
	if (!known)
		write_lines(fd, &lines, n, digest, now);
	close(fd);
	buf_free(&lines);
	return !known;
}
