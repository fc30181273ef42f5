/* SPDX-License-Identifier: MIT */
/* What a program gives up before it reads anything from the network. */
#include "config.h"

#include "privileges.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#ifdef HAVE_SYS_PRCTL_H
#include <sys/prctl.h>
#endif
#ifdef HAVE_LINUX_CAPABILITY_H
#include <linux/capability.h>
#include <stdio.h>
#include <sys/syscall.h>
#endif

#include "buf.h"

/* "nobody" of systems that have no such name. */
#define NOBODY 65534
#define FILES_MAX 65536

struct account {
	uid_t uid;
	gid_t gid;
};

static struct account find_account(const char *user)
{
	const struct passwd *pw = getpwnam(user);

	return pw ? (struct account){pw->pw_uid, pw->pw_gid} : (struct account){NOBODY, NOBODY};
}

/* 0, or errno. After it nothing brings root back, which is tried. */
static int become(const struct account *account)
{
	if (setgroups(0, NULL) || setgid(account->gid) || setuid(account->uid))
		return errno;
	if (geteuid() == 0 || getegid() == 0 || setuid(0) == 0 || setgid(0) == 0)
		return EPERM;
	return 0;
}

#ifdef HAVE_LINUX_CAPABILITY_H
/* Is the id of the outside world one that this user namespace has a name for? */
static bool is_mapped(const char *map, unsigned long id)
{
	unsigned long first, outside, count;
	bool mapped = false;
	FILE *f = fopen(map, "re");

	if (!f)
		return true;
	while (fscanf(f, "%lu %lu %lu", &first, &outside, &count) == 3)
		mapped = mapped || (id >= first && id - first < count);
	fclose(f);
	return mapped;
}

/* Somebody else than root may have been given one, to open a port below 1024. */
static bool has_capabilities(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct has[_LINUX_CAPABILITY_U32S_3] = {{0}};

	return syscall(SYS_capget, &header, has) || has[0].permitted || has[1].permitted;
}

static int drop_capabilities(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0}};

	return syscall(SYS_capset, &header, none) ? errno : 0;
}

/* Root of such a namespace has no other user to become; without capabilities it is harmless. */
static int stay_harmless(const struct account *account, int error)
{
	if (error != EPERM && error != EINVAL)
		return error;
	if (is_mapped("/proc/self/uid_map", account->uid) &&
	    is_mapped("/proc/self/gid_map", account->gid))
		return error;
	return drop_capabilities();
}
#else
static bool has_capabilities(void)
{
	return false;
}

static int drop_capabilities(void)
{
	return 0;
}

static int stay_harmless(const struct account *account, int error)
{
	(void)account;
	return error;
}
#endif

static void set_limits(void)
{
	struct rlimit core = {0, 0}, files;

	setrlimit(RLIMIT_CORE, &core);
	if (getrlimit(RLIMIT_NOFILE, &files))
		return;
	if (files.rlim_cur < FILES_MAX && files.rlim_cur < files.rlim_max) {
		files.rlim_cur = files.rlim_max < FILES_MAX ? files.rlim_max : FILES_MAX;
		setrlimit(RLIMIT_NOFILE, &files);
	}
}

bool privileges_drop(const char *user, struct error *error)
{
	int cause = 0;

	if (geteuid() == 0) {
		struct account account = find_account(user);

		if (chdir("/"))
			return error_set(
			    error, FAILURE_STOPPED, "cannot go to /: %s", strerror(errno));
		cause = become(&account);
		if (cause)
			cause = stay_harmless(&account, cause);
	} else if (has_capabilities()) {
		cause = drop_capabilities();
	}
	if (cause)
		return error_set(error, FAILURE_STOPPED,
		    "cannot become a user without rights (%s): %s", user, strerror(cause));
#ifdef HAVE_SYS_PRCTL_H
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
#endif
	set_limits();
	return true;
}
