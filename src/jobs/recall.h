/* SPDX-License-Identifier: MIT */
/* What the journal adds to a client's call: what it told us before, and does not repeat. */
#ifndef ACMEHOOK_RECALL_H
#define ACMEHOOK_RECALL_H

#include "dialects/dialect.h"
#include "journal/journal.h"
#include "jobs/plan.h"

/*
 * Completes events that clean: what their deployment said more (the key authorization, the
 * handler's output) is added. An event without a value becomes one for each value of its
 * identifier that this client had deployed; false, with a sentence, if there is none.
 */
bool recall_deployed(
    struct journal *journal, const struct dialect *from, struct batch *batch, struct error *error);

/* Does the client tell how many challenges of its batch are still to come, and are there any? */
bool batch_goes_on(const struct event *event);
/*
 * With the last event that a client tells of a batch, adds the earlier ones: those that were
 * deployed and not verified yet, and those that wait to be deployed with it; of each place in the
 * batch the newest.
 */
void recall_batch(struct journal *journal, const struct dialect *from, struct batch *batch);

#endif
