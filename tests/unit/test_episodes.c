// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Episodes, rule by rule. Each story is written as its exchanges in the order in which they are
 * told, which is the order of their ends, and the episodes that must come of it, computed by hand
 * from the rules. Times are in milliseconds after EPOCH; timeout 5 s, window 4 s.
 */
#include "episodes_fixture.h"

#include <criterion/criterion.h>

Test(episodes, goes_on_while_a_type_is_not_settled)
{
	static const struct story stories[] = {
		{"A and AAAA at once",
		 {ASK(0, 20, A, OK), ASK(0, 35, AAAA, OK)},
		 {{DONE, 0, 35, 2, 2, 1, 2, OK}}},
		{"A asked again, 1 ms before the first was answered elsewhere",
		 {ASK(19, 22, A, OK, 2), ASK(0, 20, A, OK, 1)},
		 {{DONE, 0, 20, 2, 2, 2, 1, OK}}},
		{"A asked again when it was answered",
		 {ASK(0, 20, A, OK), ASK(20, 22, A, OK)},
		 {{DONE, 0, 20, 1, 1, 1, 1, OK}, {DONE, 20, 2, 1, 1, 1, 1, OK}}},
		{"A again while AAAA waits, as glibc does",
		 {ASK(0, 20, A, OK), ASK(0, 5000, AAAA, GONE), ASK(5001, 5011, A, OK),
		  ASK(5012, 5032, AAAA, OK)},
		 {{DONE, 0, 5032, 4, 4, 1, 2, OK}}},
		{"glibc with two servers",
		 {ASK(0, 5000, A, GONE, 1), ASK(0, 5000, AAAA, GONE, 1), ASK(5005, 5030, A, OK, 2),
		  ASK(5005, 5040, AAAA, OK, 2), ASK(5500, 5510, A, OK, 1)},
		 {{DONE, 0, 5040, 4, 4, 2, 2, OK}, {DONE, 5500, 10, 1, 1, 1, 1, OK}}},
		{"answered before its failed attempt was told",
		 {ASK(2000, 2010, A, OK, 2), ASK(0, 5000, A, GONE, 1)},
		 {{DONE, 0, 2010, 2, 2, 2, 1, OK}}},
		{"retransmitted", {ASK(0, 3010, A, OK, 1, 3)}, {{DONE, 0, 3010, 1, 3, 1, 1, OK}}},
		{"the switch to TCP",
		 {ASK(0, 10, A, TC), ASK(11, 30, A, TCP)},
		 {{DONE, 0, 30, 2, 2, 1, 1, OK}}},
	};

	episodes_stories(stories, LENGTH(stories));
}

Test(episodes, goes_on_within_the_window_after_a_failure)
{
	static const struct story stories[] = {
		{"SERVFAIL, again after 3.999 s",
		 {ASK(0, 10, A, SERVFAIL), ASK(4009, 4020, A, OK)},
		 {{DONE, 0, 4020, 2, 2, 1, 1, OK}}},
		{"SERVFAIL, again after 4 s",
		 {ASK(0, 10, A, SERVFAIL), ASK(4010, 4020, A, OK)},
		 {{FAILED, 0, 10, 1, 1, 1, 1, SERVFAIL}, {DONE, 4010, 10, 1, 1, 1, 1, OK}}},
		{"the window begins anew with each failure",
		 {ASK(0, 10, A, SERVFAIL), ASK(3000, 3010, A, REFUSED),
		  ASK(6000, 6010, A, NXDOMAIN)},
		 {{DONE, 0, 6010, 3, 3, 1, 1, NXDOMAIN}}},
		{"unanswered, again within timeout and window",
		 {ASK(0, 5000, A, GONE), ASK(8999, 9000, A, OK)},
		 {{DONE, 0, 9000, 2, 2, 1, 1, OK}}},
		{"unanswered, again after timeout and window",
		 {ASK(0, 5000, A, GONE), ASK(9000, 9001, A, OK)},
		 {{UNANSWERED, 0, 5000, 1, 1, 1, 1, -1}, {DONE, 9000, 1, 1, 1, 1, 1, OK}}},
		{"another type within the window",
		 {ASK(0, 10, A, SERVFAIL), ASK(3000, 3010, AAAA, OK)},
		 {{FAILED, 0, 3010, 2, 2, 1, 2, SERVFAIL}}},
		{"a failure that was mended has no window",
		 {ASK(0, 10, A, SERVFAIL), ASK(20, 30, A, OK), ASK(2000, 2010, A, OK)},
		 {{DONE, 0, 30, 2, 2, 1, 1, OK}, {DONE, 2000, 10, 1, 1, 1, 1, OK}}},
		{"an attempt told late bridges two that were apart",
		 {ASK(0, 10, A, SERVFAIL), ASK(6000, 6010, A, OK), ASK(3000, 8000, A, GONE)},
		 {{DONE, 0, 6010, 3, 3, 1, 1, OK}}},
	};

	episodes_stories(stories, LENGTH(stories));
}

