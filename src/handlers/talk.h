/* SPDX-License-Identifier: MIT */
/*
 * Handlers that are no programs: somebody at the other end of a channel, or at the terminal, who is
 * told by a text and answers with a line. One is talked to about one thing at a time; the next call
 * waits until it is answered.
 */
#ifndef ACMEHOOK_TALK_H
#define ACMEHOOK_TALK_H

#include "handlers/transport.h"

/* The address of whoever sits at the terminal; others are as in --channel. */
#define TERMINAL "/dev/tty"
/* The address of those who have our standard input and output. */
#define STDIO "stdin and stdout"

struct partner;
struct remark;

/* All that are talked to. */
struct partners {
	uv_loop_t *loop;
	struct partner *first;
};

/* False, with a sentence, if it is no address; see --channel in acmehook(1). */
bool talk_address(const char *address, struct error *error);

/* False, with a sentence, if others than we could have made what the address leads to, or nobody
 * has; what is written after it is not opened. */
bool talk_trusts(const char *address, struct error *error);

/*
 * Says a text, and with awaited waits for an answer, at most timeout ms (0: for ever). done() is
 * called from the loop, once, not after talk_stop(). The text is copied.
 */
struct remark *talk_say(struct partners *partners, const char *address, const char *text,
    bool awaited, long timeout, process_done *done, void *arg);
/* Gives up on the answer; done() is called, with the result that we were stopped. */
void talk_stop(struct remark *remark);
/* Gives up on it without a word. Returns the arg it was said with. */
void *talk_cancel(struct remark *remark);
/* Shows a line that the next one will take the place of, to somebody who is being talked to. */
void talk_show(struct partners *partners, const char *address, const char *line);
void partners_close(struct partners *partners);

extern const struct transport transport_talk;

#endif
