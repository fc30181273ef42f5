/* SPDX-License-Identifier: MIT */
/* Handlers that go on although the acmehook that called them was killed. */
#ifndef ACMEHOOK_ORPHANS_H
#define ACMEHOOK_ORPHANS_H

#include <stdbool.h>

/*
 * Waits until no process has ACMEHOOK_JOB=job in its environment: the handlers of that job, and
 * whatever they have started and forked. Those that are there after patience ms get SIGTERM, a
 * second later SIGKILL. False if some are still there then. Where there is no Linux /proc none are
 * found.
 */
bool orphans_end(const char *job, long patience);

#endif
