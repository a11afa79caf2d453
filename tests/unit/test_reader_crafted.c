// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Files that are no segments, broken ones, and ones that somebody has crafted: each is reported in
 * one line, and what lies beside it is read.
 */
#include "store_fixture.h"

#include "sink/json.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define EVERYTHING ((field_set)-1 >> (64 - FIELDS))
#define GOOD_ROWS  5

/* A store with a good segment behind the one that a test makes. */
static char *store_with_good_one(void)
{
	char *dir = fixture_dir();
	sqlite3 *db = fixture_segment(dir, EIGHT_DB, HOUR_7 + HOUR);

	fixture_rows(db, 1, GOOD_ROWS, 0, 1);
	sqlite3_close(db);
	return dir;
}

/* Scan in any order and by time: @expected each time, one line with the file's name, and the good
 * rows. */
static void assert_left_out(char *dir, int expected, uint64_t rows)
{
	for (enum store_order order = STORE_ANY_ORDER; order <= STORE_DESCENDING; order++) {
		struct seen seen = {0};
		char text[1000];
		unsigned lines;
		int r;

		hush();
		r = fixture_scan(dir,
				 (struct store_scan){.span = ANY_TIME,
						     .fields = EVERYTHING,
						     .order = order,
						     .workers = 2},
				 &seen);
		lines = unhush(text, sizeof(text));
		cr_assert_eq(r, expected, "%d, not %d: %s", r, expected, text);
		cr_assert_eq(lines, expected != 0, "%s", text);
		cr_assert(expected == 0 || strstr(text, "07.db") || strstr(text, "no sense"), "%s",
			  text);
		cr_assert_eq(seen.rows, rows, "%lu rows", (unsigned long)seen.rows);
	}
	fixture_remove(dir);
}

Test(crafted, text_is_no_segment)
{
	char *dir = store_with_good_one();

	fixture_file(dir, SEVEN_DB, "hello, this is a note that somebody left here\n", 46);
	assert_left_out(dir, -EBADMSG, GOOD_ROWS);
}

Test(crafted, an_empty_file_is_a_segment_about_to_be_made)
{
	char *dir = store_with_good_one();

	fixture_file(dir, SEVEN_DB, "", 0);
	assert_left_out(dir, 0, GOOD_ROWS);
}

Test(crafted, another_program_s_database_is_no_segment)
{
	char *dir = store_with_good_one();
	char path[200];
	sqlite3 *db;

	snprintf(path, sizeof(path), "%s/" SEVEN_DB, dir);
	cr_assert_eq(sqlite3_open(path, &db), SQLITE_OK);
	fixture_sql(db, "CREATE TABLE exchange_row(id, time)");
	sqlite3_close(db);
	assert_left_out(dir, -EBADMSG, GOOD_ROWS);
}

Test(crafted, a_newer_version_is_told_as_such)
{
	char *dir = store_with_good_one();
	sqlite3 *db = fixture_segment(dir, SEVEN_DB, HOUR_7);

	fixture_sql(db, "PRAGMA user_version=%d", STORE_VERSION + 1);
	sqlite3_close(db);
	assert_left_out(dir, -ENOTSUP, GOOD_ROWS);
}

Test(crafted, a_folder_by_that_name_is_no_segment)
{
	char *dir = store_with_good_one();
	char path[200];

	snprintf(path, sizeof(path), "%s/" SEVEN_DB, dir);
	cr_assert_eq(mkdir(path, 0700), 0);
	assert_left_out(dir, -EBADMSG, GOOD_ROWS);
}

Test(crafted, a_segment_without_a_start_is_none)
{
	char *dir = store_with_good_one();
	sqlite3 *db = fixture_segment(dir, SEVEN_DB, HOUR_7);

	fixture_rows(db, 1, 3, 0, 1);
	fixture_sql(db, "UPDATE meta SET value='soon' WHERE key='start_ns'");
	sqlite3_close(db);
	assert_left_out(dir, -EBADMSG, GOOD_ROWS);
}

Test(crafted, a_segment_without_tables_is_reported)
{
	static const char *const tables[] = {"meta", "batch", "exchange_row", "origin"};

	for (size_t i = 0; i < 4; i++) {
		char *dir = store_with_good_one();
		sqlite3 *db = fixture_segment(dir, SEVEN_DB, HOUR_7);

		fixture_rows(db, 1, 3, 0, 1);
		fixture_sql(db, "DROP TABLE %s", tables[i]);
		sqlite3_close(db);
		assert_left_out(dir, -EBADMSG, GOOD_ROWS);
	}
}

