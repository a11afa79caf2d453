// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Each situation that a reassembler must get right, with segments made by hand:
 * "a" says messages, pieces of them are sent, and what came out is compared with
 * what a receiver would have read. Limits are in test_streams_limits.c, random
 * traffic in test_streams_random.c.
 */
#include "talk.h"

#include <criterion/criterion.h>
#include <errno.h>

#define told(talk, text) cr_assert_str_eq(talk_told(talk), text)
/* Bytes of a message of 30 in the stream, with its prefix. */
#define M 32

/* 'a' says messages 1, 2, ... of 30 bytes; message i begins at M * (i - 1). */
static struct talk *talk_of(unsigned messages)
{
	const struct streams_limits limits = talk_limits();
	struct talk *t = talk_new(&limits);

	for (unsigned i = 1; i <= messages; i++)
		talk_say(t, 'a', (uint16_t)i, M - 2);
	talk_open(t);
	return t;
}

Test(streams, whole_messages_pass_at_once)
{
	struct talk *t = talk_of(5);

	talk_send(t, 'a', 0, M);
	told(t, "a1");
	talk_send(t, 'a', M, 5 * M);
	told(t, "a2 a3 a4 a5");
	cr_assert_eq(t->counters->held_bytes, 0);
	cr_assert_eq(t->counters->segments, 2);
	cr_assert_eq(t->counters->controls, 2);
	cr_assert_eq(t->counters->messages, 5);
	talk_free(t);
}

Test(streams, message_may_be_split_anywhere)
{
	for (unsigned at = 1; at < 2 * M; at++) {
		struct talk *t = talk_of(2);

		talk_send(t, 'a', 0, at);
		told(t, at < M ? "" : "a1");
		talk_send(t, 'a', at, 2 * M);
		told(t, at < M ? "a1 a2" : "a2");
		cr_assert_eq(t->counters->held_bytes, 0);
		talk_free(t);
	}
}

Test(streams, bytes_may_come_one_by_one)
{
	struct talk *t = talk_of(3);

	for (unsigned i = 0; i < 3 * M; i++)
		talk_send(t, 'a', i, i + 1);
	told(t, "a1 a2 a3");
	talk_free(t);
}

Test(streams, length_in_a_segment_of_its_own_belongs_to_what_follows)
{
	struct talk *t = talk_of(2);

	talk_send(t, 'a', 0, 2);
	cr_assert_eq(t->counters->held_bytes, 0);
	talk_send(t, 'a', 2, M);
	talk_send(t, 'a', M, M + 2);
	talk_send(t, 'a', M + 2, 2 * M);
	told(t, "a1 a2");
	talk_free(t);
}

Test(streams, largest_message_spans_many_segments)
{
	struct streams_limits limits = talk_limits();
	struct talk *t;

	limits.connection_bytes = 1 << 18;
	t = talk_new(&limits);
	talk_say(t, 'b', 1, 65535);
	talk_say(t, 'b', 2, 12);
	talk_open(t);
	for (unsigned i = 0; i < t->side[1].said; i += 1448)
		talk_send(t, 'b', i, i + 1448 < t->side[1].said ? i + 1448 : t->side[1].said);
	told(t, "b1 b2");
	talk_free(t);
}

Test(streams, segments_out_of_order_wait_for_their_turn)
{
	static const unsigned orders[][4] = {
		{1, 0, 2, 3}, {3, 2, 1, 0}, {2, 3, 0, 1}, {1, 3, 0, 2}};

	for (unsigned i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		struct talk *t = talk_of(4);

		for (unsigned j = 0; j < 4; j++)
			talk_send(t, 'a', orders[i][j] * M, orders[i][j] * M + M);
		told(t, "a1 a2 a3 a4");
		cr_assert_eq(t->counters->held_bytes, 0);
		cr_assert_eq(t->counters->holes, 0);
		talk_free(t);
	}
}

