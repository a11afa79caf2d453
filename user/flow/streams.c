// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * TCP streams: from segments to DNS messages, with bounded memory.
 *
 *   segment -> connection (hash) -> direction -> messages
 *                                     |    ^
 *                                     v    |
 *                                   backlog: what waits for a hole to close
 *
 * Nearly every segment comes in its turn and holds whole messages. It is read
 * where it lies; nothing of it is kept but how far its direction has come, 24
 * bytes. direction.c says how bytes are put in order, midstream.c where reading
 * begins when the start was not seen.
 *
 * What an attacker can make us spend, each with a counter:
 * - connections: a million of SYNs takes the places of other bare SYNs, before
 *   those of connections that have brought data. What is given up is entered in
 *   the middle when it goes on. (evicted)
 * - bytes of one connection: who sends what must wait beyond the limit, has his
 *   holes given up at once. (over_connection)
 * - bytes of all: those that have waited longest give theirs up. (over_total)
 * - time: each segment costs one look-up, a binary search among those that wait,
 *   of which connection_bytes allow a few hundred, and is read once, or twice by
 *   midstream.c; who waits is in lists by age, so that a tick looks at their heads.
 *
 * A connection that has ended is remembered for another hole_ns: the same segments
 * seen at a second interface, or sent again, must not look like a new one.
 */
#include "streams.h"

#include "flow/connection.h"
#include "flow/direction.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#define CONNECTIONS_MIN	     16
#define CONNECTIONS_MAX	     (1U << 20)
#define CONNECTION_BYTES_MIN 8192
#define MESSAGE_BYTES_MIN    12 /* a DNS header */
#define MESSAGE_BYTES_MAX    65535

struct streams {
	struct direction_room room;
	struct connections connections;
};

static bool are_in_range(const struct streams_limits *l)
{
	return l->idle_ns > 0 && l->hole_ns > 0 && l->connections >= CONNECTIONS_MIN &&
	       l->connections <= CONNECTIONS_MAX && l->connection_bytes >= CONNECTION_BYTES_MIN &&
	       l->bytes >= l->connection_bytes && l->message_bytes >= MESSAGE_BYTES_MIN &&
	       l->message_bytes <= MESSAGE_BYTES_MAX;
}

int streams__new(const struct streams_limits *limits, uint64_t seed,
		 void (*on_message)(void *context, const struct odd_event *message), void *context,
		 struct streams **ret_streams)
{
	struct streams *streams;

	if (!are_in_range(limits))
		return -EINVAL;
	streams = calloc(1, sizeof(*streams));
	if (!streams)
		return -ENOMEM;
	streams->room.limits = *limits;
	streams->room.on_message = on_message;
	streams->room.context = context;
	streams->room.backlogs.held_bytes = &streams->room.counters.held_bytes;
	streams->room.scratch = malloc(sizeof(struct odd_event) + UINT16_MAX);
	if (!streams->room.scratch ||
	    connections__init(&streams->connections, limits->connections, seed) < 0) {
		streams__free(streams);
		return -ENOMEM;
	}
	*ret_streams = streams;
	return 0;
}

void streams__free(struct streams *streams)
{
	if (!streams)
		return;
	backlogs__done(&streams->room.backlogs);
	connections__done(&streams->connections);
	free(streams->room.scratch);
	free(streams);
}

static void forget(struct streams *streams, struct connection *c, uint64_t *why)
{
	for (int i = 0; i < 2; i++)
		direction__give_up(&streams->room, &c->direction[i]);
	connections__remove(&streams->connections, c);
	streams->room.counters.connections--;
	++*why;
}

/* Forget those of a list that have been silent for so long. */
static void forget_silent(struct streams *streams, enum connection_list list, uint64_t silence_ns,
			  uint64_t *why)
{
	struct connection *c;

	while ((c = connections__oldest(&streams->connections, list)) &&
	       streams->room.now_ns - c->last_ns >= silence_ns)
		forget(streams, c, why);
}

static void give_up_due_holes(struct direction_room *room)
{
	struct backlog *b;

	while ((b = room->backlogs.oldest) && room->now_ns - b->since_ns >= room->limits.hole_ns) {
		/* the list must go on, whatever becomes of this one */
		backlog__wait_anew(&room->backlogs, b, room->now_ns);
		if (backlog__first(b->direction))
			direction__give_up_hole(room, b->direction);
	}
}

