// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A scan in parts: the first thread plans, all threads take one piece after the other until there
 * are none. Each has its own connection to the segment that its piece is of, so that no two share
 * anything but the number of the next piece.
 */
#include "scan.h"

#include "base/log.h"
#include "store/plan.h"
#include "store/rollups.h"
#include "store/scan_rows.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

struct job {
	struct store_reader *reader;
	const struct store_scan *scan;
	struct plan plan;
	size_t next;   /* piece */
	uint64_t done; /* rows of pieces */
	bool ended;    /* by a callback or the stop flag */
	int result;    /* the first error */
	uint64_t malformed;
};

struct worker {
	struct job *job;
	pthread_t thread;
	unsigned number;
	struct rows rows;
	const struct segment *open; /* NULL: none, or one that cannot be read */
	sqlite3_stmt *row[2];	    /* by piece.whole */
};

int scan_malformed(uint64_t rows)
{
	if (!rows)
		return 0;
	log_err(0, "%llu rows of the store make no sense; left out", (unsigned long long)rows);
	return -EBADMSG;
}

static void fail(struct job *job, int r, bool ends)
{
	int none = 0;

	if (ends && !__atomic_exchange_n(&job->ended, true, __ATOMIC_ACQ_REL))
		__atomic_store_n(&job->result, r, __ATOMIC_RELEASE);
	else if (!ends)
		__atomic_compare_exchange_n(&job->result, &none, r, false, __ATOMIC_ACQ_REL,
					    __ATOMIC_RELAXED);
}

static void close_segment(struct worker *worker)
{
	for (unsigned i = 0; i < 2; i++) {
		sqlite3_finalize(worker->row[i]);
		worker->row[i] = NULL;
	}
	worker->open = NULL;
}

/* The statement for a piece. Return: 0, negative errno; reported */
static int prepare_piece(struct worker *worker, const struct piece *piece, sqlite3_stmt **ret_row)
{
	static const struct rows_query queries[2] = {
		{.first = "",
		 .condition = "id BETWEEN ?1 AND ?2 AND time>=?3 AND time<?4",
		 .bound = 4},
		{.first = "", .condition = "id BETWEEN ?1 AND ?2", .bound = 2},
	};
	struct segment *segment = &worker->job->reader->segments[piece->segment];
	const struct store_span span = worker->job->scan->span;
	struct store_span inside;
	sqlite3_stmt **row = &worker->row[piece->whole];
	int r;

	if (worker->open != segment) {
		close_segment(worker);
		r = rows__open(&worker->rows, segment);
		if (r < 0)
			return r;
		worker->open = segment;
	}
	if (!*row) {
		r = rows__prepare(&worker->rows, &queries[piece->whole], row);
		if (r < 0)
			return r;
	}
	sqlite3_bind_int64(*row, 1, piece->first);
	sqlite3_bind_int64(*row, 2, piece->last);
	if (!piece->whole) {
		inside = span_in_segment(&span, worker->rows.view.start_ns);
		sqlite3_bind_int64(*row, 3, inside.since_ns);
		sqlite3_bind_int64(*row, 4, inside.until_ns);
	}
	*ret_row = *row;
	return 0;
}

static bool is_full(const struct rows *rows)
{
	return rows->scan->limit && rows->delivered == rows->scan->limit;
}

/* Errors of the segment are noted, and the rest goes on. */
static void scan_piece(struct worker *worker, const struct piece *piece)
{
	struct job *job = worker->job;
	sqlite3_stmt *row = NULL;
	int r = prepare_piece(worker, piece, &row);
	int said;

	while (r == 0 && (r = view__step(&worker->rows.view, row)) > 0) {
		said = rows__deliver(&worker->rows, row, 0);
		if (said != 0 || is_full(&worker->rows)) {
			fail(job, said, true);
			break;
		}
		r = 0;
	}
	sqlite3_reset(row);
	if (r == -EINTR)
		fail(job, r, true);
	else if (r < 0 && r != -ENODATA)
		fail(job, r, false);
}