Test(streams, message_is_complete_when_its_hole_closes)
{
	struct talk *t = talk_of(2);

	talk_send(t, 'a', 20, 2 * M);
	told(t, "");
	talk_wait(t, 300 * MS);
	talk_send(t, 'a', 0, 20);
	told(t, "a1 a2");
	cr_assert_eq(t->told_ns, EPOCH + 300 * MS);
	cr_assert_eq(t->counters->reordered, 1);
	talk_free(t);
}

Test(streams, sequence_numbers_wrap_around)
{
	for (uint32_t before = 0; before <= 4 * M; before += 7) {
		struct talk *t = talk_of(0);

		t->side[0].start = -before;
		t->port++;
		for (uint16_t i = 1; i <= 4; i++)
			talk_say(t, 'a', i, M - 2);
		talk_open(t);
		talk_send(t, 'a', 3 * M, 4 * M);
		talk_send(t, 'a', M + 9, 3 * M);
		talk_send(t, 'a', M + 1, M + 9);
		talk_send(t, 'a', 0, M + 1);
		told(t, "a1 a2 a3 a4");
		talk_send(t, 'a', M, 3 * M);
		told(t, "");
		talk_free(t);
	}
}

Test(streams, retransmission_hands_nothing_on)
{
	struct talk *t = talk_of(3);

	talk_send(t, 'a', 0, M);
	talk_send(t, 'a', 0, M);	 /* all of it */
	talk_send(t, 'a', 5, 20);	 /* some of it */
	talk_send(t, 'a', 2 * M, 3 * M); /* waits */
	talk_send(t, 'a', 2 * M, 3 * M);
	told(t, "a1");
	cr_assert_eq(t->counters->retransmitted, 3);
	talk_send(t, 'a', M, 2 * M);
	told(t, "a2 a3");
	cr_assert_eq(t->counters->reordered, 1);
	talk_free(t);
}

Test(streams, retransmission_with_more_in_it_brings_what_is_new)
{
	struct talk *t = talk_of(3);

	talk_send(t, 'a', 0, M + 10);
	talk_send(t, 'a', M, 3 * M);
	told(t, "a1 a2 a3");
	cr_assert_eq(t->counters->overlapping, 1);
	cr_assert_eq(t->counters->retransmitted, 0);
	talk_free(t);
}

Test(streams, keep_alive_is_no_data)
{
	struct talk *t = talk_of(2);

	talk_send(t, 'a', 0, M);
	t->side[0].stream[M - 1] ^= 0xff; /* RFC 9293 section 3.8.4: one byte of garbage */
	talk_send(t, 'a', M - 1, M);
	talk_send(t, 'a', M, 2 * M);
	told(t, "a1 a2");
	cr_assert_eq(t->counters->retransmitted, 1);
	talk_free(t);
}

/* Two versions of the same bytes: which one is read. */
Test(streams, bytes_that_came_first_count)
{
	struct talk *t = talk_of(2);

	talk_send(t, 'a', 0, 20);
	for (unsigned i = 10; i < 20; i++)
		t->side[0].stream[i] ^= 0xff;
	talk_send(t, 'a', 10, M);
	told(t, "a1");
	talk_send(t, 'a', M + 10, 2 * M); /* waits */
	for (unsigned i = M + 10; i < M + 15; i++)
		t->side[0].stream[i] ^= 0xff;
	talk_send(t, 'a', M + 10, M + 15);
	talk_send(t, 'a', M, M + 10);
	told(t, "a2");
	talk_free(t);
}

Test(streams, of_two_that_wait_the_one_that_begins_earlier_counts)
{
	struct talk *t = talk_of(1);

	for (unsigned i = 20; i < 25; i++)
		t->side[0].stream[i] ^= 0xff;
	talk_send(t, 'a', 20, M); /* other bytes up to 25 */
	for (unsigned i = 20; i < 25; i++)
		t->side[0].stream[i] ^= 0xff;
	talk_send(t, 'a', 15, 25);
	talk_send(t, 'a', 0, 15);
	told(t, "a1");
	cr_assert_eq(t->counters->overlapping, 1);
	talk_free(t);
}

