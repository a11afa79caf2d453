// SPDX-License-Identifier: GPL-2.0-or-later
/* How long entries stay and which ones go: expiry, eviction. exchange_table.c tells the rules. */
#include "exchange_room.h"

#include "record.h"

/* Entries of one hash: one query on so many VLANs. More is an attack on the chains. */
#define SAME_HASH_MAX 8
/* Pending queries to known servers that are set aside at once in search of a stranger's: 50 us. */
#define EVICT_LOOK 1024

void room_orient(const struct exchange_table *table, struct seen *s)
{
	match_orient(s);
	if (s->key.protocol == ODD_IPPROTO_UDP &&
	    room_service(table, s->key.client_port, s->key.server_port) == SERVICE_LLMNR)
		match_to_group(s);
	s->hash = entry_store__hash(&table->store, &s->key, NULL, 0);
}

void room_deliver(struct exchange_table *table, struct exchange *exchange)
{
	exchange->service = room_service(table, exchange->client_port, exchange->server_port);
	exchange->keep = table->limits.keep;
	table->listener.on_end(table->listener.context, exchange);
}

enum exchange_cause room_cause(const struct entry *entry)
{
	return entry->cause == CAUSE_UNKNOWN ? CAUSE_NONE : (enum exchange_cause)entry->cause;
}

/* A query ends without a response: expired, or the input ended. */
static void end_without_response(struct exchange_table *table, const struct entry *entry,
				 enum exchange_state state, uint64_t end_ns)
{
	struct exchange exchange;

	record_entry(entry, &exchange);
	exchange.state = state;
	exchange.cause = state == EXCHANGE_UNANSWERED ? room_cause(entry)
						      : (enum exchange_cause)entry->cause;
	exchange.end_ns = (int64_t)end_ns;
	room_deliver(table, &exchange);
}

void room_remove(struct exchange_table *table, struct entry *entry)
{
	struct exchange exchange;

	if (entry->state == ENTRY_PENDING) {
		table->counters.pending--;
		table->counters.evicted++;
	} else if (entry->state == ENTRY_TRANSFER) {
		record_transfer(entry, &exchange);
		room_deliver(table, &exchange);
	}
	entry_store__remove(&table->store, entry);
}

/* How long an entry may stay in a state. */
static uint64_t lifetime(const struct exchange_table *table, enum entry_state state)
{
	return table->limits.timeout_ns + (state == ENTRY_EXPIRED ? table->limits.grace_ns : 0);
}

/* An entry's time in its state is over. */
static void let_go(struct exchange_table *table, struct entry *entry)
{
	if (entry->state != ENTRY_PENDING) {
		room_remove(table, entry);
		return;
	}
	table->counters.pending--;
	table->counters.unanswered++;
	table->counters.causes[room_cause(entry)]++;
	table->counters.llmnr.unanswered += room_service(table, entry->key.client_port,
							 entry->key.server_port) == SERVICE_LLMNR;
	entry_store__move(&table->store, entry, ENTRY_EXPIRED);
	end_without_response(table, entry, EXCHANGE_UNANSWERED,
			     entry->last_ns + table->limits.timeout_ns);
}

void room_expire(struct exchange_table *table)
{
	for (enum entry_state state = ENTRY_PENDING; state < ENTRY_STATES; state++) {
		uint64_t age = lifetime(table, state);
		struct entry *entry;

		while ((entry = entry_store__oldest(&table->store, state)) &&
		       entry->last_ns + age < table->now_ns)
			let_go(table, entry);
	}
	entry_store__trim(&table->store);
}

void room_end_all(struct exchange_table *table)
{
	struct entry *entry;

	while ((entry = entry_store__oldest(&table->store, ENTRY_PENDING))) {
		end_without_response(table, entry, EXCHANGE_PENDING, table->now_ns);
		entry_store__remove(&table->store, entry);
	}
	for (int state = ENTRY_EXPIRED; state < ENTRY_STATES; state++)
		while ((entry = entry_store__oldest(&table->store, (enum entry_state)state)))
			room_remove(table, entry);
}

/*
 * The oldest pending query to a stranger, among the oldest of a slab; NULL when all are known.
 * Those to known servers are set aside on the way, so that each is asked about but once.
 */
static struct entry *strangers(struct exchange_table *table, bool is_long)
{
	struct entry *entry;

	for (int i = 0; i < EVICT_LOOK; i++) {
		entry = entry_store__oldest_open(&table->store, is_long);
		if (!entry || !table->listener.knows(table->listener.context, entry->key.server))
			return entry;
		entry_store__set_aside(&table->store, entry);
	}
	return NULL;
}

static struct entry *oldest_of(struct exchange_table *table, bool only_long, enum entry_state state)
{
	return only_long ? entry_store__oldest_in(&table->store, true, state)
			 : entry_store__oldest(&table->store, state);
}

/* Make room for one entry. @only_long: in the slab of long ones, full while the table is not */
static void evict(struct exchange_table *table, bool only_long)
{
	struct entry *entry = oldest_of(table, only_long, ENTRY_ANSWERED);

	if (!entry)
		entry = oldest_of(table, only_long, ENTRY_EXPIRED);
	if (!entry && !only_long)
		entry = strangers(table, false);
	if (!entry)
		entry = strangers(table, true);
	if (!entry)
		entry = oldest_of(table, only_long, ENTRY_TRANSFER);
	if (!entry)
		entry = oldest_of(table, only_long, ENTRY_PENDING);
	room_remove(table, entry);
}

struct entry *room_find(struct exchange_table *table, const struct seen *s, enum entry_state state)
{
	uint64_t age = lifetime(table, state);
	struct entry *entry;

	while ((entry = match_find(&table->store, s, state)) &&
	       s->event->time_ns > entry->last_ns + age)
		let_go(table, entry);
	return entry;
}

struct entry *room_find_quoted(struct exchange_table *table, const struct seen *s)
{
	uint64_t age = lifetime(table, ENTRY_PENDING);
	struct entry *entry;

	while ((entry = match_quoted(&table->store, s)) && s->event->time_ns > entry->last_ns + age)
		let_go(table, entry);
	return entry;
}

bool room_in_chain(struct exchange_table *table, const struct seen *s, uint32_t hash)
{
	struct entry *entry = NULL, *oldest = NULL, *settled = NULL;
	unsigned same_hash = 0;

	while ((entry = entry_store__find(&table->store, &s->key, hash, entry))) {
		oldest = entry;
		if (entry->state == ENTRY_EXPIRED || entry->state == ENTRY_ANSWERED)
			settled = entry;
		same_hash++;
	}
	if (same_hash < SAME_HASH_MAX)
		return true;
	if (settled)
		entry_store__remove(&table->store, settled);
	else if (!s->is_response)
		room_remove(table, oldest);
	return settled || !s->is_response;
}

struct entry *room_add(struct exchange_table *table, const struct seen *s)
{
	struct entry_plan plan = match_plan(&table->store, s);
	struct entry *entry;

	(void)room_in_chain(table, s, plan.hash);
	if (entry_store__count(&table->store) >= table->limits.entries)
		evict(table, false);
	entry = entry_store__add(&table->store, &s->key, &plan);
	if (entry)
		return entry;
	evict(table, true);
	return entry_store__add(&table->store, &s->key, &plan);
}
