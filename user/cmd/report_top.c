// SPDX-License-Identifier: GPL-2.0-or-later
/* Tables of the first rows of tallies. */
#include "report_top.h"

#include "base/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CELL_MAX 48

/* The usual look of a column. */
static const struct {
	unsigned width;
	bool right, bar;
} looks[TOP_CELLS] = {
	[TOP_VALUE] = {32, false, false},
	[TOP_VALUE2] = {32, false, false},
	[TOP_EXCHANGES] = {9, true, false},
	[TOP_PACKETS] = {9, true, false},
	[TOP_SHARE] = {14, false, true},
	[TOP_UNANSWERED] = {10, true, false},
	[TOP_UNANSWERED_SHARE] = {12, true, false},
	[TOP_MEDIAN] = {9, true, false},
	[TOP_P95] = {9, true, false},
	[TOP_EXTRA] = {9, true, false},
};

/* A table in the making. */
struct drawing {
	const struct report *report;
	const struct report_top *top;
	const struct aggregate_totals *totals;
	unsigned columns;
};

static const char *count_text(uint64_t count, char buf[CELL_MAX])
{
	snprintf(buf, CELL_MAX, "%" PRIu64, count);
	return buf;
}

/* A bar's. */
static const char *share_text(uint64_t part, uint64_t whole, char buf[CELL_MAX])
{
	if (!whole)
		return NULL;
	snprintf(buf, CELL_MAX, "%.10f", (double)part / (double)whole);
	return buf;
}

static const char *latency_text(const struct report *report, int64_t ns, char buf[CELL_MAX])
{
	_Static_assert(CELL_MAX >= TEXT_DURATION_MAX, "a duration is a cell");

	if (ns < 0)
		return NULL;
	if (!report->csv)
		return text_duration(ns, buf);
	snprintf(buf, CELL_MAX, "%" PRId64, ns);
	return buf;
}

/* CSV has a number of percent, as of bars. */
static const char *unanswered_text(const struct report *report, const struct measures *measures,
				   char buf[CELL_MAX])
{
	if (!measures->exchanges)
		return NULL;
	snprintf(buf, CELL_MAX, report->csv ? "%.8g" : "%.1f %%",
		 100 * (double)measures->unanswered / (double)measures->exchanges);
	return buf;
}

static const char *cell_text(const struct drawing *drawing, enum top_cell cell,
			     const struct aggregate_row *row, char buf[CELL_MAX])
{
	const struct measures *measures = &row->measures;

	switch (cell) {
	case TOP_VALUE:
		return row->values[0] ? row->values[0] : "(none)";
	case TOP_VALUE2:
		return row->values[1] ? row->values[1] : "(none)";
	case TOP_EXCHANGES:
		return count_text(measures->exchanges, buf);
	case TOP_PACKETS:
		return count_text(measures->packets, buf);
	case TOP_SHARE:
		return share_text(measures->packets, drawing->totals->all.packets, buf);
	case TOP_UNANSWERED:
		return count_text(measures->unanswered, buf);
	case TOP_UNANSWERED_SHARE:
		return unanswered_text(drawing->report, measures, buf);
	case TOP_MEDIAN:
		return latency_text(drawing->report, row->latency_p50_ns, buf);
	case TOP_P95:
		return latency_text(drawing->report, row->latency_p95_ns, buf);
	default:
		return NULL;
	}
}

static void write_row(const struct drawing *drawing, const struct aggregate_row *row)
{
	char text[TOP_COLUMNS_MAX][CELL_MAX];
	const char *cells[TOP_COLUMNS_MAX];
	unsigned extra = 0;

	for (unsigned i = 0; i < drawing->columns; i++) {
		enum top_cell cell = drawing->top->columns[i].cell;

		cells[i] = cell == TOP_EXTRA
				   ? drawing->top->extra(drawing->top->context, row, extra++)
				   : cell_text(drawing, cell, row, text[i]);
	}
	document__row(drawing->report->document, cells, NULL);
}

/* Rollups remember the heaviest keys of each minute. */
static void tell_bounds(const struct drawing *drawing, const struct aggregate_row *rows, size_t n)
{
	uint64_t error = 0;
	char text[320];

	for (size_t i = 0; i < n; i++)
		if (rows[i].measures.packets - rows[i].packets_low > error)
			error = rows[i].measures.packets - rows[i].packets_low;
	if (error || drawing->totals->floor) {
		snprintf(text, sizeof(text),
			 "Counted from sums by minute: packets are at most %" PRIu64
			 " too high, and what is not listed has at most %" PRIu64 ".",
			 error, drawing->totals->floor);
		document__paragraph(drawing->report->document, text);
	}
	if (drawing->totals->crowded) {
		snprintf(text, sizeof(text),
			 "%" PRIu64 " flows are in the sums only: there are more than %d different "
			 "rows.",
			 drawing->totals->crowded, TALLY_GROUPS_MAX);
		document__paragraph(drawing->report->document, text);
	}
}

