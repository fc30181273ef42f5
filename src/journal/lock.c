/* SPDX-License-Identifier: MIT */
/* Locks on names. */
#include "config.h"

#include "journal/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sha2.h>
#include <uv.h>

#include "buf.h"

#define FILE_NAME "locks"

/* A name that is somebody's. What is left of an owner who has ended is free. */
struct entry {
	uint64_t name; /* its hash. Two names share one about never; then one waits for the other */
	uint64_t owner; /* 0: nobody */
};

/* Where the entry of a name is: in one of the places of its bucket. So many can be locked at once,
 * several times as many as work is accepted for by default. */
#define BUCKETS 1024
#define PLACES 64

struct bucket {
	struct entry places[PLACES];
};

/* The octet that an owner holds is as far behind the beginning as his number says. Numbers are
 * drawn at random: nobody is taken for one who wrote something here long ago. */
#define OWNER_BITS (sizeof(off_t) < 8 ? 30 : 62)
#define OWNER_LEAST ((uint64_t)1 << (OWNER_BITS - 1))
#define OWNER_MASK (OWNER_LEAST - 1)

struct place {
	uint64_t name;
	off_t bucket;
};

static struct place place_of(const char *name)
{
	uint8_t digest[SHA256_DIGEST_LENGTH];
	SHA2_CTX ctx;
	struct place place;

	SHA256Init(&ctx);
	SHA256Update(&ctx, (const uint8_t *)name, strlen(name));
	SHA256Final(digest, &ctx);
	memcpy(&place.name, digest, sizeof(place.name));
	place.bucket = (digest[30] << 8 | digest[31]) % BUCKETS * (off_t)sizeof(struct bucket);
	return place;
}

/* --- the file */

static bool set(int fd, short type, off_t start, off_t len)
{
	struct flock lock = {.l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = len};
	int status;

	do
		status = fcntl(fd, type == F_UNLCK ? F_SETLK : F_SETLKW, &lock);
	while (status && errno == EINTR);
	return !status;
}

/* Who alone may change entries of a bucket has it for himself, which takes no time to wait for. */
static bool enter(int fd, off_t bucket)
{
	return set(fd, F_WRLCK, bucket, sizeof(struct bucket));
}

static void leave(int fd, off_t bucket)
{
	int saved = errno;

	set(fd, F_UNLCK, bucket, sizeof(struct bucket));
	errno = saved;
}

/* The process that is this owner: 0 if it cannot be told, -1 if there is none any more. */
static pid_t process_of(const struct locks *locks, uint64_t owner)
{
	struct flock lock = {
	    .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = (off_t)owner, .l_len = 1};

	/* our own lock is none to us */
	if (owner == locks->owner)
		return getpid();
	if (owner < OWNER_LEAST || owner > (OWNER_LEAST | OWNER_MASK))
		return -1;
	if (fcntl(locks->fd, F_GETLK, &lock))
		return 0;
	return lock.l_type == F_UNLCK ? -1 : lock.l_pid;
}

/* Becomes an owner. */
static bool settle(struct locks *locks, int fd)
{
	uint64_t number;
	int error = uv_random(NULL, NULL, &number, sizeof(number), 0, NULL);

	if (error) {
		errno = -error;
		return false;
	}
	locks->owner = OWNER_LEAST | (number & OWNER_MASK);
	return set(fd, F_WRLCK, (off_t)locks->owner, 1);
}

/* A file that has all its blocks can be written to when the disk is full. */
static void fill(int fd)
{
#ifdef HAVE_FALLOCATE
	if (lseek(fd, 0, SEEK_END) < (off_t)(BUCKETS * sizeof(struct bucket)))
		fallocate(fd, 0, 0, BUCKETS * sizeof(struct bucket));
#else
	(void)fd;
#endif
}

static bool open_file(struct locks *locks)
{
	int fd, saved;

	if (locks->fd >= 0)
		return true;
	fd = openat(locks->dir, FILE_NAME, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return false;
	fill(fd);
	if (settle(locks, fd)) {
		locks->fd = fd;
		return true;
	}
	saved = errno;
	close(fd);
	errno = saved;
	return false;
}

void locks_init(struct locks *locks, int dir)
{
	*locks = (struct locks){.dir = dir, .fd = -1};
}

void locks_close(struct locks *locks)
{
	if (locks->fd >= 0)
		close(locks->fd);
}

/* --- entries */

/* What is behind the end of the file is free, too. */
static bool read_bucket(int fd, off_t at, struct bucket *bucket)
{
	memset(bucket, 0, sizeof(*bucket));
	return pread(fd, bucket, sizeof(*bucket), at) >= 0;
}

static bool write_entry(int fd, off_t at, size_t i, struct entry entry)
{
	ssize_t n = pwrite(fd, &entry, sizeof(entry), at + (off_t)(i * sizeof(entry)));

	if (n >= 0 && n < (ssize_t)sizeof(entry))
		errno = ENOSPC;
	return n == sizeof(entry);
}

/* The entry of a name; PLACES: there is none. */
static size_t find(const struct bucket *bucket, uint64_t name)
{
	size_t i = 0;

	while (i < PLACES && !(bucket->places[i].owner && bucket->places[i].name == name))
		i++;
	return i;
}

/* One that nobody has; PLACES: all belong to processes that live, of which holder is one. */
static size_t find_free(const struct locks *locks, const struct bucket *bucket, pid_t *holder)
{
	size_t i = 0;

	while (i < PLACES && bucket->places[i].owner)
		i++;
	if (i < PLACES)
		return i;
	for (i = 0; i < PLACES; i++) {
		*holder = process_of(locks, bucket->places[i].owner);
		if (*holder < 0)
			return i;
	}
	return i;
}

/* In a bucket that was entered. */
static bool take(const struct locks *locks, const struct place *place, pid_t *holder)
{
	struct bucket bucket;
	size_t i;

	*holder = -1;
	if (!read_bucket(locks->fd, place->bucket, &bucket))
		return false;
	i = find(&bucket, place->name);
	if (i < PLACES && bucket.places[i].owner == locks->owner)
		return true;
	if (i < PLACES) {
		*holder = process_of(locks, bucket.places[i].owner);
		if (*holder >= 0)
			return false;
	} else {
		i = find_free(locks, &bucket, holder);
		if (i == PLACES)
			return false;
	}
	*holder = -1;
	return write_entry(locks->fd, place->bucket, i, (struct entry){place->name, locks->owner});
}

bool lock_take(struct locks *locks, const char *name, pid_t *holder)
{
	struct place place = place_of(name);
	bool taken;

	*holder = -1;
	if (!open_file(locks) || !enter(locks->fd, place.bucket))
		return false;
	taken = take(locks, &place, holder);
	leave(locks->fd, place.bucket);
	return taken;
}

char *lock_refusal(const char *name, pid_t holder)
{
	return holder < 0 ? xasprintf("%s: cannot be locked: %s", name, strerror(errno))
			  : xasprintf("%s: in use by process %ld", name, (long)holder);
}

void lock_drop(const struct locks *locks, const char *name)
{
	struct place place = place_of(name);
	struct bucket bucket;
	size_t i;

	if (!read_bucket(locks->fd, place.bucket, &bucket))
		return;
	i = find(&bucket, place.name);
	/* nobody else changes what is ours: there is no need to enter */
	if (i < PLACES && bucket.places[i].owner == locks->owner)
		write_entry(locks->fd, place.bucket, i, (struct entry){0});
}
