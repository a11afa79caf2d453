/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Statistics as a table of a document, and what is to be said below it. */
#ifndef CMD_STATS_TABLE_H
#define CMD_STATS_TABLE_H

#include "query/aggregate.h"
#include "ui/document.h"

/* What is shown. */
struct stats_table {
	const struct aggregate_options *options;
	const struct aggregate_row *rows;
	size_t count;
	struct aggregate_totals totals;
	bool exact; /* durations in nanoseconds without a unit, for programs */
};

/**
 * stats_table__write() - A table: the fields, exchanges, packets and their share of all, bytes,
 * unanswered ones and their share, median and 95th percentile of latency.
 * @caption: NULL: none
 *
 * Packets that may be too high are shown as they are; stats_table__tell() says by how much.
 */
void stats_table__write(const struct stats_table *table, struct document *document,
			const char *caption);

/** stats_table__tell() - A paragraph: totals, how many groups there are, how exact it is. */
void stats_table__tell(const struct stats_table *table, struct document *document);

#endif