Test(episodes, takes_another_type_soon_after_the_last_answer)
{
	static const struct story stories[] = {
		{"AAAA after 999 ms",
		 {ASK(0, 10, A, OK), ASK(1009, 1019, AAAA, OK)},
		 {{DONE, 0, 1019, 2, 2, 1, 2, OK}}},
		{"AAAA after 1 s",
		 {ASK(0, 10, A, OK), ASK(1010, 1020, AAAA, OK)},
		 {{DONE, 0, 10, 1, 1, 1, 1, OK}, {DONE, 1010, 10, 1, 1, 1, 1, OK}}},
		{"linger counts from the last answer",
		 {ASK(0, 10, A, OK), ASK(900, 910, AAAA, OK), ASK(1900, 1910, HTTPS, OK)},
		 {{DONE, 0, 1910, 3, 3, 1, 3, OK}}},
		{"other client, other name",
		 {ASK(0, 10, A, OK, .client = 1), ASK(0, 10, AAAA, OK, .client = 2),
		  ASK(1, 10, HTTPS, OK, .client = 1, .name = 1)},
		 {{DONE, 0, 10, 1, 1, 1, 1, OK},
		  {DONE, 0, 10, 1, 1, 1, 1, OK},
		  {DONE, 1, 9, 1, 1, 1, 1, OK}}},
		{"a seventh type is another episode",
		 {ASK(0, 10, 1, OK), ASK(0, 10, 2, OK), ASK(0, 10, 5, OK), ASK(0, 10, 15, OK),
		  ASK(0, 10, 16, OK), ASK(0, 10, 28, OK), ASK(0, 11, 33, OK)},
		 {{DONE, 0, 10, 6, 6, 1, 6, OK}, {DONE, 0, 11, 1, 1, 1, 1, OK}}},
	};

	episodes_stories(stories, LENGTH(stories));
}

