/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The exchange table from inside: its state, how long entries stay, which ones go when room runs
 * out. For the files of the table only; exchange_table.c tells the rules.
 */
#ifndef FLOW_EXCHANGE_ROOM_H
#define FLOW_EXCHANGE_ROOM_H

#include "exchange_data.h"
#include "match.h"
#include "sampling.h"
#include "service.h"

/* A message that is not matched, to know it again at another hook. */
struct room_sight {
	uint64_t hash;
	uint64_t time_ns;
	uint32_t ifindex;
	uint8_t hook;
};

/* Those of multicast DNS that come within ROOM_FOLD_NS: a dozen on a busy network. 1.5 KB. */
#define ROOM_RECENT 64

struct exchange_table {
	struct entry_store store;
	struct exchange_limits limits;
	struct exchange_listener listener;
	struct exchange_counters counters;
	struct sampling sampling;
	uint64_t now_ns;
	uint32_t first_ifindex;
	bool several_interfaces; /* a packet may be seen twice */
	struct room_sight recent[ROOM_RECENT];
};

/* How long one packet may take from one hook of this host to another (queues of a bridge). */
#define ROOM_FOLD_NS 50000000ULL

/** room_is_copy() - Is it the very packet that was seen then and there, at another hook? */
static inline bool room_is_copy(const struct exchange_table *table, const struct odd_event *event,
				uint64_t time_ns, uint32_t ifindex, uint8_t hook)
{
	uint64_t apart =
		event->time_ns > time_ns ? event->time_ns - time_ns : time_ns - event->time_ns;

	return table->several_interfaces && apart < ROOM_FOLD_NS &&
	       (ifindex != event->ifindex || hook != event->hook);
}

/** room_orient() - Who asks whom: fills is_response, key and hash from event and message. */
void room_orient(const struct exchange_table *table, struct seen *s);

/** room_deliver() - Hand an exchange that has ended to the listener; sets its keep and service. */
void room_deliver(struct exchange_table *table, struct exchange *exchange);

/** room_service() - Which protocol talks between these ports, as far as it is watched. */
static inline enum exchange_service room_service(const struct exchange_table *table,
						 uint16_t client_port, uint16_t server_port)
{
	return table->limits.multicast ? service_of(client_port, server_port) : SERVICE_DNS;
}

/** room_cause() - Why a query that was given up got no response: CAUSE_NONE or what ICMP said. */
enum exchange_cause room_cause(const struct entry *entry);

/** room_remove() - Forget an entry: a pending one is evicted, a transfer has ended. */
void room_remove(struct exchange_table *table, struct entry *entry);

/** room_expire() - Let go what is due at table->now_ns. Cost: a look at each list's head. */
void room_expire(struct exchange_table *table);

/**
 * room_end_all() - The input ends, or its clock starts anew: nothing that is remembered can be
 * matched.
 */
void room_end_all(struct exchange_table *table);

/**
 * room_find() - As match_find(), but nothing that is too old for the event.
 *
 * room_expire() has run, but looks at the heads of lists, and events do not always come in the
 * order of their times.
 */
struct entry *room_find(struct exchange_table *table, const struct seen *s, enum entry_state state);

/** room_find_quoted() - As match_quoted(), but nothing that is too old for the event. */
struct entry *room_find_quoted(struct exchange_table *table, const struct seen *s);

/**
 * room_in_chain() - Keep the entries of one hash few: the oldest that is settled goes, else, for
 * a query, the oldest.
 *
 * Return: whether there is room
 */
bool room_in_chain(struct exchange_table *table, const struct seen *s, uint32_t hash);

/** room_add() - Take an entry for a query, making room for it if need be. */
struct entry *room_add(struct exchange_table *table, const struct seen *s);

#endif
