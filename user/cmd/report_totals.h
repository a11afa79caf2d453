/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sums over all exchanges of a span, and how they lie in time. Pure. */
#ifndef CMD_REPORT_TOTALS_H
#define CMD_REPORT_TOTALS_H

#include "query/operand.h"

/* Bins of time: as many as a page has room for, but a bin is at most an hour. */
#define REPORT_BINS 288
/* 50 years of hours: a span that is longer has its end in the last bin. */
#define REPORT_BINS_MAX 440000

struct report_bin {
	uint64_t exchanges;
	uint64_t unanswered;
};

struct report_totals {
	uint64_t states[EXCHANGE_STATES];
	uint64_t packets;
	uint64_t bytes;
	int64_t first_ns; /* start of the first bin */
	int64_t bin_ns;	  /* divides an hour */
	struct report_bin *bins;
	unsigned bin_count;
};

/**
 * report_totals__init() - Sums of nothing.
 * @since_ns, @until_ns: what will be counted, ns since 1970
 *
 * Return: 0, -ENOMEM
 */
int report_totals__init(struct report_totals *totals, int64_t since_ns, int64_t until_ns);

/** report_totals__init_like() - Sums of nothing, to be merged into @other. Return: 0, -ENOMEM */
int report_totals__init_like(struct report_totals *totals, const struct report_totals *other);
void report_totals__done(struct report_totals *totals);

/** report_totals_fields() - What of an exchange report_totals__add() looks at. */
field_set report_totals_fields(void);

/** report_totals__add() - Count an exchange. Cost: about 5 ns. */
void report_totals__add(struct report_totals *totals, const struct exchange *exchange);

/** report_totals__merge() - Add those that were made like these. */
void report_totals__merge(struct report_totals *totals, const struct report_totals *more);

/** report_totals__queries() - Exchanges that began with a query: late answers are beside theirs. */
uint64_t report_totals__queries(const struct report_totals *totals);

/**
 * report_totals__busiest() - The hour (UTC) with the most exchanges, the first of equal ones.
 * @ret_hour_ns: its start
 *
 * Return: how many; 0: there was none
 */
uint64_t report_totals__busiest(const struct report_totals *totals, int64_t *ret_hour_ns);

#endif
