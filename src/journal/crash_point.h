/* SPDX-License-Identifier: MIT */
/* The tests' build of the journal dies at each of its steps in turn, as if by SIGKILL. */
#ifndef ACMEHOOK_CRASH_POINT_H
#define ACMEHOOK_CRASH_POINT_H

#ifdef ACMEHOOK_CRASH_POINTS
void crash_point(void); /* at step $ACMEHOOK_CRASH_AT */
#else
#define crash_point() ((void)0)
#endif

#endif
