/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Does a TCP segment begin with a DNS message? Asked where the start of the stream is unknown. */
#ifndef FLOW_MIDSTREAM_H
#define FLOW_MIDSTREAM_H

#include <oddns/abi.h>

#include <stdbool.h>

/**
 * midstream_is_start() - Guess whether the first payload bytes are a length prefix.
 * @segment: with its payload, as far as it was captured
 *
 * Yes when length prefixes of 12 and more lead from message to message exactly to its end, with a
 * header that can be at the first one, or when they lead beyond its end and the header of each
 * can be one: an opcode in use, no reserved bit, nothing in a query that only a response has, at
 * most one question, and no more records than have room. Two bytes alone of 12 and more are a
 * prefix in a segment of its own; one byte says nothing. Of other bytes one segment in about
 * 10^7 passes; then the stream is read at a wrong place until a prefix is below 12.
 *
 * Return: the guess
 * Source: RFC 1035 sections 4.1.1 and 4.2.2, RFC 1995 section 3, RFC 1996 section 3.7, RFC 2136
 * section 2, RFC 6895 section 2, RFC 8490 section 5.4
 */
bool midstream_is_start(const struct odd_event *segment);

#endif
