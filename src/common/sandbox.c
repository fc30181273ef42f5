/* SPDX-License-Identifier: MIT */
/* What a program can no longer do: limits, Landlock, seccomp; each where there is one. */
#include "config.h"

#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef HAVE_LINUX_SECCOMP_H
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#endif

#include "buf.h"

/* --- Limits */

static bool is_file(int fd)
{
	struct stat st;

	return !fstat(fd, &st) && S_ISREG(st.st_mode);
}

static bool set_limits(void)
{
	const struct rlimit none = {0, 0};
	bool good = !setrlimit(RLIMIT_CORE, &none);

	if (!is_file(STDOUT_FILENO) && !is_file(STDERR_FILENO)) /* else the verdicts go there */
		good = !setrlimit(RLIMIT_FSIZE, &none) && good;
	return SANITIZED || (!setrlimit(RLIMIT_NPROC, &none) && good);
}

#ifdef HAVE_LINUX_SECCOMP_H

/* --- Landlock: linux/landlock.h, as far as it is of use here; old systems have none. */

#if !defined(SYS_landlock_create_ruleset) /* the same number on every architecture but alpha */
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule 445
#define SYS_landlock_restrict_self 446
#endif
#define READ_FILE (UINT64_C(1) << 2)
#define READ_DIR (UINT64_C(1) << 3)
#define BIND_TCP UINT64_C(1)
#define SIGNALS_AND_ABSTRACT_SOCKETS UINT64_C(3)
#define RULE_PATH_BENEATH 1

/* What there is to forbid, by version: so many kinds of access to files, then the rest. */
static const struct {
	int files;
	uint64_t network, scopes;
	size_t size; /* of the attributes */
} landlocks[] = {
    {13, 0, 0, 8},
    {14, 0, 0, 8},
    {15, 0, 0, 8},
    {15, BIND_TCP, 0, 16},
    {16, BIND_TCP, 0, 16},
    {16, BIND_TCP, SIGNALS_AND_ABSTRACT_SOCKETS, 24},
};

static void allow(int ruleset, const char *path, uint64_t access)
{
	struct {
		uint64_t access;
		int32_t fd;
	} __attribute__((packed)) rule = {access, open(path, O_PATH | O_CLOEXEC)};

	if (rule.fd < 0)
		return;
	syscall(SYS_landlock_add_rule, ruleset, RULE_PATH_BENEATH, &rule, 0);
	close(rule.fd);
}

static void allow_resolvers(int ruleset, const char *path)
{
	char *real = realpath(path, NULL), *slash = real ? strrchr(real, '/') : NULL;

	if (slash && slash != real && strcmp(real, path) && strncmp(real, "/etc/", 5)) {
		*slash = '\0';
		allow(ruleset, real, READ_FILE);
	} else {
		allow(ruleset, path, READ_FILE);
	}
	free(real);
}

/* The version, or 0. */
static int close_files(const struct sandbox_needs *needs)
{
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0, 1);
	size_t known = version > (long)nitems(landlocks) ? nitems(landlocks) : (size_t)version;
	uint64_t attributes[3];
	int ruleset;
	bool good;

	if (version < 1)
		return 0;
	attributes[0] = (UINT64_C(1) << landlocks[known - 1].files) - 1;
	attributes[1] = landlocks[known - 1].network;
	attributes[2] = landlocks[known - 1].scopes;
	ruleset =
	    (int)syscall(SYS_landlock_create_ruleset, attributes, landlocks[known - 1].size, 0);
	if (ruleset < 0)
		return 0;
	if (needs->resolvers)
		allow_resolvers(ruleset, needs->resolvers);
	if (needs->directory)
		allow(ruleset, needs->directory, READ_FILE | READ_DIR);
	if (SANITIZED)
		allow(ruleset, "/proc", READ_FILE | READ_DIR);
	good = !syscall(SYS_landlock_restrict_self, ruleset, 0);
	close(ruleset);
	return good ? (int)version : 0;
}

/* --- seccomp: what a program that only asks and answers never needs is refused. */

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define ARCHITECTURE AUDIT_ARCH_RISCV64
#elif defined(__powerpc64__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define ARCHITECTURE AUDIT_ARCH_PPC64LE
#endif /* others make some of these calls in ways of their own: no filter there */

#ifdef ARCHITECTURE
#define WRITING (O_ACCMODE | O_CREAT | O_TRUNC)
#define ALWAYS (-1)
#define NEVER (-2)
#define UNLESS_SERVING (-3)
#define WHEN_SERVING (-4)
/* Several words of a row. NOLINTNEXTLINE(bugprone-macro-parentheses) */
#define CALL(name) SYS_##name, ALWAYS, 0, 0, false, EPERM

/* Refused, with its errno, when (arg & mask) == value is what `equal` says; the first row of a call
 * that is for this program counts. */
