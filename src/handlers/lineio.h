/* SPDX-License-Identifier: MIT */
/* Lines from one descriptor and text to another, without ever waiting for either. */
#ifndef ACMEHOOK_LINEIO_H
#define ACMEHOOK_LINEIO_H

#include <stdbool.h>
#include <stddef.h>

#include <uv.h>

struct lineio;

/* What happens. None is called after lineio_close(); all may call it. Any may be NULL. */
struct lineio_events {
	/* A line, as a linecutter hands it out: data NULL if it was too long. */
	void (*line)(void *arg, const char *data, size_t len);
	/* The input is at its end; once. */
	void (*ended)(void *arg);
	/* All that had to wait has been written, or is lost. */
	void (*written)(void *arg);
	/*
	 * The output cannot be written, and why (an errno); once. A full disk: it is kept, and
	 * tried again every second. All else, such as EPIPE: it is lost, and so is what will come.
	 */
	void (*trouble)(void *arg, int error, bool kept);
};

/*
 * Takes over the descriptors, which may be files, pipes, terminals, or both the same socket; -1:
 * there is none. Nothing is read before lineio_read(). NULL if one of them can be neither read nor
 * waited for; *error is an errno then, and the descriptors are still the caller's.
 */
struct lineio *lineio_new(
    uv_loop_t *loop, int in, int out, const struct lineio_events *events, void *arg, int *error);
/* Reads on, or not: what comes meanwhile waits with whoever writes it. Up to 64 KiB that were read
 * already may still come as lines. */
void lineio_read(struct lineio *io, bool on);
/* Writes now, or as soon as somebody reads. */
void lineio_write(struct lineio *io, const char *data, size_t len);
/* How many bytes wait to be written. */
size_t lineio_unwritten(const struct lineio *io);
/* Drops what waits. Standard input and output stay open, and are as they were. */
void lineio_close(struct lineio *io);

#endif
