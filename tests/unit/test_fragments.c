// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The fragment reassembler, case by case. Offsets and lengths are computed by hand:
 * over an MTU of 1500, IPv4 leaves 1480 bytes, 185 units of 8, for each fragment
 * (RFC 791 section 3.2), of which the first holds 1472 of the message.
 */
#include "flow/fragments.h"

#include "fragments_fixture.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#define MORE	     ODD_EVENT_MORE
#define LATER	     ODD_EVENT_LATER
#define FOLLOWS	     ODD_EVENT_FOLLOWS
#define LENGTH(rows) (sizeof(rows) / sizeof((rows)[0]))

static const struct fragments_limits limits = {
	.timeout_ns = 2 * S, .datagrams = 1024, .bytes = 4 << 20};

struct trial {
	struct fragments *fragments;
	const struct fragments_counters *counters;
	struct heard heard;
	bool uniform; /* all bytes are alike, so that bytes tell nothing */
};

static void begin(struct trial *trial, const struct fragments_limits *with)
{
	*trial = (struct trial){0};
	cr_assert_eq(fragments__new(with, 3, fixture_hear, &trial->heard, &trial->fragments), 0);
	trial->counters = fragments__counters(trial->fragments);
}

static void end(struct trial *trial)
{
	fragments__free(trial->fragments);
	fixture_forget(&trial->heard);
}

static void give(struct trial *trial, const struct fragment *fragment)
{
	struct odd_event *event = fixture_event(fragment);

	if (trial->uniform)
		memset(event->payload, 0, event->captured_bytes);
	fragments__event(trial->fragments, event);
	free(event);
}

/* The @index-th message is the one of @id, @captured bytes of it. */
static void check_message(const struct trial *trial, uint32_t index, uint32_t id, uint32_t captured)
{
	const struct handed *handed = &trial->heard.messages[index];
	const uint8_t known = ODD_EVENT_CUT;

	cr_assert_lt(index, trial->heard.count);
	cr_assert_eq(handed->event.src_port, 53);
	cr_assert_eq(handed->event.dst_port, 1024 + id);
	cr_assert_eq(handed->event.vlan[0], 7);
	cr_assert_eq(handed->event.protocol, IPPROTO_UDP);
	cr_assert_eq(handed->event.hook, ODD_HOOK_TC_INGRESS);
	cr_assert_eq(handed->event.uid, ODD_NO_UID);
	cr_assert_eq(handed->event.sequence, 0);
	cr_assert_eq(handed->event.captured_bytes, captured);
	cr_assert_eq(handed->event.flags & ~known, 0);
	cr_assert_eq(handed->event.flags == ODD_EVENT_CUT, captured < handed->event.message_bytes);
	for (uint32_t i = 0; i < captured; i++)
		cr_assert_eq(handed->payload[i], fixture_byte(id, i), "byte %u", i);
}

/* --- whole ------------------------------------------------------------------------------------ */

/* 4500 bytes: 4508 with UDP's header = 3 * 1480 + 68. */
static const struct fragment four[4] = {
	{.start = 0, .bytes = 1472, .flags = MORE, .message = 4500, .ifindex = 2},
	{.start = 1472, .bytes = 1480, .flags = LATER | MORE, .ifindex = 3},
	{.start = 2952, .bytes = 1480, .flags = LATER | MORE, .ifindex = 4},
	{.start = 4432, .bytes = 68, .flags = LATER, .ifindex = 5},
};

Test(fragments, four_in_any_order_are_one_message)
{
	struct trial trial;
	uint32_t id = 0;

	begin(&trial, &limits);
	for (unsigned order = 0; order < 256; order++) {
		unsigned at[4] = {order & 3, order >> 2 & 3, order >> 4 & 3, order >> 6};

		if ((1 << at[0] | 1 << at[1] | 1 << at[2] | 1 << at[3]) != 15)
			continue;
		for (unsigned i = 0; i < 4; i++) {
			struct fragment fragment = four[at[i]];

			cr_assert_eq(trial.heard.count, id);
			fragment.id = id;
			fragment.at_ns = id * 10 + i;
			give(&trial, &fragment);
		}
		cr_assert_eq(trial.heard.count, id + 1, "order %x", order);
		check_message(&trial, id, id, 4500);
		cr_assert_eq(trial.heard.messages[id].event.message_bytes, 4500);
		cr_assert_eq(trial.heard.messages[id].event.time_ns, EPOCH + id * 10 + 3);
		cr_assert_eq(trial.heard.messages[id].event.ifindex, 2);
		id++;
	}
	cr_assert_eq(id, 24);
	cr_assert_eq(trial.counters->fragments, 96);
	cr_assert_eq(trial.counters->reassembled, 24);
	cr_assert_eq(trial.counters->held, 0);
	end(&trial);
}

