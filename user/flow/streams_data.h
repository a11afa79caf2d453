/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What bounds the reading of TCP streams, and what is counted: apart, as several modules share it.
 */
#ifndef FLOW_STREAMS_DATA_H
#define FLOW_STREAMS_DATA_H

#include <stdint.h>

struct streams_limits {
	uint64_t idle_ns;     /* a connection without a segment for so long is forgotten, 1.. */
	uint64_t hole_ns;     /* how long a missing segment is awaited, 1.. */
	uint32_t connections; /* remembered at once, 16..2^20, 128 bytes each */
	uint32_t connection_bytes; /* held for one connection, both directions, 8 KiB.. */
	uint64_t bytes;		   /* held for all, connection_bytes.. */
	uint32_t message_bytes;	   /* kept of a message that spans segments, 12..65 535 */
};

/*
 * Exact between two calls:
 *   opened = connections + closed + idle + evicted
 *   messages with ODD_EVENT_CUT = cut + over_message
 */
struct streams_counters {
	uint64_t segments;	/* events taken that have payload */
	uint64_t controls;	/* events taken without: SYN, FIN; RST, whose payload is no data */
	uint64_t messages;	/* handed on */
	uint64_t cut;		/* of them, those of which a part was missing, or found no room */
	uint64_t over_message;	/* of them, those of which message_bytes were kept */
	uint64_t headless;	/* messages not handed on: a hole within their first 12 bytes */
	uint64_t retransmitted; /* segments, all of whose bytes had been there; keep-alives */
	uint64_t reordered;	/* segments that came before their turn and were kept */
	uint64_t overlapping;	/* segments, some of whose bytes had been there */
	uint64_t holes;		/* places where bytes never came, or not in time */
	uint64_t resynced;	/* streams entered in the middle, or again behind a hole */
	uint64_t skipped;	/* segments without a message that could be recognized meanwhile */
	uint64_t misframed;	/* places where a length prefix is below 12 */
	/* segments that could not wait or be kept, so that a hole was given up or a message cut */
	uint64_t over_connection; /* for want of connection_bytes */
	uint64_t over_total;  /* for want of bytes; also streams that gave theirs up to others */
	uint64_t opened;      /* connections */
	uint64_t closed;      /* connections that ended: FIN of both sides, RST, end of input */
	uint64_t idle;	      /* connections forgotten after idle_ns */
	uint64_t evicted;     /* connections given up for want of room for another */
	uint64_t connections; /* now, with those that ended less than hole_ns ago */
	uint64_t held_bytes;  /* now */
};

#endif
