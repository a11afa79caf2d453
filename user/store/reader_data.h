/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the reading side share. */
#ifndef STORE_READER_DATA_H
#define STORE_READER_DATA_H

#include "store/files.h"
#include "store/scan_data.h"

/* A file of the store, opened only while it is read. */
struct segment {
	int64_t start_ns, end_ns; /* as its name says */
	char *path;
	int error; /* negative errno: the first failure, which was reported; others are not */
	/* for following: */
	int64_t last_id;  /* rows up to here have been seen */
	bool was_read;	  /* up to there */
	bool was_written; /* a journal was beside it then */
};

struct store_reader {
	char *dir;
	struct segment *segments; /* in order of start */
	unsigned count;
	bool follows; /* last_id of segments is valid */
};

/**
 * reader__list() - See which segments there are now; keeps what is known of the old ones.
 *
 * Return: 0, negative errno; reported
 */
int reader__list(struct store_reader *reader);

/** segment_overlaps() - May it have rows of the span? */
bool segment_overlaps(const struct segment *segment, const struct store_span *span);

#endif
