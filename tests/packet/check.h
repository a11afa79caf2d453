/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What became of one frame, held against its row or against another parser's result. */
#ifndef PACKET_CHECK_H
#define PACKET_CHECK_H

#include "packet/table.h"

#include "source/source.h"

#define PACKET_WHY_MAX 200

/* One more than a frame may have, to see too many. */
#define PACKET_EVENTS_MAX (ODD_PARTS_MAX + 1)

/* A row as it goes onto the wire. */
struct packet_frame {
	const struct packet_row *row;
	struct packet_layout layout;
	unsigned length;
	uint8_t bytes[PACKET_FRAME_MAX];
};

/** packet_frame_build() - @row must outlive it. */
void packet_frame_build(struct packet_frame *frame, const struct packet_row *row);

/**
 * packet_frame_before() - Build what is to be seen before the row, under the same tags.
 * @n: below row->before_count
 * @frame: PACKET_FRAME_MAX bytes
 *
 * Return: its length
 */
unsigned packet_frame_before(const struct packet_row *row, unsigned n, uint8_t *frame);

union packet_event_room {
	struct odd_event event;
	uint8_t bytes[sizeof(struct odd_event) + ODD_SNAPLEN_MAX];
};

struct packet_result {
	unsigned count; /* of events, PACKET_EVENTS_MAX at most */
	union packet_event_room events[PACKET_EVENTS_MAX];
	struct source_counters counters; /* by how much they grew */
};

/** packet_result_take() - An event_fn; @context is a struct packet_result. */
void packet_result_take(void *context, const struct odd_event *event);

/** packet_result_begin() - No events, counters as they are before the frame. */
void packet_result_begin(struct packet_result *result, const struct source_counters *now);

/** packet_result_end() - Turn the counters into their growth. */
void packet_result_end(struct packet_result *result, const struct source_counters *now);

/**
 * packet_check() - Hold a result against its row.
 * @snaplen: that the parser was set to
 * @hook: where it says that it stood
 * @ret_why: PACKET_WHY_MAX bytes, what differs; written on false only
 */
bool packet_check(const struct packet_frame *frame, const struct packet_result *result,
		  unsigned snaplen, enum odd_hook hook, char *ret_why);

/**
 * packet_same() - Hold two results against each other: all of the events but
 * their hook, interface, time and sender; all counters, whatever the hook.
 */
bool packet_same(const struct packet_result *one, const struct packet_result *other, char *ret_why);

/** packet_address() - 16 bytes of an address in IPv6 notation. */
void packet_address(const char *text, uint8_t ret_address[16]);

#endif
