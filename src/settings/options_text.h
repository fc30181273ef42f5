/* SPDX-License-Identifier: MIT */
/* Settings as text: the lines that say them in a configuration file. */
#ifndef ACMEHOOK_OPTIONS_TEXT_H
#define ACMEHOOK_OPTIONS_TEXT_H

#include "settings/options.h"

/*
 * Sets the option of "NAME=VALUE"; of a list it adds an element. "NAME=" sets it to nothing, which
 * hides what other layers of a view have. False if there is no such option, or, with a sentence,
 * if the value is none of its.
 */
bool settings_put_line(struct settings *settings, const char *line, struct error *error);
/*
 * Adds the lines of all options of a rule that are set, each with a margin. Variables are shown by
 * their names only.
 */
void settings_print(struct buf *b, const struct settings *settings, const char *margin);

#endif
