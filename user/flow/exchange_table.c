// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The exchange table.
 *
 * A DNS exchange is a query and, with luck, its response. They find each other
 * by addresses, ports, protocol and id, and when the response repeats the
 * question, as nearly all do, by the question too: without it an id that is
 * used again for another name, or a guess of an attacker, would be believed
 * (RFC 5452 section 9.1). The table remembers each query until it is settled:
 *
 *	query --> PENDING --response--------> answered --> ANSWERED --> forgotten
 *	            |  ^ `-- same again: retransmission      | second response: duplicate
 *	            |  '---- last transmission counts        | same one at another hook: folded
 *	      timeout (5 s)
 *	            v
 *	         EXPIRED --response--> late --> ANSWERED
 *	            |     (the record "unanswered" is out already)
 *	       grace (25 s)
 *	            v
 *	        forgotten
 *
 * The response to AXFR or IXFR over TCP may be many messages (RFC 5936 section
 * 2.2, RFC 1995 section 4). The first answers the query and gives the latency;
 * the others, which may lack the question, are "continued" and only added up:
 *
 *	PENDING or EXPIRED --first message--> TRANSFER --silence, new query--> delivered, forgotten
 *	                                       |    ^
 *	                                       '----' further message
 *
 * so a transfer of any length is one entry and one record. It ends when nothing
 * came for the timeout, or when its key asks anew. The SOA that closes it is not
 * looked for: that would mean to read every record of every message, of which
 * only the first bytes are kept, with IXFR to follow serials too (RFC 1995
 * section 4), and a lost segment would still need the silence.
 *
 * Time is that of the events. Since timeout and grace are the same for all
 * entries, each state is a list in order of waiting, and expiry only looks at
 * its head. Before each event, what is due at that event's time expires, so
 * what is reported depends on the packets alone, not on when the table is
 * called. Ages are checked again when a response comes: no tick can turn a late
 * answer into a good one.
 *
 * When room runs out, first the answered entries go, then the expired ones,
 * then pending queries to servers that nobody knows, oldest first: a flood of
 * invented queries pushes out itself. Then transfers, longest silent first: they
 * are delivered with what came so far. Each pending query that goes is counted
 * as evicted, with its retransmissions where they were, so
 *
 *	queries = answered + unanswered + pending + retransmitted + evicted
 *
 * holds after every call.
 *
 * An entry is found by the hash of its key. Should a client use a key for a
 * second question while the first is remembered, the second entry is hashed
 * with its question, so that no number of questions on one key makes a long
 * chain. A response without question finds the first only. A question that
 * is malformed is none: servers answer it by the header, with FORMERR.
 *
 * VLAN ids tell apart what is otherwise the same query on two VLANs; but a
 * packet without a tag fits any, because NICs and VLAN devices take tags off
 * on one direction and leave them on the other, and a response may come on
 * another VLAN than its query did, as on the mirror of a router: it prefers the
 * entry of its own VLAN.
 *
 * Tunnels are stricter. A VNI, key or session that both directions share names a
 * network, and two networks may use the same addresses: what came in one never
 * belongs to what came in another. Only a message without a tunnel fits any, for
 * a host may see a packet on its NIC inside VXLAN and on its vxlan device without.
 * The other kinds have ids that differ by direction, or none, and are not compared.
 */
#include "exchange_table.h"

#include "entry.h"
#include "entry_note.h"
#include "match.h"
#include "record.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ENTRIES_MIN 64
#define ENTRIES_MAX (1U << 26)
/*
 * Answered entries that are kept for duplicates: 800/s for the 5 s of the timeout, or 40 ms
 * of 100 000/s. 720 KB, so that they stay in a processor's second cache.
 */
#define ANSWERED_MAX 4096
/* Entries of one hash: one query on so many VLANs. More is an attack on the chains. */
#define SAME_HASH_MAX 8
/* How long one packet may take from one hook of this host to another (queues of a bridge). */
#define FOLD_NS 50000000ULL
/* Pending queries to known servers that are set aside at once in search of a stranger's: 50 us. */
#define EVICT_LOOK 1024

struct exchange_table {
	struct entry_store store;
	struct exchange_limits limits;
	struct exchange_listener listener;
	struct exchange_counters counters;
	struct sampling sampling;
	uint64_t now_ns;
	uint32_t first_ifindex;
	bool several_interfaces; /* a packet may be seen twice */
};

int exchange_table__new(const struct exchange_limits *limits, uint64_t seed,
			const struct exchange_listener *listener, struct exchange_table **ret_table)
{
	struct exchange_table *table;

	if (limits->entries < ENTRIES_MIN || limits->entries > ENTRIES_MAX)
		return -EINVAL;
	table = calloc(1, sizeof(*table));
	if (!table)
		return -ENOMEM;
	if (entry_store__init(&table->store, (uint32_t)limits->entries, seed) < 0) {
		free(table);
		return -ENOMEM;
	}
	table->limits = *limits;
	table->listener = *listener;
	*ret_table = table;
	return 0;
}

void exchange_table__free(struct exchange_table *table)
{
	if (!table)
		return;
	entry_store__done(&table->store);
	free(table);
}

static void deliver(struct exchange_table *table, struct exchange *exchange)
{
	exchange->keep = table->limits.keep;
	table->listener.on_end(table->listener.context, exchange);
}

/* A query ends without a response: expired, or the input ended. */
static void end_without_response(struct exchange_table *table, const struct entry *entry,
				 enum exchange_state state, uint64_t end_ns)
{
	struct exchange exchange;

	record_entry(entry, &exchange);
	exchange.state = state;
	exchange.end_ns = (int64_t)end_ns;
	deliver(table, &exchange);
}

/* Forget an entry: a pending one is evicted, a transfer has ended. */
static void remove_entry(struct exchange_table *table, struct entry *entry)
{
	struct exchange exchange;

	if (entry->state == ENTRY_PENDING) {
		table->counters.pending--;
		table->counters.evicted++;
	} else if (entry->state == ENTRY_TRANSFER) {
		record_transfer(entry, &exchange);
		deliver(table, &exchange);
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
		remove_entry(table, entry);
		return;
	}
	table->counters.pending--;
	table->counters.unanswered++;
	entry_store__move(&table->store, entry, ENTRY_EXPIRED);
	end_without_response(table, entry, EXCHANGE_UNANSWERED,
			     entry->last_ns + table->limits.timeout_ns);
}

static void expire(struct exchange_table *table)
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

/* The input ends, or its clock starts anew: nothing that is remembered can be matched. */
static void end_all(struct exchange_table *table)
{
	struct entry *entry;

	while ((entry = entry_store__oldest(&table->store, ENTRY_PENDING))) {
		end_without_response(table, entry, EXCHANGE_PENDING, table->now_ns);
		entry_store__remove(&table->store, entry);
	}
	for (int state = ENTRY_EXPIRED; state < ENTRY_STATES; state++)
		while ((entry = entry_store__oldest(&table->store, (enum entry_state)state)))
			remove_entry(table, entry);
}

void exchange_table__tick(struct exchange_table *table, uint64_t now_ns)
{
	if (now_ns + table->limits.timeout_ns + table->limits.grace_ns < table->now_ns) {
		end_all(table);
		table->now_ns = now_ns;
	}
	if (now_ns > table->now_ns)
		table->now_ns = now_ns;
	expire(table);
}

void exchange_table__finish(struct exchange_table *table)
{
	end_all(table);
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
	remove_entry(table, entry);
}

/*
 * As match_find(), but nothing that is too old for the event. expire() has run, but
 * looks at the heads of lists, and events do not always come in the order of
 * their times.
 */
static struct entry *find_live(struct exchange_table *table, const struct seen *s,
			       enum entry_state state)
{
	uint64_t age = lifetime(table, state);
	struct entry *entry;

	while ((entry = match_find(&table->store, s, state)) &&
	       s->event->time_ns > entry->last_ns + age)
		let_go(table, entry);
	return entry;
}

/* Was this very packet seen before, at another hook of this host? */
static bool is_same_packet(const struct exchange_table *table, const struct entry *entry,
			   const struct odd_event *event)
{
	uint64_t apart = event->time_ns > entry->last_ns ? event->time_ns - entry->last_ns
							 : entry->last_ns - event->time_ns;

	return table->several_interfaces && apart < FOLD_NS &&
	       (entry->last_ifindex != event->ifindex || entry->last_hook != event->hook);
}

/*
 * Keep the entries of one hash few: the oldest that is settled goes, else, for a query,
 * the oldest. Return: whether there is room
 */
static bool make_room_in_chain(struct exchange_table *table, const struct seen *s, uint32_t hash)
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
		remove_entry(table, oldest);
	return settled || !s->is_response;
}

/* Take an entry for a query, making room for it if need be. */
static struct entry *add_entry(struct exchange_table *table, const struct seen *s)
{
	struct entry_plan plan = match_plan(&table->store, s);
	struct entry *entry;

	(void)make_room_in_chain(table, s, plan.hash);
	if (entry_store__count(&table->store) >= table->limits.entries)
		evict(table, false);
	entry = entry_store__add(&table->store, &s->key, &plan);
	if (entry)
		return entry;
	evict(table, true);
	return entry_store__add(&table->store, &s->key, &plan);
}

/* Is nothing remembered of this key? So it is with nearly every query: then no more is looked up.
 */
static bool is_new_key(const struct exchange_table *table, const struct seen *s)
{
	return !table->store.by_question &&
	       !entry_store__find(&table->store, &s->key, s->hash, NULL);
}

static void add_query(struct exchange_table *table, const struct seen *s)
{
	struct entry *entry = add_entry(table, s);

	table->counters.pending++;
	entry_note_question(entry, s);
	entry->first_ns = s->event->time_ns;
	entry->ifindex = s->event->ifindex;
	entry->tries = 1;
	entry_note_transmission(entry, s);
}

static void take_query(struct exchange_table *table, const struct seen *s)
{
	struct entry *entry;

	if (is_new_key(table, s)) {
		table->counters.queries++;
		add_query(table, s);
		return;
	}
	entry = find_live(table, s, ENTRY_PENDING);

	if (entry && is_same_packet(table, entry, s->event)) {
		table->counters.folded++;
		entry_note_tag(entry, s->event);
		entry_note_origin_again(entry, s->event);
		return;
	}
	table->counters.queries++;
	if (entry) {
		table->counters.retransmitted++;
		if (entry->tries < UINT16_MAX)
			entry->tries++;
		entry_note_transmission(entry, s);
		entry_store__move(&table->store, entry, ENTRY_PENDING);
		return;
	}
	while ((entry = match_transfer(&table->store, s)))
		remove_entry(table, entry);
	/* A settled exchange with the same question gives way: answers belong to the new one. */
	entry = find_live(table, s, ENTRY_ANSWERED);
	if (entry)
		entry_store__remove(&table->store, entry);
	entry = find_live(table, s, ENTRY_EXPIRED);
	if (entry)
		entry_store__remove(&table->store, entry);
	add_query(table, s);
}

/* Remember that it is settled, so that what comes again is known. */
static void settle(struct exchange_table *table, struct entry *entry, const struct odd_event *event)
{
	entry->last_ns = event->time_ns;
	entry_note_sight(entry, event);
	entry_store__move(&table->store, entry, ENTRY_ANSWERED);
	if (entry_store__waiting(&table->store, ENTRY_ANSWERED) > ANSWERED_MAX)
		entry_store__remove(&table->store,
				    entry_store__oldest(&table->store, ENTRY_ANSWERED));
}

/* One that answers with an error has no more messages (RFC 5936 section 2.2). */
static bool opens_transfer(const struct entry *entry, const struct seen *s)
{
	return entry_store__transfer(entry) && s->message.rcode == 0;
}

/* Counted already, by its query's state before. */
static void end_with_response(struct exchange_table *table, struct entry *entry,
			      const struct seen *s, enum exchange_state state)
{
	struct exchange exchange;

	entry_note_tag(entry, s->event);
	if (opens_transfer(entry, s)) {
		entry_note_transfer(entry, s, state == EXCHANGE_LATE);
		entry_store__move(&table->store, entry, ENTRY_TRANSFER);
		return;
	}
	record_entry(entry, &exchange);
	record_response(entry, s->event, &s->message, &exchange);
	exchange.state = state;
	settle(table, entry, s->event);
	deliver(table, &exchange);
}

/*
 * Remember a response to no query, to know it again at another hook. Anybody can
 * send such responses, so it gets a free place, or that of a settled exchange,
 * and never that of a query which waits.
 */
static void remember_orphan(struct exchange_table *table, const struct seen *s)
{
	struct entry_plan plan = match_plan(&table->store, s);
	struct entry *entry;

	if (!make_room_in_chain(table, s, plan.hash))
		return;
	if (entry_store__count(&table->store) >= table->limits.entries) {
		entry = entry_store__oldest(&table->store, ENTRY_ANSWERED);
		if (!entry)
			return;
		entry_store__remove(&table->store, entry);
	}
	entry = entry_store__add(&table->store, &s->key, &plan);
	if (!entry)
		return;
	entry_note_question(entry, s);
	entry->tries = 0;
	settle(table, entry, s->event);
}

static void deliver_orphan(struct exchange_table *table, const struct seen *s)
{
	struct exchange exchange;

	table->counters.orphan++;
	record_orphan(s->event, &s->message, &exchange);
	deliver(table, &exchange);
}

/* A response that no query waits for: the answered query's, once more, or nobody's. */
static void take_unasked(struct exchange_table *table, const struct seen *s)
{
	struct entry *entry = find_live(table, s, ENTRY_ANSWERED);

	if (entry && is_same_packet(table, entry, s->event)) {
		table->counters.folded++;
		return;
	}
	table->counters.responses++;
	if (entry && entry->tries > 0)
		table->counters.duplicate++;
	else if (sampling__left_out(&table->sampling, s->event))
		table->counters.unsampled++;
	else
		deliver_orphan(table, s);
	/* what comes again can come at two hooks again */
	if (entry)
		settle(table, entry, s->event);
	else if (table->several_interfaces)
		remember_orphan(table, s);
}

/* A further message of an open transfer. */
static void take_continued(struct exchange_table *table, struct entry *entry, const struct seen *s)
{
	if (is_same_packet(table, entry, s->event)) {
		table->counters.folded++;
		return;
	}
	table->counters.responses++;
	table->counters.continued++;
	entry_note_continued(entry, s->event);
	entry_store__move(&table->store, entry, ENTRY_TRANSFER);
}

static void take_response(struct exchange_table *table, const struct seen *s)
{
	struct entry *entry = find_live(table, s, ENTRY_PENDING);

	if (entry) {
		table->counters.responses++;
		table->counters.pending--;
		table->counters.answered++;
		end_with_response(table, entry, s, EXCHANGE_ANSWERED);
		return;
	}
	entry = find_live(table, s, ENTRY_TRANSFER);
	if (entry) {
		take_continued(table, entry, s);
		return;
	}
	entry = find_live(table, s, ENTRY_EXPIRED);
	if (!entry) {
		take_unasked(table, s);
		return;
	}
	table->counters.responses++;
	table->counters.late++;
	end_with_response(table, entry, s, EXCHANGE_LATE);
}

static enum dns_depth depth_of(const struct exchange_table *table)
{
	return table->limits.keep == KEEP_ALL ? DNS_DEPTH_RDATA : DNS_DEPTH_RECORDS;
}

void exchange_table__event(struct exchange_table *table, const struct odd_event *event)
{
	struct dns_bytes bytes = {event->payload, event->captured_bytes, event->message_bytes};
	struct seen s;
	enum dns_verdict verdict;

	exchange_table__tick(table, event->time_ns);
	if (event->flags & ODD_EVENT_QUOTED)
		return; /* the copy of a query that an ICMP error brings is no query */
	s.event = event;
	verdict = dns_message_read(&bytes, depth_of(table), &s.message);
	if (verdict >= DNS_MESSAGE_UNPARSABLE) {
		table->counters.unparsable++;
		return;
	}
	if (verdict != DNS_MESSAGE_OK)
		table->counters.verdicts[verdict]++;
	if (!table->first_ifindex)
		table->first_ifindex = event->ifindex;
	else if (event->ifindex != table->first_ifindex)
		table->several_interfaces = true;
	match_orient(&s);
	s.hash = entry_store__hash(&table->store, &s.key, NULL, 0);
	if (s.is_response)
		take_response(table, &s);
	else
		take_query(table, &s);
}

static void leave_out(void *context, struct entry *entry)
{
	struct exchange_table *table = context;
	const struct entry_key *key = &entry->key;
	uint16_t id = key->protocol == ODD_IPPROTO_UDP ? key->id : 0;

	if (sampling__hash(&table->sampling, key->client, key->server,
			   key->client_port ^ key->server_port, id) &
	    table->sampling.order.mask)
		remove_entry(table, entry);
}

void exchange_table__sample(struct exchange_table *table, const struct odd_shedding *order)
{
	sampling__order(&table->sampling, order, table->now_ns + table->limits.timeout_ns);
	if (order->mask)
		entry_store__each_pending(&table->store, leave_out, table);
}

void exchange_table__set_limits(struct exchange_table *table, const struct exchange_limits *limits)
{
	table->limits.timeout_ns = limits->timeout_ns;
	table->limits.grace_ns = limits->grace_ns;
	table->limits.keep = limits->keep;
}

const struct exchange_counters *exchange_table__counters(const struct exchange_table *table)
{
	return &table->counters;
}

struct exchange_usage exchange_table__usage(const struct exchange_table *table)
{
	return (struct exchange_usage){
		.entries = entry_store__count(&table->store),
		.limit = table->limits.entries,
		.bytes = entry_store__bytes(&table->store),
		.transfers = entry_store__waiting(&table->store, ENTRY_TRANSFER),
	};
}
