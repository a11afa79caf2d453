// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the programs give up by order: whole exchanges, the same ones wherever and in whatever shape
 * their packets pass, and never a counter. The native side of the hash says which.
 */
#include "fixture.h"

#include "flow/sampling.h"
#include "oddns.skel.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define EXCHANGES 23
#define BYTES	  60
#define UDP	  17
#define TCP	  6

static struct fixture fixture;
static struct packet_frame frame;

static const struct odd_shedding half = {.snaplen = 512, .mask = 1, .seed = 0x123456789abcdef};

/* Ways for a packet through the programs: the short one, and those with more to see. */
static const struct shape {
	const char *name;
	struct packet packet;
} shapes[] = {
	{"UDP", {.version = 4, .protocol = UDP}},
	{"UDP over IPv6", {.version = 6, .protocol = UDP}},
	{"in a VLAN", {.version = 4, .protocol = UDP, .tags = {{0x8100, 11}}}},
	{"with options", {.version = 4, .protocol = UDP, .options = 8}},
	{"first fragment", {.version = 4, .protocol = UDP, .fragment = 0x2000}},
	{"in VXLAN",
	 {.version = 6,
	  .protocol = UDP,
	  PACKET_OVER({.kind = PACKET_IP4, .hop = 1}, {.kind = PACKET_UDP},
		      {.kind = PACKET_VXLAN, .id = 7919}, {.kind = PACKET_ETHERNET})}},
	{"TCP", {.version = 4, .protocol = TCP}},
	{"TCP over IPv6", {.version = 6, .protocol = TCP}},
};

#define SHAPES (sizeof(shapes) / sizeof(shapes[0]))

static void load(void)
{
	struct programs_options options = fixture_options();

	fixture_load(&fixture, &options);
	memcpy(&fixture.programs->data->shedding, &half, sizeof(half));
}

/* Client's port n, server n: one exchange. */
static void build(const struct shape *shape, unsigned n, bool is_response)
{
	static struct packet_row row;

	row = (struct packet_row){.name = shape->name, .packet = shape->packet};
	row.packet.host = (uint8_t)(100 + n);
	row.packet.src_port = (uint16_t)(is_response ? 53 : 20000 + n);
	row.packet.dst_port = (uint16_t)(is_response ? 20000 + n : 53);
	row.packet.from_server = row.packet.response = is_response;
	row.packet.messages[0] = BYTES;
	packet_frame_build(&frame, &row);
}

/* By the numbers of the exchange alone. */
static bool is_out(const struct shape *shape, unsigned n)
{
	struct sampling sampling = {.order = half};
	uint8_t client[16], server[16];
	char text[48];

	packet_address(shape->packet.version == 4 ? "::ffff:192.0.2.1" : "2001:db8::1", client);
	snprintf(text, sizeof(text),
		 shape->packet.version == 4 ? "::ffff:198.51.100.%u" : "2001:db8:53::%x", 100 + n);
	packet_address(text, server);
	return sampling__hash(&sampling, client, server, (uint16_t)(20000 + n) ^ 53,
			      shape->packet.protocol == UDP ? PACKET_FIRST_ID : 0) &
	       half.mask;
}

/* One packet of an exchange. Return: whether it was given up */
static bool is_given_up(const struct shape *shape, enum odd_hook hook, unsigned n, bool is_response)
{
	const struct source_counters *grown = &fixture.result.counters;
	int verdict = 0;

	build(shape, n, is_response);
	fixture_begin(&fixture);
	cr_assert_eq(fixture_run(&fixture, hook, frame.bytes, frame.length, &verdict), 0);
	fixture_end(&fixture);
	cr_expect_eq(verdict, fixture_verdict(hook), "%s: not passed on", shape->name);
	cr_expect_eq(grown->packets[hook], 1, "%s: packets", shape->name);
	cr_expect_eq(grown->drops[ODD_DROP_SHED] + fixture.result.count, 1,
		     "%s: %llu shed, %u events", shape->name,
		     (unsigned long long)grown->drops[ODD_DROP_SHED], fixture.result.count);
	return grown->drops[ODD_DROP_SHED] == 1;
}

static void check_shape(const struct shape *shape, enum odd_hook hook)
{
	unsigned out = 0;

	for (unsigned n = 0; n < EXCHANGES; n++) {
		bool wanted = is_out(shape, n);

		out += wanted;
		cr_expect_eq(is_given_up(shape, hook, n, false), wanted, "hook %d, %s: query %u",
			     hook, shape->name, n);
		cr_expect_eq(is_given_up(shape, hook, n, true), wanted, "hook %d, %s: response %u",
			     hook, shape->name, n);
	}
	cr_expect(out > 3 && out < EXCHANGES - 3, "%s: %u of %u are left out", shape->name, out,
		  EXCHANGES);
}

/* A query and a response of each server, whatever was given up. */
static void check_counters(const struct shape *shape)
{
	static struct server_total totals[SERVER_TOTALS_MAX];
	unsigned n = fixture_servers(&fixture, totals);

	cr_expect_eq(n, 2 * EXCHANGES, "%s: %u keys", shape->name, n);
	for (unsigned i = 0; i < n; i++) {
		cr_expect_eq(totals[i].count.packets, ODD_HOOK_COUNT, "%s", shape->name);
		cr_expect_eq(totals[i].count.bytes, ODD_HOOK_COUNT * BYTES, "%s", shape->name);
	}
	fixture_forget_servers(&fixture);
}

Test(shedding, both_directions_of_the_same_exchanges_are_given_up_and_all_are_counted)
{
	load();
	for (size_t i = 0; i < SHAPES; i++) {
		for (int hook = 0; hook < ODD_HOOK_COUNT; hook++)
			check_shape(&shapes[i], (enum odd_hook)hook);
		check_counters(&shapes[i]);
	}
	fixture_free(&fixture);
}

Test(shedding, without_an_order_nothing_is_given_up)
{
	load();
	fixture.programs->data->shedding.mask = 0;
	for (unsigned n = 0; n < EXCHANGES; n++)
		for (int hook = 0; hook < ODD_HOOK_COUNT; hook++)
			cr_expect_not(is_given_up(&shapes[0], (enum odd_hook)hook, n, n % 2));
	fixture_free(&fixture);
}

Test(shedding, another_seed_gives_up_other_exchanges)
{
	unsigned differ = 0;

	load();
	fixture.programs->data->shedding.seed++;
	for (unsigned n = 0; n < EXCHANGES; n++)
		differ += is_given_up(&shapes[0], ODD_HOOK_XDP, n, false) != is_out(&shapes[0], n);
	cr_expect(differ > 3 && differ < EXCHANGES - 3, "%u of %u differ", differ, EXCHANGES);
	fixture_free(&fixture);
}
