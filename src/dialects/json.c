/* SPDX-License-Identifier: MIT */
/* JSON mode of certbot-external-auth: events as objects, one a line; src/common/event_json.c has
 * the table, src/stream.c reads the lines. */
#include "config.h"

#include "dialect.h"

const struct dialect dialect_json = {
    .name = "json",
    .summary = "JSON mode of certbot-external-auth: events as objects, one a line (acmehook run)",
    .flags = DIALECT_FROM | DIALECT_STREAM,
};
