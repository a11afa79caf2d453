/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Scans of a store, in any order by several threads, or sorted by one. */
#ifndef STORE_SCAN_H
#define STORE_SCAN_H

#include "store/reader_data.h"

/**
 * scan_in_parts() - In any order, by rollups and by rows.
 * @workers: threads, each with a context of its own
 *
 * Return: as store_reader__scan()
 */
int scan_in_parts(struct store_reader *reader, const struct store_scan *scan, unsigned workers);

/** scan_is_stopped() - Has somebody asked to end it? */
static inline bool scan_is_stopped(const struct store_scan *scan)
{
	return scan->stop && *scan->stop;
}

/** scan_malformed() - Report rows that say nothing. Return: 0 when there were none, -EBADMSG */
int scan_malformed(uint64_t rows);

#endif