Test(episodes, ends_as_the_type_that_fared_worst)
{
	static const struct story stories[] = {
		{"HTTPS refused",
		 {ASK(0, 4, HTTPS, REFUSED), ASK(0, 20, A, OK), ASK(0, 30, AAAA, OK)},
		 {{FAILED, 0, 30, 3, 3, 1, 3, REFUSED}}},
		{"truncated, nothing more",
		 {ASK(0, 4, A, TC), ASK(0, 5, AAAA, SERVFAIL)},
		 {{TRUNCATED, 0, 5, 2, 2, 1, 2, OK}}},
		{"truncated, then an error over TCP",
		 {ASK(0, 4, A, TC), ASK(5, 9, A, TCP | SERVFAIL)},
		 {{FAILED, 0, 9, 2, 2, 1, 1, SERVFAIL}}},
		{"TC over TCP says nothing",
		 {ASK(0, 4, A, TCP | TC)},
		 {{DONE, 0, 4, 1, 1, 1, 1, OK}}},
		{"of one type the best: an error is more than silence",
		 {ASK(6, 10, A, SERVFAIL, 2), ASK(0, 5000, A, GONE, 1)},
		 {{FAILED, 0, 5000, 2, 2, 2, 1, SERVFAIL}}},
		{"one type unanswered",
		 {ASK(0, 10, A, OK), ASK(0, 5000, AAAA, GONE)},
		 {{UNANSWERED, 0, 5000, 2, 2, 1, 2, -1}}},
		{"the input ended",
		 {ASK(0, 10, A, OK), ASK(0, 5000, AAAA, GONE), ASK(5000, 6000, AAAA, PENDING)},
		 {{EPISODE_PENDING, 0, 6000, 3, 3, 1, 2, -1}}},
		{"the input ended, but it was answered elsewhere",
		 {ASK(1, 10, A, OK, 2), ASK(0, 20, A, PENDING, 1)},
		 {{DONE, 0, 10, 2, 2, 2, 1, OK}}},
		{"the last error of a type",
		 {ASK(0, 10, A, SERVFAIL), ASK(20, 30, A, REFUSED)},
		 {{FAILED, 0, 30, 2, 2, 1, 1, REFUSED}}},
		{"NXDOMAIN is an answer",
		 {ASK(0, 10, A, NXDOMAIN), ASK(1500, 1510, A, NXDOMAIN)},
		 {{DONE, 0, 10, 1, 1, 1, 1, NXDOMAIN}, {DONE, 1500, 10, 1, 1, 1, 1, NXDOMAIN}}},
		{"an answer before its query",
		 {ASK(10, 8, A, OK)},
		 {{DONE, 10, 0, 1, 1, 1, 1, OK}}},
	};

	episodes_stories(stories, LENGTH(stories));
}

Test(episodes, late_answer_settles_its_type)
{
	static const struct story stories[] = {
		{"told twice, one attempt",
		 {ASK(0, 5000, A, GONE), ASK(0, 8000, A, LATE)},
		 {{DONE, 0, 8000, 2, 1, 1, 1, OK}}},
		{"an error, too late, too",
		 {ASK(0, 5000, A, GONE), ASK(0, 8000, A, LATE | SERVFAIL)},
		 {{FAILED, 0, 8000, 2, 1, 1, 1, SERVFAIL}}},
		{"a retry was answered before",
		 {ASK(2000, 2010, A, OK, 2), ASK(0, 5000, A, GONE, 1), ASK(0, 5500, A, LATE, 1)},
		 {{DONE, 0, 2010, 3, 2, 2, 1, OK}}},
		{"almost too late",
		 {ASK(0, 5000, A, GONE), ASK(0, 8999, A, LATE)},
		 {{DONE, 0, 8999, 2, 1, 1, 1, OK}}},
		{"later than the window",
		 {ASK(0, 5000, A, GONE), ASK(0, 9000, A, LATE)},
		 {{UNANSWERED, 0, 5000, 1, 1, 1, 1, -1}}},
		{"nobody asked", {ASK(0, 8000, A, LATE)}, {{0}}},
		{"another type was asked",
		 {ASK(0, 5000, A, GONE), ASK(0, 8000, AAAA, LATE)},
		 {{UNANSWERED, 0, 5000, 1, 1, 1, 1, -1}}},
	};

	episodes_stories(stories, LENGTH(stories));
}

Test(episodes, takes_only_what_a_user_may_wait_for)
{
	static const struct told told = ASK(0, 10, A, OK);
	struct exchange rows[9], pass = episodes_exchange_of(&told);
	struct trial trial;

	for (unsigned i = 0; i < LENGTH(rows); i++)
		rows[i] = pass;
	rows[0].state = EXCHANGE_ORPHAN;
	rows[1].state = EXCHANGE_MULTICAST;
	rows[2].service = SERVICE_MDNS;
	rows[3].service = SERVICE_LLMNR;
	rows[4].messages = 2;
	rows[5].qtype = AXFR;
	rows[6].qtype = IXFR;
	rows[7].qname_length = 0;
	rows[8].flags |= 4 << 11; /* NOTIFY (RFC 1996) */
	episodes_begin(&trial, &episodes_usual);
	for (unsigned i = 0; i < LENGTH(rows); i++) {
		episodes__exchange(trial.episodes, &rows[i]);
		cr_expect_eq(trial.counters->exchanges, 0, "row %u", i);
	}
	episodes__exchange(trial.episodes, &pass);
	cr_expect_eq(trial.counters->exchanges, 1);
	cr_expect_eq(trial.counters->outlived, 0);
	episodes_end(&trial);
}

