/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The exchange table: joins queries with responses. exchange_table.c opens with the idea. */
#ifndef FLOW_EXCHANGE_TABLE_H
#define FLOW_EXCHANGE_TABLE_H

#include "exchange.h"
#include "sampling.h"

/*
 * Counters of the conservation identities (design section 4), exact at any
 * moment between two calls:
 *   queries   = answered + unanswered + pending + retransmitted + evicted
 *   responses = answered + late + orphan + duplicate + continued + unsampled
 *   messages = queries + responses + folded + quoted + multicast + unparsable
 * where the right side is the number of events that were handed in. An exchange is delivered
 * when it is counted, but for a zone transfer: that is counted as answered or late with its
 * first message, and delivered when it ends (struct exchange_usage.transfers are still to be).
 */
struct exchange_counters {
	uint64_t queries;
	uint64_t responses;
	uint64_t answered;
	uint64_t unanswered;
	uint64_t pending; /* now, and those delivered as EXCHANGE_PENDING */
	uint64_t retransmitted;
	uint64_t evicted; /* pending queries given up for want of room */
	uint64_t late;
	uint64_t orphan;
	uint64_t duplicate;
	uint64_t unsampled;  /* responses whose query was left out: exchange_table__sample() */
	uint64_t continued;  /* messages of a zone transfer behind its first, which answered */
	uint64_t folded;     /* the same packet seen at a second hook */
	uint64_t quoted;     /* ICMP errors that quote a query */
	uint64_t multicast;  /* messages of multicast DNS */
	uint64_t unparsable; /* no whole header */
	/* of queries, responses, folded and multicast: CUT and the malformed; others stay 0 */
	uint64_t verdicts[DNS_MESSAGE_VERDICTS];
	/*
	 * Of the unanswered by cause; their sum is unanswered. One whose late response comes moves
	 * to CAUSE_LATE.
	 */
	uint64_t causes[CAUSES];
	uint64_t quoted_unmatched; /* of quoted: no query was pending that it could mark */
};

/** exchange_counters__malformed() - Messages of which something cannot be read, but matched. */
static inline uint64_t exchange_counters__malformed(const struct exchange_counters *counters)
{
	uint64_t sum = 0;

	for (unsigned i = DNS_MESSAGE_MALFORMED; i < DNS_MESSAGE_UNPARSABLE; i++)
		sum += counters->verdicts[i];
	return sum;
}

struct exchange_limits {
	uint64_t timeout_ns; /* a response later than this is late; silence that ends a transfer */
	uint64_t grace_ns;   /* how long after the timeout a late response is awaited */
	uint64_t entries;    /* queries remembered at once, 64..2^26 */
	enum exchange_keep keep; /* of answers; KEEP_ALL has the data of records checked, too */
};

/* What the table holds, for status. */
struct exchange_usage {
	uint64_t entries;   /* queries that are remembered, whatever became of them */
	uint64_t limit;	    /* struct exchange_limits.entries */
	uint64_t bytes;	    /* memory in use */
	uint64_t transfers; /* of the entries: zone transfers under way */
};

/* Who receives what ends, and who is asked whose queries are worth keeping. */
struct exchange_listener {
	exchange_fn on_end; /* for each exchange, in the order in which they end */
	/* Is this server (16 bytes) known? Asked only when pending queries must be given up. */
	bool (*knows)(void *context, const uint8_t *server);
	void *context;
};

struct exchange_table;

/**
 * exchange_table__new() - Make an empty table.
 * @limits: copied
 * @seed: of the hash, chosen at random in production so that nobody can aim at a bucket
 * @listener: copied
 *
 * Return: 0, -ENOMEM, -EINVAL when a limit is out of its range
 */
int exchange_table__new(const struct exchange_limits *limits, uint64_t seed,
			const struct exchange_listener *listener,
			struct exchange_table **ret_table);

/** exchange_table__free() - Forget everything without a word; NULL is fine. */
void exchange_table__free(struct exchange_table *table);

/**
 * exchange_table__event() - Take one DNS message.
 * @event: with its payload; times may lie in any order. A step back by more than timeout and
 *	grace is a new clock or another capture: all ends as in exchange_table__finish().
 *
 * Expires first what is due at the event's time. Cost: about 100 ns.
 */
void exchange_table__event(struct exchange_table *table, const struct odd_event *event);

/**
 * exchange_table__tick() - Let time pass: expire what is due at @now_ns.
 */
void exchange_table__tick(struct exchange_table *table, uint64_t now_ns);

/**
 * exchange_table__finish() - Deliver the queries that are still pending as EXCHANGE_PENDING, and
 * the zone transfers that are under way.
 *
 * The counters keep them as pending; the table takes no more events.
 */
void exchange_table__finish(struct exchange_table *table);

/**
 * exchange_table__set_limits() - Take new times, and how much to keep, at once; @limits->entries
 * cannot change.
 */
void exchange_table__set_limits(struct exchange_table *table, const struct exchange_limits *limits);

/**
 * exchange_table__sample() - Some exchanges are left out from now on, or no longer.
 * @order: its mask and seed tell which; no event of those is handed in any more
 *
 * Pending queries of them cannot see their response and are evicted. Of those that are no
 * longer left out, responses may come to queries that were: they are counted as unsampled.
 * Cost: a look at each pending query.
 */
void exchange_table__sample(struct exchange_table *table, const struct odd_shedding *order);

/** exchange_table__counters() - Live counters, owned by the table. */
const struct exchange_counters *exchange_table__counters(const struct exchange_table *table);
/** exchange_table__usage() - How full the table is. */
struct exchange_usage exchange_table__usage(const struct exchange_table *table);

#endif
