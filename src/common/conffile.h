/* SPDX-License-Identifier: MIT */
/* Configuration files: only from those we trust, and with errors in the right line. */
#ifndef ACMEHOOK_CONFFILE_H
#define ACMEHOOK_CONFFILE_H

#include <stdbool.h>
#include <stdio.h>

#include <confuse.h>

#include "buf.h"
#include "error.h"

/* The longest file that is read. */
#define CONFFILE_MAX (1024 * 1024)

/*
 * An option that the caller's list must have, as CFG_BOOL(CONFFILE_END, cfg_false, CFGF_NODEFAULT).
 * It is put behind the last line: where it is no option, a section was left open (libConfuse closes
 * it without a word).
 */
#define CONFFILE_END "end-of-file"

/* Reads all of a stream, which is closed, if others than we cannot write to the file. */
bool conffile_read(const char *name, FILE *stream, struct buf *text, struct error *error);
/* Makes ready for conffile_parse() what was read. */
bool conffile_prepare(const char *name, struct buf *text, struct error *error);
/*
 * Reads the options. NULL, with a sentence that begins with "FILE:LINE: ", if they are not well;
 * what validcb functions say with cfg_error() is such a sentence. The caller frees what is
 * returned, with cfg_free().
 */
cfg_t *conffile_parse(const char *name, const char *text, cfg_opt_t *opts, struct error *error);
/* libConfuse knows of a section only where it ends: the line where `KEYWORD "TITLE"` stands. */
int conffile_line(const char *text, const char *keyword, const char *title, int otherwise);

#endif
