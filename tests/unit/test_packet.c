// SPDX-License-Identifier: GPL-2.0-or-later
/* The packet walk, natively, on the table that the kernel programs are held to as well. */
#include "packet/check.h"
#include "packet/derive.h"
#include "source/engine.h"

#include <oddns/packet.h>

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct packet_result result;
static struct packet_frame frame;

/* What rows are run with. */
struct setting {
	unsigned snaplen;
	unsigned tunnels;
	struct engine *engine;
};

static void open_engine(struct setting *s)
{
	struct engine_options options = {.ports = packet_ports()->port,
					 .port_count = packet_ports()->count,
					 .snaplen = s->snaplen,
					 .tunnels = s->tunnels};

	cr_assert_eq(engine__new_native(&options, packet_result_take, &result, &s->engine), 0);
}

/* From a heap block of exactly that size, so that AddressSanitizer sees each byte read too far. */
static void run(struct engine *engine, const uint8_t *bytes, unsigned length)
{
	uint8_t *exact = malloc(length ? length : 1);
	struct source_counters now;

	cr_assert_not_null(exact);
	memcpy(exact, bytes, length);
	engine__counters(engine, &now);
	packet_result_begin(&result, &now);
	cr_assert_eq(engine__frame(engine, 0, exact, length), 0);
	engine__counters(engine, &now);
	packet_result_end(&result, &now);
	free(exact);
}

static void run_row(const struct setting *s, const struct packet_row *row)
{
	static uint8_t before[PACKET_FRAME_MAX];

	for (unsigned i = 0; i < row->before_count; i++)
		run(s->engine, before, packet_frame_before(row, i, before));
	packet_frame_build(&frame, row);
	run(s->engine, frame.bytes, frame.length);
}

/* @as: how the row was made of the table's */
static bool check_row(const struct setting *s, const struct packet_row *row, const char *as)
{
	char why[PACKET_WHY_MAX] = "";
	bool right;

	run_row(s, row);
	right = packet_check(&frame, &result, s->snaplen, ODD_HOOK_XDP, why);
	cr_expect(right, "%s%s: %s", row->name, as, why);
	return right;
}

static void check_plain(void *context, const struct packet_row *row)
{
	check_row(context, row, "");
}

static void check_with(unsigned snaplen, unsigned tunnels,
		       void (*call)(void *context, const struct packet_row *row))
{
	struct setting s = {.snaplen = snaplen, .tunnels = tunnels};

	open_engine(&s);
	packet_table_each(call, &s);
	engine__free(s.engine);
}

Test(packet, each_becomes_what_its_headers_say)
{
	check_with(512, ODD_TUNNELS_MAX, check_plain);
}

Test(packet, snaplen_bounds_what_travels_of_datagrams_and_nothing_else)
{
	static const unsigned snaplens[] = {ODD_DNS_HEADER_BYTES, 64, ODD_SNAPLEN_MAX};

	for (size_t i = 0; i < 3; i++)
		check_with(snaplens[i], ODD_TUNNELS_MAX, check_plain);
}

static void check_tagged(void *context, const struct packet_row *row)
{
	struct packet_row tagged;

	if (packet_derive_tagged(row, &tagged))
		check_row(context, &tagged, ", four tags");
}

Test(packet, four_tags_change_nothing_else)
{
	check_with(512, ODD_TUNNELS_MAX, check_tagged);
}

static void check_tunnels(void *context, const struct packet_row *row)
{
	const struct setting *s = context;
	struct packet_row derived;

	packet_frame_build(&frame, row);
	if (packet_derive_tunnels(row, &frame.layout, s->tunnels, &derived))
		check_row(s, &derived, ", fewer tunnels entered");
}

Test(packet, tunnels_are_entered_as_deep_as_is_set)
{
	for (unsigned tunnels = 0; tunnels <= ODD_TUNNELS_MAX; tunnels++)
		check_with(512, tunnels, check_tunnels);
}

/* One too many, some, all that a field of 16 bits allows; the first ends within the message. */
static void check_wrong(void *context, const struct packet_row *row)
{
	static const int wrong_by[] = {-17, -3, -1, 1, 5, 30000};
	struct packet_layout layout;
	struct packet_row derived;

	packet_frame_build(&frame, row);
	layout = frame.layout;
	for (unsigned piece = 1; piece < layout.count; piece++)
		for (size_t i = 0; i < sizeof(wrong_by) / sizeof(wrong_by[0]); i++) {
			char as[64];

			if (layout.end + 30000 > 65535 ||
			    !packet_derive_wrong(row, &layout, piece, wrong_by[i], &derived))
				continue;
			snprintf(as, sizeof(as), ", length of header %u wrong by %d", piece,
				 wrong_by[i]);
			check_row(context, &derived, as);
		}
}

Test(packet, each_length_is_held_against_the_one_around_it)
{
	check_with(512, ODD_TUNNELS_MAX, check_wrong);
}

/* A frame on a DNS port is one datagram, segment or fragment; its further parts follow. */
static void check_conservation(const char *name, unsigned length)
{
	unsigned long bad = 0, first = 0;

	for (unsigned i = 0; i < result.count; i++)
		first += !(result.events[i].event.flags & ODD_EVENT_FOLLOWS);
	first -= result.count && result.counters.drops[ODD_DROP_TCP_CONTROL];
	for (unsigned i = ODD_DROP_FIRST_UNPARSABLE; i < ODD_DROP_FIRST_LOST; i++)
		bad += result.counters.drops[i];
	cr_expect_eq(result.counters.packets[ODD_HOOK_XDP], first + bad, "%s, %u bytes", name,
		     length);
}

/* By the rule where there is one; counted once in any case. Return: false to leave it at that */
static bool check_cut(const struct setting *s, const struct packet_row *row,
		      const struct packet_layout *layout, unsigned bytes)
{
	struct packet_row derived;
	char as[32];

	if (packet_derive_cut(row, layout, bytes, &derived)) {
		snprintf(as, sizeof(as), ", cut to %u bytes", bytes);
		return check_row(s, &derived, as);
	}
	derived = *row;
	derived.packet.frame_bytes = bytes;
	run_row(s, &derived);
	check_conservation(row->name, bytes);
	return true;
}

static void check_cuts(void *context, const struct packet_row *row)
{
	struct packet_layout layout;
	unsigned length;

	packet_frame_build(&frame, row);
	layout = frame.layout;
	length = frame.length;
	for (unsigned n = 1; n < length && n < 2048; n++)
		if (!check_cut(context, row, &layout, n))
			return;
}

Test(packet, cut_anywhere_is_told_by_the_header_that_it_ends_in)
{
	check_with(512, ODD_TUNNELS_MAX, check_cuts);
}
