/* SPDX-License-Identifier: MIT */
/* The sockets that are listened at: our own, or those that systemd has opened for us. */
#ifndef ACMEHOOK_SOCKETS_H
#define ACMEHOOK_SOCKETS_H

#include "responder/setup.h"

struct listening {
	int fd; /* non-blocking, and closed in programs that are started */
	enum service service;
	bool stream;	      /* TCP, listening; else UDP */
	bool wildcard;	      /* at all addresses of this host */
	unsigned connections; /* that there may be at once */
	union address address;
};

/* More than that wait to be taken at each. */
#define SOCKETS_BACKLOG 512

struct sockets {
	struct listening *v;
	size_t n;
};

/*
 * Opens them; what systemd hands over for a service stands in the place of what the configuration
 * says about it. False, with a sentence, if one cannot be had, or there would be none at all.
 */
bool sockets_open(struct sockets *sockets, const struct setup *setup, struct error *error);
void sockets_close(struct sockets *sockets);

#endif