/* Over an MTU of 9000: 8976 = 1122 units, then 1032 more; 10 000 + 8 in all. */
Test(fragments, large_fragments_come_in_parts)
{
	static const struct fragment parts[] = {
		{.start = 0, .bytes = 4096, .flags = MORE, .message = 10000},
		{.start = 4096, .bytes = 4096, .flags = LATER | MORE | FOLLOWS},
		{.start = 8192, .bytes = 776, .flags = LATER | MORE | FOLLOWS},
		{.start = 8968, .bytes = 1032, .flags = LATER},
	};
	struct trial trial;

	begin(&trial, &limits);
	for (unsigned i = 0; i < LENGTH(parts); i++)
		give(&trial, &parts[i]);
	cr_assert_eq(trial.heard.count, 1);
	check_message(&trial, 0, 0, 10000);
	end(&trial);
}

/* 65 535 bytes of UDP; each fragment of the least size, last first. */
Test(fragments, the_largest_message_fits)
{
	struct trial trial;

	begin(&trial, &limits);
	for (uint32_t start = 65520; start > 0; start -= 8)
		give(&trial, &(struct fragment){
				     .start = start,
				     .bytes = start == 65520 ? 7 : 8,
				     .flags = start == 65520 ? LATER : LATER | MORE,
			     });
	give(&trial, &(struct fragment){.bytes = 8, .flags = MORE, .message = 65527});
	cr_assert_eq(trial.counters->misshapen, 0);
	cr_assert_eq(trial.heard.count, 1);
	check_message(&trial, 0, 0, 65527);
	end(&trial);
}

/* RFC 6946: M and offset 0. Another datagram of the same identification is not touched. */
Test(fragments, an_atomic_fragment_goes_by_itself)
{
	struct trial trial;

	begin(&trial, &limits);
	give(&trial, &four[0]);
	give(&trial, &(struct fragment){.bytes = 99, .message = 99, .at_ns = 5});
	cr_assert_eq(trial.heard.count, 1);
	check_message(&trial, 0, 0, 99);
	give(&trial, &(struct fragment){.bytes = 99, .message = 199});
	check_message(&trial, 1, 0, 99);
	for (unsigned i = 1; i < 4; i++)
		give(&trial, &four[i]);
	check_message(&trial, 2, 0, 4500);
	cr_assert_eq(trial.counters->reassembled, 2);
	cr_assert_eq(trial.counters->partial, 1);
	end(&trial);
}

Test(fragments, first_fragments_of_the_udp_header_alone_do)
{
	static const struct fragment pair[] = {
		{.bytes = 0, .flags = MORE, .message = 30},
		{.start = 0, .bytes = 30, .flags = LATER},
	};
	struct trial trial;

	for (unsigned first = 0; first < 2; first++) {
		begin(&trial, &limits);
		give(&trial, &pair[first]);
		give(&trial, &pair[first]);
		cr_assert_eq(trial.counters->repeated, 1);
		give(&trial, &pair[!first]);
		cr_assert_eq(trial.heard.count, 1);
		check_message(&trial, 0, 0, 30);
		end(&trial);
	}
}

/* --- repeats and overlaps --------------------------------------------------------------------- */

Test(fragments, repeats_do_no_harm_before_and_after_the_message_is_whole)
{
	struct trial trial;

	begin(&trial, &limits);
	for (unsigned i = 0; i < 4; i++) {
		struct fragment again = four[i];

		give(&trial, &four[i]);
		again.ifindex = 17; /* seen at another interface, too */
		give(&trial, &again);
		cr_assert_eq(trial.counters->repeated, i + 1);
	}
	for (unsigned i = 0; i < 4; i++)
		give(&trial, &four[i]);
	fragments__finish(trial.fragments);
	cr_assert_eq(trial.counters->repeated, 8);
	cr_assert_eq(trial.counters->reassembled, 1);
	cr_assert_eq(trial.counters->partial + trial.counters->unclaimed, 0);
	cr_assert_eq(trial.heard.count, 1);
	check_message(&trial, 0, 0, 4500);
	end(&trial);
}

