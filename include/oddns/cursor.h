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

/**
 * cursor_offset() - Bytes between the start of the packet and the cursor.
 */
static __always_inline __u32 cursor_offset(const struct odd_cursor *c)
{
	return (__u32)(c->pos - c->start);
}

/*
 * The walk goes no further than this into a frame: Ethernet, tags, IPv6, eight
 * extension headers of 2 048 bytes each are 16 454 bytes.
 */
#define CURSOR_OFFSET_MASK 0x7fff

/**
 * cursor_join() - Let the verifier see one state where paths of different header lengths meet.
 *
 * verifier: it compares packet pointers by their exact offset, so five numbers
 * of VLAN tags and eight extension headers of three kinds each would be tens
 * of thousands of paths. A masked offset is the same unknown on all of them.
 */
static __always_inline void cursor_join(struct odd_cursor *c)
{
#ifdef __bpf__
	__u64 offset = c->pos - c->start;

	asm volatile("%0 &= %1" : "+r"(offset) : "i"(CURSOR_OFFSET_MASK));
	c->pos = c->start + offset;
#else
	(void)c;
#endif
}

#endif
