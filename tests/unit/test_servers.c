// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of servers: what is counted, how series stay aligned, who is remembered. */
#include "stats/servers.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>

#define SEED 11
#define MS   1000000LL

static struct server_table *new_table(unsigned servers, unsigned window)
{
	const struct servers_limits limits = {.window = window, .servers = servers};
	struct server_table *table;

	cr_assert_eq(server_table__new(&limits, SEED, &table), 0);
	return table;
}

/* 2001:db8::/32 and the number. */
static void address(uint32_t number, uint8_t addr[16])
{
	memset(addr, 0, 16);
	addr[0] = 0x20, addr[1] = 0x01, addr[2] = 0x0d, addr[3] = 0xb8;
	for (int i = 0; i < 4; i++)
		addr[12 + i] = (uint8_t)(number >> (24 - 8 * i));
}

static struct exchange ended(uint32_t number, enum exchange_state state)
{
	struct exchange exchange = {
		.state = state,
		.has_latency = state == EXCHANGE_ANSWERED || state == EXCHANGE_LATE,
		.latency_ns = -1,
		.has_query = state != EXCHANGE_ORPHAN,
		.has_response = state != EXCHANGE_UNANSWERED && state != EXCHANGE_PENDING,
		.protocol = IPPROTO_UDP,
		.tries = state != EXCHANGE_ORPHAN,
	};

	address(number, exchange.server);
	return exchange;
}

static void answer(struct server_table *table, uint32_t number, int64_t latency_ns, unsigned times)
{
	struct exchange exchange = ended(number, EXCHANGE_ANSWERED);

	exchange.latency_ns = latency_ns;
	for (unsigned i = 0; i < times; i++)
		server_table__exchange(table, &exchange);
}

static bool knows(const struct server_table *table, uint32_t number)
{
	uint8_t addr[16];

	address(number, addr);
	return server_table__knows(table, addr);
}

static int pin(struct server_table *table, uint32_t number)
{
	uint8_t addr[16];

	address(number, addr);
	return server_table__pin(table, addr);
}

static void establish(struct server_table *table, uint32_t first, uint32_t count)
{
	for (uint32_t i = first; i < first + count; i++)
		answer(table, i, 3 * MS, 5);
	server_table__close(table, 0, NULL, NULL);
	for (uint32_t i = first; i < first + count; i++)
		cr_assert(knows(table, i));
}

static struct interval last_of(const struct server_table *table, unsigned i)
{
	const struct interval *series[SERVER_WINDOW_MAX];
	unsigned n = server__series(server_table__at(table, i), series);

	cr_assert_gt(n, 0);
	return *series[n - 1];
}

static bool near(uint64_t found, double exact)
{
	return (double)found >= exact * 127 / 128 && (double)found <= exact * 129 / 128;
}

Test(servers, limits_out_of_range_are_refused)
{
	static const struct servers_limits bad[] = {
		{.window = 4, .servers = 7},
		{.window = 361, .servers = 7},
		{.window = 30, .servers = 1},
		{.window = 30, .servers = 65537},
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct server_table *table = NULL;

		cr_expect_eq(server_table__new(&bad[i], SEED, &table), -EINVAL, "row %zu", i);
		cr_expect_null(table);
	}
	server_table__free(NULL);
}

Test(servers, only_an_answer_enters_a_server)
{
	static const struct {
		enum exchange_state state;
		bool enters;
	} rows[] = {
		{EXCHANGE_ANSWERED, true}, {EXCHANGE_UNANSWERED, false}, {EXCHANGE_LATE, true},
		{EXCHANGE_ORPHAN, false},  {EXCHANGE_PENDING, false},
	};
	struct server_table *table = new_table(7, 5);

	for (uint32_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct exchange exchange = ended(i, rows[i].state);

		server_table__exchange(table, &exchange);
		cr_expect_eq(knows(table, i), rows[i].enters, "state %u", rows[i].state);
	}
	cr_expect_eq(server_table__count(table), 2);
	server_table__free(table);
}

