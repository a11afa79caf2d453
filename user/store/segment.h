/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One segment while it is written: a database, an open transaction, the batch that it will be.
 */
#ifndef STORE_SEGMENT_H
#define STORE_SEGMENT_H

#include "store/encode.h"
#include "store/files.h"
#include "store/origin_cache.h"
#include "store/rollup.h"

/* Rows that a transaction takes before it is ended. */
#define SEGMENT_BATCH_ROWS 10000

struct segment {
	struct file file;
	char *path;
	sqlite3 *db;
	uint64_t inode; /* of the file that is open */
	bool is_ours;	/* to write to */
	bool is_new;	/* was made by segment__open() */
	bool in_transaction;
	int64_t last_id;	    /* of exchange_row */
	int64_t committed_id;	    /* of the last transaction that has ended */
	int64_t min_time, max_time; /* of the rows behind committed_id, since the start */
	uint64_t others;	    /* intervals and alerts in the transaction */
	uint64_t used;		    /* when; the writer's, to find the one not used for longest */
	struct origin_cache *origins;
	struct rollup *rollup;
	struct insert row, origin, batch, interval, alert;
	struct rollup_inserts rollup_inserts;
};

/* What all segments of a store share. */
struct segment_options {
	const char *dir;
	uint64_t seed;
	bool names;
	struct exchange_names names_of;
};

/**
 * segment__open() - Open a segment, made when there is none, migrated when it is older.
 * @file: which
 * @ret_segment: freed by segment__close()
 *
 * Return: 0; -EBADMSG when the file is corrupt, no segment of ours, or of another time; -ENOTSUP
 * when it is of a newer version: then it is left as it is; -ENOMEM, else what the disk says
 */
int segment__open(const struct segment_options *options, const struct file *file,
		  struct segment **ret_segment);

/**
 * segment__close() - Close the file, so that it can be read from a disk that cannot be written.
 *
 * What was not committed is lost. NULL is allowed.
 */
void segment__close(struct segment *segment);

/** segment__insert() - Add an exchange. Return: 0, negative errno; then segment__roll_back() */
int segment__insert(struct segment *segment, const struct segment_options *options,
		    struct row *row);

/** segment__interval() - Add an interval. Return: as segment__insert() */
int segment__interval(struct segment *segment, const struct item_interval *item);

/** segment__alert() - Add an alert. Return: as segment__insert() */
int segment__alert(struct segment *segment, const struct item_alert *item);

/** segment__pending() - Exchanges since the last commit. */
static inline uint64_t segment__pending(const struct segment *segment)
{
	return (uint64_t)(segment->last_id - segment->committed_id);
}

/**
 * segment__commit() - End the transaction, if there is one.
 * @roll_up: with the rollup of what came since the last one
 *
 * Return: 0, negative errno; then segment__roll_back()
 */
int segment__commit(struct segment *segment, bool roll_up);

/** segment__roll_back() - Forget what came since the last commit. */
void segment__roll_back(struct segment *segment);

/** segment__is_gone() - Was the file deleted, or replaced by another? Cost: a stat() */
bool segment__is_gone(const struct segment *segment);

#endif
