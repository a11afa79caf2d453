// SPDX-License-Identifier: GPL-2.0-or-later
/* Scans over stores that are written with plain SQL. Sums of times tell that no row is missing. */
#include "store_fixture.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#define ALL_FIELDS ((field_set)-1 >> (64 - FIELDS))
#define SOME	   ((field_set)1 << FIELD_TIME | (field_set)1 << FIELD_QNAME)

/* Of 0, step, 2 * step, ...: the sum of the first n. */
static int64_t sum_of(int64_t n, int64_t first, int64_t step)
{
	return n * first + step * (n * (n - 1) / 2);
}

Test(reader, a_row_comes_with_what_was_asked_for)
{
	char *dir = fixture_dir();
	sqlite3 *db = fixture_segment(dir, SEVEN_DB, HOUR_7);
	struct seen seen = {0};

	fixture_rows(db, 1, 1, 1234567890, 1);
	sqlite3_close(db);
	cr_assert_eq(
		fixture_scan(dir, (struct store_scan){.span = ANY_TIME, .fields = SOME}, &seen), 0);
	cr_assert_eq(seen.rows, 1);
	cr_assert_eq(seen.last_ns, HOUR_7 + 1234567890);
	cr_assert_str_eq(seen.qname, "n1.example");
	fixture_remove(dir);
}

Test(reader, every_row_comes_once_whatever_the_number_of_workers)
{
	char *dir = fixture_dir();
	sqlite3 *db = fixture_segment(dir, SEVEN_DB, HOUR_7);

	/* one large batch, small ones, and one that does not join them */
	fixture_rows(db, 1, 150001, 0, 1000);
	fixture_rows(db, 150002, 7, 0, 1000);
	fixture_rows(db, 150009, 11, 0, 1000);
	fixture_rows(db, 150100, 13, 0, 1000);
	sqlite3_close(db);
	db = fixture_segment(dir, EIGHT_DB, HOUR_7 + HOUR);
	fixture_rows(db, 1, 17, 0, 1000);
	sqlite3_close(db);
	for (unsigned workers = 0; workers < 5; workers++) {
		struct seen seen = {0};

		cr_assert_eq(fixture_scan(dir,
					  (struct store_scan){.span = ANY_TIME,
							      .fields = SOME,
							      .workers = workers},
					  &seen),
			     0);
		cr_assert_eq(seen.rows, 150001 + 7 + 11 + 13 + 17);
		cr_assert_eq(seen.sum_ns, sum_of(150001, 0, 1000) + sum_of(7, 0, 1000) +
						  sum_of(11, 0, 1000) + sum_of(13, 0, 1000) +
						  sum_of(17, HOUR, 1000));
	}
	fixture_remove(dir);
}

Test(reader, a_span_begins_with_since_and_ends_before_until)
{
	char *dir = fixture_dir();
	sqlite3 *db = fixture_segment(dir, SEVEN_DB, HOUR_7);
	static const struct {
		int64_t since, until;
		uint64_t rows;
	} rows[] = {
		{0, 10, 0},	     {0, 11, 1},	 {10, 11, 1},	    {11, 20, 0},
		{11, 21, 1},	     {10, 1000, 10 + 5}, {0, HOUR, 10 + 5}, {-HOUR, 0, 0},
		{100, 101, 2},	     {95, 505, 1 + 5},	 {501, HOUR, 0},    {500, 501, 1},
		{HOUR, 2 * HOUR, 3}, {500, HOUR + 2, 3},
	};

	fixture_rows(db, 1, 10, 10, 10);
	fixture_rows(db, 11, 5, 100, 100);
	sqlite3_close(db);
	db = fixture_segment(dir, EIGHT_DB, HOUR_7 + HOUR);
	fixture_rows(db, 1, 3, 0, 1);
	sqlite3_close(db);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct seen seen = {0};

		cr_assert_eq(fixture_scan(dir,
					  (struct store_scan){.span = {HOUR_7 + rows[i].since,
								       HOUR_7 + rows[i].until},
							      .fields = SOME},
					  &seen),
			     0);
		cr_assert_eq(seen.rows, rows[i].rows, "row %zu: %lu", i, (unsigned long)seen.rows);
	}
	fixture_remove(dir);
}

