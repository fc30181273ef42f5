/* SPDX-License-Identifier: MIT */
/* Where a stream of events comes from: files, FIFOs, sockets. */
#ifndef ACMEHOOK_INPUT_H
#define ACMEHOOK_INPUT_H

#include <stdbool.h>

#include <uv.h>

#include "buf.h"
#include "error.h"

/* A FIFO, made if it is not there; its writers may come and go, it never ends. -1 with a sentence.
 */
int input_fifo(const char *path, struct error *error);

/* Descriptors that systemd (or whoever speaks sd_listen_fds(3)) has opened for us; handlers will
 * not hear of them. Returns how many; the first is *first. */
int input_activation(int *first);
bool input_is_fifo(int fd);

struct listener;
/* A client; the descriptor is the receiver's. False: no more for now. */
typedef bool listener_client(void *arg, int fd);

/* Listens at "unix:PATH", which must not be served by anybody else. NULL, with a sentence. */
struct listener *listener_new(
    uv_loop_t *loop, const char *address, listener_client *client, void *arg, struct error *error);
/* Listens at a socket that was opened for us. */
struct listener *listener_take(uv_loop_t *loop, int fd, listener_client *client, void *arg);
/* Accepts again, after client() said no more. */
void listener_resume(struct listener *listener);
/* Listens no more; a socket that was made here is gone. */
void listener_close(struct listener *listener);

#endif