Test(servers, each_state_counts_where_it_belongs)
{
	struct server_table *table = new_table(7, 5);
	struct exchange exchange = ended(1, EXCHANGE_ANSWERED);
	struct interval found;
	struct server_totals totals;

	exchange.latency_ns = -1; /* frames in reverse order: counts as 0 */
	exchange.tries = 3;
	exchange.rcode = 3;
	server_table__exchange(table, &exchange);
	answer(table, 1, 5 * MS, 11);
	answer(table, 1, 50 * MS, 7);
	exchange = ended(1, EXCHANGE_UNANSWERED);
	exchange.tries = 2;
	server_table__exchange(table, &exchange);
	exchange = ended(1, EXCHANGE_LATE);
	exchange.latency_ns = 7000 * MS;
	exchange.tries = 2; /* the same two: counted when it expired */
	exchange.rcode = 4095;
	server_table__exchange(table, &exchange);
	exchange = ended(1, EXCHANGE_ORPHAN);
	server_table__exchange(table, &exchange);
	exchange = ended(1, EXCHANGE_PENDING);
	server_table__exchange(table, &exchange);
	server_table__close(table, 10, NULL, NULL);

	found = last_of(table, 0);
	cr_expect_eq(found.start_ns, 10);
	cr_expect_eq(found.queries, 3 + 11 + 7 + 2 + 1);
	cr_expect_eq(found.answered, 19);
	cr_expect_eq(found.unanswered, 1);
	cr_expect_eq(found.late, 1);
	cr_expect_eq(found.samples, 19);
	cr_expect_eq(found.rcodes[0], 18);
	cr_expect_eq(found.rcodes[3], 1);
	cr_expect_eq(found.rcodes[INTERVAL_RCODES - 1], 1);
	/* ranks 10, 18 and 19 of: one of 0, eleven of 5 ms, seven of 50 ms */
	cr_expect(near(found.median_ns, 5e6), "%" PRIu64, found.median_ns);
	cr_expect(near(found.p90_ns, 50e6));
	cr_expect(near(found.p99_ns, 50e6));

	answer(table, 1, 9 * MS, 2);
	server__totals(server_table__at(table, 0), &totals);
	cr_expect_eq(totals.queries, 26, "the open interval is in it");
	cr_expect_eq(totals.answered, 21);
	cr_expect_eq(totals.rcodes[0], 20);
	cr_expect(near(totals.median_ns, 5e6));
	server_table__free(table);
}

Test(servers, rcodes_above_the_last_counter_share_it)
{
	static const uint16_t rcodes[] = {0, 2, 16, 23, 24, 25, 4095};
	struct server_table *table = new_table(7, 5);
	struct interval found;

	for (size_t i = 0; i < sizeof(rcodes) / sizeof(rcodes[0]); i++) {
		struct exchange exchange = ended(1, EXCHANGE_ANSWERED);

		exchange.rcode = rcodes[i];
		server_table__exchange(table, &exchange);
	}
	server_table__close(table, 0, NULL, NULL);
	found = last_of(table, 0);
	cr_expect_eq(found.rcodes[0], 1);
	cr_expect_eq(found.rcodes[2], 1);
	cr_expect_eq(found.rcodes[16], 1);
	cr_expect_eq(found.rcodes[23], 1);
	cr_expect_eq(found.rcodes[24], 3);
	server_table__free(table);
}

Test(servers, recursive_is_who_answered_a_query_with_rd)
{
	struct server_table *table = new_table(7, 5);
	struct exchange exchange = ended(1, EXCHANGE_ANSWERED);

	server_table__exchange(table, &exchange);
	cr_expect_not(server__recursive(server_table__at(table, 0)));
	exchange = ended(1, EXCHANGE_UNANSWERED);
	exchange.recursion_desired = true;
	server_table__exchange(table, &exchange);
	cr_expect_not(server__recursive(server_table__at(table, 0)));
	exchange = ended(1, EXCHANGE_ANSWERED);
	exchange.recursion_desired = true;
	server_table__exchange(table, &exchange);
	cr_expect(server__recursive(server_table__at(table, 0)));
	answer(table, 1, MS, 1);
	cr_expect(server__recursive(server_table__at(table, 0)), "and it stays so");
	server_table__free(table);
}

struct told {
	unsigned count;
	uint8_t addr[7][16];
	uint32_t queries[7];
};

static void tell(void *context, const struct server *server, const struct interval *interval)
{
	const struct interval *series[SERVER_WINDOW_MAX];
	struct told *told = context;

	cr_assert_lt(told->count, 7);
	cr_expect_eq(series[server__series(server, series) - 1], interval);
	memcpy(told->addr[told->count], server__address(server), 16);
	told->queries[told->count++] = interval->queries;
}

