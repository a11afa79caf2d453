/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The store's writing side: what the sensor saw, on disk. A thread of its own
 * writes; the sensor's thread copies a record into a bounded queue and goes on.
 * store.c opens with the idea, schema.h tells what is written.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "rule/alert.h"
#include "store/options.h"

#include <stdbool.h>
#include <stdint.h>

/* What became of records; each only grows, but for state and sizes. */
struct store_counters {
	uint64_t written;     /* exchanges, in a transaction that has ended */
	uint64_t overflow;    /* exchanges lost because the queue was full: the disk is too slow */
	uint64_t failed;      /* exchanges lost because they could not be written */
	uint64_t other_lost;  /* intervals and alerts lost, for either reason */
	uint64_t queue_bytes; /* waiting now */
	uint64_t bytes;	      /* of all segments */
	uint64_t segments;
	uint64_t unlinked; /* segments removed by age or size */
	int error;	   /* 0: writing works; else negative errno of the last attempt */
};

struct store;

/**
 * store__open() - Open or make the store, and start the writer.
 *
 * Takes DIR/lock, so that two daemons do not write to one store, and writes its PID there. Segments
 * that a crash left behind are good as they are (SQLite's journal). A disk that is full is no
 * reason to fail. A folder that is deleted meanwhile is made again within a second; what was in it
 * is gone.
 *
 * Return: 0; -EBUSY when another process writes there, else why it cannot be; reported
 */
int store__open(const struct store_options *options, struct store **ret_store);

/**
 * store__close() - Write what waits, close the segments, end the thread.
 * @ret: what became of all records in the end; NULL: nobody asks; untouched when @store is NULL
 *
 * NULL is allowed. Waits for a disk that works; gives up what a broken one does not take.
 * Return: 0, else why the last records could not be written; reported
 */
int store__close(struct store *store, struct store_counters *ret);

/**
 * store__exchange() - Store an exchange.
 *
 * Cost: about 60 ns; never waits, unless options.wait.
 */
void store__exchange(struct store *store, const struct exchange *exchange);

/** store__interval() - Store an interval, unless nothing happened in it. */
void store__interval(struct store *store, const struct store_interval *interval);

/**
 * store__alert() - Store an alert.
 * @message: the alert in one sentence
 * @json: its line of JSON, with or without the newline
 */
void store__alert(struct store *store, const struct alert *alert, const char *message,
		  const char *json);

/** store__tick() - Time has passed: commit, roll up, retire; the newest event time. */
void store__tick(struct store *store, int64_t now_ns);

/** store__counters() - How it goes; may be called at any time by the sensor's thread. */
void store__counters(const struct store *store, struct store_counters *ret);

/**
 * store_holder() - Does a process write to this store? Looks without locking.
 * @ret_pid: the process, 0 when it is not known
 *
 * Return: 1 yes, 0 no, negative errno when it cannot be told
 */
int store_holder(const char *dir, int64_t *ret_pid);

#endif
