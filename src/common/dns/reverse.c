/* SPDX-License-Identifier: MIT */
/* From an address to its name, and back. */
#include "config.h"

#include "dns/reverse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"

char *reverse_name(const union address *a)
{
	struct buf b = BUF_INIT(128);
	const unsigned char *p = (const unsigned char *)&a->v4.sin_addr;

	if (!address_is_v6(a))
		return xasprintf("%u.%u.%u.%u.in-addr.arpa", p[3], p[2], p[1], p[0]);
	p = a->v6.sin6_addr.s6_addr;
	for (int i = 15; i >= 0; i--)
		buf_printf(&b, "%x.%x.", p[i] & 15, p[i] >> 4);
	buf_puts(&b, "ip6.arpa");
	return b.data;
}

static unsigned hex_digit(char c)
{
	return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10) & 15;
}

/* What is read is an address in any case; whether it was in the name is seen on the way back. */
bool reverse_address(union address *a, const char *name)
{
	unsigned char octets[16] = {0};
	unsigned n[4];
	char end, *same;
	bool good;

	if (sscanf(name, "%3u.%3u.%3u.%3u.in-addr.arp%c", &n[3], &n[2], &n[1], &n[0], &end) == 5) {
		for (int i = 0; i < 4; i++)
			octets[i] = (unsigned char)n[i];
		address_from_octets(a, octets, 4, 0);
	} else {
		for (int i = 0; i < 32 && strlen(name) == 72; i++)
			octets[15 - i / 2] |=
			    (unsigned char)(hex_digit(name[2 * i]) << (i % 2 * 4));
		address_from_octets(a, octets, 16, 0);
	}
	same = reverse_name(a);
	good = !strcmp(same, name);
	free(same);
	return good;
}