/* Each after four[0] and four[2], or before them. */
static const struct fragment overlapping[] = {
	{.start = 0, .bytes = 1472, .flags = MORE, .message = 4500, .salt = 1}, /* other bytes */
	{.start = 0, .bytes = 1472, .flags = MORE, .message = 4508}, /* another UDP length */
	{.start = 0, .bytes = 1464, .flags = MORE, .message = 4500}, /* shorter */
	{.start = 0, .bytes = 1480, .flags = MORE, .message = 4500}, /* longer */
	{.start = 0, .bytes = 0, .flags = MORE, .message = 4500},    /* the UDP header once more */
	{.start = 0, .bytes = 1472, .flags = LATER | MORE},	     /* all of the first but UDP */
	{.start = 1464, .bytes = 8, .flags = LATER | MORE},	     /* the end of the first */
	{.start = 8, .bytes = 8, .flags = LATER | MORE},	     /* within the first */
	{.start = 1464, .bytes = 16, .flags = LATER | MORE},	     /* beyond its end */
	{.start = 2944, .bytes = 16, .flags = LATER | MORE},	     /* across a start */
	{.start = 1472, .bytes = 2960, .flags = LATER | MORE},	     /* more than a whole one */
	{.start = 2952, .bytes = 1480, .flags = LATER | MORE, .salt = 1}, /* other bytes */
	{.start = 2952, .bytes = 1472, .flags = LATER | MORE},
	{.start = 2952, .bytes = 1488, .flags = LATER | MORE},
	{.start = 2960, .bytes = 1472, .flags = LATER | MORE},
	{.start = 4424, .bytes = 76, .flags = LATER}, /* the last one, begun too early */
};

/* Nothing revives it before its time is over; then the identification can be used again. */
static void check_refused(struct trial *trial, uint64_t counted, unsigned row)
{
	cr_assert_eq(counted, 1, "row %u", row);
	cr_assert_eq(trial->counters->held, 0);
	for (unsigned i = 0; i < 4; i++)
		give(trial, &four[i]);
	fragments__tick(trial->fragments, EPOCH + 2 * S);
	cr_assert_eq(trial->heard.count, 0, "row %u", row);
	fragments__tick(trial->fragments, EPOCH + 2 * S + 1);
	cr_assert_eq(trial->counters->held_bytes, 0);
	for (unsigned i = 0; i < 4; i++)
		give(trial, &four[i]);
	cr_assert_eq(trial->heard.count, 1, "row %u", row);
	cr_assert_eq(trial->counters->overlapping + trial->counters->misshapen, 1);
	cr_assert_eq(trial->counters->partial + trial->counters->unclaimed, 0);
}

/* @place: 0 before both, 1 between them, 2 behind */
static void overlap(unsigned row, unsigned place, bool uniform)
{
	struct trial trial;

	begin(&trial, &limits);
	trial.uniform = uniform && !overlapping[row].salt;
	if (place == 0)
		give(&trial, &overlapping[row]);
	give(&trial, &four[0]);
	if (place == 1)
		give(&trial, &overlapping[row]);
	give(&trial, &four[2]);
	if (place == 2)
		give(&trial, &overlapping[row]);
	check_refused(&trial, trial.counters->overlapping, row);
	end(&trial);
}

Test(fragments, overlaps_refuse_the_datagram)
{
	for (unsigned row = 0; row < LENGTH(overlapping); row++)
		for (unsigned place = 0; place < 3; place++) {
			overlap(row, place, false);
			overlap(row, place, true);
		}
}