Test(reader, the_span_of_a_store_is_that_of_its_rows)
{
	char *dir = fixture_dir();
	struct store_reader *reader;
	struct store_span span = {7, 11};
	sqlite3 *db;

	cr_assert_eq(store_reader__open(dir, &reader), 0);
	cr_assert_not(store_reader__span(reader, &span));
	cr_assert_eq(span.since_ns, 7);
	store_reader__close(reader);
	sqlite3_close(fixture_segment(dir, "2026-11-22T06.db", HOUR_7 - HOUR));
	db = fixture_segment(dir, SEVEN_DB, HOUR_7);
	fixture_rows(db, 1, 3, 20, 5);
	fixture_rows(db, 4, 3, 13, 5);
	sqlite3_close(db);
	db = fixture_segment(dir, EIGHT_DB, HOUR_7 + HOUR);
	fixture_rows(db, 1, 3, 20, 5);
	sqlite3_close(db);
	cr_assert_eq(store_reader__open(dir, &reader), 0);
	cr_assert(store_reader__span(reader, &span));
	cr_assert_eq(span.since_ns, HOUR_7 + 13);
	cr_assert_eq(span.until_ns, HOUR_7 + HOUR + 31);
	store_reader__close(reader);
	fixture_remove(dir);
}

Test(reader, a_callback_ends_the_scan_with_what_it_returns)
{
	char *dir = fixture_dir();
	sqlite3 *db = fixture_segment(dir, SEVEN_DB, HOUR_7);
	struct seen seen = {.fail_at = 5};

	fixture_rows(db, 1, 23, 0, 1);
	sqlite3_close(db);
	cr_assert_eq(
		fixture_scan(dir,
			     (struct store_scan){.span = ANY_TIME, .fields = SOME, .workers = 1},
			     &seen),
		-ECANCELED);
	cr_assert_eq(seen.rows, 5);
	fixture_remove(dir);
}

Test(reader, a_limit_ends_it_as_if_there_were_no_more)
{
	char *dir = fixture_dir();
	sqlite3 *db = fixture_segment(dir, SEVEN_DB, HOUR_7);
	struct seen seen = {0};

	fixture_rows(db, 1, 23, 0, 1);
	sqlite3_close(db);
	cr_assert_eq(fixture_scan(dir,
				  (struct store_scan){.span = ANY_TIME, .fields = SOME, .limit = 7},
				  &seen),
		     0);
	cr_assert_eq(seen.rows, 7);
	fixture_remove(dir);
}

Test(reader, a_set_stop_flag_ends_it)
{
	char *dir = fixture_dir();
	sqlite3 *db = fixture_segment(dir, SEVEN_DB, HOUR_7);
	volatile sig_atomic_t stop = 1;
	struct seen seen = {0};

	fixture_rows(db, 1, 23, 0, 1);
	sqlite3_close(db);
	cr_assert_eq(
		fixture_scan(dir,
			     (struct store_scan){.span = ANY_TIME, .fields = SOME, .stop = &stop},
			     &seen),
		-EINTR);
	cr_assert_eq(seen.rows, 0);
	fixture_remove(dir);
}

Test(reader, an_empty_folder_is_an_empty_store_and_none_is_an_error)
{
	char *dir = fixture_dir();
	struct seen seen = {0};
	char text[500];

	cr_assert_eq(fixture_scan(dir, (struct store_scan){.span = ANY_TIME}, &seen), 0);
	cr_assert_eq(seen.rows, 0);
	rmdir(dir);
	hush();
	cr_assert_eq(fixture_scan(dir, (struct store_scan){.span = ANY_TIME}, &seen), -ENOENT);
	cr_assert_eq(unhush(text, sizeof(text)), 1);
	cr_assert(strstr(text, dir));
	free(dir);
}

