/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Scans that deliver rows in order of time: by one thread. */
#ifndef STORE_SORTED_H
#define STORE_SORTED_H

#include "store/reader_data.h"

/**
 * sorted_by_time() - In order of time; of the same time in order of arrival, or its reverse.
 *
 * Cost: about 0.5 us a row, and as much again for delivery; 24 bytes for each row that is held
 * back: those of batches that overlap in time.
 * Return: as store_reader__scan()
 */
int sorted_by_time(struct store_reader *reader, const struct store_scan *scan);

#endif
