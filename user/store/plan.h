/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which rows a scan has to look at: ranges of ids, by what the batches and rollups say. */
#ifndef STORE_PLAN_H
#define STORE_PLAN_H

#include "store/scan_data.h"
#include "store/view.h"

/* Ids of one segment that are read by one statement. */
struct piece {
	unsigned segment;
	bool whole; /* all rows lie in the span: their times need not be compared */
	int64_t first, last;
	int64_t min_ns, max_ns; /* times of rows; since the segment's start */
};

/* All zero is empty. */
struct plan {
	struct piece *pieces;
	size_t count, room;
	uint64_t rows;
};

/* Rows of a piece that others can take over: some 20 ms of work. */
#define PLAN_PIECE_ROWS 50000

/**
 * plan__add_batches() - The batches of a segment that overlap the span, a piece each.
 * @segment: its number
 *
 * In order of ids; no id is in two of them, whatever the file says.
 *
 * Return: 0, negative errno; reported
 */
int plan__add_batches(struct plan *plan, struct view *view, const struct store_span *span,
		      unsigned segment);

/** plan__join() - Make neighbours from piece @from on one, if both are whole or neither is. */
void plan__join(struct plan *plan, size_t from);

/**
 * plan__take_out() - Ids @first..@last of the pieces from @from on are not to be read.
 *
 * Return: 0, -ENOMEM
 */
int plan__take_out(struct plan *plan, size_t from, int64_t first, int64_t last);

/** plan__divide() - Large pieces from @from on become many. Return: 0, -ENOMEM */
int plan__divide(struct plan *plan, size_t from);

/** plan__done() - Free what it holds; empty again. */
void plan__done(struct plan *plan);

/** span_in_segment() - A span in times since @start_ns, as rows have them. */
struct store_span span_in_segment(const struct store_span *span, int64_t start_ns);

#endif
