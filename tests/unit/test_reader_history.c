// SPDX-License-Identifier: GPL-2.0-or-later
/* What is read besides plain rows: rollups, what follows, intervals, alerts, filters. */
#include "store_fixture.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SOME ((field_set)1 << FIELD_TIME | (field_set)1 << FIELD_QNAME)

/* --- rollups ------------------------------------------------------------------------------------
 */

struct sums {
	uint64_t rows;
	unsigned keys, unnamed, ends;
	uint64_t packets, error, floors, samples;
	char key[64]; /* the last */
};

static int add_row(void *context, const struct exchange *exchange __attribute__((unused)),
		   const struct exchange_names *names __attribute__((unused)),
		   unsigned directions __attribute__((unused)))
{
	((struct sums *)context)->rows++;
	return 0;
}

static int add_key(void *context, const struct store_rollup_key *key, uint64_t floor)
{
	struct sums *sums = context;

	if (!key) {
		sums->ends++;
		sums->floors += floor;
		return 0;
	}
	sums->keys++;
	sums->unnamed += key->key == NULL;
	sums->packets += key->measures.packets;
	sums->error += key->error;
	sums->samples += key->latencies->samples;
	snprintf(sums->key, sizeof(sums->key), "%.*s", (int)key->length, key->key ? key->key : "");
	return 0;
}

/*
 * Four batches of ten rows; a rollup over the first two, one over the third, none over the last.
 * Times 0..9, 10..19, 100..109, 110..119. A packed histogram: bucket 1, 3 times (LEB128).
 */
static char *rolled_up(void)
{
	char *dir = fixture_dir();
	sqlite3 *db = fixture_segment(dir, SEVEN_DB, HOUR_7);

	fixture_rows(db, 1, 10, 0, 1);
	fixture_rows(db, 11, 10, 10, 1);
	fixture_rows(db, 21, 10, 100, 1);
	fixture_rows(db, 31, 10, 110, 1);
	fixture_sql(db, "INSERT INTO rollup(id,first_id,last_id,min_time,max_time)"
			" VALUES(1,1,20,0,19), (2,21,30,100,109)");
	fixture_sql(db, "INSERT INTO rollup_dimension VALUES(1,%d,7), (2,%d,11)", ROLLUP_QNAME,
		    ROLLUP_QNAME);
	fixture_sql(
		db,
		"INSERT INTO rollup_key VALUES(%d,1,'',1,2,13,4,5,0,NULL),"
		"(%d,1,'a.example',1,2,17,4,5,3,x'0103'), (%d,2,'b.example',1,2,19,4,5,0,x'0103')",
		ROLLUP_QNAME, ROLLUP_QNAME, ROLLUP_QNAME);
	sqlite3_close(db);
	return dir;
}

static struct sums sum_up(const char *dir, enum rollup_dimension dimension, int64_t since,
			  int64_t until)
{
	struct sums sums = {0};
	void *contexts[] = {&sums};
	const struct store_scan scan = {.span = {HOUR_7 + since, HOUR_7 + until},
					.fields = SOME,
					.workers = 1,
					.contexts = contexts,
					.on_row = add_row,
					.on_rollup = add_key,
					.dimension = dimension};
	struct store_reader *reader;

	cr_assert_eq(store_reader__open(dir, &reader), 0);
	cr_assert_eq(store_reader__scan(reader, &scan), 0);
	store_reader__close(reader);
	return sums;
}

Test(history, rollups_answer_for_their_rows_and_no_others)
{
	char *dir = rolled_up();
	static const struct {
		int64_t since, until;
		uint64_t rows;
		unsigned ends, keys;
		uint64_t packets, floors;
	} rows[] = {
		{0, 1000, 10, 2, 3, 13 + 17 + 19, 18}, /* the last batch has none yet */
		{0, 110, 0, 2, 3, 49, 18},
		{0, 109, 9, 1, 2, 30, 7},
		{1, 110, 19, 1, 1, 19, 11},
		{0, 20, 0, 1, 2, 30, 7},
		{0, 19, 19, 0, 0, 0, 0},
		{50, 100, 0, 0, 0, 0, 0},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sums sums = sum_up(dir, ROLLUP_QNAME, rows[i].since, rows[i].until);

		cr_assert_eq(sums.rows, rows[i].rows, "row %zu: %lu", i, (unsigned long)sums.rows);
		cr_assert_eq(sums.ends, rows[i].ends, "row %zu", i);
		cr_assert_eq(sums.keys, rows[i].keys, "row %zu", i);
		cr_assert_eq(sums.packets, rows[i].packets, "row %zu", i);
		cr_assert_eq(sums.floors, rows[i].floors, "row %zu", i);
	}
	fixture_remove(dir);
}