static const struct refusal {
	int call, arg;
	uint32_t mask, value;
	bool equal;
	int error;
} refusals[] = {
    /* programs, processes */
    {CALL(execve)},
    {CALL(execveat)},
    {CALL(kill)},
    {CALL(process_vm_readv)},
    {CALL(process_vm_writev)},
    {CALL(setns)},
    {CALL(unshare)},
#ifdef SYS_clone3
    {SYS_clone3, ALWAYS, 0, 0, false, ENOSYS}, /* then clone() is tried */
#endif
    {SYS_clone, SANITIZED ? NEVER : 0, CLONE_THREAD, 0, true, EPERM},
    {SYS_ptrace, SANITIZED ? NEVER : ALWAYS, 0, 0, false, EPERM},
    /* files */
    {SYS_openat, 2, WRITING, 0, false, EPERM},
#ifdef SYS_openat2
    {SYS_openat2, ALWAYS, 0, 0, false, ENOSYS},
#endif
    {CALL(fallocate)},
    {CALL(fchmod)},
    {CALL(fchmodat)},
    {CALL(fchown)},
    {CALL(fchownat)},
    {CALL(linkat)},
    {CALL(mkdirat)},
    {CALL(mknodat)},
    {CALL(open_by_handle_at)},
    {CALL(renameat2)},
    {CALL(symlinkat)},
    {CALL(truncate)},
    {CALL(unlinkat)},
    {CALL(utimensat)},
#ifdef SYS_renameat
    {CALL(renameat)},
#endif
#ifdef SYS_open /* the older architectures have the older calls */
    {SYS_open, 1, WRITING, 0, false, EPERM},
    {CALL(chmod)},
    {CALL(chown)},
    {CALL(creat)},
    {CALL(fork)},
    {CALL(lchown)},
    {CALL(link)},
    {CALL(mkdir)},
    {CALL(mknod)},
    {CALL(rename)},
    {CALL(rmdir)},
    {CALL(symlink)},
    {CALL(unlink)},
    {CALL(vfork)},
#endif
    /* sockets: AF_INET is 2, AF_INET6 10 */
    {SYS_socket, WHEN_SERVING, 0, 0, false, EPERM},
    {SYS_bind, WHEN_SERVING, 0, 0, false, EPERM},
    {SYS_connect, WHEN_SERVING, 0, 0, false, EPERM},
    {SYS_socket, 0, ~UINT32_C(8), 2, false, EAFNOSUPPORT},
    {SYS_accept, UNLESS_SERVING, 0, 0, false, EPERM},
    {SYS_accept4, UNLESS_SERVING, 0, 0, false, EPERM},
    {CALL(listen)},
    /* the kernel's own doors */
    {CALL(add_key)},
    {CALL(bpf)},
    {CALL(chroot)},
    {CALL(keyctl)},
    {CALL(mount)},
    {CALL(perf_event_open)},
    {CALL(pivot_root)},
    {CALL(request_key)},
    {CALL(umount2)},
    {CALL(userfaultfd)},
#ifdef SYS_io_uring_setup
    {SYS_io_uring_setup, ALWAYS, 0, 0, false, ENOSYS},
#endif
};

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define LOW_WORD 0
#else
#define LOW_WORD 4
#endif

static void put(struct sock_fprog *program, const struct sock_filter *instructions, size_t n)
{
	memcpy(program->filter + program->len, instructions, n * sizeof(*instructions));
	program->len += (unsigned short)n;
}

static void put_refusal(struct sock_fprog *program, const struct refusal *r, bool serves)
{
	const struct sock_filter refuse =
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (uint32_t)r->error);
	uint32_t arg = (uint32_t)offsetof(struct seccomp_data, args) + 8 * (uint32_t)r->arg;

	const struct sock_filter always[] = {
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)r->call, 0, 1),
	    refuse,
	};
	const struct sock_filter sometimes[] = {
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)r->call, 0, 5),
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, arg + LOW_WORD),
	    BPF_STMT(BPF_ALU | BPF_AND | BPF_K, r->mask),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, r->value, !r->equal, r->equal),
	    refuse,
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};

	if (r->arg == ALWAYS || r->arg == (serves ? WHEN_SERVING : UNLESS_SERVING))
		put(program, always, nitems(always));
	else if (r->arg >= 0)
		put(program, sometimes, nitems(sometimes));
}

static bool filter_calls(bool serves)
{
	static const struct sock_filter begin[] = {
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	    /* x86-64 has its calls twice, as x32 with this bit */
	    BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
	};
	static const struct sock_filter end[] = {BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
	struct sock_filter f[nitems(begin) + 6 * nitems(refusals) + nitems(end)];
	struct sock_fprog program = {.filter = f};

	put(&program, begin, nitems(begin));
	for (size_t i = 0; i < nitems(refusals); i++)
		put_refusal(&program, &refusals[i], serves);
	put(&program, end, nitems(end));
	return !prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}
#else
static bool filter_calls(bool serves)
{
	(void)serves;
	return false;
}
#endif

#else
static int close_files(const struct sandbox_needs *needs)
{
	(void)needs;
	return 0;
}

static bool filter_calls(bool serves)
{
	(void)serves;
	return false;
}
#endif

void sandbox_enter(struct sandbox *s, const struct sandbox_needs *needs)
{
	s->landlock = close_files(needs);
	s->limits = set_limits();
	s->seccomp = filter_calls(needs->serves);
}
