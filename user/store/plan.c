// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Rows lie in order of arrival, and a batch says from when to when its rows are. So a span of time
 * is some ranges of ids, which SQLite finds without an index. Most batches lie wholly in the span;
 * of the others the times of rows are compared.
 */
#include "plan.h"

#include <errno.h>
#include <stdlib.h>

/*
 * A crafted batch may claim all ids there are: it is divided into so many pieces at the most, each
 * of which is as quick to read as rows there really are.
 */
#define DIVIDED_MAX 4096

static int64_t minus(int64_t a, int64_t b)
{
	int64_t difference;

	if (__builtin_sub_overflow(a, b, &difference))
		return b > 0 ? INT64_MIN : INT64_MAX;
	return difference;
}

struct store_span span_in_segment(const struct store_span *span, int64_t start_ns)
{
	struct store_span ret = *span;

	/* an open end stays open */
	if (span->since_ns != INT64_MIN)
		ret.since_ns = minus(span->since_ns, start_ns);
	if (span->until_ns != INT64_MAX)
		ret.until_ns = minus(span->until_ns, start_ns);
	return ret;
}

static int add_piece(struct plan *plan, const struct piece *piece)
{
	if (plan->count == plan->room) {
		size_t room = plan->room ? 2 * plan->room : 64;
		struct piece *pieces = reallocarray(plan->pieces, room, sizeof(*pieces));

		if (!pieces)
			return -ENOMEM;
		plan->pieces = pieces;
		plan->room = room;
	}
	plan->pieces[plan->count++] = *piece;
	plan->rows += (uint64_t)(piece->last - piece->first) + 1;
	return 0;
}

int plan__add_batches(struct plan *plan, struct view *view, const struct store_span *span,
		      unsigned segment)
{
	struct store_span inside = span_in_segment(span, view->start_ns);
	struct piece piece = {.segment = segment};
	int64_t behind = 0;
	sqlite3_stmt *row;
	int r = view__prepare(view,
			      "SELECT first_id, last_id, min_time, max_time FROM batch"
			      " WHERE max_time>=?1 AND min_time<?2 ORDER BY first_id",
			      &row);

	if (r < 0)
		return r;
	sqlite3_bind_int64(row, 1, inside.since_ns);
	sqlite3_bind_int64(row, 2, inside.until_ns);
	while ((r = view__step(view, row)) > 0) {
		piece.first = sqlite3_column_int64(row, 0);
		piece.last = sqlite3_column_int64(row, 1);
		piece.min_ns = sqlite3_column_int64(row, 2);
		piece.max_ns = sqlite3_column_int64(row, 3);
		piece.whole = piece.min_ns >= inside.since_ns && piece.max_ns < inside.until_ns;
		if (piece.first <= behind)
			piece.first = behind + 1;
		if (piece.last < piece.first || piece.last == INT64_MAX)
			continue;
		behind = piece.last;
		r = add_piece(plan, &piece);
		if (r < 0)
			break;
	}
	sqlite3_finalize(row);
	return r;
}

/* Nothing is read of a piece without rows, and no share of them is done. */
static void drop_empty(struct plan *plan, size_t from)
{
	size_t n = from;

	for (size_t i = from; i < plan->count; i++)
		if (plan->pieces[i].last >= plan->pieces[i].first)
			plan->pieces[n++] = plan->pieces[i];
	plan->count = n;
}

int plan__take_out(struct plan *plan, size_t from, int64_t first, int64_t last)
{
	size_t count = plan->count;

	for (size_t i = from; i < count; i++) {
		struct piece *piece = &plan->pieces[i];
		struct piece rest = *piece;

		if (piece->last < first || piece->first > last)
			continue;
		plan->rows -= (uint64_t)(piece->last - piece->first) + 1;
		/* what is left before, maybe nothing; and behind */
		piece->last = piece->first < first ? first - 1 : piece->first - 1;
		plan->rows += (uint64_t)(piece->last - piece->first) + 1;
		rest.first = last + 1;
		if (rest.last > last && add_piece(plan, &rest) < 0)
			return -ENOMEM;
	}
	drop_empty(plan, from);
	return 0;
}

static int compare_ids(const void *a, const void *b)
{
	const struct piece *x = a, *y = b;

	return (x->first > y->first) - (x->first < y->first);
}

static void sort(struct plan *plan, size_t from)
{
	if (plan->count > from)
		qsort(plan->pieces + from, plan->count - from, sizeof(*plan->pieces), compare_ids);
}

void plan__join(struct plan *plan, size_t from)
{
	size_t n = from;

	sort(plan, from);
	for (size_t i = from; i < plan->count; i++) {
		struct piece *last = n > from ? &plan->pieces[n - 1] : NULL;
		const struct piece *piece = &plan->pieces[i];

		if (piece->last < piece->first)
			continue;
		if (last && last->last + 1 == piece->first && last->whole == piece->whole)
			last->last = piece->last;
		else
			plan->pieces[n++] = *piece;
	}
	plan->count = n;
}

int plan__divide(struct plan *plan, size_t from)
{
	size_t count = plan->count;

	for (size_t i = from; i < count; i++) {
		struct piece rest = plan->pieces[i];
		int64_t rows = (rest.last - rest.first) / DIVIDED_MAX + 1;

		if (rest.last - rest.first < 2 * PLAN_PIECE_ROWS)
			continue;
		if (rows < PLAN_PIECE_ROWS)
			rows = PLAN_PIECE_ROWS;
		plan->rows -= (uint64_t)(rest.last - rest.first) + 1 - (uint64_t)rows;
		plan->pieces[i].last = rest.first + rows - 1;
		while (rest.last - rest.first >= rows) {
			struct piece piece = rest;

			rest.first += rows;
			piece.first = rest.first;
			if (rest.last - rest.first >= rows)
				piece.last = rest.first + rows - 1;
			if (add_piece(plan, &piece) < 0)
				return -ENOMEM;
		}
	}
	sort(plan, from);
	return 0;
}

void plan__done(struct plan *plan)
{
	free(plan->pieces);
	*plan = (struct plan){0};
}
