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
} ranges[] = {
    {false, 8, {0}},
    {false, 8, {10}},
    {false, 10, {100, 64}},
    {false, 8, {127}},
    {false, 16, {169, 254}},
    {false, 12, {172, 16}},
    {false, 24, {192, 0, 0}},
    {false, 24, {192, 0, 2}},
    {false, 24, {192, 88, 99}},
    {false, 16, {192, 168}},
    {false, 15, {198, 18}},
    {false, 24, {198, 51, 100}},
    {false, 24, {203, 0, 113}},
    {false, 4, {224}},
    {false, 4, {240}},
    {true, 127, {0}}, /* :: and ::1 */
    {true, 96, {[10] = 0xff, 0xff}},
    {true, 64, {0x01}},
    {true, 23, {0x20, 0x01}},
    {true, 32, {0x20, 0x01, 0x0d, 0xb8}},
    {true, 7, {0xfc}},
    {true, 10, {0xfe, 0x80}},
    {true, 8, {0xff}},
};

static bool is_in(const uint8_t *octets, const struct range *range)
{
	size_t whole = range->bits / 8;
	uint8_t mask = (uint8_t)(0xff00 >> range->bits % 8);

	if (memcmp(octets, range->prefix, whole))
		return false;
	return !(mask & (octets[whole] ^ range->prefix[whole]));
}

bool address_is_reserved(const union address *a)
{
	bool v6 = address_is_v6(a);
	uint8_t octets[16] = {0};

	if (v6)
		memcpy(octets, &a->v6.sin6_addr, 16);
	else
		memcpy(octets, &a->v4.sin_addr, 4);
	for (size_t i = 0; i < nitems(ranges); i++)
		if (ranges[i].v6 == v6 && is_in(octets, &ranges[i]))
			return true;
	return false;
}
