// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How a scan is planned.
 *
 *	files		 names tell the time: those outside the span are not opened
 *	batches		 their zone maps tell ids: those outside the span are not read
 *	rollups		 where sums are enough, rows that have been summed up are not read
 *	pieces		 ranges of ids, some ten thousand rows each: work for threads
 *	rows		 SQL's WHERE, then the filter in memory
 *	callback
 *
 * In any order the pieces of all segments are taken by the threads one after
 * the other (scan.c). In order of time one thread reads batch after batch and
 * holds back what a later batch may still precede (by_time.c).
 *
 * A segment that cannot be read, or a page of it, is reported once and left
 * out: what is wrong with one hour says nothing of the others. The scan goes on
 * and tells at the end.
 *
 * Another process may write, and unlink what has become too old. Each
 * statement sees the state of one commit. Rows are only ever added behind the
 * others, so ranges of ids that were planned stay what they are.
 */
#include "reader.h"

#include "base/log.h"
#include "store/reader_data.h"
#include "store/scan.h"
#include "store/sorted.h"
#include "store/view.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* More than this many threads wait for memory, not for each other. */
#define WORKERS_MAX 64

static void free_segments(struct segment *segments, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		free(segments[i].path);
	free(segments);
}

/* What is known of it: the same file, listed before. */
static const struct segment *find_segment(const struct store_reader *reader, const char *path)
{
	for (unsigned i = 0; i < reader->count; i++)
		if (strcmp(reader->segments[i].path, path) == 0)
			return &reader->segments[i];
	return NULL;
}

static int make_segment(const struct store_reader *reader, const struct file *file,
			struct segment *ret)
{
	const struct segment *known;

	*ret = (struct segment){.start_ns = file->start_ns, .end_ns = file->end_ns};
	if (asprintf(&ret->path, "%s/%s", reader->dir, file->name) < 0) {
		ret->path = NULL;
		return -ENOMEM;
	}
	known = find_segment(reader, ret->path);
	if (known) {
		ret->error = known->error;
		ret->last_id = known->last_id;
		ret->was_read = known->was_read;
		ret->was_written = known->was_written;
	}
	return 0;
}

int reader__list(struct store_reader *reader)
{
	struct segment *segments = NULL;
	struct file *files = NULL;
	int64_t count = files_list(reader->dir, &files);
	int r = 0;

	if (count < 0)
		return log_err((int)count,
			       "cannot read the store in '%s'; is it where the sensor "
			       "writes (store.path)?",
			       reader->dir);
	if (count > 0) {
		segments = calloc((size_t)count, sizeof(*segments));
		r = segments ? 0 : -ENOMEM;
	}
	for (int64_t i = 0; i < count && r == 0; i++)
		r = make_segment(reader, &files[i], &segments[i]);
	free(files);
	if (r < 0) {
		free_segments(segments, segments ? (unsigned)count : 0);
		return log_err(r, "cannot list the store in '%s'", reader->dir);
	}
	free_segments(reader->segments, reader->count);
	reader->segments = segments;
	reader->count = (unsigned)count;
	return 0;
}

bool segment_overlaps(const struct segment *segment, const struct store_span *span)
{
	return segment->end_ns > span->since_ns && segment->start_ns < span->until_ns;
}

int store_reader__open(const char *dir, struct store_reader **ret_reader)
{
	struct store_reader *reader = calloc(1, sizeof(*reader));
	int r = -ENOMEM;

	if (reader)
		reader->dir = strdup(dir);
	if (reader && reader->dir)
		r = reader__list(reader);
	else
		log_err(r, "cannot read the store in '%s'", dir);
	if (r < 0) {
		store_reader__close(reader);
		return r;
	}
	*ret_reader = reader;
	return 0;
}

void store_reader__close(struct store_reader *reader)
{
	if (!reader)
		return;
	free_segments(reader->segments, reader->count);
	free(reader->dir);
	free(reader);
}

/* Return: false when the segment has no exchange, or none that can be read */
static bool span_of(struct segment *segment, struct store_span *ret)
{
	struct view view;
	sqlite3_stmt *row = NULL;
	bool known = false;

	if (view__open(segment->path, &segment->error, &view) < 0)
		return false;
	if (view__prepare(&view, "SELECT min(min_time), max(max_time) FROM batch", &row) == 0 &&
	    view__step(&view, row) > 0 && sqlite3_column_type(row, 0) == SQLITE_INTEGER) {
		known = !__builtin_add_overflow(view.start_ns, sqlite3_column_int64(row, 0),
						&ret->since_ns) &&
			!__builtin_add_overflow(view.start_ns + 1, sqlite3_column_int64(row, 1),
						&ret->until_ns);
	}
	sqlite3_finalize(row);
	view__close(&view);
	return known;
}

/* The first segment with exchanges has the earliest, but for one of a day beside those of hours. */
bool store_reader__span(struct store_reader *reader, struct store_span *ret)
{
	struct store_span all = {INT64_MAX, INT64_MIN};
	struct store_span span;

	for (unsigned i = 0; i < reader->count && reader->segments[i].start_ns < all.since_ns; i++)
		if (span_of(&reader->segments[i], &span) && span.since_ns < all.since_ns)
			all.since_ns = span.since_ns;
	for (unsigned i = reader->count; i > 0 && reader->segments[i - 1].end_ns > all.until_ns;
	     i--)
		if (span_of(&reader->segments[i - 1], &span) && span.until_ns > all.until_ns)
			all.until_ns = span.until_ns;
	if (all.since_ns >= all.until_ns)
		return false;
	*ret = all;
	return true;
}

unsigned store_scan_workers(const struct store_scan *scan)
{
	long processors;

	if (scan->order != STORE_ANY_ORDER || scan->limit)
		return 1;
	if (scan->workers)
		return scan->workers < WORKERS_MAX ? scan->workers : WORKERS_MAX;
	processors = sysconf(_SC_NPROCESSORS_ONLN);
	if (processors < 1)
		return 1;
	return processors < WORKERS_MAX ? (unsigned)processors : WORKERS_MAX;
}

int store_reader__scan(struct store_reader *reader, const struct store_scan *scan)
{
	if (scan->order != STORE_ANY_ORDER)
		return sorted_by_time(reader, scan);
	return scan_in_parts(reader, scan, store_scan_workers(scan));
}