Test(streams, each_direction_has_its_own_order)
{
	struct talk *t = talk_of(3);

	talk_say(t, 'b', 3, 100);
	talk_say(t, 'b', 1, 100);
	talk_say(t, 'b', 2, 100);
	talk_send(t, 'a', 0, 3 * M);
	talk_send(t, 'b', 0, 150);
	talk_send(t, 'b', 150, 306);
	told(t, "a1 a2 a3 b3 b1 b2");
	talk_free(t);
}

Test(streams, data_in_the_syn_is_the_first)
{
	struct talk *t = talk_of(2);

	t->port++;
	talk_event(t, 'a', 0, M, ODD_TCP_SYN);
	told(t, "a1");
	talk_event(t, 'b', 0, 0, ODD_TCP_SYN | ODD_TCP_ACK);
	talk_send(t, 'a', 0, M); /* a server without Fast Open: once more */
	talk_send(t, 'a', M, 2 * M);
	told(t, "a2");
	talk_free(t);
}

Test(streams, syn_that_comes_again_changes_nothing)
{
	struct talk *t = talk_of(2);

	talk_send(t, 'a', 0, M + 9);
	talk_open(t);
	talk_send(t, 'a', M + 9, 2 * M);
	told(t, "a1 a2");
	talk_free(t);
}

Test(streams, syn_with_another_start_is_another_connection)
{
	struct talk *t = talk_of(3);

	talk_say(t, 'b', 7, 30);
	talk_send(t, 'a', 0, M + 20);	 /* message 2 is not complete */
	talk_send(t, 'a', 2 * M, 3 * M); /* waits */
	talk_send(t, 'b', 0, M);
	told(t, "a1 b7");
	t->side[0].start += 77777;
	t->side[1].start -= 77777; /* whose SYN is not seen */
	talk_event(t, 'a', 0, 0, ODD_TCP_SYN);
	told(t, "a2/18 a3");
	talk_send(t, 'a', 0, M);
	talk_send(t, 'b', 0, M);
	told(t, "a1 b7");
	talk_free(t);
}

Test(streams, syns_may_overtake_each_other)
{
	struct talk *t = talk_of(1);

	talk_say(t, 'b', 2, 30);
	t->port++;
	talk_event(t, 'b', 0, 0, ODD_TCP_SYN | ODD_TCP_ACK);
	talk_event(t, 'a', 0, 0, ODD_TCP_SYN);
	talk_send(t, 'b', 5, M);
	talk_send(t, 'b', 0, 5);
	told(t, "b2");
	talk_free(t);
}

Test(streams, fin_ends_when_both_have_sent_it)
{
	struct talk *t = talk_of(2);

	talk_say(t, 'b', 1, 30);
	talk_event(t, 'a', 0, M, ODD_TCP_FIN | ODD_TCP_ACK);
	told(t, "a1");
	talk_event(t, 'b', 0, M, ODD_TCP_FIN | ODD_TCP_ACK);
	told(t, "b1");
	talk_event(t, 'b', 0, M, ODD_TCP_FIN | ODD_TCP_ACK); /* at another interface */
	told(t, "");
	talk_wait(t, 1 * S - 1);
	cr_assert_eq(t->counters->connections, 1);
	talk_wait(t, 1);
	cr_assert_eq(t->counters->connections, 0);
	cr_assert_eq(t->counters->closed, 1);
	talk_free(t);
}

Test(streams, data_may_come_after_the_fin_that_overtook_it)
{
	struct talk *t = talk_of(2);

	talk_event(t, 'b', 0, 0, ODD_TCP_FIN | ODD_TCP_ACK);
	talk_event(t, 'a', 2 * M, 2 * M, ODD_TCP_FIN | ODD_TCP_ACK);
	talk_send(t, 'a', M, 2 * M);
	talk_send(t, 'a', 0, M);
	told(t, "a1 a2");
	talk_free(t);
}

