/* SPDX-License-Identifier: MIT */
/*
 * The head of a response, line by line: libcurl takes more for one than the HTTP library of the CA
 * does (net/http of Go), and what the CA would not take must not be good here.
 */
#ifndef ACMEHOOK_HEAD_H
#define ACMEHOOK_HEAD_H

#include <stdbool.h>
#include <stddef.h>

enum header {
	HEADER_LOCATION,
	HEADER_SERVER,
	HEADER_ENCODING,
	HEADER_LENGTH,
	HEADER_TRANSFER,
	HEADER_AGE,
	HEADER_VIA,
	HEADER_CACHE,
	HEADER_RAY,
	HEADER__MAX
};

/* All zero before the first line. */
struct head {
	char *values[HEADER__MAX]; /* of the first of each, without blanks around; or NULL */
	unsigned times[HEADER__MAX];
	size_t octets; /* of all that came */
	size_t lines;
	bool complete;
	bool old;	   /* HTTP/1.0 */
	const char *fault; /* why the CA would not take it, or NULL */
};

/*
 * Takes a line with its end; another head after one that is complete begins anew, anything else
 * there is a trailer. False if that is too much.
 */
bool head_take(struct head *head, const char *line, size_t len);
/* Ready for the first line again. */
void head_clear(struct head *head);

#endif