Test(servers, intervals_close_in_order_of_address_unused_ones_with_zeros)
{
	static const uint32_t numbers[] = {70000, 3, 256, 11, 255};
	static const uint32_t sorted[] = {3, 11, 255, 256, 70000};
	struct server_table *table = new_table(7, 5);
	struct told told = {.count = 0};

	for (size_t i = 0; i < 5; i++)
		answer(table, numbers[i], MS, 1);
	server_table__close(table, 0, NULL, NULL);
	answer(table, 256, MS, 13);
	server_table__close(table, 10, tell, &told);
	cr_assert_eq(told.count, 5);
	for (unsigned i = 0; i < 5; i++) {
		uint8_t addr[16];

		address(sorted[i], addr);
		cr_expect_arr_eq(told.addr[i], addr, 16, "%u-th told", i);
		cr_expect_arr_eq(server__address(server_table__at(table, i)), addr, 16, "%u-th", i);
		cr_expect_eq(told.queries[i], sorted[i] == 256 ? 13 : 0);
	}
	answer(table, 4, MS, 1);
	cr_expect_eq(server__address(server_table__at(table, 1))[15], 4, "sorted when asked");
	server_table__free(table);
}

Test(servers, series_are_aligned_at_their_newest_and_wrap)
{
	struct server_table *table = new_table(7, 5);
	const struct interval *series[SERVER_WINDOW_MAX];
	unsigned n;

	cr_expect_eq(server_table__window(table), 5);
	answer(table, 1, MS, 1);
	cr_expect_eq(server__series(server_table__at(table, 0), series), 0, "nothing closed");
	for (uint64_t t = 0; t < 13; t++) {
		if (t == 10)
			answer(table, 2, MS, 1);
		if (t == 11)
			answer(table, 1, 77 * MS, 1);
		server_table__close(table, t * 10, NULL, NULL);
	}
	n = server__series(server_table__at(table, 0), series);
	cr_assert_eq(n, 5);
	for (unsigned i = 0; i < 5; i++) {
		cr_expect_eq(series[i]->start_ns, (8 + i) * 10);
		cr_expect_eq(series[i]->samples, i == 3);
		cr_expect(i == 3 ? near(series[i]->median_ns, 77e6) : series[i]->median_ns == 0);
	}
	n = server__series(server_table__at(table, 1), series);
	cr_assert_eq(n, 3);
	cr_expect_eq(series[0]->start_ns, 100);
	cr_expect_eq(series[2]->start_ns, 120);
	server_table__free(table);
}

Test(servers, totals_take_their_quantiles_from_the_intervals_medians)
{
	static const int64_t medians[] = {9, 2, 400, 3, 5}; /* ms; sorted 2 3 5 9 400 */
	struct server_table *table = new_table(7, 7);
	struct server_totals totals;

	for (size_t i = 0; i < 5; i++) {
		answer(table, 1, medians[i] * MS, i == 2 ? 1009 : 3);
		server_table__close(table, i, NULL, NULL);
	}
	server_table__close(table, 5, NULL, NULL); /* without samples: has no median */
	server__totals(server_table__at(table, 0), &totals);
	cr_expect_eq(totals.samples, 1009 + 12);
	cr_expect(near(totals.median_ns, 5e6));
	cr_expect(near(totals.p90_ns, 400e6));
	cr_expect(near(totals.p99_ns, 400e6));
	server_table__free(table);
}

Test(servers, a_flood_of_strangers_pushes_out_only_itself)
{
	enum { PLACES = 101, PINNED = 3, ESTABLISHED = 5, STRANGERS = 100003 };
	struct server_table *table = new_table(PLACES, 5);

	for (uint32_t i = 0; i < PINNED; i++)
		cr_assert_eq(pin(table, i), 0);
	establish(table, 1000, ESTABLISHED);
	for (uint32_t i = 0; i < STRANGERS; i++) {
		answer(table, 1000000 + i, MS, 1);
		if (i % 10007 == 0)
			server_table__close(table, i, NULL, NULL);
	}
	cr_expect_eq(server_table__count(table), PLACES);
	cr_expect_eq(server_table__evicted(table), PINNED + ESTABLISHED + STRANGERS - PLACES);
	for (uint32_t i = 0; i < PINNED; i++)
		cr_expect(knows(table, i));
	for (uint32_t i = 1000; i < 1000 + ESTABLISHED; i++)
		cr_expect(knows(table, i));
	cr_expect(knows(table, 1000000 + STRANGERS - (PLACES - PINNED - ESTABLISHED)));
	cr_expect_not(knows(table, 1000000 + STRANGERS - (PLACES - PINNED - ESTABLISHED) - 1));
	server_table__free(table);
}

Test(servers, five_samples_in_an_interval_end_probation_four_do_not)
{
	struct server_table *table = new_table(2, 5);

	answer(table, 1, MS, 4);
	answer(table, 2, MS, 5);
	server_table__close(table, 0, NULL, NULL);
	answer(table, 3, MS, 1);
	cr_expect_not(knows(table, 1));
	cr_expect(knows(table, 2));
	server_table__free(table);
}