/* Each part of a packet has the packet's flags. */
Test(streams, fin_of_a_packet_in_parts_cuts_no_message)
{
	struct talk *t = talk_of(1);

	talk_event(t, 'b', 0, 0, ODD_TCP_FIN | ODD_TCP_ACK);
	talk_event(t, 'a', 0, 9, ODD_TCP_FIN | ODD_TCP_ACK);
	t->flags = ODD_EVENT_FOLLOWS;
	talk_event(t, 'a', 9, M, ODD_TCP_FIN | ODD_TCP_ACK);
	told(t, "a1");
	talk_free(t);
}

Test(streams, rst_ends_both_and_what_is_there_is_handed_on)
{
	struct talk *t = talk_of(3);

	talk_send(t, 'a', 0, M + 20);
	talk_send(t, 'a', 2 * M, 3 * M);
	told(t, "a1");
	talk_event(t, 'b', 0, 0, ODD_TCP_RST);
	talk_wait(t, 1 * S);
	told(t, "a2/18 a3");
	cr_assert_eq(t->counters->connections, 0);
	cr_assert_eq(t->counters->held_bytes, 0);
	talk_free(t);
}

Test(streams, text_in_a_rst_is_no_data)
{
	struct talk *t = talk_of(2);

	talk_event(t, 'a', 0, M, ODD_TCP_RST); /* RFC 9293 section 3.5.2 */
	told(t, "");
	talk_send(t, 'a', 0, 2 * M); /* and forged it was */
	told(t, "a1 a2");
	cr_assert_eq(t->counters->controls, 3);
	talk_free(t);
}

Test(streams, fin_and_rst_of_an_unknown_connection_are_not_remembered)
{
	struct talk *t = talk_of(1);

	t->port++;
	talk_event(t, 'a', 0, 0, ODD_TCP_FIN | ODD_TCP_ACK);
	talk_event(t, 'a', 0, M, ODD_TCP_RST);
	cr_assert_eq(t->counters->connections, 1);
	talk_free(t);
}

/* --- holes ------------------------------------------------------------------------------------ */

Test(streams, hole_within_a_message_costs_that_message_alone)
{
	struct talk *t = talk_of(3);

	talk_send(t, 'a', 0, M + 20);
	talk_send(t, 'a', M + 25, 3 * M);
	told(t, "a1");
	talk_wait(t, 1 * S - 1);
	told(t, "");
	talk_wait(t, 1);
	told(t, "a2/18 a3");
	cr_assert_eq(t->told_ns, EPOCH);
	cr_assert_eq(t->counters->holes, 1);
	cr_assert_eq(t->counters->cut, 1);
	cr_assert_eq(t->counters->resynced, 0);
	cr_assert_eq(t->counters->held_bytes, 0);
	talk_free(t);
}

Test(streams, hole_up_to_the_end_of_a_message_leaves_the_next_whole)
{
	struct talk *t = talk_of(3);

	talk_send(t, 'a', 0, 20);
	talk_send(t, 'a', M, M + 20); /* message 2 spans segments */
	talk_wait(t, 1 * S);
	told(t, "a1/18");
	talk_send(t, 'a', M + 20, 3 * M);
	told(t, "a2 a3");
	cr_assert_eq(t->counters->resynced, 0);
	talk_free(t);
}

Test(streams, message_without_its_header_is_counted)
{
	struct talk *t = talk_of(2);

	talk_send(t, 'a', 0, 13);
	talk_send(t, 'a', 20, 2 * M);
	talk_wait(t, 1 * S);
	told(t, "a2");
	cr_assert_eq(t->counters->headless, 1);
	cr_assert_eq(t->counters->cut, 0);
	talk_free(t);
}

