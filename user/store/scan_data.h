/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is asked of the store's reading side, and what it delivers. */
#ifndef STORE_SCAN_DATA_H
#define STORE_SCAN_DATA_H

#include "query/filter.h"
#include "query/measures.h"
#include "stats/latencies.h"
#include "store/schema.h"

#include <signal.h>

/* since <= time < until, ns since 1970 in UTC, by the first query; INT64_MIN, INT64_MAX: open */
struct store_span {
	int64_t since_ns;
	int64_t until_ns;
};

/**
 * store_row_fn - Receives an exchange.
 * @exchange, @names: valid during the call; the fields that were asked for
 * @directions: flows of it that match, not empty
 *
 * Return: 0; else the scan ends and returns it
 */
typedef int (*store_row_fn)(void *context, const struct exchange *exchange,
			    const struct exchange_names *names, unsigned directions);

/* A key of a rollup. */
struct store_rollup_key {
	const char *key; /* as operand_text() shows it; NULL: the exchange has none */
	size_t length;
	struct measures measures; /* packets are at most error too high, others may be too low */
	uint64_t error;		  /* of packets */
	uint64_t floor; /* packets that a key which is not listed may have in this rollup */
	const struct latencies *latencies;
};

/** store_rollup_fn - Receives a rollup's keys; @key NULL ends one rollup, with its @floor. */
typedef int (*store_rollup_fn)(void *context, const struct store_rollup_key *key, uint64_t floor);

/** store_progress_fn - @share of the work is done, 0..1; called after some ten thousand rows. */
typedef void (*store_progress_fn)(void *context, double share);

enum store_order { STORE_ANY_ORDER, STORE_ASCENDING, STORE_DESCENDING };

struct store_scan {
	struct store_span span;
	const struct filter *filter; /* NULL: all */
	field_set fields;	     /* that @on_row looks at; those of the filter are added */
	enum store_order order;	     /* of time */
	uint64_t limit;		     /* of rows; 0: none */
	/*
	 * Threads that scan at a time, each with a context of its own; 1 when order or limit
	 * are given. 0: one for each processor.
	 */
	unsigned workers;
	void **contexts; /* of on_row, one for each worker; on_rollup gets the first */
	store_row_fn on_row;
	/* When set: where a rollup covers a stretch of ids, its keys of @dimension are delivered
	 * instead of rows. Only without filter. */
	store_rollup_fn on_rollup;
	enum rollup_dimension dimension;
	store_progress_fn on_progress; /* NULL: nobody */
	void *progress_context;
	const volatile sig_atomic_t *stop; /* set: the scan ends with -EINTR; NULL: never */
};

#endif
