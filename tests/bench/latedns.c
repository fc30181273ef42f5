// SPDX-License-Identifier: MIT
// latedns: a name server where every record is late.
//
// Usage: latedns VALUE MILLISECONDS [ZONE]
//
// Listens on 127.0.0.1, UDP, at a port that it prints, until its standard input ends. Every
// _acme-challenge.NAME.example.test has the TXT record VALUE, a random time of up to MILLISECONDS
// after it was asked for first; until then it does not exist, as all other names never do. ZONE is
// a directory: then a name is there as long as there is a file of this name.
#include <arpa/inet.h>
#include <ctype.h>
#include <err.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define NAMES (1u << 20) // more than there will ever be

static struct {
	uint64_t hash;
	int64_t from; // ms
} names[NAMES];

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int has_file(const char *zone, const unsigned char *name, size_t len)
{
	char path[4096];
	size_t n = (size_t)snprintf(path, sizeof(path) - 300, "%s", zone);

	for (size_t i = 0; i < len && n < sizeof(path) - 300; i += name[i] + 1u) {
		path[n++] = i ? '.' : '/';
		for (size_t k = 1; k <= name[i]; k++)
			path[n++] = (char)tolower(name[i + k]);
	}
	path[n] = '\0';
	return !access(path, F_OK);
}

static int is_there(const unsigned char *name, size_t len, int late)
{
	uint64_t hash = 14695981039346656037u;
	size_t i, labels = 0;

	for (i = 0; i < len; i += name[i] + 1u)
		labels++;
	if (labels != 4 || name[0] != 15)
		return 0;
	for (size_t k = 0; k < len; k++)
		hash = (hash ^ (name[k] | 0x20)) * 1099511628211u;
	for (i = hash % NAMES; names[i].hash && names[i].hash != hash;)
		i = (i + 1) % NAMES;
	if (!names[i].hash) {
		names[i].hash = hash;
		names[i].from = now() + (late ? random() % late : 0);
	}
	return names[i].from <= now();
}

// The answer in place of the query; returns its length, 0: none.
static size_t answer(unsigned char *m, size_t len, const char *value, int late, const char *zone)
{
	size_t end = 12, n = strlen(value);
	int there;

	while (end < len && m[end])
		end += m[end] + 1u;
	if (len < 12 || end + 5 > len)
		return 0;
	there = is_there(m + 12, end - 12, late) && (!zone || has_file(zone, m + 12, end - 12));
	end += 5;
	m[2] = (unsigned char)(0x84 | (m[2] & 1)); // an answer, authoritative
	m[3] = there ? 0 : 3;
	memset(m + 6, 0, 6);
	m[7] = (unsigned char)there;
	if (!there)
		return end;
	memcpy(m + end, "\xc0\x0c\0\x10\0\1\0\0\0\x3c\0", 11);
	m[end + 11] = (unsigned char)(n + 1);
	m[end + 12] = (unsigned char)n;
	memcpy(m + end + 13, value, n);
	return end + 13 + n;
}

int main(int argc, char **argv)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t size = sizeof(address);
	int fd = socket(AF_INET, SOCK_DGRAM, 0), room = 8 << 20;
	struct pollfd ready[] = {{.fd = fd, .events = POLLIN}, {.fd = 0, .events = POLLIN}};

	if (argc < 3 || strlen(argv[1]) > 250)
		errx(2, "usage: latedns VALUE MILLISECONDS [ZONE]");
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	if (bind(fd, (struct sockaddr *)&address, size) ||
	    getsockname(fd, (struct sockaddr *)&address, &size))
		err(1, "cannot listen");
	printf("%d\n", ntohs(address.sin_port));
	fflush(stdout);
	while (poll(ready, 2, -1) > 0 && !ready[1].revents) {
		unsigned char m[1500];
		struct sockaddr_in from;
		socklen_t from_size = sizeof(from);
		ssize_t n = recvfrom(fd, m, 1000, 0, (struct sockaddr *)&from, &from_size);
		size_t len = n < 0 ? 0 : answer(m, (size_t)n, argv[1], atoi(argv[2]), argv[3]);

		if (len)
			sendto(fd, m, len, 0, (struct sockaddr *)&from, from_size);
	}
	return 0;
}