Test(streams, behind_a_hole_reading_begins_with_a_segment_that_begins_with_a_message)
{
	struct talk *t = talk_of(6);

	talk_send(t, 'a', 0, M + 20);
	talk_send(t, 'a', 2 * M + 5, 3 * M + 5); /* begins within message 3 */
	talk_send(t, 'a', 3 * M + 5, 4 * M);
	talk_send(t, 'a', 4 * M, 6 * M);
	talk_wait(t, 1 * S);
	told(t, "a1 a2/18 a5 a6");
	cr_assert_eq(t->counters->skipped, 2);
	cr_assert_eq(t->counters->resynced, 1);
	talk_free(t);
}

Test(streams, second_hole_is_awaited_as_long_as_the_first)
{
	struct talk *t = talk_of(4);

	talk_send(t, 'a', 0, 20);
	talk_send(t, 'a', 25, M + 20);
	talk_send(t, 'a', M + 25, 3 * M);
	talk_wait(t, 1 * S);
	told(t, "a1/18");
	talk_wait(t, 1 * S - 1);
	told(t, "");
	talk_wait(t, 1);
	told(t, "a2/18 a3");
	talk_free(t);
}

Test(streams, hole_is_awaited_from_when_it_was_noticed)
{
	struct talk *t = talk_of(4);

	talk_send(t, 'a', 0, 20);
	talk_wait(t, 900 * MS);
	talk_send(t, 'a', 25, M + 20);
	talk_send(t, 'a', M + 25, 3 * M);
	talk_wait(t, 900 * MS);
	told(t, "");
	talk_send(t, 'a', 20, 25); /* the first one closes, and another one is there */
	told(t, "a1");
	talk_wait(t, 1 * S - 1);
	told(t, "");
	talk_wait(t, 1);
	told(t, "a2/18 a3");
	talk_free(t);
}

Test(streams, late_segment_of_a_hole_that_was_given_up_is_old)
{
	struct talk *t = talk_of(3);

	talk_send(t, 'a', 0, 20);
	talk_send(t, 'a', M, 2 * M);
	talk_wait(t, 1 * S);
	told(t, "a1/18 a2");
	talk_send(t, 'a', 20, M);
	talk_send(t, 'a', 2 * M, 3 * M);
	told(t, "a3");
	cr_assert_eq(t->counters->retransmitted, 1);
	talk_free(t);
}

Test(streams, cut_frame_is_a_hole_at_once)
{
	struct talk *t = talk_of(4);

	talk_send_cut(t, 'a', 0, M + 20, 2 * M); /* up to the end of message 2 */
	told(t, "a1 a2/18");
	talk_send(t, 'a', 2 * M, 3 * M);
	told(t, "a3");
	talk_send_cut(t, 'a', 3 * M, 3 * M + 25, 3 * M + 28); /* not up to its end */
	told(t, "a4/23");
	talk_send(t, 'a', 3 * M + 28, 4 * M);
	told(t, "");
	cr_assert_eq(t->counters->holes, 2);
	talk_free(t);
}

Test(streams, prefix_below_12_loses_the_frame)
{
	struct talk *t = talk_of(1);

	talk_say_bytes(t, 'a', "\0\013abcdefghijk", 13);
	talk_say(t, 'a', 2, 30);
	talk_send(t, 'a', 0, M + 13);
	told(t, "a1");
	cr_assert_eq(t->counters->misframed, 1);
	talk_send(t, 'a', M + 13, M + 13 + M);
	told(t, "a2");
	cr_assert_eq(t->counters->resynced, 1);
	talk_free(t);
}

/* --- without the start ------------------------------------------------------------------------ */