Test(servers, the_longest_unused_established_one_goes_when_nobody_is_on_probation)
{
	struct server_table *table = new_table(5, 5);

	establish(table, 1, 5);
	for (uint32_t i = 1; i <= 5; i++)
		if (i != 3)
			answer(table, i, MS, 1);
	server_table__close(table, 0, NULL, NULL);
	answer(table, 6, MS, 5);
	cr_expect_not(knows(table, 3));
	server_table__close(table, 0, NULL, NULL);
	cr_expect(knows(table, 6));
	cr_expect_eq(server_table__count(table), 5);
	cr_expect_eq(server_table__evicted(table), 1);
	server_table__free(table);
}

/* The worked example of servers.c. */
Test(servers, a_patient_attacker_cannot_push_out_who_is_older_and_used)
{
	struct server_table *table = new_table(7, 5);

	establish(table, 1, 3);
	for (uint32_t round = 0; round < 13; round++) {
		for (uint32_t i = 1; i <= 3; i++)
			answer(table, i, MS, 1);
		for (uint32_t i = 0; i < 11; i++)
			answer(table, 1000 * (round + 1) + i, MS, 5);
		server_table__close(table, round, NULL, NULL);
		cr_expect(knows(table, 1000 * (round + 1) + 10));
		for (uint32_t i = 1; i <= 3; i++)
			cr_expect(knows(table, i), "server %u in round %u", i, round);
	}
	server_table__free(table);
}

Test(servers, a_pinned_server_stays_and_has_zeros_until_it_is_used)
{
	struct server_table *table = new_table(3, 5);

	establish(table, 1, 3);
	cr_expect_eq(pin(table, 10), 0, "an established one makes room");
	cr_expect_eq(server_table__evicted(table), 1);
	cr_expect_eq(pin(table, 10), 0, "twice is once");
	for (uint32_t i = 0; i < 101; i++) {
		answer(table, 1000 + i, MS, 5);
		server_table__close(table, i, NULL, NULL);
	}
	cr_expect(knows(table, 10));
	cr_expect(server__pinned(server_table__at(table, 0)));
	cr_expect_not(server__pinned(server_table__at(table, 1)));
	cr_expect_eq(last_of(table, 0).queries, 0);
	server_table__free(table);
}

Test(servers, when_all_places_are_pinned_no_other_enters_and_each_is_counted)
{
	struct server_table *table = new_table(3, 5);

	for (uint32_t i = 0; i < 3; i++)
		cr_assert_eq(pin(table, i), 0);
	cr_expect_eq(pin(table, 3), -ENOSPC);
	answer(table, 4, MS, 7);
	cr_expect_not(knows(table, 4));
	cr_expect_eq(server_table__count(table), 3);
	cr_expect_eq(server_table__evicted(table), 7);
	server_table__unpin_all(table);
	cr_expect_eq(server_table__count(table), 3, "nothing is forgotten yet");
	cr_expect_eq(pin(table, 4), 0);
	cr_expect(knows(table, 4));
	cr_expect_eq(server_table__count(table), 3);
	server_table__free(table);
}

Test(servers, who_comes_back_begins_anew)
{
	struct server_table *table = new_table(2, 5);
	const struct interval *series[SERVER_WINDOW_MAX];
	struct server_totals totals;

	answer(table, 1, 50 * MS, 3);
	server_table__close(table, 0, NULL, NULL);
	answer(table, 1, 50 * MS, 3);
	answer(table, 2, MS, 1);
	answer(table, 3, MS, 1);
	cr_expect_not(knows(table, 1));
	answer(table, 1, 2 * MS, 1);
	cr_expect_eq(server__series(server_table__at(table, 0), series), 0);
	server__totals(server_table__at(table, 0), &totals);
	cr_expect_eq(totals.answered, 1);
	server_table__close(table, 10, NULL, NULL);
	cr_expect(near(last_of(table, 0).median_ns, 2e6), "no sample of the one before");
	server_table__free(table);
}

Test(servers, one_server_takes_at_most_16_kib_with_a_window_of_30)
{
	struct server_table *table = new_table(7, 30);

	cr_expect_leq(server_table__bytes(table), 16384, "%zu", server_table__bytes(table));
	/* a series of 30 intervals and a histogram are the least it can be */
	cr_expect_geq(server_table__bytes(table), 30 * sizeof(struct interval) + 6404);
	server_table__free(table);
}