void streams__tick(struct streams *streams, uint64_t now_ns)
{
	struct direction_room *room = &streams->room;
	struct streams_counters *counters = &room->counters;

	if (now_ns <= room->now_ns) {
		if (room->now_ns - now_ns <= room->limits.idle_ns)
			return;
		streams__finish(streams);
	}
	room->now_ns = now_ns;
	give_up_due_holes(room);
	forget_silent(streams, CONNECTION_ENDED, room->limits.hole_ns, &counters->closed);
	forget_silent(streams, CONNECTION_EMPTY, room->limits.idle_ns, &counters->idle);
	forget_silent(streams, CONNECTION_OPEN, room->limits.idle_ns, &counters->idle);
}

static void forget_all(struct streams *streams, enum connection_list list)
{
	struct connection *c;

	while ((c = connections__oldest(&streams->connections, list)))
		forget(streams, c, &streams->room.counters.closed);
}

void streams__finish(struct streams *streams)
{
	for (unsigned list = 0; list < CONNECTION_LISTS; list++)
		forget_all(streams, list);
}

/* Whoever has been silent for longest, in the first list that has any. */
static void evict(struct streams *streams)
{
	struct streams_counters *counters = &streams->room.counters;
	struct connection *c = connections__oldest(&streams->connections, CONNECTION_ENDED);

	if (c) {
		forget(streams, c, &counters->closed);
		return;
	}
	for (unsigned list = CONNECTION_EMPTY; !c; list++)
		c = connections__oldest(&streams->connections, list);
	forget(streams, c, &counters->evicted);
}

static struct connection *add(struct streams *streams, const struct connection_key *key,
			      uint32_t hash)
{
	if (streams->connections.count >= streams->room.limits.connections)
		evict(streams);
	streams->room.counters.opened++;
	streams->room.counters.connections++;
	return connections__add(&streams->connections, key, hash);
}

/*
 * A SYN starts its own direction. Without ACK it is the first of its connection, so what the
 * other side sent before belongs to an older one, unless that is at its start too (packets can
 * overtake each other).
 */
static void start(struct direction_room *room, struct connection *c, unsigned side,
		  const struct odd_event *event)
{
	struct direction *d = &c->direction[side], *other = &c->direction[!side];
	bool is_new = !d->synced || d->start != event->sequence;

	direction__start(room, d, event->sequence);
	if (!is_new || (event->tcp_flags & ODD_TCP_ACK) || other->next == other->start)
		return;
	direction__give_up(room, other);
	direction__forget(other);
}

static enum connection_list list_of(const struct connection *c)
{
	const struct direction *d = c->direction;

	if (d[0].done && d[1].done)
		return CONNECTION_ENDED;
	if (d[0].next == d[0].start && d[1].next == d[1].start && !c->held)
		return CONNECTION_EMPTY;
	return CONNECTION_OPEN;
}

void streams__event(struct streams *streams, const struct odd_event *event)
{
	struct direction_room *room = &streams->room;
	bool is_reset = event->tcp_flags & ODD_TCP_RST;
	bool is_control = is_reset || event->message_bytes == 0;
	struct connection_key key;
	unsigned side = connection_key_of(event, &key);
	uint32_t hash = connections__hash(&streams->connections, &key);
	struct connection *c;

	streams__tick(streams, event->time_ns);
	room->counters.controls += is_control;
	room->counters.segments += !is_control;
	c = connections__find(&streams->connections, &key, hash);
	if (!c && is_control && (is_reset || !(event->tcp_flags & ODD_TCP_SYN)))
		return;
	if (!c)
		c = add(streams, &key, hash);
	if ((event->tcp_flags & ODD_TCP_SYN) && !is_reset)
		start(room, c, side, event);
	if (!is_control)
		direction__take(room, &c->direction[side], event);
	if (event->tcp_flags & (ODD_TCP_FIN | ODD_TCP_RST))
		c->direction[side].done = true;
	if (is_reset)
		c->direction[!side].done = true;
	connections__touch(&streams->connections, c, list_of(c), room->now_ns);
}

const struct streams_counters *streams__counters(const struct streams *streams)
{
	return &streams->room.counters;
}
