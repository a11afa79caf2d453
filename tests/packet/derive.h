/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rows made of rows: the same packet behind tags, cut short, with a length that
 * is wrong, before a walk that enters fewer tunnels. What must come out follows
 * from where the builder has put things, so each of these takes a row and
 * changes both the packet and the expectation; where no rule tells, it says so.
 */
#ifndef PACKET_DERIVE_H
#define PACKET_DERIVE_H

#include "packet/table.h"

/**
 * packet_derive_tagged() - The packet behind four tags.
 *
 * Return: false when it has tags of its own
 */
bool packet_derive_tagged(const struct packet_row *row, struct packet_row *ret_row);

/**
 * packet_derive_padded() - The packet with bytes behind it up to this length.
 *
 * Return: false when its end is not known from its headers, or is not in the frame
 */
bool packet_derive_padded(const struct packet_row *row, unsigned bytes, struct packet_row *ret_row);

/**
 * packet_derive_cut() - Only the frame's first bytes.
 * @bytes: fewer than packet_build() makes
 *
 * Return: false when the row is cut already, or is not followed to its message
 */
bool packet_derive_cut(const struct packet_row *row, const struct packet_layout *layout,
		       unsigned bytes, struct packet_row *ret_row);

/**
 * packet_derive_wrong() - One length says more or less than it should.
 * @piece: of the layout
 *
 * Return: false when there is no such length, or something else is wrong already
 */
bool packet_derive_wrong(const struct packet_row *row, const struct packet_layout *layout,
			 unsigned piece, int by, struct packet_row *ret_row);

/**
 * packet_derive_tunnels() - What a walk makes of it that enters so many tunnels.
 *
 * Return: false when the row is not followed to its message
 */
bool packet_derive_tunnels(const struct packet_row *row, const struct packet_layout *layout,
			   unsigned tunnels, struct packet_row *ret_row);

#endif
