/* SPDX-License-Identifier: MIT */
/* Locks on identifiers. */
#include "config.h"

#include "journal/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sha2.h>

#include "buf.h"

/* Where the lock of a name is. Two names share an octet about never; if they do, one waits for the
 * other. */
struct place {
	unsigned file;
	off_t octet;
};

static struct place place_of(const char *name)
{
	uint8_t digest[SHA256_DIGEST_LENGTH];
	SHA2_CTX ctx;
	uint64_t offset = 0;

	SHA256Init(&ctx);
	SHA256Update(&ctx, (const uint8_t *)name, strlen(name));
	SHA256Final(digest, &ctx);
	for (size_t i = 0; i < sizeof(off_t) && i < 8; i++)
		offset = offset << 8 | digest[i];
	return (struct place){
	    .file = digest[SHA256_DIGEST_LENGTH - 1] % LOCK_FILES,
	    .octet = (off_t)(offset & (sizeof(off_t) < 8 ? INT32_MAX : INT64_MAX)) >> 1,
	};
}

static struct flock whole(struct place place, short type)
{
	return (struct flock){
	    .l_type = type, .l_whence = SEEK_SET, .l_start = place.octet, .l_len = 1};
}

static int open_file(struct locks *locks, unsigned number)
{
	char name[sizeof("lock.") + 10];

	if (locks->fd[number] < 0) {
		snprintf(name, sizeof(name), "lock.%u", number);
		locks->fd[number] =
		    openat(locks->dir, name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	}
	return locks->fd[number];
}

void locks_init(struct locks *locks, int dir)
{
	locks->dir = dir;
	for (size_t i = 0; i < LOCK_FILES; i++)
		locks->fd[i] = -1;
}

void locks_close(struct locks *locks)
{
	for (size_t i = 0; i < LOCK_FILES; i++)
		if (locks->fd[i] >= 0)
			close(locks->fd[i]);
}

bool lock_take(struct locks *locks, const char *name, pid_t *holder)
{
	struct place place = place_of(name);
	struct flock lock = whole(place, F_WRLCK);
	int fd = open_file(locks, place.file);

	*holder = fd < 0 ? -1 : 0;
	if (fd < 0)
		return false;
	if (!fcntl(fd, F_SETLK, &lock))
		return true;
	if (!fcntl(fd, F_GETLK, &lock) && lock.l_type != F_UNLCK)
		*holder = lock.l_pid;
	return false;
}

char *lock_refusal(const char *name, pid_t holder)
{
	return holder < 0 ? xasprintf("%s: cannot be locked: %s", name, strerror(errno))
			  : xasprintf("%s: in use by process %ld", name, (long)holder);
}

void lock_drop(const struct locks *locks, const char *name)
{
	struct place place = place_of(name);
	struct flock lock = whole(place, F_UNLCK);

	fcntl(locks->fd[place.file], F_SETLK, &lock);
}
