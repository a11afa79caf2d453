// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * By anything but the time, the last row may be the first to show. So the keys of all rows that
 * match go to a database of their own, which SQLite keeps in memory as long as they are few and in
 * an unnamed file behind that, and which sorts them as it compares values in filters. With a limit
 * each segment gives no more than so many. Then the rows are fetched one by one.
 */
#include "sorted.h"

#include "base/log.h"
#include "store/fetch.h"
#include "store/plan.h"
#include "store/scan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

struct sorter {
	struct store_reader *reader;
	const struct store_scan *scan;
	struct fetch *fetch;
	struct plan plan;
	sqlite3 *keys;
	sqlite3_stmt *insert;
	char *first; /* columns of the query for keys */
	char *order; /* of the keys, with the limit */
	bool exact;  /* SQL alone tells what matches */
	bool ended;
	int result;
};

/* What is wrong with a segment does not end it; what a callback says or the stop flag does. */
static void note(struct sorter *sorter, int r)
{
	if (sorter->ended || r == -EINTR) {
		sorter->ended = true;
		sorter->result = r;
	} else if (r < 0 && r != -ENODATA && sorter->result == 0) {
		sorter->result = r;
	}
}

/*
 * What a row is sorted by: what its response tells, when only that knows it; else the value of the
 * first flow that it has. Return: freed by the caller; NULL when the store does not have it
 */
static char *key_sql(const struct operand *by)
{
	const char *query = by->query_sql ? by->query_sql : "NULL";
	const char *response = by->response_sql ? by->response_sql : "NULL";
	char *sql;
	int length;

	if (!by->query_sql && !by->response_sql)
		return NULL;
	if (by->side == OPERAND_OF_FLOW)
		length = asprintf(&sql, "CASE WHEN kind&%d AND kind&7<>%d THEN %s ELSE %s END",
				  KIND_HAS_QUERY, EXCHANGE_LATE, query, response);
	else
		length = asprintf(&sql, "coalesce(%s,%s)", response, query);
	return length < 0 ? NULL : sql;
}

static int write_queries(struct sorter *sorter)
{
	const struct store_scan *scan = sorter->scan;
	const char *way = scan->order == STORE_DESCENDING ? "DESC" : "ASC";
	char *key = key_sql(scan->sort);
	int length;

	if (!key)
		return log_err(-EINVAL, "cannot sort by '%s'", scan->sort->word);
	length = asprintf(&sorter->first, "id,time,%s%s", key, sorter->exact ? "" : ",");
	free(key);
	if (length < 0) {
		sorter->first = NULL;
		return -ENOMEM;
	}
	/* for each segment it is the limit of all; -1: none (SQLite's LIMIT) */
	if (asprintf(&sorter->order, " ORDER BY 3 %s NULLS LAST, 2, 1 LIMIT %lld", way,
		     scan->limit && scan->limit <= INT64_MAX ? (long long)scan->limit : -1LL) < 0) {
		sorter->order = NULL;
		return -ENOMEM;
	}
	return 0;
}

static int open_keys(struct sorter *sorter)
{
	int code = sqlite3_open_v2("", &sorter->keys,
				   SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
				   NULL);

	if (code == SQLITE_OK)
		code = sqlite3_exec(
			sorter->keys,
			"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"
			"CREATE TABLE keys(segment INTEGER, id INTEGER, time INTEGER, key);"
			"BEGIN",
			NULL, NULL, NULL);
	if (code == SQLITE_OK)
		code = sqlite3_prepare_v2(sorter->keys, "INSERT INTO keys VALUES(?,?,?,?)", -1,
					  &sorter->insert, NULL);
	return code;
}

static int keys_failed(const struct sorter *sorter)
{
	return log_err(-EIO, "cannot sort: %s; narrow the time or the filter",
		       sqlite3_errmsg(sorter->keys));
}

/* Return: 0, negative errno; reported */
static int keep_key(struct sorter *sorter, const struct fetch_segment *segment, unsigned number)
{
	sqlite3_stmt *row = segment->by_piece;
	int64_t time_ns;

	if (__builtin_add_overflow(segment->rows.view.start_ns, sqlite3_column_int64(row, 1),
				   &time_ns))
		time_ns = 0; /* of a crafted segment */
	sqlite3_bind_int64(sorter->insert, 1, number);
	sqlite3_bind_int64(sorter->insert, 2, sqlite3_column_int64(row, 0));
	sqlite3_bind_int64(sorter->insert, 3, time_ns);
	sqlite3_bind_value(sorter->insert, 4, sqlite3_column_value(row, 2));
	if (sqlite3_step(sorter->insert) != SQLITE_DONE) {
		sorter->ended = true;
		return keys_failed(sorter);
	}
	sqlite3_reset(sorter->insert);
	return 0;
}

