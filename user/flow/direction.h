/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads one direction of a TCP connection. direction.c opens with the idea. */
#ifndef FLOW_DIRECTION_H
#define FLOW_DIRECTION_H

#include "flow/backlog.h"
#include "flow/connection.h"
#include "flow/streams_data.h"

#include <oddns/abi.h>

#include <stdbool.h>
#include <stdint.h>

/* What all directions share. */
struct direction_room {
	struct streams_limits limits;
	struct streams_counters counters;
	struct backlogs backlogs;
	void (*on_message)(void *context, const struct odd_event *message);
	void *context;
	struct odd_event *scratch; /* with 65 535 bytes of payload */
	uint64_t now_ns;
	bool releasing; /* room is being made: what is handed on meanwhile makes no more */
};

/**
 * direction__take() - Take a segment that has payload.
 *
 * What it completes, or what is given up for want of room, is handed on before returning.
 */
void direction__take(struct direction_room *room, struct direction *direction,
		     const struct odd_event *segment);

/** direction__start() - A SYN: the stream begins at @sequence; what it was before has ended. */
void direction__start(struct direction_room *room, struct direction *direction, uint32_t sequence);

/** direction__forget() - Its start is unknown again; it must hold nothing. */
void direction__forget(struct direction *direction);

/** direction__give_up_hole() - Read on behind the first missing bytes; some segment waits. */
void direction__give_up_hole(struct direction_room *room, struct direction *direction);

/**
 * direction__give_up() - Hold nothing any more: hand on what waits and what is there of a
 * message. When the rest of it comes, it is skipped.
 */
void direction__give_up(struct direction_room *room, struct direction *direction);

#endif
