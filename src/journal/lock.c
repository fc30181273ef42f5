/* SPDX-License-Identifier: MIT */
/* Locks on identifiers. */
#include "config.h"

#include "journal/lock.h"

#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <sha2.h>

/* Two names share an octet about never; if they do, one waits for the other. */
static off_t octet_of(const char *name)
{
	uint8_t digest[SHA256_DIGEST_LENGTH];
	SHA2_CTX ctx;
	uint64_t offset = 0;

	SHA256Init(&ctx);
	SHA256Update(&ctx, (const uint8_t *)name, strlen(name));
	SHA256Final(digest, &ctx);
	for (size_t i = 0; i < sizeof(off_t) && i < 8; i++)
		offset = offset << 8 | digest[i];
	return (off_t)(offset & (sizeof(off_t) < 8 ? INT32_MAX : INT64_MAX)) >> 1;
}

static struct flock whole(const char *name, short type)
{
	return (struct flock){
	    .l_type = type, .l_whence = SEEK_SET, .l_start = octet_of(name), .l_len = 1};
}

bool lock_take(int fd, const char *name, pid_t *holder)
{
	struct flock lock = whole(name, F_WRLCK);

	*holder = 0;
	if (!fcntl(fd, F_SETLK, &lock))
		return true;
	if (!fcntl(fd, F_GETLK, &lock) && lock.l_type != F_UNLCK)
		*holder = lock.l_pid;
	return false;
}

void lock_drop(int fd, const char *name)
{
	struct flock lock = whole(name, F_UNLCK);

	fcntl(fd, F_SETLK, &lock);
}
