/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The writer's work, as its thread does it: items in, rows in segments out. writer.c opens with
 * what happens when the disk does not play along.
 */
#ifndef STORE_WRITER_H
#define STORE_WRITER_H

#include "store/item.h"
#include "store/privacy.h"

#include <stdatomic.h>

/* What has become of items; written by the writer, read by anybody. */
struct writer_counters {
	_Atomic uint64_t written, failed, other_failed;
	_Atomic uint64_t bytes, segments, unlinked;
	_Atomic int error; /* as store_counters.error */
};

struct writer;

/* Segments that a replay makes at most: half a year of hours, some 600 MB when all are empty. */
#define WRITER_SEGMENTS_MAX 4096

/**
 * writer__new() - Nothing is opened yet.
 * @options: copied, but for dir, which must outlive the writer
 * @privacy: copied
 * @segments_max: that are made when options->wait is set
 *
 * Return: 0, -ENOMEM
 */
int writer__new(const struct store_options *options, const struct privacy *privacy,
		unsigned segments_max, struct writer **ret_writer);

/** writer__free() - Close all segments; what was not committed is lost. NULL is allowed. */
void writer__free(struct writer *writer);

/**
 * writer__item() - Write an item. It is done with afterwards, written or counted as failed.
 */
void writer__item(struct writer *writer, const struct item *item);

/** writer__is_stuck() - Nothing can be written for the moment: items better wait. */
bool writer__is_stuck(const struct writer *writer);

/**
 * writer__second() - A second of real time has passed: commit, try again what did not work, see
 * whether files are still there.
 * @now_ns: the newest event time, INT64_MIN when there is none
 */
void writer__second(struct writer *writer, int64_t now_ns);

/**
 * writer__finish() - Roll up and commit all.
 *
 * Return: 0, else why something could not be written; reported
 */
int writer__finish(struct writer *writer);

/** writer__counters() - May be read by any thread. */
const struct writer_counters *writer__counters(const struct writer *writer);

#endif