Test(history, a_rollup_s_key_has_its_sums)
{
	char *dir = rolled_up();
	struct sums sums = sum_up(dir, ROLLUP_QNAME, 0, 110);

	cr_assert_eq(sums.unnamed, 1);
	cr_assert_eq(sums.error, 3);
	cr_assert_eq(sums.samples, 6);
	cr_assert_str_eq(sums.key, "b.example");
	fixture_remove(dir);
}

Test(history, a_rollup_without_the_dimension_answers_nothing)
{
	char *dir = rolled_up();
	struct sums sums = sum_up(dir, ROLLUP_CLIENT, 0, 1000);

	cr_assert_eq(sums.rows, 40);
	cr_assert_eq(sums.ends, 0);
	fixture_remove(dir);
}

/* --- following ----------------------------------------------------------------------------------
 */

Test(history, what_follows_is_what_was_stored_since)
{
	char *dir = fixture_dir();
	sqlite3 *db = fixture_segment(dir, SEVEN_DB, HOUR_7), *next;
	struct seen seen = {0};
	void *contexts[] = {&seen};
	const struct store_scan scan = {.fields = SOME, .contexts = contexts, .on_row = seen_row};
	struct store_reader *reader;

	fixture_sql(db, "PRAGMA journal_mode=WAL");
	fixture_rows(db, 1, 5, 0, 1);
	cr_assert_eq(store_reader__open(dir, &reader), 0);
	cr_assert_eq(store_reader__follow(reader, &scan), 0);
	cr_assert_eq(seen.rows, 0, "what is there already is not new");
	fixture_rows(db, 6, 7, 0, 1);
	cr_assert_eq(store_reader__follow(reader, &scan), 0);
	cr_assert_eq(seen.rows, 7);
	cr_assert_str_eq(seen.qname, "n12.example");
	cr_assert_eq(store_reader__follow(reader, &scan), 0);
	cr_assert_eq(seen.rows, 7);
	/* the last rows of a segment, and a new one */
	fixture_rows(db, 13, 1, 0, 1);
	sqlite3_close(db);
	next = fixture_segment(dir, EIGHT_DB, HOUR_7 + HOUR);
	fixture_rows(next, 1, 11, 0, 1);
	cr_assert_eq(store_reader__follow(reader, &scan), 0);
	cr_assert_eq(seen.rows, 7 + 1 + 11);
	sqlite3_close(next);
	cr_assert_eq(store_reader__follow(reader, &scan), 0);
	cr_assert_eq(seen.rows, 19);
	store_reader__close(reader);
	fixture_remove(dir);
}

/* --- filters ------------------------------------------------------------------------------------
 */

/* Of n1..n23.example, on UDP; the k-th latency is 1 ms + k - 1 ns. */
Test(history, only_what_matches_comes_in_any_order)
{
	static const struct {
		const char *filter;
		uint64_t rows;
	} rows[] = {
		{"dns-qname = \"n7.example\"", 1}, {"dns-qname \"n2\"", 5}, /* n2, n20..n23 */
		{"client 192.0.2.1", 23},	   {"client 192.0.2.2", 0},
		{"dns-latency > 1000019ns", 3},	   {"proto tcp", 0},
		{"not dns-qname \"n2\"", 18},
	};
	char *dir = fixture_dir();
	sqlite3 *db = fixture_segment(dir, SEVEN_DB, HOUR_7);

	fixture_rows(db, 1, 23, 0, 1);
	sqlite3_close(db);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct filter_error error;
		struct filter *filter;

		cr_assert_eq(filter__compile(rows[i].filter, strlen(rows[i].filter), NULL, &filter,
					     &error),
			     0, "%s: %s", rows[i].filter, error.message);
		for (enum store_order order = STORE_ANY_ORDER; order <= STORE_DESCENDING; order++) {
			struct seen seen = {0};

			cr_assert_eq(fixture_scan(dir,
						  (struct store_scan){.span = ANY_TIME,
								      .filter = filter,
								      .fields = SOME,
								      .order = order},
						  &seen),
				     0);
			cr_assert_eq(seen.rows, rows[i].rows, "%s: %lu", rows[i].filter,
				     (unsigned long)seen.rows);
		}
		filter__free(filter);
	}
	fixture_remove(dir);
}

