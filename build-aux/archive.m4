dnl SPDX-License-Identifier: MIT
dnl ACMEHOOK_ARCHIVE(LIBRARY, FUNCTION, FILES): the first of the files with which a program that has
dnl this function of the library can be built takes the place of -lLIBRARY in DISPATCH_LIBS. Where
dnl there is none, the library stays shared.
AC_DEFUN([ACMEHOOK_ARCHIVE], [
AC_MSG_CHECKING([for an archive of $1])
archive=no
for file in $3; do
	saved_CFLAGS=$CFLAGS saved_LDFLAGS=$LDFLAGS saved_LIBS=$LIBS
	CFLAGS="$CFLAGS $HARDEN_CFLAGS"
	LDFLAGS="$LDFLAGS $HARDEN_LDFLAGS"
	LIBS="-l:$file $DISPATCH_LIBS $LIBS"
	AS_IF([test "$archive" = no], [AC_LINK_IFELSE([AC_LANG_CALL([], [$2])], [archive=$file])])
	CFLAGS=$saved_CFLAGS LDFLAGS=$saved_LDFLAGS LIBS=$saved_LIBS
done
AC_MSG_RESULT([$archive])
AS_IF([test "$archive" != no],
	[DISPATCH_LIBS=`AS_ECHO(["$DISPATCH_LIBS"]) | sed "s/-l$1 /-l:$archive /"`])])
