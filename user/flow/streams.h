/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finds the DNS messages in TCP streams (RFC 9293, RFC 1035 section 4.2.2, RFC
 * 7766). streams.c opens with the idea.
 */
#ifndef FLOW_STREAMS_H
#define FLOW_STREAMS_H

#include <oddns/abi.h>

#include <stdbool.h>
#include <stdint.h>

struct streams_limits {
	uint64_t idle_ns;	   /* a connection without a segment for so long is forgotten */
	uint64_t hole_ns;	   /* how long a missing segment is awaited */
	uint32_t connections;	   /* remembered at once, 16..2^20 */
	uint32_t connection_bytes; /* held for one connection, both directions, 8 KiB.. */
	uint64_t bytes;		   /* held for all */
	uint32_t message_bytes;	   /* kept of a message that spans segments, 12..65 535 */
};

struct streams_counters {
	uint64_t segments;	/* events taken that have payload */
	uint64_t controls;	/* events taken without: SYN, FIN, RST */
	uint64_t messages;	/* handed on */
	uint64_t cut;		/* of them, those of which a part was missing */
	uint64_t retransmitted; /* segments, all of whose bytes had been there */
	uint64_t reordered;	/* segments that came before their turn and were kept */
	uint64_t overlapping; /* segments, some of whose bytes had been there; the first ones count
			       */
	uint64_t holes;	      /* places where bytes never came */
	uint64_t resynced;    /* streams entered in the middle, or again behind a hole */
	uint64_t skipped;     /* segments without a message that could be recognized meanwhile */
	uint64_t misframed;   /* streams given up: a length prefix below 12 */
	uint64_t over_connection; /* segments not kept: connection_bytes */
	uint64_t over_total;	  /* segments not kept: bytes */
	uint64_t evicted;	  /* connections given up for want of room */
	uint64_t idle;		  /* connections forgotten after idle_ns */
	uint64_t connections;	  /* now */
	uint64_t held_bytes;	  /* now */
};

struct streams;

/**
 * streams__new() - Make it.
 * @limits: copied
 * @seed: of the hash
 * @on_message: receives whole messages, one call each; valid during the call only
 *
 * Return: 0, -ENOMEM, -EINVAL when a limit is out of its range
 */
int streams__new(const struct streams_limits *limits, uint64_t seed,
		 void (*on_message)(void *context, const struct odd_event *message), void *context,
		 struct streams **ret_streams);

/** streams__free() - NULL is fine. */
void streams__free(struct streams *streams);

/**
 * streams__event() - Take a TCP segment, or a part of one, or a SYN, FIN or RST.
 *
 * Connections are told apart by addresses, ports and tunnel. Each message that is complete by
 * now is handed on without its length prefix, with the addresses, hook, sender and time of the
 * event that completed it, message_bytes from its prefix and captured_bytes as far as it is
 * there (less than message_bytes with ODD_EVENT_CUT). Cost: at most 500 ns a message.
 */
void streams__event(struct streams *streams, const struct odd_event *event);

/** streams__tick() - Give up holes and connections that are due. */
void streams__tick(struct streams *streams, uint64_t now_ns);

/** streams__finish() - End of input: give up all holes, hand on what lies behind them. */
void streams__finish(struct streams *streams);

/** streams__counters() - Live, owned by @streams. */
const struct streams_counters *streams__counters(const struct streams *streams);

#endif
