/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Removes segments that are too old or too much. */
#ifndef STORE_RETENTION_H
#define STORE_RETENTION_H

#include "store/files.h"

#include <stdbool.h>
#include <stdint.h>

struct retention {
	const char *dir;
	uint64_t max_bytes; /* 0: no bound */
	int64_t max_age_ns; /* 0: no bound */
	/* is this segment open? */
	bool (*is_open)(void *context, const struct file *file);
	void *context;
};

struct retention_result {
	uint64_t bytes, segments; /* that are left */
	uint64_t unlinked;
};

/**
 * retention_run() - Unlink what ended more than max_age_ns before now, then the oldest while all
 * together take more than max_bytes.
 * @now_ns: INT64_MIN: not known, so nothing is too old
 *
 * Open ones stay, whatever they take.
 *
 * Cost: three stat() for each segment.
 * Return: 0; else the folder cannot be read and @ret is untouched, or a segment not removed
 */
int retention_run(const struct retention *retention, int64_t now_ns, struct retention_result *ret);

#endif