/* Tells apart that bytes beside an overlap may touch. */
Test(fragments, neighbours_are_no_overlap)
{
	struct trial trial;

	begin(&trial, &limits);
	give(&trial, &four[0]);
	give(&trial, &four[2]);
	for (uint32_t start = 1472; start < 2952; start += 8)
		give(&trial, &(struct fragment){.start = start, .bytes = 8, .flags = LATER | MORE});
	give(&trial, &four[3]);
	cr_assert_eq(trial.counters->overlapping, 0);
	cr_assert_eq(trial.heard.count, 1);
	check_message(&trial, 0, 0, 4500);
	end(&trial);
}

/* --- shapes ----------------------------------------------------------------------------------- */

Test(fragments, two_ends_refuse_the_datagram)
{
	static const struct fragment rows[][3] = {
		{{.start = 4432, .bytes = 68, .flags = LATER},
		 {.start = 4432, .bytes = 67, .flags = LATER}},
		{{.start = 4432, .bytes = 68, .flags = LATER},
		 {.start = 4504, .bytes = 8, .flags = LATER}},
		{{.start = 4432, .bytes = 68, .flags = LATER},
		 {.start = 4504, .bytes = 8, .flags = LATER | MORE}}, /* beyond the end */
		{{.start = 4504, .bytes = 8, .flags = LATER | MORE},
		 {.start = 4432, .bytes = 68, .flags = LATER}},
		{{.start = 1472, .bytes = 8, .flags = LATER}, /* ends before another one */
		 {.start = 0, .bytes = 1488, .message = 4500, .flags = MORE}},
	};
	struct trial trial;

	for (unsigned row = 0; row < LENGTH(rows); row++) {
		begin(&trial, &limits);
		give(&trial, &rows[row][0]);
		cr_assert_eq(trial.counters->held, 1);
		give(&trial, &rows[row][1]);
		if (row == 0 || row == 4) /* they overlap besides, which is found first */
			check_refused(&trial, trial.counters->overlapping, row);
		else
			check_refused(&trial, trial.counters->misshapen, row);
		end(&trial);
	}
}

Test(fragments, what_fits_no_datagram_is_left_out)
{
	static const struct fragment rows[] = {
		{.start = 0, .bytes = 1471, .flags = MORE, .message = 4500},
		{.start = 1472, .bytes = 1479, .flags = LATER | MORE},
		{.start = 1472, .bytes = 7, .flags = LATER | MORE},
		{.start = 1472, .bytes = 0, .flags = LATER},
		{.start = 1472, .bytes = 0, .flags = LATER | MORE},
		{.start = 65520, .bytes = 8, .flags = LATER}, /* 65 528 + 8 */
		{.start = 65520, .bytes = 65528, .flags = LATER | MORE},
		{.start = 0, .bytes = 1472, .flags = MORE, .message = 65528},
		{.start = (uint32_t)-8, .bytes = 8, .flags = LATER}, /* offset 0 */
	};
	struct trial trial;

	begin(&trial, &limits);
	for (unsigned i = 0; i < LENGTH(rows); i++) {
		give(&trial, &rows[i]);
		cr_assert_eq(trial.counters->misshapen, i + 1);
		cr_assert_eq(trial.counters->held, 0);
	}
	for (unsigned i = 0; i < 4; i++)
		give(&trial, &four[i]);
	check_message(&trial, 0, 0, 4500);
	end(&trial);
}

/* Hosts trim to UDP's length. */
Test(fragments, bytes_beyond_udp_length_are_left_out)
{
	struct fragment first = four[0];
	struct trial trial;

	begin(&trial, &limits);
	first.message = 4437;
	give(&trial, &four[3]);
	give(&trial, &four[2]);
	give(&trial, &first);
	give(&trial, &four[1]);
	cr_assert_eq(trial.heard.count, 1);
	check_message(&trial, 0, 0, 4437);
	cr_assert_eq(trial.counters->reassembled, 1);
	end(&trial);
}

Test(fragments, a_datagram_shorter_than_udp_length_is_cut)
{
	struct fragment first = four[0];
	struct trial trial;

	begin(&trial, &limits);
	first.message = 4501;
	give(&trial, &first);
	for (unsigned i = 1; i < 4; i++)
		give(&trial, &four[i]);
	cr_assert_eq(trial.heard.count, 1);
	check_message(&trial, 0, 0, 4500);
	cr_assert_eq(trial.heard.messages[0].event.message_bytes, 4501);
	cr_assert_eq(trial.counters->partial, 1);
	end(&trial);
}

