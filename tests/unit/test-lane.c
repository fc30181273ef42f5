/* SPDX-License-Identifier: MIT */
/* Lanes: who may go, and who has to wait. */
#include "config.h"

#include "stream/lane.h"

#include <stdio.h>

#include "tap.h"

static void test_one_after_the_other(void)
{
	struct lanes lanes = {0};
	struct place first, second, other, none = {0};

	lane_enter(&lanes, "a.test", &first);
	lane_enter(&lanes, "a.test", &second);
	lane_enter(&lanes, "b.test", &other);
	ok(lane_may_go(&first, false, NULL), "the first may go");
	ok(!lane_may_go(&second, true, NULL), "the second waits in line");
	ok(lane_may_go(&other, false, NULL), "who has another name may go");
	ok(lane_may_go(&none, false, NULL), "who is in no lane may go");
	lane_go(&first, NULL);
	ok(!lane_may_go(&second, true, NULL), "nobody goes beside one that runs");
	lane_prove(&first);
	ok(lane_may_go(&second, true, NULL), "who shares goes beside one that is proven");
	ok(!lane_may_go(&second, false, NULL), "who does not share waits for it");
	lane_leave(&lanes, &first);
	ok(lane_may_go(&second, false, NULL), "and goes when it is done");
	lane_leave(&lanes, &second);
	lane_leave(&lanes, &other);
	ok(lanes.n == 0, "lanes without places are gone");
	lanes_free(&lanes);
}

static void test_groups(void)
{
	struct lanes lanes = {0};
	struct place first, second, third;
	int group, another;

	lane_enter(&lanes, "a.test", &first);
	lane_enter(&lanes, "a.test", &second);
	lane_enter(&lanes, "a.test", &third);
	lane_go(&first, &group);
	ok(!lane_may_go(&second, true, NULL), "who is in no group waits for one that runs");
	ok(!lane_may_go(&second, true, &another), "so does who is in another");
	ok(lane_may_go(&second, true, &group), "who is in the same goes with it");
	lane_go(&second, &group);
	lane_close_group(&first);
	ok(!lane_may_go(&third, true, &group), "a group that is closed takes nobody more");
	lane_leave(&lanes, &first);
	ok(!lane_may_go(&third, false, NULL), "one of two is done: the other still runs");
	lane_leave(&lanes, &second);
	ok(lane_may_go(&third, false, NULL), "both are done");
	lane_leave(&lanes, &third);
	lanes_free(&lanes);
}

static void test_coming(void)
{
	struct lanes lanes = {0};
	struct place first, second, third, stranger = {0}, none = {0};

	lane_enter(&lanes, "hook", &first);
	lane_enter(&lanes, "hook", &second);
	lane_enter(&lanes, "hook", &third);
	ok(lane_may_come(&first) && !lane_may_come(&second), "only the first in line may come");
	lane_come(&first);
	ok(!lane_may_come(&second) && !lane_may_go(&second, true, NULL),
	    "nobody comes or goes before the one that comes");
	ok(lane_may_run(&first), "what came may run");
	lane_run(&first);
	ok(lane_may_come(&second), "and the next may come meanwhile");
	lane_come(&second);
	ok(!lane_may_run(&second), "but not run");
	lane_step_aside(&first);
	ok(lane_may_run(&second), "what steps aside keeps nobody waiting");
	lane_run(&second);
	ok(!lane_may_run(&first), "it waits itself until it may run again");
	lane_move(&lanes, "hook", &stranger);
	ok(!lane_may_run(&stranger) && lane_may_come(&third),
	    "who moves to a lane waits for who runs, but nobody for him");
	lane_move(&lanes, "hook", &second);
	ok(!lane_may_run(&stranger), "to move to the same lane is none");
	lane_move(&lanes, "other", &second);
	ok(lane_may_run(&stranger) && lane_may_run(&second), "who moves does not run");
	lane_move(&lanes, NULL, &second);
	ok(lane_may_run(&second) && lane_may_run(&none), "nor does who is in no lane");
	lane_leave(&lanes, &stranger);
	lane_leave(&lanes, &first);
	lane_leave(&lanes, &third);
	ok(lanes.n == 0, "all are gone");
	lanes_free(&lanes);
}

static void test_many(void)
{
	struct lanes lanes = {0};
	static struct place places[5000];
	char name[20];
	int free_to_go = 0;

	for (int i = 0; i < 5000; i++) {
		snprintf(name, sizeof(name), "n%d.test", i % 2500);
		lane_enter(&lanes, name, &places[i]);
	}
	for (int i = 0; i < 5000; i++)
		free_to_go += lane_may_go(&places[i], false, NULL);
	ok(free_to_go == 2500, "of many names the first of each may go");
	/* whoever leaves the line, also from its end, does not lose the others */
	for (int i = 2500; i < 5000; i++)
		lane_leave(&lanes, &places[i]);
	ok(lanes.n == 2500, "their lanes are still there");
	snprintf(name, sizeof(name), "n7.test");
	lane_enter(&lanes, name, &places[4000]);
	lane_leave(&lanes, &places[7]);
	ok(lane_may_go(&places[4000], false, NULL),
	    "who came after one that left the end is first");
	lane_leave(&lanes, &places[4000]);
	for (int i = 0; i < 2500; i++)
		lane_leave(&lanes, &places[i]);
	ok(lanes.n == 0, "all are gone");
	lanes_free(&lanes);
}

int main(void)
{
	test_one_after_the_other();
	test_groups();
	test_coming();
	test_many();
	return done();
}
