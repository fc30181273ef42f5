/* SPDX-License-Identifier: MIT */
/* Addresses and ports as text and as the system has them. */
#include "config.h"

#include "dns/address.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "identifier.h"

static bool port_parse(const char *text, uint16_t *port)
{
	unsigned long n;
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	n = strtoul(text, &end, 10);
	if (*end || n < 1 || n > 65535)
		return false;
	*port = (uint16_t)n;
	return true;
}

bool address_parse(union address *a, const char *text, uint16_t port)
{
	struct addrinfo hints = {.ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_DGRAM}, *found;
	char host[ADDRESS_TEXT], plain[ADDRESS_TEXT];
	const char *hash = strchr(text, '#');
	size_t len = hash ? (size_t)(hash - text) : strlen(text);

	if (len >= sizeof(host) || (hash && !port_parse(hash + 1, &port)))
		return false;
	memcpy(host, text, len);
	host[len] = '\0';
	memcpy(plain, host, len + 1);
	plain[strcspn(plain, "%")] = '\0';
	memset(a, 0, sizeof(*a));
	if (inet_pton(AF_INET, host, &a->v4.sin_addr) == 1) {
		a->v4.sin_family = AF_INET;
	} else {
		/* getaddrinfo() knows scopes, but also takes "127.1" for an address. */
		if (!identifier_is_ip(plain) || getaddrinfo(host, NULL, &hints, &found))
			return false;
		memcpy(a, found->ai_addr, found->ai_addrlen);
		freeaddrinfo(found);
	}
	*(a->sa.sa_family == AF_INET6 ? &a->v6.sin6_port : &a->v4.sin_port) = htons(port);
	return true;
}

bool address_is_v6(const union address *a)
{
	return a->sa.sa_family == AF_INET6;
}

void address_set_port(union address *a, uint16_t port)
{
	*(address_is_v6(a) ? &a->v6.sin6_port : &a->v4.sin_port) = htons(port);
}

void address_print(const union address *a, uint16_t usual, char out[ADDRESS_TEXT])
{
	uint16_t port = ntohs(address_is_v6(a) ? a->v6.sin6_port : a->v4.sin_port);
	socklen_t len = address_is_v6(a) ? sizeof(a->v6) : sizeof(a->v4);
	char host[ADDRESS_TEXT - 8];

	if (getnameinfo(&a->sa, len, host, sizeof(host), NULL, 0, NI_NUMERICHOST))
		snprintf(host, sizeof(host), "?");
	if (port == usual)
		snprintf(out, ADDRESS_TEXT, "%s", host);
	else
		snprintf(out, ADDRESS_TEXT, "%s#%u", host, port);
}

void address_from_octets(union address *a, const unsigned char *octets, size_t len, uint16_t port)
{
	memset(a, 0, sizeof(*a));
	if (len == 4) {
		a->v4.sin_family = AF_INET;
		a->v4.sin_port = htons(port);
		memcpy(&a->v4.sin_addr, octets, 4);
	} else {
		a->v6.sin6_family = AF_INET6;
		a->v6.sin6_port = htons(port);
		memcpy(&a->v6.sin6_addr, octets, 16);
	}
}

bool address_same(const union address *a, const union address *b)
{
	return !memcmp(a, b, sizeof(*a));
}

void addresses_add(struct addresses *list, const union address *a)
{
	for (size_t i = 0; i < list->n; i++)
		if (address_same(&list->v[i], a))
			return;
	list->v = xrealloc(list->v, (list->n + 1) * sizeof(*list->v));
	list->v[list->n++] = *a;
}

void addresses_free(struct addresses *list)
{
	free(list->v);
	*list = (struct addresses){0};
}
