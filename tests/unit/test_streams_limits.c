// SPDX-License-Identifier: GPL-2.0-or-later
/* What the reassembler may cost, whoever sends: each limit is used up, and never exceeded. */
#include "talk.h"

#include <criterion/criterion.h>
#include <string.h>

#define told(talk, text) cr_assert_str_eq(talk_told(talk), text)
#define M		 32 /* bytes of a message of 30 in the stream */
/* What a segment may cost beyond its bytes, and a direction that holds something. */
#define OVERHEAD 300

static struct talk *talk_of(const struct streams_limits *limits, unsigned messages)
{
	struct talk *t = talk_new(limits);

	for (unsigned i = 1; i <= messages; i++)
		talk_say(t, 'a', (uint16_t)i, M - 2);
	return t;
}

/* A connection for each port from here on, with @step each. */
static void open_many(struct talk *t, uint16_t first, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		t->port = (uint16_t)(first + i);
		talk_event(t, 'a', 0, 0, ODD_TCP_SYN);
	}
}

Test(streams_limits, as_many_connections_as_the_limit_and_no_more)
{
	struct streams_limits limits = talk_limits();
	struct talk *t;

	limits.connections = 97;
	t = talk_of(&limits, 2);
	open_many(t, 1, 97);
	cr_assert_eq(t->counters->connections, 97);
	cr_assert_eq(t->counters->evicted, 0);
	open_many(t, 98, 1);
	cr_assert_eq(t->counters->connections, 97);
	cr_assert_eq(t->counters->evicted, 1);
	/* the first one gave way: its SYN is forgotten, its second byte cannot be a start */
	t->port = 2;
	talk_send(t, 'a', 1, M);
	cr_assert_eq(t->counters->reordered, 1);
	t->port = 1;
	talk_send(t, 'a', 1, M);
	cr_assert_eq(t->counters->skipped, 1);
	talk_free(t);
}

Test(streams_limits, flood_of_syns_does_not_take_the_place_of_who_talks)
{
	struct streams_limits limits = talk_limits();
	struct talk *t;

	limits.connections = 97;
	t = talk_of(&limits, 2);
	talk_open(t);
	talk_send(t, 'a', 0, 20);
	for (unsigned i = 0; i < 100003; i++) {
		t->port = (uint16_t)(i % 39989);
		t->side[0].start++;
		talk_event(t, 'a', 0, 0, ODD_TCP_SYN);
		cr_assert_leq(t->counters->connections, 97);
	}
	cr_assert_eq(t->counters->evicted, 100003 - 96);
	t->side[0].start -= 100003;
	t->port = 40000;
	talk_send(t, 'a', 20, 2 * M);
	told(t, "a1 a2");
	talk_free(t);
}

Test(streams_limits, connections_that_have_ended_give_way_first)
{
	struct streams_limits limits = talk_limits();
	struct talk *t;

	limits.connections = 16;
	t = talk_of(&limits, 1);
	open_many(t, 1, 15);
	t->port = 40000;
	talk_open(t);
	talk_event(t, 'a', 0, M, ODD_TCP_FIN);
	talk_event(t, 'b', 0, 0, ODD_TCP_FIN);
	open_many(t, 16, 1);
	cr_assert_eq(t->counters->closed, 1);
	cr_assert_eq(t->counters->evicted, 0);
	talk_free(t);
}

/* As many segments of @bytes as fit wait behind a hole; then the hole is given up. */
static void fill_connection(unsigned bytes)
{
	struct streams_limits limits = talk_limits();
	struct talk *t;
	uint64_t most = 0;
	unsigned at = M;

	limits.connection_bytes = 8192;
	t = talk_of(&limits, 1009);
	talk_open(t);
	talk_send(t, 'a', 0, 20);
	while (t->counters->over_connection == 0) {
		talk_send(t, 'a', at, at + bytes);
		at += bytes;
		cr_assert_leq(t->counters->held_bytes, 8192);
		most = t->counters->held_bytes > most ? t->counters->held_bytes : most;
	}
	cr_assert_gt(most, 8192 - bytes - OVERHEAD);
	cr_assert_eq(t->counters->over_connection, 1);
	cr_assert_eq(t->counters->holes, 1);
	cr_assert_eq(t->counters->reordered, (at - M) / bytes - 1);
	/* all that waited is there: message 1 was cut, none but the last is missing */
	cr_assert_eq(t->counters->messages, at / M);
	cr_assert_eq(t->counters->cut, 1);
	talk_send(t, 'a', at, 1008 * M);
	cr_assert_eq(t->counters->messages, 1008);
	talk_free(t);
}