static void check_cut(struct trial *trial, uint32_t readable)
{
	cr_assert_eq(trial->heard.count, 1);
	check_message(trial, 0, 0, readable);
	fragments__finish(trial->fragments);
	cr_assert_eq(trial->heard.count, 1);
	cr_assert_eq(trial->counters->partial, 1);
	end(trial);
}

/* Of frames of 98 bytes 56 are left behind Ethernet, IPv4 and UDP; of 99, 57. */
Test(fragments, cut_frames_are_not_waited_for)
{
	struct fragment cut[4];
	struct trial trial;

	for (unsigned left = 56; left < 58; left++) {
		const uint32_t readable[4] = {left, 1472 + left, 2952 + left, 4432 + left};

		memcpy(cut, four, sizeof(cut));
		for (unsigned i = 0; i < 4; i++)
			cut[i].missing = cut[i].bytes - left;
		for (unsigned i = 0; i < 4; i++) {
			begin(&trial, &limits);
			give(&trial, &cut[i]);
			for (unsigned j = 0; j < 4; j++)
				if (j != i)
					give(&trial, &four[j]);
			check_cut(&trial, readable[i]);
		}
		begin(&trial, &limits);
		for (unsigned i = 4; i--;)
			give(&trial, &cut[i]);
		check_cut(&trial, left);
	}
}

/* The copy of another interface may be cut elsewhere. */
Test(fragments, a_cut_repeat_is_the_same_as_far_as_it_goes)
{
	struct fragment cut = four[1];
	struct trial trial;

	begin(&trial, &limits);
	cut.missing = 1000;
	give(&trial, &four[1]);
	give(&trial, &cut);
	cr_assert_eq(trial.counters->repeated, 1);
	give(&trial, &four[0]);
	give(&trial, &four[2]);
	give(&trial, &four[3]);
	check_message(&trial, 0, 0, 4500);
	end(&trial);
}

/* --- keys ------------------------------------------------------------------------------------- */

Test(fragments, tunnels_tell_datagrams_apart_when_both_directions_share_the_id)
{
	static const struct {
		uint8_t tunnel;
		uint32_t other;
		unsigned messages;
	} rows[] = {
		{ODD_TUNNEL_NONE, 0, 1},   {ODD_TUNNEL_VXLAN, 7, 1}, {ODD_TUNNEL_VXLAN, 8, 0},
		{ODD_TUNNEL_GENEVE, 8, 0}, {ODD_TUNNEL_GRE, 8, 0},   {ODD_TUNNEL_PPPOE, 8, 0},
		{ODD_TUNNEL_ERSPAN, 8, 1}, {ODD_TUNNEL_GTP, 8, 1},   {ODD_TUNNEL_MPLS, 8, 1},
	};
	struct trial trial;

	for (unsigned row = 0; row < LENGTH(rows); row++) {
		begin(&trial, &limits);
		for (unsigned i = 0; i < 4; i++) {
			struct fragment fragment = four[i];

			fragment.tunnel = rows[row].tunnel;
			fragment.tunnel_id = rows[row].tunnel && i == 2 ? rows[row].other : 7;
			give(&trial, &fragment);
		}
		cr_assert_eq(trial.heard.count, rows[row].messages, "row %u", row);
		end(&trial);
	}
}

Test(fragments, addresses_protocol_and_identification_tell_datagrams_apart)
{
	struct trial trial;

	for (unsigned field = 0; field < 5; field++) {
		begin(&trial, &limits);
		for (unsigned i = 0; i < 4; i++) {
			struct odd_event *event = fixture_event(&four[i]);

			event->identification += i == 2 && field == 0;
			event->src[15] += i == 2 && field == 1;
			event->dst[0] += i == 2 && field == 2;
			event->protocol += i == 2 && field == 3;
			event->vlan[0] += i == 2 && field == 4; /* does not */
			fragments__event(trial.fragments, event);
			free(event);
		}
		cr_assert_eq(trial.heard.count, field == 4, "field %u", field);
		cr_assert_eq(trial.counters->held, field == 4 ? 0 : 2);
		end(&trial);
	}
}

/* --- time ------------------------------------------------------------------------------------- */

