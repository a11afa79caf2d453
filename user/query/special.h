/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses of no country: `ctry 0`. */
#ifndef QUERY_SPECIAL_H
#define QUERY_SPECIAL_H

#include <stdbool.h>
#include <stdint.h>

struct special_prefix {
	uint8_t address[16]; /* IPv4 mapped */
	unsigned bits;	     /* of the 128 */
};

/* By address; none lies in another. */
extern const struct special_prefix special_prefixes[];
extern const unsigned special_prefix_count;

/**
 * special_address() - Has an address no country, because no network on the Internet has it?
 * @address: 16 bytes
 *
 * Private, shared (CGN), loopback, link-local, unique local, unspecified, multicast, reserved,
 * for documentation, benchmarks and protocols: what IANA's registries do not call globally
 * reachable, and whole blocks for protocols, whose few reachable addresses are anycast or
 * identifiers.
 *
 * Cost: 20 ns.
 * Source: https://www.iana.org/assignments/iana-ipv4-special-registry, iana-ipv6-special-registry,
 * multicast-addresses, ipv6-multicast-addresses; RFC 3879 for fec0::/10.
 */
bool special_address(const uint8_t address[16]);

#endif
