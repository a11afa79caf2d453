// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Questions to a store of ten million exchanges of one hour.
 *
 * query.top counts every row by name, as `oddns stats` does where no rollup
 * serves; query.top_sqlite is the same question to SQLite alone, by GROUP BY,
 * and query.top_thread is query.top with one thread. The other two are whole
 * processes: what a person waits for.
 */
#include "bench.h"
#include "office.h"

#include "query/aggregate.h"
#include "store/reader.h"
#include "store/store.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROWS	    OFFICE_ROWS
#define DIR	    "build/bench-query"
#define ROUNDS	    3
#define TOP	    10
#define WORKERS_MAX 64

/* --- the store -----------------------------------------------------------------------------------
 */

static int fill(void)
{
	const struct store_options options = {
		.dir = DIR,
		.segment_ns = STORE_HOUR_NS,
		.queue_bytes = 64 << 20,
		.wait = true,
		.names = true,
		.records = KEEP_FIRST,
	};
	struct office_exchange of;
	struct store *store;
	int64_t ticked_ns = 0;
	int r = store__open(&options, &store);

	if (r < 0)
		return r;
	for (uint32_t i = 0; i < ROWS; i++) {
		office_exchange(i, OFFICE_SKEWED, &of);
		store__exchange(store, &of.exchange);
		if (of.exchange.time_ns < ticked_ns + 1000000000)
			continue;
		ticked_ns = of.exchange.time_ns;
		store__tick(store, ticked_ns);
	}
	return store__close(store, NULL);
}

static int empty(void)
{
	return system("rm -rf " DIR) == 0 ? 0 : -EIO;
}

/* --- in this process -----------------------------------------------------------------------------
 */

static int count_row(void *context, const struct exchange *exchange,
		     const struct exchange_names *names, unsigned directions)
{
	return aggregate__add(context, exchange, names, directions);
}

/* Return: rows shown, else negative errno */
static int64_t merge_and_sort(void **aggregates, unsigned n)
{
	struct aggregate_row *rows;
	int64_t shown = 0;

	for (unsigned i = 1; i < n && shown == 0; i++)
		shown = aggregate__merge(aggregates[0], aggregates[i]);
	if (shown == 0)
		shown = aggregate__top(aggregates[0], ORDER_PACKETS, TOP, &rows);
	if (shown >= 0)
		free(rows);
	return shown;
}

static int top(unsigned workers, double *ret_s)
{
	struct aggregate_options options = {.by_count = 1, .groups_max = AGGREGATE_GROUPS_MAX};
	void *contexts[WORKERS_MAX] = {0};
	struct store_scan scan = {.span = {INT64_MIN, INT64_MAX},
				  .workers = workers,
				  .contexts = contexts,
				  .on_row = count_row};
	struct store_reader *reader = NULL;
	uint64_t began = bench_now_ns();
	unsigned n = store_scan_workers(&scan);
	int64_t r = store_reader__open(DIR, &reader);

	options.by[0] = operand_find("dns-qname", NULL);
	scan.fields = aggregate_fields(&options);
	for (unsigned i = 0; i < n && i < WORKERS_MAX && r == 0; i++)
		r = aggregate__new(&options, (struct aggregate **)&contexts[i]);
	if (r == 0)
		r = store_reader__scan(reader, &scan);
	if (r == 0)
		r = merge_and_sort(contexts, n);
	*ret_s = (double)(bench_now_ns() - began) / 1e9;
	for (unsigned i = 0; i < n && i < WORKERS_MAX; i++)
		aggregate__free(contexts[i]);
	store_reader__close(reader);
	return r == TOP ? 0 : r < 0 ? (int)r : -EIO;
}

static int top_sqlite(double *ret_s)
{
	uint64_t began = bench_now_ns();
	sqlite3 *db = NULL;
	sqlite3_stmt *statement = NULL;
	int rows = 0;

	sqlite3_open_v2(DIR "/2027-01-15T08.db", &db, SQLITE_OPEN_READONLY, NULL);
	sqlite3_prepare_v2(db,
			   "SELECT qname, sum(tries + coalesce(messages, (kind >> 10) & 1)) AS n "
			   "FROM exchange_row GROUP BY qname ORDER BY n DESC LIMIT 10",
			   -1, &statement, NULL);
	while (sqlite3_step(statement) == SQLITE_ROW)
		rows++;
	sqlite3_finalize(statement);
	sqlite3_close(db);
	*ret_s = (double)(bench_now_ns() - began) / 1e9;
	return rows == TOP ? 0 : -EIO;
}

/* --- as a process --------------------------------------------------------------------------------
 */

static int process(const char *command, double *ret_s)
{
	uint64_t began = bench_now_ns();
	int status = system(command);

	*ret_s = (double)(bench_now_ns() - began) / 1e9;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	fprintf(stderr, "bench: failed: %s\n", command);
	return -EIO;
}

static int top_rollup(const struct bench *bench, double *ret_s)
{
	char command[512];

	snprintf(command, sizeof(command),
		 "'%s' stats -c /dev/null --store " DIR " --by dns-qname --top 10 >/dev/null",
		 bench__oddns(bench));
	return process(command, ret_s);
}

static int find(const struct bench *bench, double *ret_s)
{
	char command[512], name[32], client[32];

	snprintf(command, sizeof(command),
		 "'%s' flows -c /dev/null --store " DIR
		 " 'client %s and dns-qname = \"%s\"' --format json >/dev/null",
		 bench__oddns(bench), office_client(17, client), office_name(23, name));
	return process(command, ret_s);
}

/* --- all of it -----------------------------------------------------------------------------------
 */

static int measure(struct bench *bench, const char *name)
{
	double values[ROUNDS];
	int r = 0;

	if (!bench__wants(bench, name))
		return 0;
	for (unsigned i = 0; i < ROUNDS && r == 0; i++) {
		if (strcmp(name, "query.top") == 0)
			r = top(0, &values[i]);
		else if (strcmp(name, "query.top_thread") == 0)
			r = top(1, &values[i]);
		else if (strcmp(name, "query.top_sqlite") == 0)
			r = top_sqlite(&values[i]);
		else if (strcmp(name, "query.top_rollup") == 0)
			r = top_rollup(bench, &values[i]);
		else
			r = find(bench, &values[i]);
	}
	if (r == 0)
		bench__rounds(bench, name, values, ROUNDS);
	return r;
}

int bench_query(struct bench *bench)
{
	static const char *const names[] = {"query.top_sqlite", "query.top", "query.top_thread",
					    "query.top_rollup", "query.find"};
	int r;

	if (!bench__wants(bench, "query"))
		return 0;
	r = empty();
	if (r == 0)
		r = fill();
	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]) && r == 0; i++)
		r = measure(bench, names[i]);
	empty();
	if (r < 0)
		fprintf(stderr, "bench: query: %s\n", strerror(-r));
	return r;
}