static unsigned prepare_columns(const struct report_top *top, struct document_column *ret)
{
	unsigned n = 0;

	for (; n < TOP_COLUMNS_MAX && top->columns[n].title; n++) {
		const struct top_column *column = &top->columns[n];

		ret[n] = (struct document_column){
			.title = column->title,
			.width = column->width ? column->width : looks[column->cell].width,
			/* an extra that is wide is a text */
			.right = looks[column->cell].right && column->width < 20,
			.bar = looks[column->cell].bar,
		};
	}
	return n;
}

int report_top(struct report *report, const struct report_top *top)
{
	struct aggregate *aggregate = report->tallies.aggregates[top->tally];
	struct document_column columns[TOP_COLUMNS_MAX];
	struct aggregate_totals totals;
	struct drawing drawing = {.report = report, .top = top, .totals = &totals};
	struct aggregate_row *rows;
	int64_t n;

	drawing.columns = prepare_columns(top, columns);
	n = aggregate__top(aggregate, top->order, REPORT_TOP, &rows);
	if (n < 0)
		return (int)n;
	aggregate__totals(aggregate, &totals);
	document__table(report->document, top->caption, columns, drawing.columns);
	for (int64_t i = 0; i < n; i++)
		write_row(&drawing, &rows[i]);
	document__table_end(report->document, top->none);
	tell_bounds(&drawing, rows, (size_t)n);
	free(rows);
	return 0;
}

/* --- rows of another tally ----------------------------------------------------------------------
 */

static int compare_texts(const char *a, const char *b)
{
	if (!a || !b)
		return !b - !a;
	return strcmp(a, b);
}

/* By the first value, then the heaviest first. */
static int by_weight(const void *a, const void *b)
{
	const struct aggregate_row *x = a, *y = b;
	int order = compare_texts(x->values[0], y->values[0]);

	if (order)
		return order;
	if (x->measures.packets != y->measures.packets)
		return x->measures.packets < y->measures.packets ? 1 : -1;
	return compare_texts(x->values[1], y->values[1]);
}

int tally_index__init(struct tally_index *index, const struct report *report, enum tally_id id)
{
	int64_t n;

	*index = (struct tally_index){.count = 0};
	if (!report->tallies.aggregates[id])
		return 0;
	n = aggregate__top(report->tallies.aggregates[id], ORDER_PACKETS, 0, &index->rows);
	if (n < 0)
		return (int)n;
	index->count = (size_t)n;
	if (n > 0)
		qsort(index->rows, index->count, sizeof(*index->rows), by_weight);
	return 0;
}

void tally_index__done(struct tally_index *index)
{
	free(index->rows);
	*index = (struct tally_index){.count = 0};
}

/* The first row with this first value, or where it would be. */
static size_t first_of(const struct tally_index *index, const char *first)
{
	size_t low = 0, high = index->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_texts(index->rows[middle].values[0], first) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct aggregate_row *tally_index__find(const struct tally_index *index, const char *first,
					      const char *second)
{
	for (size_t i = first_of(index, first);
	     i < index->count && compare_texts(index->rows[i].values[0], first) == 0; i++)
		if (compare_texts(index->rows[i].values[1], second) == 0)
			return &index->rows[i];
	return NULL;
}

const char *tally_index__parts(const struct tally_index *index, const char *first, unsigned n,
			       char buf[TALLY_PARTS_MAX])
{
	size_t from = first_of(index, first), end = from, used = 0;

	while (end < index->count && compare_texts(index->rows[end].values[0], first) == 0)
		end++;
	if (from == end)
		return NULL;
	for (size_t i = from; i < end && i - from < n; i++) {
		const char *value = index->rows[i].values[1];

		used += (size_t)snprintf(buf + used, TALLY_PARTS_MAX - used, "%s%.100s%s %" PRIu64,
					 i > from ? ", " : "", value ? value : "(none)",
					 value && strlen(value) > 100 ? "..." : "",
					 index->rows[i].measures.packets);
	}
	if (end - from > n)
		snprintf(buf + used, TALLY_PARTS_MAX - used, " and %zu more", end - from - n);
	return buf;
}
