/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one bounds check of the project.
 *
 * Packet bytes come from strangers, so no line of oddns compares a packet
 * pointer with the end of its data but the one below. A cursor is a window
 * [pos, end) on the bytes that have not been read yet. Taking from it either
 * gives a pointer to that many readable bytes and moves on, or gives NULL and
 * stays:
 *
 *	start          pos                     end
 *	  | eth | ip    |  udp | dns ...        |
 *	  '- read ------'- cursor_take(c, 8) -> "udp", pos moves 8 to the right
 *
 * The same code is compiled for the kernel, where the verifier must be able to
 * prove it, and natively for capture files and the fuzzer. Two habits make the
 * proof possible: the pointer that is returned is the very one that was
 * compared, and a length that comes from the packet is bounded by its own type
 * or mask before it is added.
 */
#ifndef ODDNS_CURSOR_H
#define ODDNS_CURSOR_H

#include "abi.h"

#ifndef __always_inline
#define __always_inline inline __attribute__((always_inline))
#endif

struct odd_cursor {
	const __u8 *start;
	const __u8 *pos;
	const __u8 *end;
};

/**
 * cursor_take() - Take the next bytes.
 * @c: cursor; moved behind the bytes on success, untouched otherwise
 * @bytes: how many, 0..2048 (the longest IPv6 extension header, RFC 8200 section 4.2)
 *
 * Return: pointer to @bytes readable bytes, NULL when fewer are left.
 */
static __always_inline const void *cursor_take(struct odd_cursor *c, __u32 bytes)
{
	const __u8 *p = c->pos;

	if (p + bytes > c->end)
		return (const void *)0;
	c->pos = p + bytes;
	return p;
}

/*
 * Above all places where a walk reads (ODD_HEADERS_BYTES, and a step of 2 KiB), and below the
 * 65 535 by which packet pointers may be moved.
 */
#define CURSOR_OFFSET_MASK 0x7fff

/**
 * odd_unlearn() - The same number, of which the verifier knows nothing.
 *
 * verifier: ways that have learned different constants are never one again, and each goes
 * on through all that follows. Swapped twice, a number is forgotten, for one or two cycles.
 */
static __always_inline __u64 odd_unlearn(__u64 number)
{
#ifdef __bpf__
	asm volatile("%0 = be64 %0\n"
		     "%0 = be64 %0"
		     : "+r"(number));
#endif
	return number;
}

/**
 * cursor_seek() - Stand at a place of the packet, wherever the cursor stood before.
 * @offset: from the start of the packet, 0..CURSOR_OFFSET_MASK
 *
 * verifier: it compares packet pointers by their offset, and paths that came by different
 * headers would never be one again. A masked number is the same unknown on all of them.
 */
static __always_inline void cursor_seek(struct odd_cursor *c, __u64 offset)
{
#ifdef __bpf__
	asm volatile("%0 &= %1" : "+r"(offset) : "i"(CURSOR_OFFSET_MASK));
#endif
	c->pos = c->start + offset;
}

#endif
