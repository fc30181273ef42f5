/* SPDX-License-Identifier: MIT */
/* One file of the spool: a line "TYPE NAME VALUE"; acmehook-responder(8). */
#ifndef ACMEHOOK_SPOOL_ENTRY_H
#define ACMEHOOK_SPOOL_ENTRY_H

#include <stdbool.h>
#include <stddef.h>

/* A longer file is none of ours. */
#define ENTRY_MAX 4096

enum entry_type {
	ENTRY_NONE,
	ENTRY_DNS,  /* name: of the TXT record, canonical; value: its text */
	ENTRY_HTTP, /* name: the token; value: the key authorization */
	ENTRY_TLS,  /* name: as it is asked for in a handshake; value: the digest, as base64url */
};

/* Owns its strings. All zero is none. */
struct spool_entry {
	enum entry_type type;
	char *name, *value;
};

/* Reads a file's content. False, with the end of a sentence in *fault, if it is not well. */
bool spool_entry_parse(struct spool_entry *e, const char *text, size_t len, const char **fault);
void spool_entry_free(struct spool_entry *e);

#endif