/* --- intervals and alerts -----------------------------------------------------------------------
 */

static int keep_interval(void *context, const struct store_interval_row *row)
{
	struct store_interval_row *kept = context;

	cr_assert_str_eq(row->group, "inside");
	*kept = *row;
	return 0;
}

Test(history, intervals_have_what_was_stored)
{
	char *dir = fixture_dir();
	sqlite3 *db = fixture_segment(dir, SEVEN_DB, HOUR_7);
	struct store_interval_row row = {0};
	struct store_reader *reader;
	static const uint8_t server[16] = {[10] = 0xff, 0xff, 192, 0, 2, 53};

	fixture_sql(db,
		    "INSERT INTO interval_row(time_ns,server,grp,queries,answered,unanswered,late,"
		    "samples,sampled,median_ns,p90_ns,p99_ns,baseline_ns,rcodes) VALUES(%lld,"
		    "x'c0000235','inside',23,19,3,1,17,1,1000,2000,3000,1500,"
		    "'{\"NOERROR\":11,\"NXDOMAIN\":7,\"RCODE3000\":2}')",
		    HOUR_7 + 10);
	sqlite3_close(db);
	cr_assert_eq(store_reader__open(dir, &reader), 0);
	cr_assert_eq(store_reader__intervals(reader, &ANY_TIME, keep_interval, &row), 0);
	cr_assert_eq(row.time_ns, HOUR_7 + 10);
	cr_assert_arr_eq(row.server, server, 16);
	cr_assert(row.queries == 23 && row.answered == 19 && row.unanswered == 3);
	cr_assert(row.late == 1 && row.samples == 17 && row.sampled == 1);
	cr_assert(row.median_ns == 1000 && row.p90_ns == 2000 && row.p99_ns == 3000);
	cr_assert_eq(row.baseline_ns, 1500);
	cr_assert_eq(row.rcodes[0], 11);
	cr_assert_eq(row.rcodes[3], 7);
	cr_assert_eq(row.rcodes[INTERVAL_RCODES - 1], 2);
	row.queries = 0;
	cr_assert_eq(store_reader__intervals(reader, &(struct store_span){HOUR_7, HOUR_7 + 10},
					     keep_interval, &row),
		     0);
	cr_assert_eq(row.queries, 0, "it begins at the end of the span");
	store_reader__close(reader);
	fixture_remove(dir);
}

static int keep_alert(void *context, const struct store_alert_row *row)
{
	unsigned *count = context;

	++*count;
	cr_assert_eq(row->id, (int64_t)*count);
	cr_assert_eq(row->time_ns, HOUR_7 + *count);
	cr_assert_str_eq(row->rule, "odd-one-out");
	cr_assert_str_eq(row->state, "raised");
	cr_assert_str_eq(row->group, "");
	cr_assert_str_eq(row->json, "{}");
	cr_assert(fabs(row->value - 0.25) < 1e-9 && row->samples == 13);
	return *count == 2 ? -ECANCELED : 0;
}

Test(history, alerts_come_in_order_until_the_callback_ends_it)
{
	char *dir = fixture_dir();
	sqlite3 *db = fixture_segment(dir, SEVEN_DB, HOUR_7);
	struct store_reader *reader;
	unsigned count = 0;

	for (int i = 1; i < 4; i++)
		fixture_sql(
			db,
			"INSERT INTO alert_row(time_ns,rule,state,value,samples,json) VALUES(%lld,"
			"'odd-one-out','raised',0.25,13,'{}')",
			HOUR_7 + i);
	sqlite3_close(db);
	cr_assert_eq(store_reader__open(dir, &reader), 0);
	cr_assert_eq(store_reader__alerts(reader, &ANY_TIME, keep_alert, &count), -ECANCELED);
	cr_assert_eq(count, 2);
	store_reader__close(reader);
	fixture_remove(dir);
}
