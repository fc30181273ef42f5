/* SPDX-License-Identifier: MIT */
/* Address ranges of the IANA special-purpose registries. */
#include "config.h"

#include "verify/dns/reserved.h"

#include <stdint.h>
#include <string.h>

#include "buf.h"

static const struct range {
	bool v6;
	uint8_t bits;
	uint8_t prefix[16];
	const char *block; /* RFC and name in the IANA registry */
	bool routed;	   /* there is something, but nobody's web server */
} ranges[] = {
    {false, 8, {0}, "[RFC791], Section 3.2: \"This network\"", false},
    {false, 8, {10}, "[RFC1918]: Private-Use", false},
    {false, 10, {100, 64}, "[RFC6598]: Shared Address Space", false},
    {false, 8, {127}, "[RFC1122], Section 3.2.1.3: Loopback", false},
    {false, 16, {169, 254}, "[RFC3927]: Link Local", false},
    {false, 12, {172, 16}, "[RFC1918]: Private-Use", false},
    {false, 24, {192, 0, 0}, "[RFC6890], Section 2.1: IETF Protocol Assignments", false},
    {false, 24, {192, 0, 2}, "[RFC5737]: Documentation (TEST-NET-1)", false},
    {false, 24, {192, 31, 196}, "[RFC7535]: AS112-v4", true},
    {false, 24, {192, 52, 193}, "[RFC7450]: AMT", true},
    {false, 24, {192, 88, 99}, "[RFC7526]: Deprecated (6to4 Relay Anycast)", false},
    {false, 16, {192, 168}, "[RFC1918]: Private-Use", false},
    {false, 24, {192, 175, 48}, "[RFC7534]: Direct Delegation AS112 Service", true},
    {false, 15, {198, 18}, "[RFC2544]: Benchmarking", false},
    {false, 24, {198, 51, 100}, "[RFC5737]: Documentation (TEST-NET-2)", false},
    {false, 24, {203, 0, 113}, "[RFC5737]: Documentation (TEST-NET-3)", false},
    {false, 4, {224}, "[RFC5771]: Multicast", false},
    {false, 4, {240}, "[RFC1112], Section 4: Reserved", false},
    {true, 128, {[15] = 1}, "[RFC4291]: Loopback Address", false},
    {true, 128, {0}, "[RFC4291]: Unspecified Address", false},
    {true, 96, {[10] = 0xff, 0xff}, "[RFC4291]: IPv4-mapped Address", false},
    {true, 96, {0x00, 0x64, 0xff, 0x9b}, "[RFC6052]: IPv4-IPv6 Translat.", true},
    {true, 48, {0x00, 0x64, 0xff, 0x9b, 0, 1}, "[RFC8215]: IPv4-IPv6 Translat.", true},
    {true, 64, {0x01}, "[RFC6666]: Discard-Only Address Block", false},
    {true, 23, {0x20, 0x01}, "[RFC2928]: IETF Protocol Assignments", false},
    {true, 32, {0x20, 0x01, 0x0d, 0xb8}, "[RFC3849]: Documentation", false},
    {true, 16, {0x20, 0x02}, "[RFC3056]: 6to4", true},
    {true, 48, {0x26, 0x20, 0, 0x4f, 0x80}, "[RFC7534]: Direct Delegation AS112 Service", true},
    {true, 20, {0x3f, 0xff}, "[RFC9637]: Documentation", true},
    {true, 16, {0x5f}, "[RFC9602]: Segment Routing (SRv6) SIDs", true},
    {true, 7, {0xfc}, "[RFC4193]: Unique-Local", false},
    {true, 10, {0xfe, 0x80}, "[RFC4291]: Link-Local Unicast", false},
    {true, 8, {0xff}, "[RFC4291]: Multicast", false},
};

static bool is_in(const uint8_t *octets, const struct range *range)
{
	size_t whole = range->bits / 8;
	uint8_t mask = (uint8_t)(0xff00 >> range->bits % 8);

	if (memcmp(octets, range->prefix, whole))
		return false;
	return whole == 16 || !(mask & (octets[whole] ^ range->prefix[whole]));
}

static const struct range *find_range(const union address *a)
{
	bool v6 = address_is_v6(a);
	uint8_t octets[16] = {0};

	if (v6)
		memcpy(octets, &a->v6.sin6_addr, 16);
	else
		memcpy(octets, &a->v4.sin_addr, 4);
	for (size_t i = 0; i < nitems(ranges); i++)
		if (ranges[i].v6 == v6 && is_in(octets, &ranges[i]))
			return &ranges[i];
	return NULL;
}

bool address_is_reserved(const union address *a)
{
	const struct range *range = find_range(a);

	return range && !range->routed;
}

const char *address_reserved_block(const union address *a)
{
	const struct range *range = find_range(a);

	return range ? range->block : NULL;
}
