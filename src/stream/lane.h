/* SPDX-License-Identifier: MIT */
/*
 * Lanes: what has a name in common is done in the order in which it came. Those that wait in a lane
 * stand in line; only the first may go. What went is either running, which keeps all others
 * waiting, or being proven, which keeps only those waiting that cannot share. What has to prepare
 * itself comes before it runs: one that may, while another one runs.
 */
#ifndef ACMEHOOK_LANE_H
#define ACMEHOOK_LANE_H

#include <stdbool.h>
#include <stddef.h>

struct lane;

/* All lanes, by name; all zero has none. A lane is there as long as somebody has a place in it. */
struct lanes {
	struct lane **bucket;
	size_t buckets, n;
};

/* A place in a lane; all zero is none, which keeps nobody waiting. */
struct place {
	struct lane *lane;
	struct place *next; /* in line */
	enum { PLACE_WAITING, PLACE_COMING, PLACE_RUNNING, PLACE_PROVING, PLACE_ASIDE } state;
};

/* Stands in line. The place must stay where it is until lane_leave(). */
void lane_enter(struct lanes *lanes, const char *name, struct place *place);
/*
 * May the one at this place go? With sharing not only when nobody is in the lane, but also beside
 * what is being proven, and beside those that run for the same group (not NULL).
 */
bool lane_may_go(const struct place *place, bool sharing, const void *group);
/* Goes: runs, for a group or (NULL) alone. */
void lane_go(struct place *place, const void *group);
/* The group takes nobody more. */
void lane_close_group(struct place *place);
/* Runs no longer, if it did; is being proven. */
void lane_prove(struct place *place);
/* May the one at this place come, as the next one that runs? */
bool lane_may_come(const struct place *place);
void lane_come(struct place *place);
/* May it run now that it came, or stepped aside? */
bool lane_may_run(const struct place *place);
void lane_run(struct place *place);
/* Does not run for now, and keeps nobody waiting. */
void lane_step_aside(struct place *place);
/* Steps aside in this lane from now on, out of order; NULL: in none. */
void lane_move(struct lanes *lanes, const char *name, struct place *place);
/* Is done, or waits no longer. */
void lane_leave(struct lanes *lanes, struct place *place);
/* Nobody may be in a lane any more. */
void lanes_free(struct lanes *lanes);

#endif
