/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is held of one direction of a TCP connection: segments that came before
 * their turn, and the first bytes of a message that spans segments. Most
 * directions hold nothing, and have none. All that have one are in a list,
 * those first that have waited longest.
 */
#ifndef FLOW_BACKLOG_H
#define FLOW_BACKLOG_H

#include "flow/connection.h"

#include <oddns/abi.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct backlog {
	struct backlog *older, *newer;
	struct direction *direction;
	uint64_t since_ns;	    /* when the present hole was noticed */
	struct odd_event **waiting; /* by sequence, of equal ones the first that came first */
	uint32_t waiting_first;	    /* those before it have gone */
	uint32_t waiting_end;
	uint32_t waiting_room;
	uint32_t part_room;
	struct odd_event *part; /* of a message, captured_bytes are there; NULL: none */
};

struct backlogs {
	struct backlog *oldest, *newest;
	uint64_t *held_bytes; /* by all, also counted in each connection's held */
};

/** backlog__cost_of() - Bytes that are held more when @event waits. */
uint32_t backlog__cost_of(const struct direction *direction, const struct odd_event *event);

/** backlog__cost_of_part() - Bytes that are held more when the part has room for @bytes. */
uint32_t backlog__cost_of_part(const struct direction *direction, uint32_t bytes);

/**
 * backlog__wait() - Keep a copy of a segment until its turn comes.
 *
 * Cost: a binary search, and moving pointers of those behind it.
 * Return: false when out of memory
 */
bool backlog__wait(struct backlogs *backlogs, struct direction *direction,
		   const struct odd_event *event, uint64_t now_ns);

/** backlog__first() - Return: the waiting segment with the lowest sequence, NULL: none waits. */
const struct odd_event *backlog__first(const struct direction *direction);

/** backlog__is_waiting() - Are all of a segment's bytes in one that waits? */
bool backlog__is_waiting(const struct direction *direction, const struct odd_event *event);

/** backlog__take_first() - Return: the first one, which the caller frees and which must be there.
 */
struct odd_event *backlog__take_first(struct backlogs *backlogs, struct direction *direction);

/**
 * backlog__make_part() - Make room for so many bytes of the message that is being read.
 *
 * Return: false when out of memory
 */
bool backlog__make_part(struct backlogs *backlogs, struct direction *direction, uint32_t bytes,
			uint64_t now_ns);

/** backlog__drop_part() - The message is handed on. */
void backlog__drop_part(struct backlogs *backlogs, struct direction *direction);

/** backlog__wait_anew() - Nothing of it is due before others. */
void backlog__wait_anew(struct backlogs *backlogs, struct backlog *backlog, uint64_t now_ns);

/** backlog__release() - Free what holds nothing. */
void backlog__release(struct backlogs *backlogs, struct direction *direction);

/** backlogs__done() - Free all. */
void backlogs__done(struct backlogs *backlogs);

#endif
