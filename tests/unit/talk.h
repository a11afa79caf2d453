/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A TCP connection for the tests of streams: two sides say DNS messages, tests
 * send pieces of what was said as segments, and read as a line of text what came
 * out. Sides are 'a' (the client) and 'b' (the server).
 */
#ifndef TALK_H
#define TALK_H

#include "flow/streams.h"

#include <stddef.h>

#define MS	 1000000ULL
#define S	 (1000 * MS)
#define EPOCH	 (1700000000 * S)
#define SAID_MAX 400000
#define TOLD_MAX 65536

struct side {
	uint32_t start; /* sequence of the first byte */
	uint32_t said;	/* bytes, with length prefixes */
	uint8_t stream[SAID_MAX];
};

struct talk {
	struct streams *streams;
	const struct streams_counters *counters;
	uint64_t now_ns;
	uint16_t port; /* of the client */
	uint8_t flags; /* of all events: ODD_EVENT_* */
	uint32_t tunnel_id;
	uint8_t tunnel;
	struct side side[2];
	size_t told_bytes;
	char told[TOLD_MAX];
	uint64_t told_ns; /* time of the last message */
	unsigned cut;	  /* messages with ODD_EVENT_CUT */
};

/** talk_limits() - Generous ones: 60 s idle, 1 s hole, 1000 connections, 64 KiB, 1 MiB, 65 535. */
struct streams_limits talk_limits(void);

/** talk_new() - With streams of these limits; 'a' starts at 1000, 'b' at 5000. */
struct talk *talk_new(const struct streams_limits *limits);

/** talk_free() - Also fails the test when a counter's identity does not hold. */
void talk_free(struct talk *talk);

/** talk_say() - A side says message @id of @bytes, at least 12. */
void talk_say(struct talk *talk, char side, uint16_t id, unsigned bytes);

/** talk_say_bytes() - A side says anything. */
void talk_say_bytes(struct talk *talk, char side, const void *bytes, unsigned count);

/** talk_event() - An event of what a side said from @from up to @to, of which @captured are there.
 */
void talk_event(struct talk *talk, char side, uint32_t from, uint32_t to, uint8_t tcp_flags);

/** talk_send() - Without flags but ACK. */
void talk_send(struct talk *talk, char side, uint32_t from, uint32_t to);

/** talk_send_cut() - As a frame that was captured up to @captured. */
void talk_send_cut(struct talk *talk, char side, uint32_t from, uint32_t captured, uint32_t to);

/** talk_open() - SYN of both. */
void talk_open(struct talk *talk);

/** talk_wait() - Time passes. */
void talk_wait(struct talk *talk, uint64_t ns);

/**
 * talk_told() - What was handed on since the last time: "a1 b2/40" are message 1 of 'a' and
 * message 2 of 'b', of which 40 bytes are there. "!" behind it: with other bytes than were said.
 */
const char *talk_told(struct talk *talk);

#endif
