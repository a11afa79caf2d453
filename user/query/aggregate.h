/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Statistics by any fields of flows: `oddns stats` and the chapters of a
 * report. aggregate.c opens with the idea.
 */
#ifndef QUERY_AGGREGATE_H
#define QUERY_AGGREGATE_H

#include "query/aggregate_options.h"
#include "query/measures.h"
#include "stats/latencies.h"

enum aggregate_order {
	ORDER_PACKETS,
	ORDER_BYTES,
	ORDER_EXCHANGES,
	ORDER_LATENCY, /* median */
	ORDER_UNANSWERED,
};

struct aggregate;

/** aggregate__new() - Return: 0, -ENOMEM, -EINVAL for no or too many fields */
int aggregate__new(const struct aggregate_options *options, struct aggregate **ret_aggregate);
void aggregate__free(struct aggregate *aggregate);

/** aggregate_fields() - What of an exchange aggregate__add() looks at. */
field_set aggregate_fields(const struct aggregate_options *options);

/**
 * aggregate__add() - Count an exchange.
 * @directions: the flows of it that count; each has its own key, as by source address. Flows of
 *	the same key count as one exchange.
 *
 * Latencies are those of answered exchanges, unless only the query flow counts. A group beyond
 * groups_max counts in the totals and in aggregate_totals.crowded only.
 *
 * Cost: about 100 ns by one field.
 * Return: 0, -ENOMEM, also of an exchange shortly before
 */
int aggregate__add(struct aggregate *aggregate, const struct exchange *exchange,
		   const struct exchange_names *names, unsigned directions);

/* A key whose sums somebody else has made: a rollup's. */
struct aggregate_sums {
	const char *key; /* NULL: flows without a value */
	size_t length;
	struct measures measures;
	uint64_t error; /* packets are at most so much too high */
	uint64_t floor; /* a key that is not listed where this comes from has at most so many
			   packets */
	const struct latencies *latencies; /* NULL: none */
};

/** aggregate__add_sums() - With one field only. Return: 0, -ENOMEM */
int aggregate__add_sums(struct aggregate *aggregate, const struct aggregate_sums *sums);

/** aggregate__add_floor() - One list of sums has ended; see aggregate_sums.floor. */
void aggregate__add_floor(struct aggregate *aggregate, uint64_t floor);

/** aggregate__merge() - Add all that @more has counted, with the same fields. Return: 0, -ENOMEM */
int aggregate__merge(struct aggregate *aggregate, struct aggregate *more);

struct aggregate_totals {
	struct measures all;
	uint64_t groups;  /* different ones */
	uint64_t crowded; /* flows whose group had no room */
	uint64_t floor;	  /* packets that a group which is not listed may have at most */
	int64_t latency_p50_ns, latency_p95_ns; /* -1: no samples */
};

/** aggregate__totals() - What all groups together come to. */
void aggregate__totals(struct aggregate *aggregate, struct aggregate_totals *ret);

/* A row of the result. Valid until the aggregate changes. */
struct aggregate_row {
	const char *values[AGGREGATE_BY_MAX]; /* printable ASCII, durations in ns; NULL: no
						value */
	struct measures measures;
	uint64_t packets_low; /* packets are between this and measures.packets; the same: exact */
	uint64_t samples;
	int64_t latency_p50_ns, latency_p95_ns; /* -1: no samples */
};

/**
 * aggregate__top() - The first rows in falling order; equal ones by their values.
 * @n: how many at most; 0: all
 * @ret_rows: freed by the caller with free()
 *
 * Return: number of rows, -ENOMEM
 */
int64_t aggregate__top(struct aggregate *aggregate, enum aggregate_order order, size_t n,
		       struct aggregate_row **ret_rows);

#endif
