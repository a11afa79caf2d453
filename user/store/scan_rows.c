// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The filter is asked twice: as SQL it spares most rows from being read, and in memory it tells
 * which flows of the others match. Where both say the same, the second costs some nanoseconds.
 */
#include "scan_rows.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int rows__init(struct rows *rows, const struct store_scan *scan, void *context, const bool *ended)
{
	field_set wanted = scan->fields;

	*rows = (struct rows){.scan = scan, .context = context, .ended = ended};
	if (scan->filter)
		wanted |= filter__fields(scan->filter);
	return decode__init(&rows->decode, wanted);
}

void rows__done(struct rows *rows)
{
	decode__done(&rows->decode);
	view__close(&rows->view);
}

int rows__open(struct rows *rows, struct segment *segment)
{
	int r, code;

	origins__close(&rows->decode.origins);
	view__close(&rows->view);
	r = view__open(segment->path, &segment->error, &rows->view);
	if (r < 0)
		return r;
	rows->view.filter = rows->scan->filter;
	rows->view.stop = rows->scan->stop;
	rows->view.ended = rows->ended;
	code = decode__segment(&rows->decode, rows->view.db, rows->view.start_ns);
	return code == SQLITE_OK ? 0 : view__failed(&rows->view, code);
}

/* Behind the @bound values that the condition has. */
static int bind_filter(sqlite3_stmt *row, int bound, const struct filter_binding *values,
		       unsigned count)
{
	int code = SQLITE_OK;

	for (unsigned i = 0; i < count && code == SQLITE_OK; i++) {
		const struct filter_binding *v = &values[i];
		int at = bound + 1 + (int)i;

		if (v->type == FILTER_BIND_NUMBER)
			code = sqlite3_bind_int64(row, at, v->number);
		else if (v->type == FILTER_BIND_TEXT)
			code = sqlite3_bind_text(row, at, v->bytes, v->length, SQLITE_STATIC);
		else
			code = sqlite3_bind_blob(row, at, v->bytes, v->length, SQLITE_STATIC);
	}
	return code;
}

int rows__prepare(struct rows *rows, const struct rows_query *query, sqlite3_stmt **ret_row)
{
	const struct filter_binding *values = NULL;
	char columns[DECODE_SELECT_MAX];
	const char *where = "1";
	sqlite3_stmt *row;
	unsigned count = 0;
	bool exact;
	char *sql;
	int r, code;

	if (rows->scan->filter && !query->matched)
		where = filter__where(rows->scan->filter, &values, &count, &exact);
	if (asprintf(&sql, "SELECT %s%s FROM exchange_row WHERE %s AND (%s)%s", query->first,
		     query->bare ? "" : decode__select(&rows->decode, columns), query->condition,
		     where, query->order ? query->order : "") < 0)
		return -ENOMEM;
	r = view__prepare(&rows->view, sql, &row);
	free(sql);
	if (r < 0)
		return r;
	code = bind_filter(row, query->bound, values, count);
	if (code != SQLITE_OK) {
		sqlite3_finalize(row);
		return view__failed(&rows->view, code);
	}
	*ret_row = row;
	return 0;
}

/* Return: its flows that match; 0: none */
static unsigned match(struct rows *rows, sqlite3_stmt *row, int first)
{
	const struct decode *d = &rows->decode;

	if (!decode__row(&rows->decode, row, first)) {
		rows->malformed++;
		return 0;
	}
	if (rows->scan->filter)
		return filter__match(rows->scan->filter, &d->exchange, &d->names);
	return flow_directions(&d->exchange);
}

int rows__deliver(struct rows *rows, sqlite3_stmt *row, int first)
{
	unsigned directions = match(rows, row, first);

	if (!directions)
		return 0;
	rows->delivered++;
	return rows->scan->on_row(rows->context, &rows->decode.exchange, &rows->decode.names,
				  directions);
}
