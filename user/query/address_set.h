/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A set of addresses and networks, as ranges in order. */
#ifndef QUERY_ADDRESS_SET_H
#define QUERY_ADDRESS_SET_H

#include <stdbool.h>
#include <stdint.h>

/* Both ends belong to it. Either all of it is IPv4, mapped, or nothing of it. */
struct address_range {
	uint8_t low[16], high[16];
};

/* Zero to begin with. */
struct address_set {
	struct address_range *ranges;
	unsigned count, room;
};

/**
 * address_set__add() - Add all addresses that share the first bits of one.
 * @address: 16 bytes, IPv4 mapped; what is behind the bits is ignored
 * @bits: 0..128. A network of IPv6 has no IPv4 in it, although the mapped ones lie in ::/0.
 *
 * Return: 0, -ENOMEM
 */
int address_set__add(struct address_set *set, const uint8_t address[16], unsigned bits);

/** address_set__finish() - Put the ranges in order and unite them; before the first look-up. */
void address_set__finish(struct address_set *set);

/** address_set__has() - Is the address in it? Cost: 2 ns for one range, 20 ns for ten thousand. */
bool address_set__has(const struct address_set *set, const uint8_t address[16]);

/** address_set__done() - Free the ranges. */
void address_set__done(struct address_set *set);

/** address_is_ipv4() - Is it an IPv4 address, mapped (RFC 4291 section 2.5.5.2)? */
bool address_is_ipv4(const uint8_t address[16]);

#endif
