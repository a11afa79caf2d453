// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Following: of each segment the last id that was seen is remembered, and what lies behind it is
 * new. A segment without a journal is at rest (view.c), so it is opened only when it is new, or was
 * being written at the last look: between the two its writer may have added rows and closed it.
 */
#include "reader.h"

#include "store/reader_data.h"
#include "store/scan_rows.h"
#include "store/scan.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

static bool is_written(const struct segment *segment)
{
	char name[PATH_MAX];

	return (size_t)snprintf(name, sizeof(name), "%s-wal", segment->path) < sizeof(name) &&
	       access(name, F_OK) == 0;
}

/* Return: 0, negative errno; reported */
static int remember_end(struct segment *segment)
{
	struct view view;
	sqlite3_stmt *row = NULL;
	int r = view__open(segment->path, &segment->error, &view);

	if (r < 0)
		return r;
	r = view__prepare(&view, "SELECT max(id) FROM exchange_row", &row);
	if (r == 0)
		r = view__step(&view, row);
	if (r > 0) {
		segment->last_id = sqlite3_column_int64(row, 0);
		segment->was_read = true;
		r = 0;
	}
	sqlite3_finalize(row);
	view__close(&view);
	return r;
}

/* Return: 0, what on_row returned and @ret_ended, negative errno; reported */
static int read_new(struct rows *rows, struct segment *segment, bool *ret_ended)
{
	static const struct rows_query query = {
		.first = "id,", .condition = "id>?1", .order = " ORDER BY id", .bound = 1};
	sqlite3_stmt *row = NULL;
	int r = rows__open(rows, segment);

	if (r == 0)
		r = rows__prepare(rows, &query, &row);
	if (r < 0)
		return r;
	sqlite3_bind_int64(row, 1, segment->last_id);
	while (r == 0 && (r = view__step(&rows->view, row)) > 0) {
		segment->last_id = sqlite3_column_int64(row, 0);
		r = rows__deliver(rows, row, 1);
		*ret_ended = r != 0;
	}
	segment->was_read = segment->was_read || r == 0;
	sqlite3_finalize(row);
	return r;
}

static int note(int before, int r)
{
	return before || r == -ENODATA ? before : r;
}

static int begin(struct store_reader *reader)
{
	int r = 0;

	for (unsigned i = 0; i < reader->count; i++) {
		reader->segments[i].was_written = is_written(&reader->segments[i]);
		r = note(r, remember_end(&reader->segments[i]));
	}
	reader->follows = true;
	return r;
}

static int read_all(struct store_reader *reader, struct rows *rows)
{
	const struct store_scan *scan = rows->scan;
	bool ended = false;
	int r = 0;

	for (unsigned i = 0; i < reader->count && !ended; i++) {
		struct segment *segment = &reader->segments[i];
		bool written = is_written(segment);
		int said;

		if (scan_is_stopped(scan))
			return -EINTR;
		if (segment->was_read && !written && !segment->was_written)
			continue;
		said = read_new(rows, segment, &ended);
		segment->was_written = written;
		if (ended || said == -EINTR)
			return said;
		r = note(r, said);
	}
	return r;
}

int store_reader__follow(struct store_reader *reader, const struct store_scan *scan)
{
	struct rows rows;
	int r, malformed;

	if (!reader->follows)
		return begin(reader);
	r = reader__list(reader);
	if (r == 0)
		r = rows__init(&rows, scan, scan->contexts[0], NULL);
	if (r < 0)
		return r;
	r = read_all(reader, &rows);
	malformed = scan_malformed(rows.malformed);
	rows__done(&rows);
	return r ? r : malformed;
}