/* Bytes of a file of @dir from @offset on, cut at @length when it is not 0. */
static void damage(const char *dir, long offset, size_t count, long length)
{
	char path[200];
	FILE *file;

	snprintf(path, sizeof(path), "%s/" SEVEN_DB, dir);
	file = fopen(path, "r+");
	fseek(file, offset, SEEK_SET);
	for (size_t i = 0; i < count; i++)
		fputc(0xa5, file);
	fclose(file);
	if (length)
		cr_assert_eq(truncate(path, length), 0);
}

/* The rows of the pages before it are seen. */
Test(crafted, a_corrupt_page_is_reported_once)
{
	char *dir = store_with_good_one();
	sqlite3 *db = fixture_segment(dir, SEVEN_DB, HOUR_7);
	struct seen seen = {0};
	char text[1000];
	unsigned lines;
	int r;

	fixture_rows(db, 1, 300007, 0, 1);
	sqlite3_close(db);
	for (unsigned i = 1; i < 5; i++)
		damage(dir, 4096 * 1000L * i, 4096, 0);
	hush();
	r = fixture_scan(dir,
			 (struct store_scan){.span = ANY_TIME, .fields = EVERYTHING, .workers = 2},
			 &seen);
	lines = unhush(text, sizeof(text));
	cr_assert_eq(r, -EBADMSG);
	cr_assert_eq(lines, 1, "%s", text);
	cr_assert(seen.rows > 50000 && seen.rows < 300007 + GOOD_ROWS, "%lu",
		  (unsigned long)seen.rows);
	fixture_remove(dir);
}

Test(crafted, a_truncated_segment_is_reported)
{
	static const long lengths[] = {1, 50, 100, 512, 4096, 5000, 40960, 1000000};

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		char *dir = store_with_good_one();
		sqlite3 *db = fixture_segment(dir, SEVEN_DB, HOUR_7);
		struct seen seen = {0};
		char text[1000];
		unsigned lines;
		int r;

		fixture_rows(db, 1, 30011, 0, 1);
		sqlite3_close(db);
		damage(dir, 0, 0, lengths[i]);
		hush();
		r = fixture_scan(dir, (struct store_scan){.span = ANY_TIME, .fields = EVERYTHING},
				 &seen);
		lines = unhush(text, sizeof(text));
		cr_assert(r == -EBADMSG || r == -EIO, "%ld: %d", lengths[i], r);
		cr_assert_eq(lines, 1, "%s", text);
		cr_assert(seen.rows >= GOOD_ROWS && seen.rows < 30011);
		fixture_remove(dir);
	}
}

/* Any byte of a file changed: whatever comes of it, nothing crashes. */
Test(crafted, no_changed_byte_crashes)
{
	char *dir = fixture_dir();
	char text[100000];

	srandom(11);
	for (unsigned round = 0; round < 61; round++) {
		sqlite3 *db = fixture_segment(dir, SEVEN_DB, HOUR_7);
		char path[200];

		fixture_rows(db, 1, 211, 0, 1);
		fixture_sql(db, "UPDATE exchange_row SET records=randomblob(id), kind=kind|%d",
			    KEEP_ALL << KIND_KEEP_SHIFT | 1 << KIND_VERDICT_SHIFT);
		sqlite3_close(db);
		for (unsigned i = 0; i < 7; i++)
			damage(dir, 100 + random() % 100000, 1, 0);
		hush();
		for (enum store_order order = STORE_ANY_ORDER; order <= STORE_DESCENDING; order++) {
			struct seen seen = {0};

			fixture_scan(dir,
				     (struct store_scan){.span = ANY_TIME,
							 .fields = EVERYTHING,
							 .order = order,
							 .workers = 1},
				     &seen);
		}
		unhush(text, sizeof(text));
		snprintf(path, sizeof(path), "%s/" SEVEN_DB, dir);
		unlink(path);
	}
	fixture_remove(dir);
}

/* All that a row can be, as JSON, which reads every field. */
static int write_row(void *context, const struct exchange *exchange,
		     const struct exchange_names *names,
		     unsigned directions __attribute__((unused)))
{
	const struct json_names json = {.exchange = *names};

	json_exchange(context, &json, exchange);
	return 0;
}