/* Of 3 messages, the first segment seen: what it brings, and the rest in another one. */
Test(streams, stream_is_entered_where_a_message_begins)
{
	static const struct {
		unsigned from, to;
		const char *told;
	} rows[] = {
		{0, 3 * M, "a1 a2 a3"},
		{M, 2 * M, "a2 a3"},
		{M, M + 15, "a2 a3"}, /* prefix and header */
		{M, M + 2, "a2 a3"},  /* prefix in a segment of its own */
		{M, M + 5, "a2 a3"},
		{M, 2 * M + 9, "a2 a3"},
		{M, M + 1, ""}, /* says nothing, and what follows begins within the message */
		{M + 7, 3 * M, ""},
		{M + 1, 2 * M, "a3"}, /* and then the rest begins with a message */
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct talk *t = talk_of(3);

		t->port++;
		talk_send(t, 'a', rows[i].from, rows[i].to);
		if (rows[i].to < 3 * M)
			talk_send(t, 'a', rows[i].to, 3 * M);
		cr_assert_str_eq(talk_told(t), rows[i].told, "row %u", i);
		talk_free(t);
	}
}

Test(streams, bytes_of_a_message_do_not_look_like_a_start)
{
	static const struct {
		uint8_t bytes[24];
		unsigned count;
	} rows[] = {
		{{0}, 24},				  /* prefix 0 */
		{{0, 11, 1, 2, 3, 4, 5, 6, 7}, 13},	  /* prefix below 12, fills it */
		{{0, 60, 0, 1, 1, 0, 0, 2, 0, 0}, 24},	  /* two questions */
		{{0, 60, 0, 1, 1, 0x40, 0, 1}, 24},	  /* reserved bit */
		{{0, 60, 0, 1, 0x78, 0, 0, 1}, 24},	  /* opcode 15 */
		{{0, 60, 0, 1, 1, 3, 0, 1}, 24},	  /* a query with an RCODE */
		{{0, 60, 0, 1, 2, 0, 0, 1}, 24},	  /* a query that is truncated */
		{{0, 60, 0, 1, 1, 0, 0, 1, 0, 2}, 24},	  /* a query with answers */
		{{0, 60, 0, 1, 0x81, 0, 0, 1, 0, 4}, 24}, /* more records than have room */
		{{0, 60, 0, 0, 0, 0, 0, 0, 0, 0}, 24},	  /* nothing but zeros */
		{{0, 60, 0, 1, 0x80, 0, 0, 2}, 24},	  /* a response with two questions */
		{{0, 22, 0, 1, 0x78, 0, 0, 1}, 24}, /* opcode 15, though it fills the segment */
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct talk *t = talk_of(0);

		t->port++;
		talk_say_bytes(t, 'a', rows[i].bytes, rows[i].count);
		talk_send(t, 'a', 0, rows[i].count);
		cr_assert_eq(t->counters->skipped, 1, "row %u", i);
		cr_assert_eq(t->counters->resynced, 0, "row %u", i);
		talk_free(t);
	}
}

/* A whole message, and another one with opcode 15. */
Test(streams, prefixes_that_fill_the_segment_are_enough_behind_the_first_message)
{
	for (unsigned less = 0; less < 3; less++) {
		struct talk *t = talk_of(1);

		t->port++;
		talk_say_bytes(t, 'a', "\0\022\0\1\170\0\0\1\0\0\0\0\0\0\1\1\1\1\1\1", 20);
		talk_send(t, 'a', 0, M + 20 - less);
		cr_assert_eq(t->counters->resynced, less == 0);
		cr_assert_eq(t->counters->skipped, less > 0);
		talk_free(t);
	}
}

Test(streams, what_was_skipped_is_old)
{
	struct talk *t = talk_of(4);

	t->port++;
	talk_send(t, 'a', 7, M + 7);
	talk_send(t, 'a', 7, M + 7);
	cr_assert_eq(t->counters->skipped, 1);
	cr_assert_eq(t->counters->retransmitted, 1);
	talk_send(t, 'a', M, 2 * M); /* bytes of it were skipped */
	cr_assert_eq(t->counters->skipped, 2);
	talk_send(t, 'a', 2 * M, 3 * M);
	told(t, "a3");
	talk_free(t);
}

