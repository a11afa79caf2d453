// SPDX-License-Identifier: GPL-2.0-or-later
/* Statistics as a table, and what is to be said below it. */
#include "stats_table.h"

#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* Columns behind those of the fields. */
enum {
	COLUMN_EXCHANGES,
	COLUMN_PACKETS,
	COLUMN_SHARE,
	COLUMN_BYTES,
	COLUMN_UNANSWERED,
	COLUMN_UNANSWERED_SHARE,
	COLUMN_MEDIAN,
	COLUMN_P95,
	COLUMNS_FIXED,
};

#define COLUMNS_MAX (AGGREGATE_BY_MAX + COLUMNS_FIXED)
_Static_assert(COLUMNS_MAX <= TABLE_COLUMNS_MAX, "they fit in a table");

/* A number of 64 bits, or a duration. */
#define CELL_MAX 40

struct cells {
	const char *at[COLUMNS_MAX];
	char text[COLUMNS_MAX][CELL_MAX];
};

static const struct document_column fixed_columns[COLUMNS_FIXED] = {
	[COLUMN_EXCHANGES] = {"EXCHANGES", 9, .right = true},
	[COLUMN_PACKETS] = {"PACKETS", 9, .right = true},
	[COLUMN_SHARE] = {"SHARE", 20, .bar = true},
	[COLUMN_BYTES] = {"BYTES", 11, .right = true},
	[COLUMN_UNANSWERED] = {"UNANSWERED", 10, .right = true},
	[COLUMN_UNANSWERED_SHARE] = {"%", 5, .right = true},
	[COLUMN_MEDIAN] = {"MEDIAN", 8, .right = true},
	[COLUMN_P95] = {"P95", 8, .right = true},
};

static bool is_number(const struct operand *operand)
{
	return operand->type == OPERAND_NUMBER || operand->type == OPERAND_DURATION;
}

static unsigned make_columns(const struct stats_table *table, struct document_column *ret)
{
	unsigned count = table->options->by_count;

	for (unsigned i = 0; i < count; i++) {
		const struct operand *operand = table->options->by[i];

		ret[i] = (struct document_column){
			.title = operand->title,
			.width = operand->width,
			.right = is_number(operand),
		};
	}
	for (unsigned i = 0; i < COLUMNS_FIXED; i++)
		ret[count + i] = fixed_columns[i];
	if (table->exact)
		ret[count + COLUMN_UNANSWERED_SHARE].title = "UNANSWERED_PCT";
	return count + COLUMNS_FIXED;
}

/* --- cells ------------------------------------------------------------------------------------ */

static void set_count(struct cells *cells, unsigned column, uint64_t number)
{
	snprintf(cells->text[column], CELL_MAX, "%" PRIu64, number);
	cells->at[column] = cells->text[column];
}

static void set_share(struct cells *cells, unsigned column, uint64_t part, uint64_t all,
		      double of_all)
{
	cells->at[column] = NULL;
	if (all == 0)
		return;
	/* an upper bound may be above what there is */
	snprintf(cells->text[column], CELL_MAX, of_all == 1 ? "%.6f" : "%.1f",
		 of_all * (double)(part < all ? part : all) / (double)all);
	cells->at[column] = cells->text[column];
}

static void set_duration(const struct stats_table *table, struct cells *cells, unsigned column,
			 int64_t ns)
{
	cells->at[column] = NULL;
	if (ns < 0)
		return;
	if (table->exact)
		snprintf(cells->text[column], CELL_MAX, "%" PRId64, ns);
	else
		text_duration(ns, cells->text[column]);
	cells->at[column] = cells->text[column];
}

static void set_value(const struct stats_table *table, struct cells *cells, unsigned i,
		      const char *value)
{
	cells->at[i] = value;
	if (value && table->options->by[i]->type == OPERAND_DURATION && !table->exact)
		cells->at[i] = text_duration(strtoll(value, NULL, 10), cells->text[i]);
}

