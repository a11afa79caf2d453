// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A rollup answers for its rows when all of them lie in the span, and when it has keys of the
 * dimension. One of which a key cannot be read is delivered as far as it goes; that is reported.
 */
#include "rollups.h"

#include <errno.h>

struct delivery {
	struct view *view;
	const struct store_scan *scan;
	sqlite3_stmt *keys;
	bool *ended;
};

/* Return: 0, what on_rollup returned */
static int say(const struct delivery *d, const struct store_rollup_key *key, uint64_t floor)
{
	int r = d->scan->on_rollup(d->scan->contexts[0], key, floor);

	if (r != 0)
		*d->ended = true;
	return r;
}

static uint64_t count_of(sqlite3_stmt *row, int i)
{
	int64_t count = sqlite3_column_int64(row, i);

	return count > 0 ? (uint64_t)count : 0;
}

static int deliver_key(const struct delivery *d, uint64_t floor)
{
	struct latencies latencies = {0};
	const char *text = (const char *)sqlite3_column_text(d->keys, 0);
	size_t length = text ? (size_t)sqlite3_column_bytes(d->keys, 0) : 0;
	const void *packed = sqlite3_column_blob(d->keys, 7);
	struct store_rollup_key key = {
		.key = length ? text : NULL,
		.length = length,
		.measures = {.exchanges = count_of(d->keys, 1),
			     .flows = count_of(d->keys, 2),
			     .packets = count_of(d->keys, 3),
			     .bytes = count_of(d->keys, 4),
			     .unanswered = count_of(d->keys, 5)},
		.error = count_of(d->keys, 6),
		.floor = floor,
		.latencies = &latencies,
	};
	int r = 0;

	if (packed)
		r = latencies__unpack(&latencies, packed, (size_t)sqlite3_column_bytes(d->keys, 7));
	if (r == -EINVAL) {
		view__failed(d->view, SQLITE_CORRUPT);
		r = 0;
	}
	if (r == 0)
		r = say(d, &key, floor);
	latencies__done(&latencies);
	return r;
}

/* Return: 0, what on_rollup returned, negative errno */
static int deliver_rollup(const struct delivery *d, int64_t rollup, uint64_t floor)
{
	int r;

	sqlite3_reset(d->keys);
	sqlite3_bind_int64(d->keys, 1, d->scan->dimension);
	sqlite3_bind_int64(d->keys, 2, rollup);
	while ((r = view__step(d->view, d->keys)) > 0) {
		r = deliver_key(d, floor);
		if (r != 0)
			return r;
	}
	return r < 0 ? r : say(d, NULL, floor);
}

static int deliver_all(const struct delivery *d, sqlite3_stmt *rollups, struct plan *plan,
		       size_t from)
{
	int64_t behind = 0;
	int r;

	while ((r = view__step(d->view, rollups)) > 0) {
		int64_t first = sqlite3_column_int64(rollups, 1);
		int64_t last = sqlite3_column_int64(rollups, 2);

		/* none that overlaps another one, as only a crafted one does */
		if (first <= behind || last < first || last == INT64_MAX)
			continue;
		behind = last;
		r = plan__take_out(plan, from, first, last);
		if (r == 0)
			r = deliver_rollup(d, sqlite3_column_int64(rollups, 0),
					   count_of(rollups, 3));
		if (r != 0)
			return r;
	}
	return r;
}

int rollups_deliver(struct view *view, const struct store_scan *scan, struct plan *plan,
		    size_t from, bool *ret_ended)
{
	struct store_span inside = span_in_segment(&scan->span, view->start_ns);
	struct delivery delivery = {.view = view, .scan = scan, .ended = ret_ended};
	sqlite3_stmt *rollups = NULL;
	int r = view__prepare(view,
			      "SELECT id, first_id, last_id, floor FROM rollup JOIN"
			      " rollup_dimension ON rollup=id AND dimension=?1"
			      " WHERE min_time>=?2 AND max_time<?3 ORDER BY first_id",
			      &rollups);

	if (r == 0)
		r = view__prepare(view,
				  "SELECT key, exchanges, flows, packets, bytes, unanswered, error,"
				  " latency FROM rollup_key WHERE dimension=?1 AND rollup=?2",
				  &delivery.keys);
	if (r == 0) {
		sqlite3_bind_int64(rollups, 1, scan->dimension);
		sqlite3_bind_int64(rollups, 2, inside.since_ns);
		sqlite3_bind_int64(rollups, 3, inside.until_ns);
		r = deliver_all(&delivery, rollups, plan, from);
	}
	sqlite3_finalize(rollups);
	sqlite3_finalize(delivery.keys);
	return r;
}
