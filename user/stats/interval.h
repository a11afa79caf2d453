/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is counted of one server: in an interval, and in all of them together. */
#ifndef STATS_INTERVAL_H
#define STATS_INTERVAL_H

#include <stdint.h>

/* RCODEs 0..23 (BADCOOKIE) each have a counter, the rest share the last. */
#define INTERVAL_RCODES 25

/* Intervals that can be kept for a server: an hour of 10 s. */
#define SERVER_WINDOW_MAX 360

/* One interval of one server: the exchanges that ended in it. */
struct interval {
	uint64_t start_ns; /* since 1970 in UTC; a multiple of the interval's length */
	uint32_t queries;  /* transmissions, retransmitted ones too */
	uint32_t answered;
	uint32_t unanswered; /* that expired in this interval */
	uint32_t late;	     /* responses; their queries were counted when they expired */
	uint32_t samples;    /* latencies of answered exchanges */
	uint32_t sampled;    /* one of so many exchanges was read, the most at a time; 1: all */
	uint64_t median_ns;
	uint64_t p90_ns;
	uint64_t p99_ns;
	uint32_t rcodes[INTERVAL_RCODES]; /* of answered and late responses */
};

/* All intervals of one server together; 64 bits, because a busy one passes 2^32 in half a day. */
struct server_totals {
	uint64_t queries;
	uint64_t answered;
	uint64_t unanswered;
	uint64_t late;
	uint64_t samples;
	uint64_t rcodes[INTERVAL_RCODES];
	/* of the medians of the window's intervals that have samples; 0 when none has */
	uint64_t median_ns;
	uint64_t p90_ns;
	uint64_t p99_ns;
};

/**
 * server_totals__add() - Add an interval's counts; the quantiles stay as they are.
 */
void server_totals__add(struct server_totals *totals, const struct interval *interval);

#endif
