/* SPDX-License-Identifier: MIT */
/* What the responder tells people: lines on standard error. */
#ifndef ACMEHOOK_SAY_H
#define ACMEHOOK_SAY_H

/* Writes a line, with the program's name before it; nothing in it can deceive a terminal. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
