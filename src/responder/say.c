/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "responder/say.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "buf.h"

void say(const char *format, ...)
{
	struct buf line = BUF_INIT(4096);
	char text[2048];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	buf_printf(&line, "acmehook-responder: %s", text);
	buf_visible(&line);
	fprintf(stderr, "%s\n", buf_text(&line));
	buf_free(&line);
}
