// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What it costs to keep exchanges: on the sensor's thread, on the writer's, on disk.
 *
 * An hour of 10 million exchanges (office.h), with the names that are the hardest to add up. They
 * are stored as a replay does, so that the sensor's
 * side waits for the writer. user.store is the sensor's side alone: so many as the queue takes,
 * while the writer works.
 */
#include "bench.h"
#include "office.h"

#include "store/store.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef ROWS
#define ROWS OFFICE_ROWS
#endif
#define QUEUE_BYTES (64 << 20)
#define BURST	    50021U
/* As many as a cache holds: the pipeline hands out what it has just written. */
#define FRESH  61U
#define ROUNDS 11

#define FOLDER "build/bench-store"

static const char *name_of_interface(void *context, uint32_t ifindex)
{
	(void)context;
	(void)ifindex;
	return "eth0";
}

static int open_store(bool wait, struct store **ret_store)
{
	const struct store_options options = {
		.dir = FOLDER,
		.segment_ns = STORE_HOUR_NS,
		.queue_bytes = QUEUE_BYTES,
		.wait = wait,
		.names = true,
		.records = KEEP_ALL,
		.seed = 4711,
		.names_of = {.interface = name_of_interface},
	};

	return store__open(&options, ret_store);
}

static void remove_folder(void)
{
	static const char *const names[] = {"lock", "2027-01-15T08.db", "2027-01-15T08.db-wal",
					    "2027-01-15T08.db-shm"};
	char path[128];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), FOLDER "/%s", names[i]);
		unlink(path);
	}
	rmdir(FOLDER);
}

/* Ticks come each second of the exchanges' time. */
static void feed(struct store *store, uint32_t rows)
{
	struct office_exchange office;
	int64_t tick_ns = OFFICE_START_NS;

	for (uint32_t i = 0; i < rows; i++) {
		office_exchange(i, OFFICE_FLAT, &office);
		if (office.exchange.time_ns >= tick_ns + 1000000000) {
			tick_ns += 1000000000;
			store__tick(store, tick_ns);
		}
		store__exchange(store, &office.exchange);
	}
}

static int measure_insert(struct bench *bench, uint32_t rows)
{
	struct store *store;
	struct stat st;
	uint64_t start;
	int r = open_store(true, &store);

	if (r < 0)
		return r;
	start = bench_now_ns();
	feed(store, rows);
	r = store__close(store, NULL);
	if (r == 0 && stat(FOLDER "/2027-01-15T08.db", &st) < 0)
		r = -errno;
	if (r < 0)
		return r;
	bench__row(bench, "store.insert", rows / ((double)(bench_now_ns() - start) / 1e9));
	bench__row(bench, "store.row", (double)st.st_size / rows);
	return 0;
}

static void wait_until_empty(const struct store *store)
{
	struct store_counters counters;

	do {
		usleep(1000);
		store__counters(store, &counters);
	} while (counters.queue_bytes > 0);
}

static int measure_sensor(struct bench *bench)
{
	struct office_exchange *offices = calloc(FRESH, sizeof(*offices));
	struct store_counters counters;
	struct store *store;
	double values[ROUNDS];
	int r = offices ? open_store(false, &store) : -ENOMEM;

	if (r < 0) {
		free(offices);
		return r;
	}
	for (uint32_t i = 0; i < FRESH; i++)
		office_exchange(i, OFFICE_FLAT, &offices[i]);
	for (unsigned round = 0; round < ROUNDS; round++) {
		uint64_t start = bench_now_ns();

		for (uint32_t i = 0; i < BURST; i++)
			store__exchange(store, &offices[i % FRESH].exchange);
		values[round] = (double)(bench_now_ns() - start) / BURST;
		wait_until_empty(store);
	}
	store__counters(store, &counters);
	bench__rounds(bench, "user.store", values, ROUNDS);
	r = store__close(store, NULL);
	free(offices);
	return r < 0 ? r : counters.overflow ? -EIO : 0;
}

static int say(int r)
{
	remove_folder();
	if (r < 0)
		fprintf(stderr, "bench: store: %s\n", strerror(-r));
	return r;
}

int bench_store_sensor(struct bench *bench)
{
	if (!bench__wants(bench, "user.store"))
		return 0;
	remove_folder();
	return say(measure_sensor(bench));
}

int bench_store(struct bench *bench)
{
	remove_folder();
	return say(measure_insert(bench, ROWS));
}