Test(episodes, tells_of_a_delivered_one_what_it_was_made_of)
{
	static const struct told told[] = {
		ASK(0, 10, HTTPS, SERVFAIL, 7),
		ASK(2, 20, A, TC, 3),
		ASK(21, 30, A, TCP, 3),
		ASK(31, 32, HTTPS, OK, 9),
	};
	struct trial trial;
	const struct episode *e = &trial.heard[0];

	episodes_begin(&trial, &episodes_usual);
	for (unsigned i = 0; i < LENGTH(told); i++)
		episodes_tell(&trial, &told[i]);
	episodes_end(&trial);
	cr_assert_eq(trial.count, 1);
	cr_expect(e->over_udp && e->over_tcp && e->was_truncated);
	cr_expect_eq(e->server_count, 3);
	cr_expect_eq(e->servers[0][15], 7);
	cr_expect_eq(e->servers[1][15], 3);
	cr_expect_eq(e->servers[2][15], 9);
	cr_expect_eq(e->types[0], HTTPS);
	cr_expect_eq(e->types[1], A);
	cr_expect_eq(e->qname_length, 8);
	cr_expect_arr_eq(trial.name, episodes_names[0], 8);
	cr_expect_eq(e->client[15], 0);
}

Test(episodes, names_servers_up_to_the_maximum)
{
	struct trial trial;

	episodes_begin(&trial, &episodes_usual);
	for (unsigned i = 1; i <= 2 * EPISODE_SERVERS_MAX + 1; i++)
		episodes_tell(&trial, &(struct told)ASK((int)i, (int)i, A, SERVFAIL, i));
	episodes_end(&trial);
	cr_assert_eq(trial.count, 1);
	cr_expect_eq(trial.heard[0].attempts, 13);
	cr_expect_eq(trial.heard[0].server_count, EPISODE_SERVERS_MAX);
	for (unsigned i = 0; i < EPISODE_SERVERS_MAX; i++)
		cr_expect_eq(trial.heard[0].servers[i][15], i + 1);
}

/* Outside, 23 networks of VXLAN, one of Geneve. */
Test(episodes, same_addresses_in_two_tunnels_are_two_clients)
{
	static const struct told told = ASK(0, 10, A, OK, 1);
	struct exchange exchange = episodes_exchange_of(&told);
	struct trial trial;

	episodes_begin(&trial, &episodes_usual);
	episodes__exchange(trial.episodes, &exchange);
	exchange.tunnel = ODD_TUNNEL_VXLAN;
	for (exchange.tunnel_id = 0; exchange.tunnel_id < 23; exchange.tunnel_id++)
		episodes__exchange(trial.episodes, &exchange);
	exchange.tunnel = ODD_TUNNEL_GENEVE;
	exchange.tunnel_id = 22;
	episodes__exchange(trial.episodes, &exchange);
	cr_expect_eq(trial.counters->open, 25);
	episodes_end(&trial);
	cr_expect_eq(trial.count, 25);
}

/* What is told after its time finds that younger ones went on already. */
Test(episodes, told_after_its_time_it_begins_the_run_or_is_one_of_its_own)
{
	static const struct story stories[] = {
		{"a failure in whose window the run began",
		 {ASK(3000, 3010, A, OK, 2), ASK(8000, 8010, TXT, OK, 2), ASK(0, 8000, A, GONE, 1)},
		 {{DONE, 0, 3010, 2, 2, 2, 1, OK}, {DONE, 8000, 10, 1, 1, 1, 1, OK}}},
		{"settled long before the run began",
		 {ASK(3000, 3010, A, OK, 2), ASK(8000, 8010, TXT, OK, 2), ASK(0, 10, A, OK, 1)},
		 {{DONE, 0, 10, 1, 1, 1, 1, OK},
		  {DONE, 3000, 10, 1, 1, 1, 1, OK},
		  {DONE, 8000, 10, 1, 1, 1, 1, OK}}},
	};

	episodes_stories(stories, LENGTH(stories));
}