Test(reader, a_store_at_rest_is_read_without_leaving_files)
{
	char *dir = fixture_dir();
	sqlite3 *db = fixture_segment(dir, SEVEN_DB, HOUR_7);
	struct seen seen = {0};
	char path[200];

	fixture_sql(db, "PRAGMA journal_mode=WAL");
	fixture_rows(db, 1, 5, 0, 1);
	sqlite3_close(db);
	cr_assert_eq(fixture_scan(dir, (struct store_scan){.span = ANY_TIME}, &seen), 0);
	cr_assert_eq(seen.rows, 5);
	snprintf(path, sizeof(path), "%s/" SEVEN_DB "-wal", dir);
	cr_assert(access(path, F_OK) < 0);
	snprintf(path, sizeof(path), "%s/" SEVEN_DB "-shm", dir);
	cr_assert(access(path, F_OK) < 0);
	fixture_remove(dir);
}

/* seen_row(); with the first row the file is cut, as if another had written it anew. */
static int cut_file(void *context, const struct exchange *exchange,
		    const struct exchange_names *names, unsigned directions)
{
	struct seen *seen = context;

	if (seen->rows == 0)
		cr_assert_eq(truncate(seen->qname, 8192), 0);
	seen->rows++;
	(void)exchange, (void)names, (void)directions;
	return 0;
}

Test(reader, a_file_that_is_written_while_it_is_read_is_not_called_corrupt)
{
	char *dir = fixture_dir(), text[1000];
	sqlite3 *db = fixture_segment(dir, SEVEN_DB, HOUR_7);
	struct seen seen = {0};
	void *contexts[] = {&seen};
	const struct store_scan scan = {.span = ANY_TIME,
					.fields = SOME,
					.workers = 1,
					.contexts = contexts,
					.on_row = cut_file};
	struct store_reader *reader;

	fixture_rows(db, 1, 50021, 0, 1);
	sqlite3_close(db);
	snprintf(seen.qname, sizeof(seen.qname), "%s/" SEVEN_DB, dir);
	cr_assert_eq(store_reader__open(dir, &reader), 0);
	hush();
	cr_expect_eq(store_reader__scan(reader, &scan), -EBUSY);
	cr_expect_eq(unhush(text, sizeof(text)), 1);
	cr_expect(strstr(text, "was written while it was read"), "%s", text);
	store_reader__close(reader);
	fixture_remove(dir);
}

/* Files of a writer that was killed, on a medium that is read-only. */
Test(reader, a_journal_that_cannot_be_read_is_told_as_such)
{
	char *dir = fixture_dir(), *copy = fixture_dir(), text[1000], command[300];
	sqlite3 *db = fixture_segment(dir, SEVEN_DB, HOUR_7);
	struct seen seen = {0};

	fixture_sql(db, "PRAGMA journal_mode=WAL");
	fixture_rows(db, 1, 5, 0, 1);
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("none", copy, "tmpfs", 0, "size=1m") < 0)
		cr_skip_test("cannot mount: %s", strerror(errno));
	snprintf(command, sizeof(command), "cp %s/*.db %s/*-wal %s", dir, dir, copy);
	cr_assert_eq(system(command), 0);
	cr_assert_eq(mount(NULL, copy, NULL, MS_REMOUNT | MS_RDONLY, NULL), 0);
	hush();
	cr_expect_eq(fixture_scan(copy, (struct store_scan){.span = ANY_TIME}, &seen), -EACCES);
	cr_expect_eq(unhush(text, sizeof(text)), 1);
	cr_expect(strstr(text, "-wal") && strstr(text, "copy both files"), "%s", text);
	umount2(copy, MNT_DETACH);
	sqlite3_close(db);
	fixture_remove(dir);
	fixture_remove(copy);
}

Test(reader, nothing_is_nothing_in_any_order)
{
	static const struct store_span empty = {HOUR_7 + 1000, HOUR_7 + 2000};
	char *dir = fixture_dir();
	sqlite3 *db = fixture_segment(dir, SEVEN_DB, HOUR_7);

	fixture_rows(db, 1, 5, 0, 1);
	sqlite3_close(db);
	for (enum store_order order = STORE_ANY_ORDER; order <= STORE_DESCENDING; order++) {
		struct seen seen = {0};

		cr_assert_eq(fixture_scan(dir,
					  (struct store_scan){
						  .span = empty, .fields = SOME, .order = order},
					  &seen),
			     0);
		cr_assert_eq(seen.rows, 0);
	}
	fixture_remove(dir);
}

