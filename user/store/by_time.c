// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Rows lie in order of arrival, which is the order in which exchanges ended: an
 * unanswered one stands seconds behind those that were asked after it. To sort
 * all of them would hold a day's rows in memory before the first is shown. But
 * each batch tells its earliest and its latest time:
 *
 *	batch 1  [----------]		read 1, then 2: from here on nothing
 *	batch 2	     [----------]	before 3's beginning can come, so
 *	batch 3		    |[-------]	what is older goes out
 *
 * So batches are read in order of their beginnings, (time, id) of their rows
 * are held back in a heap, and what is earlier than the beginning of the next
 * batch goes out; then the row is fetched by its id. The heap holds what
 * overlaps, some seconds of rows. Downwards it is the same, by the ends of
 * batches. A limit ends it after the batches that are needed.
 *
 * Downwards all keys are complemented (~x falls as x rises), so that there is
 * one order only.
 */
#include "sorted.h"

#include "store/fetch.h"
#include "store/plan.h"
#include "store/scan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A row that is held back; all complemented when the scan goes down. */
struct held {
	int64_t time_ns;
	int64_t segment;
	int64_t id;
};

struct heap {
	struct held *rows; /* the first is the least */
	size_t count, room;
};

struct merge {
	struct store_reader *reader;
	const struct store_scan *scan;
	struct fetch *fetch;
	struct plan plan; /* times since 1970; complemented when the scan goes down */
	struct heap heap;
	bool down;
	bool ended;
	int result; /* the first error of a segment */
};

static bool is_before(const struct held *a, const struct held *b)
{
	if (a->time_ns != b->time_ns)
		return a->time_ns < b->time_ns;
	return a->segment != b->segment ? a->segment < b->segment : a->id < b->id;
}

static int heap__push(struct heap *heap, const struct held *row)
{
	size_t i = heap->count;

	if (heap->count == heap->room) {
		size_t room = heap->room ? 2 * heap->room : 4096;
		struct held *rows = reallocarray(heap->rows, room, sizeof(*rows));

		if (!rows)
			return -ENOMEM;
		heap->rows = rows;
		heap->room = room;
	}
	heap->count++;
	for (; i > 0 && is_before(row, &heap->rows[(i - 1) / 2]); i = (i - 1) / 2)
		heap->rows[i] = heap->rows[(i - 1) / 2];
	heap->rows[i] = *row;
	return 0;
}

static struct held heap__pop(struct heap *heap)
{
	struct held first = heap->rows[0];
	struct held last = heap->rows[--heap->count];
	size_t i = 0;

	for (;;) {
		size_t child = 2 * i + 1;

		if (child + 1 < heap->count &&
		    is_before(&heap->rows[child + 1], &heap->rows[child]))
			child++;
		if (child >= heap->count || !is_before(&heap->rows[child], &last))
			break;
		heap->rows[i] = heap->rows[child];
		i = child;
	}
	heap->rows[i] = last;
	return first;
}

static int64_t turned(const struct merge *merge, int64_t x)
{
	return merge->down ? ~x : x;
}

static int64_t since_1970(int64_t start_ns, int64_t time_ns)
{
	int64_t sum;

	if (__builtin_add_overflow(start_ns, time_ns, &sum))
		return time_ns < 0 ? INT64_MIN : INT64_MAX;
	return sum;
}

/* What is wrong with a segment does not end it; what a callback says or the stop flag does. */
static void note(struct merge *merge, int r)
{
	if (merge->ended || r == -EINTR) {
		merge->ended = true;
		merge->result = r;
	} else if (r < 0 && r != -ENODATA && merge->result == 0) {
		merge->result = r;
	}
}

/* Deliver what comes before @before (complemented as needed); false: all. */
static void deliver_before(struct merge *merge, bool all, int64_t before)
{
	while (merge->heap.count && (all || merge->heap.rows[0].time_ns < before)) {
		struct held row = heap__pop(&merge->heap);
		bool ended = false;
		int r;

		if (scan_is_stopped(merge->scan)) {
			note(merge, -EINTR);
			return;
		}
		r = fetch__deliver(merge->fetch, (unsigned)turned(merge, row.segment),
				   turned(merge, row.id), &ended);
		merge->ended = ended;
		note(merge, r);
		if (merge->ended)
			return;
	}
}

