/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The store's reading side: exchanges, intervals, alerts of a span of time, in
 * this process or while another writes. Never writes. reader.c opens with how
 * a scan is planned.
 */
#ifndef STORE_READER_H
#define STORE_READER_H

#include "query/filter.h"
#include "query/measures.h"
#include "stats/interval.h"
#include "stats/latencies.h"
#include "store/schema.h"

#include <signal.h>

/* since <= time < until, ns since 1970 in UTC, by the first query; INT64_MIN, INT64_MAX: open */
struct store_span {
	int64_t since_ns;
	int64_t until_ns;
};

struct store_reader;

/**
 * store_reader__open() - Look what segments there are.
 *
 * A segment that is corrupt, of a newer version or not ours is reported once and left out.
 *
 * Return: 0, also when there are none; -ENOENT when there is no such folder, else why it cannot
 * be read; reported
 */
int store_reader__open(const char *dir, struct store_reader **ret_reader);
void store_reader__close(struct store_reader *reader);

/** store_reader__span() - From the earliest to behind the latest exchange; false: there is none. */
bool store_reader__span(struct store_reader *reader, struct store_span *ret);

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

/** store_progress_fn - @share of the work is done, 0..1; called some ten times a second. */
typedef void (*store_progress_fn)(void *context, double share);

enum store_order { STORE_ANY_ORDER, STORE_ASCENDING, STORE_DESCENDING };

struct store_scan {
	struct store_span span;
	const struct filter *filter; /* NULL: all */
	field_set fields;	     /* that @on_row looks at; those of the filter are added */
	enum store_order order;
	const struct operand *sort; /* NULL: time. Must have query_sql */
	uint64_t limit;		    /* of rows; 0: none */
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

/**
 * store_scan_workers() - How many contexts a scan wants.
 */
unsigned store_scan_workers(const struct store_scan *scan);

/**
 * store_reader__scan() - Read exchanges.
 *
 * Cost: about 0.3 us a row and worker with few fields and no filter, 1 us with all.
 * Return: 0, what a callback returned, -EINTR, else why it cannot be read; reported
 */
int store_reader__scan(struct store_reader *reader, const struct store_scan *scan);

/**
 * store_reader__follow() - Rows that were stored since the last call, in order of arrival.
 *
 * The first call only remembers where the store ends. New segments are found. Takes filter,
 * fields, on_row, contexts[0] and stop of @scan.
 *
 * Return: as store_reader__scan()
 */
int store_reader__follow(struct store_reader *reader, const struct store_scan *scan);

/* A stored interval. */
struct store_interval_row {
	int64_t time_ns;
	uint8_t server[16];
	const char *group; /* NULL: in none */
	uint64_t queries, answered, unanswered, late, samples;
	unsigned sampled;
	uint64_t median_ns, p90_ns, p99_ns; /* valid when samples > 0 */
	uint64_t baseline_ns;		    /* 0: none */
	uint32_t rcodes[INTERVAL_RCODES];
};

typedef int (*store_interval_row_fn)(void *context, const struct store_interval_row *row);

/** store_reader__intervals() - Intervals of a span, in order of time, server. Return: as scan */
int store_reader__intervals(struct store_reader *reader, const struct store_span *span,
			    store_interval_row_fn fn, void *context);

/* A stored alert; texts are valid during the call. */
struct store_alert_row {
	int64_t id; /* grows with each alert of a segment */
	int64_t time_ns;
	const char *rule, *state, *severity, *group, *metric, *message, *json;
	uint8_t subject[16];
	double value, baseline, absolute, relative; /* in the metric's unit: ns, or shares of 1 */
	uint64_t samples;
};

typedef int (*store_alert_row_fn)(void *context, const struct store_alert_row *row);

/** store_reader__alerts() - Alerts of a span, in order of time. Return: as scan */
int store_reader__alerts(struct store_reader *reader, const struct store_span *span,
			 store_alert_row_fn fn, void *context);

#endif
