// SPDX-License-Identifier: GPL-2.0-or-later
/* A daemon that is killed at any moment loses what it had not committed, and nothing else. */
#include "writer_fixture.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

TestSuite(store_crash, .fini = writer_fixture_remove);

#define KILLS 13

/* In a process of its own: stores for ever, and tells what is committed. */
static void store_for_ever(int pipe, unsigned seed)
{
	struct store_options options = writer_fixture_options();
	struct store_counters counters;
	struct store *store;
	uint64_t told = 0;

	options.seed = seed;
	if (store__open(&options, &store) < 0)
		_exit(1);
	for (int64_t i = 0;; i++) {
		store__exchange(store, writer_fixture_exchange(i % STORE_HOUR_NS));
		if (i % 997 == 0) /* two minutes of event time with each 500 rows: many rollups */
			store__tick(store, FIXTURE_START + i / 997 % 29 * 120 * FIXTURE_S);
		store__counters(store, &counters);
		if (counters.written != told &&
		    write(pipe, &counters.written, sizeof(counters.written)) < 0)
			_exit(1);
		told = counters.written;
	}
}

/* Return: rows that the child said were committed before it was killed, after @messages of it */
static uint64_t kill_a_writer(unsigned messages, unsigned wait_us)
{
	uint64_t written = 0;
	int ends[2], status;
	pid_t child;

	cr_assert_eq(pipe(ends), 0);
	child = fork();
	cr_assert_geq(child, 0);
	if (child == 0) {
		close(ends[0]);
		store_for_ever(ends[1], messages);
	}
	close(ends[1]);
	for (unsigned i = 0; i < messages; i++)
		cr_assert_eq(read(ends[0], &written, sizeof(written)), sizeof(written));
	for (volatile unsigned spin = 0; spin < wait_us * 100; spin++)
		;
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	cr_assert(WIFSIGNALED(status));
	while (read(ends[0], &written, sizeof(written)) == sizeof(written))
		;
	close(ends[0]);
	return written;
}

Test(store_crash, what_was_committed_survives_a_kill_at_any_moment)
{
	uint64_t before = 0, state = 88172645463325252ULL;

	writer_fixture_dir(); /* the parent's, so that all children have the same */
	for (unsigned i = 0; i < KILLS; i++) {
		uint64_t written, rows;

		state = state * 6364136223846793005ULL + 1442695040888963407ULL;
		written = kill_a_writer(1 + (unsigned)(state >> 33) % 5,
					(unsigned)(state >> 40) % 3001);
		rows = (uint64_t)writer_fixture_number(FIXTURE_FILE,
						       "SELECT count(*) FROM exchange_row");
		cr_assert_geq(rows, before + written, "kill %u: %llu rows, %llu and %llu", i,
			      (unsigned long long)rows, (unsigned long long)before,
			      (unsigned long long)written);
		cr_assert_eq((uint64_t)writer_fixture_number(
				     FIXTURE_FILE, "SELECT sum(last_id-first_id+1) FROM batch"),
			     rows);
		before = rows;
	}
	writer_fixture_check(FIXTURE_FILE);
	cr_expect_gt(writer_fixture_number(FIXTURE_FILE, "SELECT count(*) FROM rollup"), 0);
}