/* Hold back the rows of a batch. Return: 0, negative errno; reported */
static int hold_piece(struct merge *merge, const struct piece *piece)
{
	static const struct rows_query query = {
		.first = "id,time",
		.condition = "id BETWEEN ?1 AND ?2 AND time>=?3 AND time<?4",
		.bound = 4,
		.bare = true,
	};
	struct fetch_segment *segment;
	struct store_span inside;
	struct held row;
	int r = fetch__segment(merge->fetch, piece->segment, &segment);

	if (r == 0 && !segment->by_piece)
		r = rows__prepare(&segment->rows, &query, &segment->by_piece);
	if (r < 0)
		return r;
	inside = span_in_segment(&merge->scan->span, segment->rows.view.start_ns);
	sqlite3_bind_int64(segment->by_piece, 1, piece->first);
	sqlite3_bind_int64(segment->by_piece, 2, piece->last);
	sqlite3_bind_int64(segment->by_piece, 3, inside.since_ns);
	sqlite3_bind_int64(segment->by_piece, 4, inside.until_ns);
	while ((r = view__step(&segment->rows.view, segment->by_piece)) > 0) {
		row.id = turned(merge, sqlite3_column_int64(segment->by_piece, 0));
		row.time_ns = turned(merge, since_1970(segment->rows.view.start_ns,
						       sqlite3_column_int64(segment->by_piece, 1)));
		row.segment = turned(merge, piece->segment);
		r = heap__push(&merge->heap, &row);
		if (r < 0)
			break;
	}
	sqlite3_reset(segment->by_piece);
	return r;
}

static int plan_segment(struct merge *merge, unsigned i)
{
	struct segment *segment = &merge->reader->segments[i];
	size_t from = merge->plan.count;
	struct view view;
	int r = view__open(segment->path, &segment->error, &view);

	if (r < 0)
		return r;
	view.stop = merge->scan->stop;
	r = plan__add_batches(&merge->plan, &view, &merge->scan->span, i);
	for (size_t n = from; n < merge->plan.count; n++) {
		struct piece *piece = &merge->plan.pieces[n];
		int64_t begin = merge->down ? piece->max_ns : piece->min_ns;

		piece->min_ns = turned(merge, since_1970(view.start_ns, begin));
	}
	view__close(&view);
	return r;
}

static int compare_beginnings(const void *a, const void *b)
{
	const struct piece *x = a, *y = b;

	return (x->min_ns > y->min_ns) - (x->min_ns < y->min_ns);
}

static void merge_all(struct merge *merge)
{
	const struct store_scan *scan = merge->scan;
	uint64_t done = 0;

	if (!merge->plan.count)
		return;
	qsort(merge->plan.pieces, merge->plan.count, sizeof(struct piece), compare_beginnings);
	for (size_t i = 0; i < merge->plan.count && !merge->ended; i++) {
		const struct piece *piece = &merge->plan.pieces[i];

		deliver_before(merge, false, piece->min_ns);
		if (merge->ended)
			return;
		note(merge, hold_piece(merge, piece));
		done += (uint64_t)(piece->last - piece->first) + 1;
		if (scan->on_progress)
			scan->on_progress(scan->progress_context,
					  (double)done / (double)merge->plan.rows);
	}
	if (!merge->ended)
		deliver_before(merge, true, 0);
}

int sorted_by_time(struct store_reader *reader, const struct store_scan *scan)
{
	struct merge merge = {
		.reader = reader, .scan = scan, .down = scan->order == STORE_DESCENDING};
	int malformed = 0;
	int r = fetch__new(reader, scan, &merge.fetch);

	if (r < 0)
		return r;
	for (unsigned i = 0; i < reader->count && !merge.ended; i++)
		if (segment_overlaps(&reader->segments[i], &scan->span))
			note(&merge, plan_segment(&merge, i));
	if (!merge.ended)
		merge_all(&merge);
	malformed = scan_malformed(fetch__malformed(merge.fetch));
	fetch__free(merge.fetch);
	plan__done(&merge.plan);
	free(merge.heap.rows);
	return merge.result ? merge.result : malformed;
}