Test(streams_limits, bytes_of_a_connection_reach_their_limit_and_no_more)
{
	static const unsigned sizes[] = {1, 7, 31, 32, 101, 1448, 4093};

	for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		fill_connection(sizes[i]);
}

Test(streams_limits, message_larger_than_the_bytes_of_a_connection_is_cut)
{
	struct streams_limits limits = talk_limits();
	struct talk *t;

	limits.connection_bytes = 8192;
	t = talk_new(&limits);
	talk_say(t, 'b', 1, 65535);
	talk_say(t, 'b', 2, 30);
	talk_open(t);
	for (unsigned i = 0; i < 65537 + M; i += 1001) {
		talk_send(t, 'b', i, i + 1001 < 65537 + M ? i + 1001 : 65537 + M);
		cr_assert_leq(t->counters->held_bytes, 8192);
	}
	cr_assert_eq(t->counters->messages, 2);
	cr_assert_eq(t->counters->cut, 1);
	cr_assert_eq(t->counters->over_connection, 1);
	cr_assert(strstr(talk_told(t), " b2"));
	talk_free(t);
}

Test(streams_limits, bytes_of_all_reach_their_limit_and_who_waited_longest_gives_way)
{
	struct streams_limits limits = talk_limits();
	struct talk *t;
	uint64_t most = 0;
	unsigned connections = 0;

	limits.bytes = limits.connection_bytes;
	t = talk_of(&limits, 100);
	while (t->counters->over_total == 0) {
		t->port = (uint16_t)++connections;
		talk_open(t);
		talk_send(t, 'a', 0, 20);
		talk_send(t, 'a', M, M + 1000);
		cr_assert_leq(t->counters->held_bytes, limits.bytes);
		most = t->counters->held_bytes > most ? t->counters->held_bytes : most;
	}
	cr_assert_gt(most, limits.bytes - 1000 - 2 * OVERHEAD - 512);
	cr_assert_gt(connections, 20);
	/* the first one: 1 was cut; 2 to 32 are whole, 33 was given up though nothing is missing */
	cr_assert_str_eq(talk_told(t) + strlen("a1/18 a2 a3 a4 a5 a6 a7 a8 a9 "),
			 "a10 a11 a12 a13 a14 a15 a16 a17 a18 a19 a20 a21 a22 a23 a24 a25 a26 a27 "
			 "a28 a29 a30 a31 a32");
	/* it knows still where messages begin; the second one holds what it held */
	t->port = 1;
	talk_send(t, 'a', M + 1000, 40 * M);
	told(t, "a34 a35 a36 a37 a38 a39 a40");
	cr_assert_eq(t->counters->headless, 1);
	t->port = 3;
	talk_send(t, 'a', 20, M);
	cr_assert_eq(strncmp(talk_told(t), "a1 a2 a3 ", 9), 0);
	talk_free(t);
}

/* Room for two connections that hold 3000 bytes and a little, and not for a third. */
static struct talk *talk_of_two(void)
{
	struct streams_limits limits = talk_limits();
	struct talk *t;

	limits.connection_bytes = limits.bytes = 8192;
	t = talk_of(&limits, 1009);
	t->port = 2;
	talk_open(t);
	t->port = 1;
	talk_open(t);
	return t;
}

Test(streams_limits, message_that_gave_way_before_its_first_byte_is_not_handed_on)
{
	struct talk *t = talk_of_two();

	talk_send(t, 'a', 0, 20);
	talk_send(t, 'a', M, M + 2);
	t->port = 2;
	talk_send(t, 'a', M, M + 4000);
	talk_send(t, 'a', M + 4000, M + 7800);
	cr_assert_eq(t->counters->over_total, 1);
	told(t, "a1/18");
	t->port = 1;
	talk_send(t, 'a', M + 2, 3 * M);
	told(t, "a3");
	cr_assert_eq(t->counters->headless, 1);
	talk_free(t);
}

