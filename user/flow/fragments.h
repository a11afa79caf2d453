/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Puts datagrams together that IP has split (RFC 791 section 3.2, RFC 8200
 * section 4.5). fragments.c opens with the idea.
 */
#ifndef FLOW_FRAGMENTS_H
#define FLOW_FRAGMENTS_H

#include <oddns/abi.h>

#include <stdbool.h>
#include <stdint.h>

struct fragments_limits {
	uint64_t timeout_ns; /* how long a datagram's other fragments are awaited, from the first */
	uint32_t datagrams;  /* remembered at once, 16..65536 */
	uint64_t bytes;	     /* held at once, payload and what each datagram costs; 256 KiB.. */
};

/* The kernel sends later fragments of what it does not know to be something else, too. */
struct fragments_counters {
	uint64_t fragments;   /* events taken */
	uint64_t reassembled; /* datagrams handed on whole */
	uint64_t partial;     /* datagrams handed on with ODD_EVENT_CUT, timed out or cut */
	uint64_t overlapping; /* datagrams refused because fragments overlap (RFC 8200 section 4.5)
			       */
	uint64_t repeated;  /* fragments that were there already, byte for byte (as RFC 8200 allows)
			     */
	uint64_t misshapen; /* fragments that fit no datagram: beyond 65 535 bytes, not in units of
			       8; and datagrams refused because fragments tell two ends */
	uint64_t unclaimed; /* datagrams whose first fragment never came: perhaps not DNS */
	uint64_t evicted; /* datagrams given up for want of room, handed on if the first is there */
	uint64_t held;	  /* datagrams that wait now */
	uint64_t held_bytes; /* now, of those and of settled ones that are remembered */
};

struct fragments;

/**
 * fragments__new() - Make it.
 * @limits: copied
 * @seed: of the hash
 * @on_message: receives messages, one call each; valid during the call only
 *
 * Return: 0, -ENOMEM, -EINVAL when a limit is out of its range
 */
int fragments__new(const struct fragments_limits *limits, uint64_t seed,
		   void (*on_message)(void *context, const struct odd_event *message),
		   void *context, struct fragments **ret_fragments);

/** fragments__free() - NULL is fine. */
void fragments__free(struct fragments *fragments);

/**
 * fragments__event() - Take a fragment (ODD_EVENT_FRAGMENT).
 *
 * Fragments of one datagram agree in addresses, protocol, identification and tunnel. When the
 * last byte is there, the message is handed on with the header of the first fragment's event, the
 * time of this one and up to 65 527 captured_bytes; ODD_EVENT_CUT only when a frame was cut or the
 * fragments hold less than UDP's length says. Of a datagram whose fragments overlap nothing is
 * handed on, then or later. Also lets time pass, as fragments__tick().
 *
 * Cost: a hash look-up and a copy, a second copy when it is complete.
 */
void fragments__event(struct fragments *fragments, const struct odd_event *event);

/**
 * fragments__tick() - Give up what waits too long: with the first fragment there, its message
 * is handed on as far as it reaches without a hole, with ODD_EVENT_CUT and the first's time.
 *
 * A step back by more than the timeout is another capture: all is given up. Cost: two comparisons
 * when nothing is due.
 */
void fragments__tick(struct fragments *fragments, uint64_t now_ns);

/** fragments__finish() - Give up everything that is held, as fragments__tick() does. */
void fragments__finish(struct fragments *fragments);

/** fragments__counters() - Live, owned by @fragments. */
const struct fragments_counters *fragments__counters(const struct fragments *fragments);

#endif
