/* SPDX-License-Identifier: MIT */
/* Addresses and ports of servers: how they are written, as BIND and dig write them. */
#ifndef ACMEHOOK_DNS_ADDRESS_H
#define ACMEHOOK_DNS_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sys/socket.h>
#include <netinet/in.h>

union address {
	struct sockaddr sa;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

/* Room for an address with scope and port. */
#define ADDRESS_TEXT 80

/* "ADDR[#PORT]", IPv6 with "%SCOPE" if need be. False if it is something else. */
bool address_parse(union address *a, const char *text, uint16_t port);
/* The same way; the port is written only if it is not the usual one. */
void address_print(const union address *a, uint16_t usual, char out[ADDRESS_TEXT]);
/* From the octets of an A (4) or AAAA (16) record. */
void address_from_octets(union address *a, const unsigned char *octets, size_t len, uint16_t port);
bool address_same(const union address *a, const union address *b);
bool address_is_v6(const union address *a);
void address_set_port(union address *a, uint16_t port);

struct addresses {
	union address *v;
	size_t n;
};

/* Adds a, unless it is there already. */
void addresses_add(struct addresses *list, const union address *a);
/* Adds all of another list. */
void addresses_copy(struct addresses *list, const struct addresses *from);
void addresses_free(struct addresses *list);

#endif
