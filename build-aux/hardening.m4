dnl SPDX-License-Identifier: MIT
dnl ACMEHOOK_TRY_FLAGS(VARIABLE, FLAGS): adds each of the flags with which a program can be built
AC_DEFUN([ACMEHOOK_TRY_FLAGS], [
for flag in $2; do
	saved_CFLAGS=$CFLAGS saved_LDFLAGS=$LDFLAGS
	CFLAGS="$CFLAGS -Werror $HARDEN_CPPFLAGS $HARDEN_CFLAGS $flag"
	LDFLAGS="$LDFLAGS $HARDEN_LDFLAGS"
	AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <stdio.h>]],
		[[char line[64]; return !fgets(line, sizeof(line), stdin)]])], [$1="$$1 $flag"])
	CFLAGS=$saved_CFLAGS LDFLAGS=$saved_LDFLAGS
done])

dnl ACMEHOOK_HARDEN(SANITIZED): what compiler, linker and C library have against the abuse of
dnl mistakes, in HARDEN_CPPFLAGS, HARDEN_CFLAGS and HARDEN_LDFLAGS. SANITIZED is yes where sanitizers
dnl look for the mistakes themselves.
AC_DEFUN([ACMEHOOK_HARDEN], [
AC_MSG_CHECKING([how programs can be hardened])
HARDEN_CPPFLAGS= HARDEN_CFLAGS= HARDEN_LDFLAGS=
AS_CASE([" $CFLAGS $LDFLAGS "], [*" -static"*|*" -no-pie "*], [],
	[ACMEHOOK_TRY_FLAGS([HARDEN_CFLAGS], [-fPIE])
	ACMEHOOK_TRY_FLAGS([HARDEN_LDFLAGS], [-pie])])
ACMEHOOK_TRY_FLAGS([HARDEN_LDFLAGS], [[-Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack]])
ACMEHOOK_TRY_FLAGS([HARDEN_CFLAGS], [-fstack-protector-strong -fstack-clash-protection \
	-fcf-protection -mbranch-protection=standard])
AS_IF([test "$1" != yes],
	[ACMEHOOK_TRY_FLAGS([HARDEN_CFLAGS], [-ftrivial-auto-var-init=zero])
	# It needs optimisation, and whoever calls us may have chosen a level of it.
	AC_COMPILE_IFELSE([AC_LANG_SOURCE([[#if !defined(__OPTIMIZE__) || defined(_FORTIFY_SOURCE)
#error no
#endif]])], [ACMEHOOK_TRY_FLAGS([HARDEN_CPPFLAGS], [-D_FORTIFY_SOURCE=2])])])
AC_MSG_RESULT([$HARDEN_CPPFLAGS $HARDEN_CFLAGS $HARDEN_LDFLAGS])
AC_SUBST([HARDEN_CPPFLAGS])
AC_SUBST([HARDEN_CFLAGS])
AC_SUBST([HARDEN_LDFLAGS])])
