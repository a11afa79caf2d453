/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables of a report that show the first rows of a tally. */
#ifndef CMD_REPORT_TOP_H
#define CMD_REPORT_TOP_H

#include "cmd/report_data.h"

/* Rows of each. */
#define REPORT_TOP 10

/* What a column shows of a row. */
enum top_cell {
	TOP_VALUE, /* by the tally's first field */
	TOP_VALUE2,
	TOP_EXCHANGES,
	TOP_PACKETS,
	TOP_SHARE, /* of the packets of all rows, a bar */
	TOP_UNANSWERED,
	TOP_UNANSWERED_SHARE, /* of the exchanges */
	TOP_MEDIAN,
	TOP_P95,
	TOP_EXTRA, /* what report_top.extra tells */
	TOP_CELLS,
};

struct top_column {
	enum top_cell cell;
	const char *title;
	unsigned width; /* 0: the usual one */
};

/* Columns of a table at most. */
#define TOP_COLUMNS_MAX 10

struct report_top {
	enum tally_id tally;
	enum aggregate_order order;
	const char *caption;
	const char *none;			    /* said when there are no rows */
	struct top_column columns[TOP_COLUMNS_MAX]; /* ends with a title that is NULL */
	/* text of a TOP_EXTRA column for a row, the @i-th of them; NULL: no value */
	const char *(*extra)(void *context, const struct aggregate_row *row, unsigned i);
	void *context;
};

/**
 * report_top() - Write the table. In CSV latencies are numbers of nanoseconds.
 *
 * Says below it how far counts may be wrong, if they may.
 *
 * Return: 0, -ENOMEM
 */
int report_top(struct report *report, const struct report_top *top);

/*
 * All rows of a tally, to look up what belongs to a row of another. Each is
 * owned by whoever made it, and valid as long as the tallies.
 */
struct tally_index {
	struct aggregate_row *rows; /* in order of their values */
	size_t count;
};

/** tally_index__init() - Return: 0, also for a tally that was not counted; -ENOMEM */
int tally_index__init(struct tally_index *index, const struct report *report, enum tally_id id);
void tally_index__done(struct tally_index *index);

/** tally_index__find() - The row with these values (@second NULL: of one field), NULL: none. */
const struct aggregate_row *tally_index__find(const struct tally_index *index, const char *first,
					      const char *second);

/* "a.example 31, b.example 7 and 12 more"; names may have 1 KB escaped, so they are cut. */
#define TALLY_PARTS_MAX 512

/**
 * tally_index__parts() - The heaviest rows whose first value is @first: second values with packets.
 * @n: how many are named, up to 3
 *
 * Return: @buf, NULL when there are none
 */
const char *tally_index__parts(const struct tally_index *index, const char *first, unsigned n,
			       char buf[TALLY_PARTS_MAX]);

#endif