Test(streams, connection_whose_syns_were_not_seen_replaces_an_old_one)
{
	struct talk *t = talk_of(2);

	talk_send(t, 'a', 0, M);
	told(t, "a1");
	t->side[0].start -= 1 << 30;
	talk_send(t, 'a', 0, M);
	told(t, "a1");
	talk_send(t, 'a', M, 2 * M);
	told(t, "a2");
	talk_free(t);
}

/* --- connections ------------------------------------------------------------------------------ */

Test(streams, tunnels_tell_connections_apart_if_both_directions_share_the_id)
{
	static const struct {
		uint8_t tunnel;
		bool apart;
	} rows[] = {
		{ODD_TUNNEL_VXLAN, true}, {ODD_TUNNEL_GENEVE, true},  {ODD_TUNNEL_GRE, true},
		{ODD_TUNNEL_PPPOE, true}, {ODD_TUNNEL_ERSPAN, false}, {ODD_TUNNEL_GTP, false},
		{ODD_TUNNEL_MPLS, false}, {ODD_TUNNEL_IP, false},     {ODD_TUNNEL_NONE, false},
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct talk *t = talk_of(1);

		t->port++;
		t->tunnel = rows[i].tunnel;
		t->tunnel_id = 1;
		talk_open(t);
		talk_send(t, 'a', 0, M);
		t->tunnel_id = 2;
		talk_open(t);
		talk_send(t, 'a', 0, M);
		cr_assert_str_eq(talk_told(t), rows[i].apart ? "a1 a1" : "a1", "row %u", i);
		cr_assert_eq(t->counters->connections, rows[i].apart ? 3 : 2, "row %u", i);
		talk_free(t);
	}
}

Test(streams, silent_connection_is_forgotten)
{
	struct talk *t = talk_of(2);

	talk_send(t, 'a', 0, M + 20);
	told(t, "a1");
	talk_wait(t, 60 * S - 1);
	told(t, "");
	cr_assert_eq(t->counters->idle, 0);
	talk_wait(t, 1);
	told(t, "a2/18");
	cr_assert_eq(t->counters->idle, 1);
	cr_assert_eq(t->counters->connections, 0);
	cr_assert_eq(t->counters->held_bytes, 0);
	talk_free(t);
}

Test(streams, time_that_steps_back_far_is_another_capture)
{
	struct talk *t = talk_of(2);

	talk_send(t, 'a', 0, M + 20);
	t->now_ns -= 60 * S;
	talk_send(t, 'a', M + 20, M + 22); /* a little back: the same */
	told(t, "a1");
	t->now_ns -= 1;
	talk_open(t);
	told(t, "a2/20");
	talk_send(t, 'a', 0, 2 * M);
	told(t, "a1 a2");
	talk_free(t);
}

Test(streams, finish_hands_on_what_is_there)
{
	struct talk *t = talk_of(3);

	talk_send(t, 'a', 0, 20);
	talk_send(t, 'a', M, 3 * M - 1);
	told(t, "");
	streams__finish(t->streams);
	told(t, "a1/18 a2 a3/29");
	cr_assert_eq(t->counters->connections, 0);
	talk_free(t);
}

Test(streams, limits_have_ranges)
{
	struct streams_limits good = talk_limits();
	struct streams_limits bad[9];
	struct streams *streams = NULL;

	for (unsigned i = 0; i < 9; i++)
		bad[i] = good;
	bad[0].idle_ns = 0;
	bad[1].hole_ns = 0;
	bad[2].connections = 15;
	bad[3].connections = (1 << 20) + 1;
	bad[4].connection_bytes = 8191;
	bad[5].bytes = bad[5].connection_bytes - 1;
	bad[6].message_bytes = 11;
	bad[7].message_bytes = 65536;
	bad[8].connections = 0;
	for (unsigned i = 0; i < 9; i++)
		cr_assert_eq(streams__new(&bad[i], 1, NULL, NULL, &streams), -EINVAL, "%u", i);
	cr_assert_null(streams);
	streams__free(NULL);
}