Test(fragments, what_reaches_from_the_start_is_handed_on_when_time_is_over)
{
	struct trial trial;

	for (unsigned lost = 0; lost < 4; lost++) {
		const uint32_t reach[4] = {0, 1472, 2952, 4432};

		begin(&trial, &limits);
		for (unsigned i = 0; i < 4; i++) {
			struct fragment fragment = four[i];

			fragment.at_ns = 10 - i;
			if (i != lost)
				give(&trial, &fragment);
		}
		/* from the first to arrive, 1 ns later when that was lost */
		fragments__tick(trial.fragments, EPOCH + 10 - !lost + 2 * S);
		cr_assert_eq(trial.heard.count, 0);
		cr_assert_eq(trial.counters->held, 1);
		fragments__tick(trial.fragments, EPOCH + 11 + 2 * S);
		cr_assert_eq(trial.counters->held, 0);
		cr_assert_eq(trial.counters->held_bytes, 0);
		cr_assert_eq(trial.counters->unclaimed, !lost);
		cr_assert_eq(trial.counters->partial, !!lost);
		cr_assert_eq(trial.heard.count, !!lost);
		if (lost) {
			check_message(&trial, 0, 0, reach[lost]);
			cr_assert_eq(trial.heard.messages[0].event.message_bytes, 4500);
			cr_assert_eq(trial.heard.messages[0].event.time_ns, EPOCH + 10);
		}
		end(&trial);
	}
}

Test(fragments, events_let_time_pass)
{
	struct fragment late = four[1];
	struct trial trial;

	begin(&trial, &limits);
	give(&trial, &four[0]);
	late.at_ns = 2 * S + 1;
	give(&trial, &late);
	cr_assert_eq(trial.heard.count, 1);
	check_message(&trial, 0, 0, 1472);
	cr_assert_eq(trial.counters->held, 1); /* the late one, by itself */
	end(&trial);
}

Test(fragments, a_clock_set_back_begins_anew)
{
	struct trial trial;

	begin(&trial, &limits);
	give(&trial, &four[0]);
	fragments__tick(trial.fragments, EPOCH - 2 * S);
	cr_assert_eq(trial.heard.count, 0);
	fragments__tick(trial.fragments, EPOCH - 2 * S - 1);
	cr_assert_eq(trial.heard.count, 1);
	cr_assert_eq(trial.counters->held_bytes, 0);
	fragments__tick(trial.fragments, 0);
	give(&trial, &four[0]);
	fragments__finish(trial.fragments);
	cr_assert_eq(trial.heard.count, 2);
	check_message(&trial, 1, 0, 1472);
	cr_assert_eq(trial.counters->partial, 2);
	end(&trial);
}

/* --- room ------------------------------------------------------------------------------------- */

/* Of 16 the oldest goes, settled ones before those without a first, those before the rest. */
Test(fragments, the_most_dispensable_goes_first)
{
	static const struct fragments_limits few = {
		.timeout_ns = 2 * S, .datagrams = 16, .bytes = 4 << 20};
	struct fragment headed = four[0], headless = four[1];
	struct trial trial;
	uint32_t id = 0;

	begin(&trial, &few);
	for (; id < 6; id++) { /* 0 to 5 are headed */
		headed.id = id;
		give(&trial, &headed);
	}
	for (; id < 11; id++) { /* 6 to 10 are not */
		headless.id = id;
		give(&trial, &headless);
	}
	for (; id < 16; id++) /* 11 to 15 are settled */
		for (unsigned i = 0; i < 4; i++) {
			struct fragment fragment = four[i];

			fragment.id = id;
			give(&trial, &fragment);
		}
	cr_assert_eq(trial.heard.count, 5);
	for (; id < 21; id++) {
		headed.id = id;
		give(&trial, &headed);
		cr_assert_eq(trial.counters->evicted, 0);
	}
	for (; id < 26; id++) {
		headed.id = id;
		give(&trial, &headed);
		cr_assert_eq(trial.counters->evicted, id - 20);
		cr_assert_eq(trial.heard.count, 5);
	}
	for (; id < 29; id++) {
		headed.id = id;
		give(&trial, &headed);
		cr_assert_eq(trial.heard.count, 5 + id - 25);
		check_message(&trial, 5 + id - 26, id - 26, 1472);
	}
	cr_assert_eq(trial.counters->evicted, 8);
	cr_assert_eq(trial.counters->held, 16);
	headless.id = 28; /* the newest was not touched */
	give(&trial, &headless);
	cr_assert_eq(trial.counters->held, 16);
	end(&trial);
}

