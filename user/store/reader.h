/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The store's reading side: exchanges, intervals, alerts of a span of time, in
 * this process or while another writes. Never writes. reader.c opens with how
 * a scan is planned.
 */
#ifndef STORE_READER_H
#define STORE_READER_H

#include "stats/interval.h"
#include "store/scan_data.h"

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
