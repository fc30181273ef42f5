/* SPDX-License-Identifier: MIT */
/* In a stream, certificates that were not installed are tried again as further events. */
#ifndef ACMEHOOK_STREAM_RETRY_H
#define ACMEHOOK_STREAM_RETRY_H

#include "stream/schedule.h"

struct stream_retry {
	struct schedule *schedule;
	struct source source;
};

/* It is a source of the schedule from now on, until that ends. */
void stream_retry_init(struct stream_retry *retry, struct schedule *schedule);
/* An event was handled: what it is a reason to try again is tried, each in the order of its name.
 * What was told with other options than ours, or cut off, is left to acmehook pending --retry. */
void stream_retry_after(struct stream_retry *retry, const struct event *event);

#endif
