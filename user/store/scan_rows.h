/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rows of a scan in one thread: selected, decoded, matched, delivered. */
#ifndef STORE_SCAN_ROWS_H
#define STORE_SCAN_ROWS_H

#include "store/decode.h"
#include "store/reader_data.h"
#include "store/view.h"

/* Where a scan's rows come from now. Stays where it is. */
struct rows {
	const struct store_scan *scan;
	void *context; /* of on_row */
	struct view view;
	struct decode decode;
	const bool *ended; /* NULL: nobody ends it from outside */
	uint64_t delivered;
	uint64_t malformed; /* rows left out because they say nothing */
};

/** rows__init() - @ended: see struct view. Return: 0, -ENOMEM */
int rows__init(struct rows *rows, const struct store_scan *scan, void *context, const bool *ended);
void rows__done(struct rows *rows);

/** rows__open() - Go to a segment. Return: as view__open() */
int rows__open(struct rows *rows, struct segment *segment);

/* SELECT @first, an exchange's columns FROM exchange_row WHERE @condition AND the filter @order */
struct rows_query {
	const char *first; /* further columns, each with a comma behind it, or "" */
	const char *condition;
	const char *order; /* " ORDER BY id"; NULL: in any */
	int bound;	   /* @condition has ?1 to ?@bound */
	bool matched;	   /* the condition names rows that match: without the filter */
	bool bare;	   /* @first alone, without a comma at the end */
};

/** rows__prepare() - Compile a query. Return: 0, negative errno; reported */
int rows__prepare(struct rows *rows, const struct rows_query *query, sqlite3_stmt **ret_row);

/**
 * rows__deliver() - Hand the row on which @row stands to on_row, if it matches.
 * @first: how many columns come before those of the exchange
 *
 * Return: 0, what on_row returned
 */
int rows__deliver(struct rows *rows, sqlite3_stmt *row, int first);

#endif