static void write_row(const struct stats_table *table, struct document *document,
		      const struct aggregate_row *row)
{
	const struct measures *sums = &row->measures;
	unsigned first = table->options->by_count;
	struct cells cells;

	for (unsigned i = 0; i < first; i++)
		set_value(table, &cells, i, row->values[i]);
	set_count(&cells, first + COLUMN_EXCHANGES, sums->exchanges);
	set_count(&cells, first + COLUMN_PACKETS, sums->packets);
	set_share(&cells, first + COLUMN_SHARE, sums->packets, table->totals.all.packets, 1);
	set_count(&cells, first + COLUMN_BYTES, sums->bytes);
	set_count(&cells, first + COLUMN_UNANSWERED, sums->unanswered);
	set_share(&cells, first + COLUMN_UNANSWERED_SHARE, sums->unanswered, sums->exchanges, 100);
	set_duration(table, &cells, first + COLUMN_MEDIAN, row->latency_p50_ns);
	set_duration(table, &cells, first + COLUMN_P95, row->latency_p95_ns);
	document__row(document, cells.at, NULL);
}

void stats_table__write(const struct stats_table *table, struct document *document,
			const char *caption)
{
	struct document_column columns[COLUMNS_MAX];
	unsigned count = make_columns(table, columns);

	document__table(document, caption, columns, count);
	for (size_t i = 0; i < table->count; i++)
		write_row(table, document, &table->rows[i]);
	document__table_end(document, "Nothing matches.");
}

/* --- what is to be said ----------------------------------------------------------------------- */

/* By how much the packets of a row may be too high at most. */
static uint64_t widest_bound(const struct stats_table *table)
{
	uint64_t widest = 0;

	for (size_t i = 0; i < table->count; i++) {
		uint64_t bound = table->rows[i].measures.packets - table->rows[i].packets_low;

		widest = bound > widest ? bound : widest;
	}
	return widest;
}

static void tell_totals(const struct stats_table *table, FILE *out)
{
	const struct measures *all = &table->totals.all;
	char text[TEXT_DURATION_MAX];

	if (table->totals.floor) { /* of all else the sums know less than there was */
		fprintf(out, "All: %" PRIu64 " packets.", all->packets);
		return;
	}
	fprintf(out,
		"All: %" PRIu64 " exchanges, %" PRIu64 " packets, %" PRIu64 " bytes, %" PRIu64
		" unanswered",
		all->exchanges, all->packets, all->bytes, all->unanswered);
	if (all->exchanges)
		fprintf(out, " (%.1f %%)", 100 * (double)all->unanswered / (double)all->exchanges);
	if (table->totals.latency_p50_ns >= 0) {
		fprintf(out, ", median %s", text_duration(table->totals.latency_p50_ns, text));
		fprintf(out, ", 95 %% within %s",
			text_duration(table->totals.latency_p95_ns, text));
	}
	fputs(".", out);
}

static void tell_bounds(const struct stats_table *table, FILE *out)
{
	uint64_t bound = widest_bound(table), floor = table->totals.floor;

	fprintf(out, " Shown are %zu of %" PRIu64 " groups.", table->count, table->totals.groups);
	if (bound)
		fprintf(out,
			" Packets are at most %" PRIu64
			" too high; all else is of what was kept, as each minute has its heaviest "
			"values only.",
			bound);
	if (floor)
		fprintf(out,
			" A value that is not among the groups has at most %" PRIu64 " packets.",
			floor);
	if (table->totals.crowded)
		fprintf(out,
			" %" PRIu64 " flows are in the totals only: there was room for %" PRIu64
			" groups.",
			table->totals.crowded, table->totals.groups);
}

void stats_table__tell(const struct stats_table *table, struct document *document)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	if (!out)
		return;
	tell_totals(table, out);
	tell_bounds(table, out);
	if (fclose(out) == 0)
		document__paragraph(document, text);
	free(text);
}