/* Return: 0, negative errno; reported */
static int keep_piece(struct sorter *sorter, const struct piece *piece)
{
	const struct rows_query query = {
		.first = sorter->first,
		.condition = "id BETWEEN ?1 AND ?2 AND time>=?3 AND time<?4",
		.order = sorter->exact ? sorter->order : "",
		.bound = 4,
		.bare = sorter->exact,
	};
	struct fetch_segment *segment;
	struct store_span inside;
	int r = fetch__segment(sorter->fetch, piece->segment, &segment);

	if (r == 0 && !segment->by_piece)
		r = rows__prepare(&segment->rows, &query, &segment->by_piece);
	if (r < 0)
		return r;
	inside = span_in_segment(&sorter->scan->span, segment->rows.view.start_ns);
	sqlite3_bind_int64(segment->by_piece, 1, piece->first);
	sqlite3_bind_int64(segment->by_piece, 2, piece->last);
	sqlite3_bind_int64(segment->by_piece, 3, inside.since_ns);
	sqlite3_bind_int64(segment->by_piece, 4, inside.until_ns);
	while ((r = view__step(&segment->rows.view, segment->by_piece)) > 0) {
		if (!sorter->exact && !rows__match(&segment->rows, segment->by_piece, 3))
			continue;
		r = keep_key(sorter, segment, piece->segment);
		if (r < 0)
			break;
	}
	sqlite3_reset(segment->by_piece);
	return r;
}

static int plan_segment(struct sorter *sorter, unsigned i)
{
	struct segment *segment = &sorter->reader->segments[i];
	size_t from = sorter->plan.count;
	struct view view;
	int r = view__open(segment->path, &segment->error, &view);

	if (r < 0)
		return r;
	view.stop = sorter->scan->stop;
	r = plan__add_batches(&sorter->plan, &view, &sorter->scan->span, i);
	plan__join(&sorter->plan, from);
	view__close(&view);
	return r;
}

static void keep_all(struct sorter *sorter)
{
	const struct store_scan *scan = sorter->scan;
	uint64_t done = 0;

	for (unsigned i = 0; i < sorter->reader->count && !sorter->ended; i++)
		if (segment_overlaps(&sorter->reader->segments[i], &scan->span))
			note(sorter, plan_segment(sorter, i));
	for (size_t i = 0; i < sorter->plan.count && !sorter->ended; i++) {
		const struct piece *piece = &sorter->plan.pieces[i];

		note(sorter, keep_piece(sorter, piece));
		done += (uint64_t)(piece->last - piece->first) + 1;
		if (scan->on_progress)
			scan->on_progress(scan->progress_context,
					  (double)done / (double)sorter->plan.rows);
	}
}

static void deliver_all(struct sorter *sorter)
{
	sqlite3_stmt *row = NULL;
	char *sql;

	if (asprintf(&sql, "SELECT id, time, key, segment FROM keys%s", sorter->order) < 0) {
		note(sorter, -ENOMEM);
		return;
	}
	if (sqlite3_prepare_v2(sorter->keys, sql, -1, &row, NULL) != SQLITE_OK)
		note(sorter, keys_failed(sorter));
	free(sql);
	while (!sorter->ended && row && sqlite3_step(row) == SQLITE_ROW) {
		int r = scan_is_stopped(sorter->scan)
				? -EINTR
				: fetch__deliver(sorter->fetch,
						 (unsigned)sqlite3_column_int(row, 3),
						 sqlite3_column_int64(row, 0), &sorter->ended);

		note(sorter, r);
	}
	sqlite3_finalize(row);
}

int sorted_by_operand(struct store_reader *reader, const struct store_scan *scan)
{
	struct sorter sorter = {.reader = reader, .scan = scan, .exact = rows_exact(scan)};
	int malformed = 0;
	int r = write_queries(&sorter);

	if (r == 0)
		r = fetch__new(reader, scan, &sorter.fetch);
	if (r == 0 && open_keys(&sorter) != SQLITE_OK)
		r = keys_failed(&sorter);
	if (r == 0) {
		keep_all(&sorter);
		if (!sorter.ended)
			deliver_all(&sorter);
		malformed = scan_malformed(fetch__malformed(sorter.fetch));
		r = sorter.result ? sorter.result : malformed;
	}
	sqlite3_finalize(sorter.insert);
	sqlite3_close(sorter.keys);
	fetch__free(sorter.fetch);
	plan__done(&sorter.plan);
	free(sorter.first);
	free(sorter.order);
	return r;
}
