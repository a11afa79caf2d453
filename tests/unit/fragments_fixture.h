/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fragments as a test says them, and the messages that come of them. Header of the
 * event and bytes of the message are made up from the identification alone, so what
 * is handed on can be held against what was meant.
 */
#ifndef FRAGMENTS_FIXTURE_H
#define FRAGMENTS_FIXTURE_H

#include <oddns/abi.h>

#include <stdbool.h>
#include <stdint.h>

#define MS    1000000ULL
#define S     (1000 * MS)
#define EPOCH (1700000000 * S)

/* A fragment. Positions and lengths count from the start of the message, as IP's less 8 do. */
struct fragment {
	uint32_t id;
	uint64_t at_ns; /* after EPOCH */
	uint32_t start;
	uint32_t bytes;	  /* of message; 8 less than IP's for a first one */
	uint32_t missing; /* bytes at its end that were cut off */
	uint16_t message; /* first: what UDP's length says, less 8 */
	uint8_t flags;	  /* ODD_EVENT_FRAGMENT goes without saying */
	uint8_t salt;	  /* other bytes than those of the message */
	uint8_t tunnel;
	uint32_t tunnel_id;
	uint32_t ifindex;
};

/* What was handed on. */
struct handed {
	struct odd_event event; /* header */
	uint8_t *payload;
};

struct heard {
	struct handed *messages;
	uint32_t count;
	uint32_t room;
};

/** fixture_byte() - Byte @i of message @id. */
uint8_t fixture_byte(uint32_t id, uint32_t i);

/** fixture_event() - The event of a fragment, in a heap block of just its size. */
struct odd_event *fixture_event(const struct fragment *fragment);

/** fixture_hear() - An on_message; @context is a struct heard. */
void fixture_hear(void *context, const struct odd_event *message);

/** fixture_forget() - Free what was heard. */
void fixture_forget(struct heard *heard);

#endif