Test(reader, rows_are_seen_while_the_writer_has_the_segment_open)
{
	char *dir = fixture_dir();
	sqlite3 *db = fixture_segment(dir, SEVEN_DB, HOUR_7);
	struct seen seen = {0};

	fixture_sql(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL");
	fixture_rows(db, 1, 5, 0, 1);
	fixture_sql(db, "BEGIN");
	fixture_rows(db, 6, 7, 0, 1);
	cr_assert_eq(fixture_scan(dir, (struct store_scan){.span = ANY_TIME}, &seen), 0);
	cr_assert_eq(seen.rows, 5, "what is not committed is not seen");
	fixture_sql(db, "COMMIT");
	seen.rows = 0;
	cr_assert_eq(fixture_scan(dir, (struct store_scan){.span = ANY_TIME}, &seen), 0);
	cr_assert_eq(seen.rows, 12);
	sqlite3_close(db);
	fixture_remove(dir);
}

/* Batches that overlap in time, rows that arrived in another order, two segments. */
static char *tangled(void)
{
	char *dir = fixture_dir();
	sqlite3 *db = fixture_segment(dir, SEVEN_DB, HOUR_7);

	fixture_rows(db, 1, 101, 5000, 10);
	fixture_rows(db, 102, 101, 5500, -10);
	fixture_rows(db, 203, 101, 0, 100);
	fixture_rows(db, 304, 1, 20, 1);
	sqlite3_close(db);
	/* what came before its hour, as nothing of the writer does */
	db = fixture_segment(dir, EIGHT_DB, HOUR_7 + HOUR);
	fixture_rows(db, 1, 53, 0, 7);
	fixture_rows(db, 54, 1, -HOUR, 1);
	sqlite3_close(db);
	return dir;
}

#define TANGLED_ROWS 358

Test(reader, rows_come_in_order_of_time_up_and_down)
{
	char *dir = tangled();
	const int64_t sum = sum_of(101, 5000, 10) + sum_of(101, 5500, -10) + sum_of(101, 0, 100) +
			    20 + sum_of(53, HOUR, 7) + 0;

	for (enum store_order order = STORE_ASCENDING; order <= STORE_DESCENDING; order++) {
		struct seen seen = {0};

		cr_assert_eq(fixture_scan(dir,
					  (struct store_scan){
						  .span = ANY_TIME, .fields = SOME, .order = order},
					  &seen),
			     0);
		cr_assert_eq(seen.rows, TANGLED_ROWS);
		cr_assert_eq(seen.sum_ns, sum);
		cr_assert(order == STORE_ASCENDING ? seen.sorted : seen.falling);
	}
	fixture_remove(dir);
}

/* Oracle: sqlite3's ORDER BY time_ns over all rows. */
Test(reader, a_limit_gives_the_first_in_order)
{
	char *dir = tangled();
	static const struct {
		enum store_order order;
		uint64_t limit;
		int64_t last;
		const char *qname;
	} rows[] = {
		{STORE_ASCENDING, 1, 0, "n203.example"},
		{STORE_ASCENDING, 2, 0, "n54.example"},
		{STORE_ASCENDING, 3, 20, "n304.example"},
		{STORE_ASCENDING, 4, 100, "n204.example"},
		{STORE_DESCENDING, 1, HOUR + 52 * 7, "n53.example"},
		{STORE_DESCENDING, 53, HOUR, "n1.example"},
		{STORE_DESCENDING, 54, 10000, "n303.example"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct seen seen = {0};

		cr_assert_eq(fixture_scan(dir,
					  (struct store_scan){.span = ANY_TIME,
							      .fields = SOME,
							      .order = rows[i].order,
							      .limit = rows[i].limit},
					  &seen),
			     0);
		cr_assert_eq(seen.rows, rows[i].limit);
		cr_assert_eq(seen.last_ns, HOUR_7 + rows[i].last, "row %zu", i);
		cr_assert_str_eq(seen.qname, rows[i].qname);
	}
	fixture_remove(dir);
}
