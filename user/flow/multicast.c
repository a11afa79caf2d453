// SPDX-License-Identifier: GPL-2.0-or-later
/* Messages of multicast DNS, each delivered as it comes. */
#include "multicast.h"

#include "base/hash.h"
#include "record.h"

/* What tells a message from all others but its copies. */
static uint64_t hash_of(const struct exchange_table *table, const struct odd_event *event)
{
	uint64_t hash = hash_bytes(event->src, sizeof(event->src), table->store.seed);

	hash = hash_bytes(event->dst, sizeof(event->dst), hash);
	return hash_bytes(event->payload, event->captured_bytes, hash ^ event->src_port);
}

/* Was it seen at another hook just now? The one that is not takes its place. */
static bool is_copy(struct exchange_table *table, const struct odd_event *event)
{
	uint64_t hash = hash_of(table, event);
	struct room_sight *known = &table->recent[hash % ROOM_RECENT];

	if (known->hash == hash &&
	    room_is_copy(table, event, known->time_ns, known->ifindex, known->hook))
		return true;
	*known = (struct room_sight){hash, event->time_ns, event->ifindex, event->hook};
	return false;
}

void multicast_take(struct exchange_table *table, const struct seen *s)
{
	struct exchange exchange;
	struct dns_name name;

	if (table->several_interfaces && is_copy(table, s->event)) {
		table->counters.folded++;
		return;
	}
	table->counters.multicast++;
	record_multicast(s->event, &s->message, &name, &exchange);
	room_deliver(table, &exchange);
}
