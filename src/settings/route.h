/* SPDX-License-Identifier: MIT */
/* Which rule an event gets. */
#ifndef ACMEHOOK_ROUTE_H
#define ACMEHOOK_ROUTE_H

#include "event.h"
#include "settings/rules.h"

/*
 * The most specific rule whose pattern fits the event, NULL if none does. An event in the pattern
 * counts most, then the name (a full name before a longer suffix before a shorter one), then the
 * challenge type; of equals the first wins.
 */
const struct rule *route(const struct rules *rules, const struct event *event);

#endif
