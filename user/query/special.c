// SPDX-License-Identifier: GPL-2.0-or-later
/* The prefixes of no country, each with the RFC that took it out of the Internet. */
#include "special.h"

#include <string.h>

#define IPV4(a, b, c, d, bits)                                                                     \
	{                                                                                          \
		{[10] = 0xff, [11] = 0xff, a, b, c, d}, 96 + (bits)                                \
	}
#define IPV6(a, b, c, d, bits)                                                                     \
	{                                                                                          \
		{(a) >> 8, (a)&0xff, (b) >> 8, (b)&0xff, (c) >> 8, (c)&0xff, (d) >> 8, (d)&0xff},  \
			bits                                                                       \
	}

/* clang-format off */
const struct special_prefix special_prefixes[] = {
	IPV6(0, 0, 0, 0, 127),		 /* ::, ::1: unspecified, loopback, RFC 4291 */
	IPV4(0, 0, 0, 0, 8),		 /* this network, RFC 791 */
	IPV4(10, 0, 0, 0, 8),		 /* private, RFC 1918 */
	IPV4(100, 64, 0, 0, 10),	 /* shared by carrier-grade NAT, RFC 6598 */
	IPV4(127, 0, 0, 0, 8),		 /* loopback, RFC 1122 */
	IPV4(169, 254, 0, 0, 16),	 /* link-local, RFC 3927 */
	IPV4(172, 16, 0, 0, 12),	 /* private, RFC 1918 */
	IPV4(192, 0, 0, 0, 24),		 /* protocols, RFC 6890 */
	IPV4(192, 0, 2, 0, 24),		 /* documentation, RFC 5737 */
	IPV4(192, 88, 99, 0, 24),	 /* 6to4 relays, once, RFC 7526 */
	IPV4(192, 168, 0, 0, 16),	 /* private, RFC 1918 */
	IPV4(198, 18, 0, 0, 15),	 /* benchmarks, RFC 2544 */
	IPV4(198, 51, 100, 0, 24),	 /* documentation, RFC 5737 */
	IPV4(203, 0, 113, 0, 24),	 /* documentation, RFC 5737 */
	IPV4(224, 0, 0, 0, 4),		 /* multicast, RFC 5771 */
	IPV4(240, 0, 0, 0, 4),		 /* reserved, RFC 1112; broadcast, RFC 919 */
	IPV6(0x64, 0xff9b, 1, 0, 48),	 /* translation within a network, RFC 8215 */
	IPV6(0x100, 0, 0, 0, 64),	 /* discard, RFC 6666 */
	IPV6(0x100, 0, 0, 1, 64),	 /* dummy, RFC 9780 */
	IPV6(0x2001, 0, 0, 0, 23),	 /* protocols, RFC 2928; Teredo, RFC 4380 */
	IPV6(0x2001, 0xdb8, 0, 0, 32),	 /* documentation, RFC 3849 */
	IPV6(0x2002, 0, 0, 0, 16),	 /* 6to4, RFC 3056: where, only the IPv4 inside tells */
	IPV6(0x3fff, 0, 0, 0, 20),	 /* documentation, RFC 9637 */
	IPV6(0x5f00, 0, 0, 0, 16),	 /* segment identifiers, RFC 9602 */
	IPV6(0xfc00, 0, 0, 0, 7),	 /* unique local, RFC 4193 */
	IPV6(0xfe80, 0, 0, 0, 10),	 /* link-local, RFC 4291 */
	IPV6(0xfec0, 0, 0, 0, 10),	 /* site-local, once, RFC 3879 */
	IPV6(0xff00, 0, 0, 0, 8),	 /* multicast, RFC 4291 */
};
/* clang-format on */

const unsigned special_prefix_count = sizeof(special_prefixes) / sizeof(special_prefixes[0]);

static bool begins(const uint8_t *address, const struct special_prefix *prefix)
{
	unsigned bytes = prefix->bits / 8, bits = prefix->bits % 8;

	if (memcmp(address, prefix->address, bytes) != 0)
		return false;
	return bits == 0 || (address[bytes] ^ prefix->address[bytes]) >> (8 - bits) == 0;
}

bool special_address(const uint8_t address[16])
{
	for (unsigned i = 0; i < special_prefix_count; i++)
		if (begins(address, &special_prefixes[i]))
			return true;
	return false;
}