static void *work(void *context)
{
	struct worker *worker = context;
	struct job *job = worker->job;
	const struct store_scan *scan = job->scan;

	while (!__atomic_load_n(&job->ended, __ATOMIC_ACQUIRE)) {
		size_t next = __atomic_fetch_add(&job->next, 1, __ATOMIC_RELAXED);
		const struct piece *piece = &job->plan.pieces[next];
		uint64_t done;

		if (next >= job->plan.count)
			break;
		if (scan_is_stopped(scan)) {
			fail(job, -EINTR, true);
			break;
		}
		scan_piece(worker, piece);
		done = __atomic_add_fetch(&job->done, (uint64_t)(piece->last - piece->first) + 1,
					  __ATOMIC_RELAXED);
		if (worker->number == 0 && scan->on_progress)
			scan->on_progress(scan->progress_context,
					  (double)done / (double)job->plan.rows);
	}
	close_segment(worker);
	__atomic_add_fetch(&job->malformed, worker->rows.malformed, __ATOMIC_RELAXED);
	return NULL;
}

/* Threads that cannot be started are not missed: the first does all that is left. */
static int run_workers(struct job *job, unsigned count)
{
	struct worker *workers = calloc(count, sizeof(*workers));
	unsigned ready = 0, started = 1;
	int r = workers ? 0 : -ENOMEM;

	while (r == 0 && ready < count) {
		struct worker *worker = &workers[ready];

		*worker = (struct worker){.job = job, .number = ready};
		r = rows__init(&worker->rows, job->scan, job->scan->contexts[ready], &job->ended);
		if (r == 0)
			ready++;
	}
	if (r == 0) {
		while (started < count &&
		       pthread_create(&workers[started].thread, NULL, work, &workers[started]) == 0)
			started++;
		work(&workers[0]);
		for (unsigned i = 1; i < started; i++)
			pthread_join(workers[i].thread, NULL);
	}
	for (unsigned i = 0; i < ready; i++)
		rows__done(&workers[i].rows);
	free(workers);
	return r;
}

/* All that is read of a segment before its rows, in one transaction: what batches and rollups say
 * fits together. */
static int plan_segment(struct job *job, unsigned i)
{
	struct segment *segment = &job->reader->segments[i];
	const struct store_scan *scan = job->scan;
	size_t from = job->plan.count;
	struct view view;
	int r = view__open(segment->path, &segment->error, &view);

	if (r < 0)
		return r;
	view.stop = scan->stop;
	sqlite3_exec(view.db, "BEGIN", NULL, NULL, NULL);
	r = plan__add_batches(&job->plan, &view, &scan->span, i);
	plan__join(&job->plan, from);
	if (r == 0 && scan->on_rollup && !scan->filter)
		r = rollups_deliver(&view, scan, &job->plan, from, &job->ended);
	if (r == 0)
		r = plan__divide(&job->plan, from);
	view__close(&view);
	return r;
}

static void plan_all(struct job *job)
{
	for (unsigned i = 0; i < job->reader->count && !job->ended; i++) {
		int r;

		if (scan_is_stopped(job->scan)) {
			fail(job, -EINTR, true);
			return;
		}
		if (!segment_overlaps(&job->reader->segments[i], &job->scan->span))
			continue;
		r = plan_segment(job, i);
		if (job->ended)
			job->result = r;
		else if (r == -EINTR)
			fail(job, r, true);
		else if (r < 0 && r != -ENODATA)
			fail(job, r, false);
	}
}

int scan_in_parts(struct store_reader *reader, const struct store_scan *scan, unsigned workers)
{
	struct job job = {.reader = reader, .scan = scan};
	int r = 0, malformed;

	plan_all(&job);
	if (!job.ended && job.plan.count)
		r = run_workers(&job, workers);
	plan__done(&job.plan);
	if (r == 0)
		r = job.result;
	malformed = scan_malformed(job.malformed);
	return r ? r : malformed;
}