/* An attacker's million, here 100 003: memory is bounded, each is counted and handed on. */
static void flood(const struct fragments_limits *bounds, uint32_t bytes)
{
	struct trial trial;

	begin(&trial, bounds);
	for (uint32_t id = 0; id < 100003; id++) {
		give(&trial,
		     &(struct fragment){.id = id, .bytes = bytes, .flags = MORE, .message = 900});
		cr_assert_leq(trial.counters->held_bytes, bounds->bytes);
		cr_assert_leq(trial.counters->held, bounds->datagrams);
		cr_assert_eq(trial.counters->evicted + trial.counters->held, id + 1);
	}
	cr_assert_eq(trial.heard.count, trial.counters->evicted);
	fragments__finish(trial.fragments);
	cr_assert_eq(trial.heard.count, 100003);
	cr_assert_eq(trial.counters->held_bytes, 0);
	end(&trial);
}

Test(fragments, a_flood_of_first_fragments_is_bounded)
{
	static const struct fragments_limits few = {
		.timeout_ns = 60 * S, .datagrams = 1021, .bytes = 64 << 20};
	static const struct fragments_limits narrow = {
		.timeout_ns = 60 * S, .datagrams = 65536, .bytes = 256 << 10};

	flood(&few, 16);
	flood(&narrow, 16);
	flood(&narrow, 0); /* the UDP header alone */
}

/* One that grows pushes out others, never itself. */
Test(fragments, a_datagram_grows_at_the_cost_of_others)
{
	static const struct fragments_limits narrow = {
		.timeout_ns = 60 * S, .datagrams = 1024, .bytes = 256 << 10};
	struct trial trial;

	begin(&trial, &narrow);
	for (uint32_t start = 0; start < 65520; start += 16) {
		give(&trial, &(struct fragment){.id = 1,
						.start = start,
						.bytes = 16,
						.message = 65527,
						.flags = start ? LATER | MORE : MORE});
		give(&trial,
		     &(struct fragment){
			     .id = 2 + start, .bytes = 1472, .flags = MORE, .message = 4500});
		cr_assert_leq(trial.counters->held_bytes, narrow.bytes);
		if (trial.heard.count) /* it was the oldest headed one */
			break;
	}
	check_message(&trial, 0, 1, trial.heard.messages[0].event.captured_bytes);
	end(&trial);
	begin(&trial, &narrow);
	for (uint32_t id = 2; id < 200; id++)
		give(&trial,
		     &(struct fragment){.id = id, .bytes = 1472, .flags = MORE, .message = 4500});
	for (uint32_t start = 0; start < 65520; start += 8) {
		give(&trial, &(struct fragment){.id = 1,
						.start = start,
						.bytes = 8,
						.message = 65527,
						.flags = start ? LATER | MORE : MORE});
		cr_assert_leq(trial.counters->held_bytes, narrow.bytes);
	}
	give(&trial, &(struct fragment){.id = 1, .start = 65520, .bytes = 7, .flags = LATER});
	cr_assert_eq(trial.counters->reassembled, 1);
	check_message(&trial, trial.heard.count - 1, 1, 65527);
	end(&trial);
}

Test(fragments, limits_out_of_range_are_refused)
{
	static const struct fragments_limits rows[] = {
		{.timeout_ns = S, .datagrams = 15, .bytes = 1 << 20},
		{.timeout_ns = S, .datagrams = 65537, .bytes = 1 << 20},
		{.timeout_ns = S, .datagrams = 16, .bytes = (256 << 10) - 1},
	};

	for (unsigned i = 0; i < LENGTH(rows); i++) {
		struct fragments *fragments = NULL;

		cr_assert_eq(fragments__new(&rows[i], 0, fixture_hear, NULL, &fragments), -EINVAL);
		cr_assert_null(fragments);
	}
	fragments__free(NULL);
}
