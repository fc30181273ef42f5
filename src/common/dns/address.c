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

/* glibc's inet_ntop() does it with sprintf(), which shows where there are thousands. */
static void print_v4(const unsigned char octets[4], char *out)
{
	for (int i = 0; i < 4; i++) {
		if (octets[i] >= 100)
			*out++ = (char)('0' + octets[i] / 100);
		if (octets[i] >= 10)
			*out++ = (char)('0' + octets[i] / 10 % 10);
		*out++ = (char)('0' + octets[i] % 10);
		*out++ = i < 3 ? '.' : '\0';
	}
}

void address_print(const union address *a, uint16_t usual, char out[ADDRESS_TEXT])
{
	uint16_t port = ntohs(address_is_v6(a) ? a->v6.sin6_port : a->v4.sin_port);
	size_t n;

	if (!address_is_v6(a))
		print_v4((const unsigned char *)&a->v4.sin_addr, out);
	else if (getnameinfo(&a->sa, sizeof(a->v6), out, ADDRESS_TEXT - 8, NULL, 0, NI_NUMERICHOST))
		snprintf(out, ADDRESS_TEXT, "?");
	n = strlen(out);
	if (port != usual)
		snprintf(out + n, ADDRESS_TEXT - n, "#%u", port);
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
	/* All of them were cleared first. NOLINTNEXTLINE(*-memory-comparison,cert-*) */
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

void addresses_copy(struct addresses *list, const struct addresses *from)
{
	for (size_t i = 0; i < from->n; i++)
		addresses_add(list, &from->v[i]);
}

void addresses_free(struct addresses *list)
{
	free(list->v);
	*list = (struct addresses){0};
}
