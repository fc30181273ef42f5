/* SPDX-License-Identifier: MIT */
/* Locks on names: between processes, of those who were killed, and of very many. */
#include "config.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "buf.h"
#include "journal/lock.h"
#include "tap.h"

#define MANY 100000

static char directory[] = "/tmp/test-lock.XXXXXX";
static int dir;

static bool take(struct locks *locks, const char *name)
{
	pid_t holder;

	return lock_take(locks, name, &holder);
}

/* Until it is called again. */
static const char *name_of(int number)
{
	static char name[32];

	snprintf(name, sizeof(name), "n%d.example.test", number);
	return name;
}

static bool take_number(struct locks *locks, int number, pid_t *holder)
{
	return lock_take(locks, name_of(number), holder);
}

/* As many as there is room for; the number of the first that there was none for. */
static int take_all(struct locks *locks, pid_t *holder)
{
	int n = 0;

	while (n < MANY && take_number(locks, n, holder))
		n++;
	return n;
}

/* A process that does so and then waits to be killed; *number is what do_so() returned. */
static pid_t start(int (*do_so)(struct locks *locks), int *number)
{
	int ends[2];
	pid_t pid;

	if (pipe(ends) || (pid = fork()) < 0)
		abort();
	if (!pid) {
		struct locks locks;
		int n;

		locks_init(&locks, dir);
		n = do_so(&locks);
		if (write(ends[1], &n, sizeof(n)) == sizeof(n))
			pause();
		_exit(1);
	}
	close(ends[1]);
	if (read(ends[0], number, sizeof(*number)) != sizeof(*number))
		abort();
	close(ends[0]);
	return pid;
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static int take_two(struct locks *locks)
{
	return take(locks, "a.test") && take(locks, "b.test") && take(locks, "b.test");
}

static void test_others(void)
{
	struct locks locks;
	pid_t holder, child;
	char *why;
	int took;

	locks_init(&locks, dir);
	child = start(take_two, &took);
	ok(took, "another process takes two names, one of them twice");
	ok(!lock_take(&locks, "a.test", &holder) && holder == child, "its process is told");
	why = lock_refusal("a.test", holder);
	ok(strstr(why, "a.test: in use by process ") == why, "as a clause");
	free(why);
	ok(take(&locks, "c.test"), "another name is free");
	lock_drop(&locks, "b.test");
	ok(!take(&locks, "b.test"), "what is not ours is not dropped");
	end(child);
	ok(take(&locks, "a.test") && take(&locks, "b.test"), "who was killed has none any more");
	lock_drop(&locks, "a.test");
	locks_close(&locks);

	child = start(take_two, &took);
	ok(took, "who has ended has none either");
	end(child);
}

static int take_as_many(struct locks *locks)
{
	pid_t holder;
	int n = take_all(locks, &holder);

	return holder == getpid() ? n : 0;
}

static void test_many(void)
{
	struct locks locks;
	pid_t holder, child;
	int n, of_child;

	child = start(take_as_many, &of_child);
	ok(of_child > 25000, "a process has room for ten thousands");
	locks_init(&locks, dir);
	ok(!take_number(&locks, of_child, &holder) && holder == child,
	    "what there is no room for is in use by who has it");
	end(child);
	ok(take_number(&locks, of_child, &holder), "until he ends");
	locks_close(&locks);

	locks_init(&locks, dir);
	n = take_all(&locks, &holder);
	ok(n == of_child && holder == getpid(), "what he has left is used again");
	for (int i = 0; i < n; i++)
		lock_drop(&locks, name_of(i));
	ok(take_all(&locks, &holder) == n, "and so is what was dropped");
	locks_close(&locks);
}

/* The file has been written to by nobody knows whom, or the power failed. */
static void test_damage(void)
{
	static unsigned char garbage[100000];
	int fd = openat(dir, "locks", O_WRONLY);
	struct locks locks;
	pid_t holder;

	for (size_t i = 0; i < sizeof(garbage); i++)
		garbage[i] = (unsigned char)(i * 2654435761u >> 13);
	for (off_t at = 0; at < 2000000; at += (off_t)sizeof(garbage))
		if (pwrite(fd, garbage, sizeof(garbage), at) < 0)
			abort();
	locks_init(&locks, dir);
	ok(take_all(&locks, &holder) > 25000, "garbage in the file is nobody's");
	locks_close(&locks);
	ok(!ftruncate(fd, 1000), "it is cut short");
	locks_init(&locks, dir);
	ok(take_all(&locks, &holder) > 25000, "and grows again");
	locks_close(&locks);
	close(fd);
}

static void test_impossible(void)
{
	struct locks locks;
	pid_t holder;
	char *why;

	unlinkat(dir, "locks", 0);
	if (symlinkat("/dev/null", dir, "locks"))
		abort();
	locks_init(&locks, dir);
	ok(!lock_take(&locks, "a.test", &holder) && holder == -1, "the file cannot be a link");
	why = lock_refusal("a.test", holder);
	is_text(
	    why, "a.test: cannot be locked: Too many levels of symbolic links", "and that is said");
	free(why);
	locks_close(&locks);
	unlinkat(dir, "locks", 0);
}

#define NAMES 5
#define PROCESSES 4
#define ROUNDS 4000

/* Whose each name is, as those say who have taken it. */
static volatile pid_t *owners;
static volatile int *collisions, *turns;

static void contend(struct locks *locks)
{
	for (int round = 0; round < ROUNDS; round++) {
		int i = (round * 7 + getpid()) % NAMES;

		if (!take(locks, name_of(i)))
			continue;
		owners[i] = getpid();
		for (int look = 0; look < 200; look++)
			if (owners[i] != getpid())
				__atomic_fetch_add(collisions, 1, __ATOMIC_SEQ_CST);
		__atomic_fetch_add(turns, 1, __ATOMIC_SEQ_CST);
		lock_drop(locks, name_of(i));
	}
}

/* Some take and drop; others are killed while they do, again and again. */
static void test_contention(void)
{
	void *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pids[PROCESSES];
	struct locks locks;
	int n = 0;

	owners = shared;
	collisions = (int *)shared + 512;
	turns = collisions + 1;
	for (int i = 0; i < PROCESSES; i++) {
		pids[i] = fork();
		if (!pids[i]) {
			locks_init(&locks, dir);
			contend(&locks);
			_exit(0);
		}
	}
	for (int i = 0; i < 200; i++) {
		pid_t pid = fork();
		int before = *turns;

		if (!pid) {
			locks_init(&locks, dir);
			for (;;)
				contend(&locks);
		}
		/* it has had the time to begin, or all have ended */
		for (int wait = 0; *turns < before + 20 && wait < 1000; wait++)
			usleep(100);
		end(pid);
	}
	for (int i = 0; i < PROCESSES; i++)
		waitpid(pids[i], NULL, 0);
	ok(*collisions == 0, "nobody takes what another one has");
	ok(*turns > ROUNDS, "and most have their turn");
	locks_init(&locks, dir);
	while (n < NAMES && take(&locks, name_of(n)))
		n++;
	ok(n == NAMES, "all is free when all have ended");
	locks_close(&locks);
	munmap(shared, 4096);
}

int main(void)
{
	if (!mkdtemp(directory) || (dir = open(directory, O_RDONLY | O_DIRECTORY)) < 0)
		abort();
	test_others();
	test_many();
	test_damage();
	test_contention();
	test_impossible();
	close(dir);
	rmdir(directory);
	return done();
}
