/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the exchange table is told and what it counts. */
#ifndef FLOW_EXCHANGE_DATA_H
#define FLOW_EXCHANGE_DATA_H

#include "exchange.h"

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
	/*
	 * Those of the above that are of LLMNR. There silence is the usual answer, so they say
	 * nothing of what is seen of a network.
	 */
	struct {
		uint64_t queries, responses;
		uint64_t answered; /* and late */
		uint64_t unanswered;
	} llmnr;
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
	bool multicast;	     /* ports 5353 and 5355 are multicast DNS and LLMNR */
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

#endif