/* Return: lines of JSON for a segment whose one row was changed by @sql */
static unsigned lines_after(const char *sql, int *ret_r)
{
	char *dir = fixture_dir(), *json = NULL;
	sqlite3 *db = fixture_segment(dir, SEVEN_DB, HOUR_7);
	struct store_reader *reader;
	size_t size = 0;
	FILE *out = open_memstream(&json, &size);
	void *contexts[] = {out};
	const struct store_scan scan = {.span = ANY_TIME,
					.fields = EVERYTHING,
					.workers = 1,
					.contexts = contexts,
					.on_row = write_row};
	unsigned lines = 0;

	fixture_rows(db, 1, 1, 0, 1);
	fixture_sql(db,
		    "UPDATE exchange_row SET records=x'c00c00010001000000780004c0000205',"
		    "kind=kind|%d, origin=1",
		    KEEP_ALL << KIND_KEEP_SHIFT | 1 << KIND_VERDICT_SHIFT);
	fixture_sql(db, "INSERT INTO origin(id, interface) VALUES(1, 'eth0')");
	fixture_sql(db, "%s", sql);
	sqlite3_close(db);
	cr_assert_eq(store_reader__open(dir, &reader), 0);
	*ret_r = store_reader__scan(reader, &scan);
	store_reader__close(reader);
	fclose(out);
	for (size_t i = 0; i < size; i++) {
		cr_assert(json[i] == '\n' || (json[i] >= ' ' && json[i] < 0x7f));
		lines += json[i] == '\n';
	}
	free(json);
	fixture_remove(dir);
	return lines;
}

Test(crafted, hostile_rows_become_some_values_of_their_type)
{
	static const char *const rows[] = {
		"UPDATE exchange_row SET latency=NULL",
		"UPDATE exchange_row SET latency=-9223372036854775808, wait=9223372036854775807",
		"UPDATE exchange_row SET client=NULL, server=x''",
		"UPDATE exchange_row SET client=x'00', server='text'",
		"UPDATE exchange_row SET client=zeroblob(1000000)",
		"UPDATE exchange_row SET query_bytes=-1, response_bytes=-1",
		"UPDATE exchange_row SET response_bytes=9223372036854775807",
		"UPDATE exchange_row SET tries=-5, messages=4294967296",
		"UPDATE exchange_row SET qname=NULL",
		"UPDATE exchange_row SET qname=x'00ff00'",
		"UPDATE exchange_row SET qname=CAST(x'fffe80' AS TEXT)",
		"UPDATE exchange_row SET qname=CAST(x'1b5b324a0a' AS TEXT)",
		"UPDATE exchange_row SET qname='\\'",
		"UPDATE exchange_row SET qname=replace(hex(zeroblob(500000)),'0','x')",
		"UPDATE exchange_row SET qname=12",
		"UPDATE exchange_row SET qtype='A', qclass=x'01'",
		"UPDATE exchange_row SET records=zeroblob(1000000)",
		"UPDATE exchange_row SET records=randomblob(70000), ancount=65535",
		"UPDATE exchange_row SET records='text'",
		"UPDATE exchange_row SET records=x'c0', ancount=-1",
		"UPDATE exchange_row SET records=x'c00c00290001000000780004c0000205'",
		"UPDATE exchange_row SET records=NULL, qname=NULL",
		"UPDATE exchange_row SET flags=-1, rcode=-1, dns_id=-1",
		"UPDATE exchange_row SET flags='', rcode='', kind=kind|1048576",
		"UPDATE exchange_row SET origin=NULL",
		"UPDATE exchange_row SET origin=-1",
		"UPDATE exchange_row SET origin='x'",
		"UPDATE origin SET interface=CAST(x'1b5b00ff' AS TEXT), user=x'ff', unit=7",
		"UPDATE origin SET interface=replace(hex(zeroblob(500000)),'0','x')",
		"UPDATE origin SET tunnel=-1, outer_src=x'01', uid=-1, pid=-1, vlan=-1",
		"UPDATE origin SET tunnel=99, comm=zeroblob(100), vlan2='x'",
		"UPDATE origin SET comm=randomblob(16), uid='x'",
		"UPDATE exchange_row SET time=9223372036854775806;"
		"UPDATE batch SET max_time=9223372036854775806",
		"UPDATE batch SET last_id=9223372036854775806",
		"INSERT INTO batch VALUES(2,1,0,0), (-5,1,0,0), (3,9223372036854775807,0,0)",
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int r;
		unsigned lines = lines_after(rows[i], &r);

		cr_assert_eq(lines, 1, "%s", rows[i]);
		cr_assert_eq(r, 0, "%s: %d", rows[i], r);
	}
}

Test(crafted, a_kind_that_does_not_exist_spoils_its_row_alone)
{
	static const char *const kinds[] = {
		"NULL",	       "0", "'text'", "kind|7", /* state */
		"kind|3<<3",				/* service */
		"kind|3<<14",				/* keep */
		"kind|15<<16",				/* verdict */
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		char *dir = store_with_good_one();
		sqlite3 *db = fixture_segment(dir, SEVEN_DB, HOUR_7);

		fixture_rows(db, 1, 7, 0, 1);
		fixture_sql(db, "UPDATE exchange_row SET kind=%s WHERE id=3", kinds[i]);
		sqlite3_close(db);
		assert_left_out(dir, -EBADMSG, 6 + GOOD_ROWS);
	}
}