Test(streams_limits, who_asks_for_room_keeps_its_own)
{
	struct talk *t = talk_of_two();

	talk_send(t, 'a', M, M + 3 * 960);
	t->port = 2;
	talk_send(t, 'a', M, M + 3 * 960);
	t->port = 1;
	talk_send(t, 'a', M + 3 * 960, M + 6 * 960);
	cr_assert_eq(t->counters->over_total, 1);
	t->told_bytes = 0;
	talk_send(t, 'a', 0, M);
	cr_assert_eq(t->counters->messages, (3 * 960) / M + (M + 6 * 960) / M);
	cr_assert_eq(t->counters->holes, 1);
	cr_assert_eq(t->counters->cut, 0);
	talk_free(t);
}

Test(streams_limits, message_that_spans_segments_is_kept_up_to_the_limit)
{
	struct streams_limits limits = talk_limits();
	struct talk *t;

	limits.message_bytes = 100;
	t = talk_new(&limits);
	talk_say(t, 'b', 1, 60000);
	talk_say(t, 'b', 2, 101);
	talk_say(t, 'b', 3, 100);
	talk_say(t, 'b', 4, 101);
	talk_open(t);
	for (unsigned i = 0; i < 60002; i += 997) {
		talk_send(t, 'b', i, i + 997 < 60002 ? i + 997 : 60002);
		cr_assert_leq(t->counters->held_bytes, 100 + OVERHEAD);
	}
	told(t, "b1/100");
	talk_send(t, 'b', 60002, 60052);
	talk_send(t, 'b', 60052, 60110);
	talk_send(t, 'b', 60110, t->side[1].said); /* 4 is whole in its segment */
	told(t, "b2/100 b3 b4");
	cr_assert_eq(t->counters->over_message, 2);
	cr_assert_eq(t->counters->cut, 0);
	cr_assert_eq(t->counters->held_bytes, 0);
	talk_free(t);
}

/* 101 connections, each with 300 KB in messages of 16 KB. */
Test(streams_limits, zone_transfers_cost_what_one_message_costs)
{
	struct streams_limits limits = talk_limits();
	struct talk *t;

	limits.message_bytes = 4096;
	limits.connections = 2000;
	limits.bytes = 1 << 24;
	t = talk_new(&limits);
	for (uint16_t i = 1; i <= 19; i++)
		talk_say(t, 'b', i, 16384);
	for (unsigned i = 0; i < 101; i++) {
		t->port = (uint16_t)(i + 1);
		talk_open(t);
	}
	for (unsigned at = 0; at < t->side[1].said; at += 4096)
		for (unsigned i = 0; i < 101; i++) {
			uint32_t end = at + 4096 < t->side[1].said ? at + 4096 : t->side[1].said;

			t->port = (uint16_t)(i + 1);
			talk_send(t, 'b', at, end);
			cr_assert_leq(t->counters->held_bytes, 101 * (4096 + OVERHEAD));
			t->told_bytes = 0;
		}
	cr_assert_eq(t->counters->messages, 101 * 19);
	cr_assert_eq(t->counters->over_message, 101 * 19);
	cr_assert_eq(t->counters->over_connection + t->counters->over_total, 0);
	talk_free(t);
}

/* One byte each, anywhere within 4 GiB, in 7 connections. */
Test(streams_limits, segments_at_random_places_cost_bounded_memory)
{
	struct streams_limits limits = talk_limits();
	struct talk *t;
	uint32_t random = 1, start;

	limits.connection_bytes = 8192;
	limits.bytes = 3 * 8192;
	t = talk_of(&limits, 1);
	start = t->side[0].start;
	for (unsigned i = 0; i < 100003; i++) {
		random = random * 1664525 + 1013904223;
		t->port = (uint16_t)(1 + (random >> 16) % 7);
		t->side[0].start = start;
		if (i < 7 * 7)
			talk_open(t);
		t->side[0].start = random;
		talk_send(t, 'a', random % M, random % M + 1);
		cr_assert_leq(t->counters->held_bytes, limits.bytes);
	}
	cr_assert_eq(t->counters->connections, 7);
	cr_assert_gt(t->counters->over_connection, 0);
	cr_assert_gt(t->counters->over_total, 0);
	talk_free(t);
}
