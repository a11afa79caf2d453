/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows of any segments by their ids, with few segments open at a time. */
#ifndef STORE_FETCH_H
#define STORE_FETCH_H

#include "store/reader_data.h"
#include "store/scan_rows.h"

/* Sorted by time, a scan is in one segment or at the border of two; of days and hours, in three. */
#define FETCH_OPEN_MAX 4

struct fetch_segment {
	struct rows rows;
	unsigned number;
	bool open;
	uint64_t used; /* when it was asked for last, counted in calls */
	sqlite3_stmt *by_id;
	sqlite3_stmt *by_piece; /* the caller's, finalized when the segment is closed */
};

struct fetch {
	struct store_reader *reader;
	const struct store_scan *scan;
	uint64_t calls;
	uint64_t delivered;
	struct fetch_segment segments[FETCH_OPEN_MAX];
};

/** fetch__new() - Return: 0, -ENOMEM */
int fetch__new(struct store_reader *reader, const struct store_scan *scan,
	       struct fetch **ret_fetch);
void fetch__free(struct fetch *fetch);

/**
 * fetch__segment() - Open a segment, or find it open. Another one may be closed for it.
 *
 * Return: as view__open()
 */
int fetch__segment(struct fetch *fetch, unsigned number, struct fetch_segment **ret_segment);

/**
 * fetch__deliver() - Hand a row to on_row.
 * @ret_ended: set when the callback ended the scan, or the limit did
 *
 * Cost: about 1 us for neighbours.
 * Return: 0, also when it does not match; what on_row returned; else as view__open()
 */
int fetch__deliver(struct fetch *fetch, unsigned number, int64_t id, bool *ret_ended);

/** fetch__malformed() - Rows so far that say nothing. */
uint64_t fetch__malformed(const struct fetch *fetch);

#endif
