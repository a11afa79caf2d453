/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stores for tests, written with plain SQL from the schema: what readers must cope with. */
#ifndef TESTS_STORE_FIXTURE_H
#define TESTS_STORE_FIXTURE_H

#include "store/reader.h"

#include <sqlite3.h>

/* 2026-11-22T07:00:00Z: date -u -d @1795330800 */
#define HOUR_7	 1795330800000000000LL
#define HOUR	 3600000000000LL
#define SEVEN_DB "2026-11-22T07.db"
#define EIGHT_DB "2026-11-22T08.db"
#define ANY_TIME ((struct store_span){INT64_MIN, INT64_MAX})

/* A kind: answered, with query and response, RD, latency. */
#define KIND_PLAIN (KIND_HAS_QUERY | KIND_HAS_RESPONSE | KIND_RECURSION_DESIRED | KIND_HAS_LATENCY)

/** fixture_dir() - A new, empty folder. Return: freed, with all files, by fixture_remove() */
char *fixture_dir(void);
void fixture_remove(char *dir);

/** fixture_segment() - Make a segment that is empty, without a journal. */
sqlite3 *fixture_segment(const char *dir, const char *name, int64_t start_ns);

/** fixture_sql() - Run SQL; what fails, fails the test. */
void fixture_sql(sqlite3 *db, const char *format, ...) __attribute__((format(printf, 2, 3)));

/**
 * fixture_rows() - @count plain exchanges with ids from @first on and one batch.
 * @time: of the first, ns since the segment's start
 * @step: ns to the next
 */
void fixture_rows(sqlite3 *db, int64_t first, int64_t count, int64_t time, int64_t step);

/** fixture_file() - Write a file. */
void fixture_file(const char *dir, const char *name, const void *bytes, size_t length);

/* What a scan delivered. */
struct seen {
	uint64_t rows;
	int64_t sum_ns;	 /* of times since HOUR_7, so that none is twice or missing */
	int64_t last_ns; /* time of the last */
	bool sorted;	 /* none was earlier than the one before */
	bool falling;	 /* none was later */
	char qname[64];	 /* of the last */
	int fail_at;	 /* row at which the callback returns -ECANCELED; 0: none */
};

int seen_row(void *context, const struct exchange *exchange, const struct exchange_names *names,
	     unsigned directions);

/**
 * fixture_scan() - Open, scan, close.
 * @scan: contexts and on_row are set here
 *
 * Return: of the scan, or of opening
 */
int fixture_scan(const char *dir, struct store_scan scan, struct seen *ret);

/** hush(), unhush() - What is said on stderr goes to a buffer. Return: how many lines it was */
void hush(void);
unsigned unhush(char *buf, size_t size);

#endif
