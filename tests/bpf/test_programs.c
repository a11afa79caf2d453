// SPDX-License-Identifier: GPL-2.0-or-later
/* The programs on the table of packets, by BPF_PROG_TEST_RUN, and against the native parser. */
#include "fixture.h"

#include "packet/derive.h"
#include "source/engine.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

/*
 * What a test run takes as an skb: one page with room for its head and tail, and
 * of IP at least the header. The others go over a device in test_devices.c.
 */
#define TEST_RUN_SKB_BYTES 3500

/* XDP programs read headers in the first buffer only, of a page with room for its head and tail;
 * so many bytes of it are cut at each place. */
#define CUTS_MAX 2600

/* A program and what it is held against. */
struct bench {
	struct fixture fixture;
	enum odd_hook hook;
	unsigned snaplen;
	unsigned tunnels;
	struct engine *native;
	struct packet_result natively;
};

static struct packet_frame frame;
static struct bench bench;

static void open_bench(enum odd_hook hook, unsigned snaplen, unsigned tunnels)
{
	struct programs_options options = fixture_options();
	struct engine_options engine_options = {.ports = options.ports,
						.port_count = options.port_count,
						.snaplen = snaplen,
						.tunnels = tunnels};

	options.snaplen = snaplen;
	options.tunnels = tunnels;
	fixture_load(&bench.fixture, &options);
	bench.hook = hook;
	bench.snaplen = snaplen;
	bench.tunnels = tunnels;
	cr_assert_eq(engine__new_native(&engine_options, packet_result_take, &bench.natively,
					&bench.native),
		     0);
}

static void close_bench(void)
{
	engine__free(bench.native);
	fixture_free(&bench.fixture);
}

static const char *hook_name(void)
{
	static const char *const names[ODD_HOOK_COUNT] = {"xdp", "ingress", "egress"};

	return names[bench.hook];
}

static bool fits(const uint8_t *bytes, unsigned length)
{
	unsigned type = (unsigned)bytes[12] << 8 | bytes[13];

	if (bench.hook == ODD_HOOK_XDP)
		return length >= 14;
	if (type == 0x0800 || type == 0x86dd)
		return length >= (type == 0x0800 ? 34 : 54) && length <= TEST_RUN_SKB_BYTES;
	return length > 14 && length <= TEST_RUN_SKB_BYTES;
}

/* Of both, so that they remember the same. */
static void run(const uint8_t *bytes, unsigned length)
{
	struct source_counters now;
	int verdict = 0, r;

	engine__counters(bench.native, &now);
	packet_result_begin(&bench.natively, &now);
	engine__frame(bench.native, 0, bytes, length);
	engine__counters(bench.native, &now);
	packet_result_end(&bench.natively, &now);
	fixture_begin(&bench.fixture);
	r = fixture_run(&bench.fixture, bench.hook, bytes, length, &verdict);
	fixture_end(&bench.fixture);
	cr_expect(r == 0 && verdict == fixture_verdict(bench.hook),
		  "%s: %s: %u bytes: %s, returned %d", hook_name(), frame.row->name, length,
		  strerror(-r), verdict);
}

/* Return: false when a test run does not take it */
static bool run_row(const struct packet_row *row)
{
	static uint8_t before[PACKET_FRAME_MAX];

	packet_frame_build(&frame, row);
	if (!fits(frame.bytes, frame.length))
		return false;
	for (unsigned i = 0; i < row->before_count; i++)
		run(before, packet_frame_before(row, i, before));
	if (row->before_count)
		fixture_forget_servers(&bench.fixture);
	run(frame.bytes, frame.length);
	return true;
}

/* What server_rcode must have counted: each message, or the segment. */
static struct odd_server_count wanted_count(const struct packet_row *row)
{
	struct odd_server_count count = {0, 0};

	if (row->rcode == SEGMENT)
		return (struct odd_server_count){1, row->event.bytes};
	for (unsigned i = 0; i < PACKET_MESSAGES_MAX && row->packet.messages[i]; i++) {
		count.packets++;
		count.bytes += row->packet.messages[i];
	}
	if (row->event.protocol == 17) /* as UDP's length says */
		count.bytes = row->event.bytes;
	return count;
}

static void check_server(const struct packet_row *row)
{
	struct server_total totals[SERVER_TOTALS_MAX];
	struct odd_server_count wanted = wanted_count(row);
	struct odd_server_key key = {.rcode = row->rcode};
	unsigned n = fixture_servers(&bench.fixture, totals);

	cr_expect_eq(n, row->server != NULL, "%s: %s: %u keys", hook_name(), row->name, n);
	if (n != 1 || !row->server)
		return;
	packet_address(row->server, key.server);
	cr_expect_arr_eq(&totals[0].key, &key, sizeof(key), "%s: %s: server or rcode", hook_name(),
			 row->name);
	cr_expect_eq(totals[0].count.packets, wanted.packets, "%s: %s: messages", hook_name(),
		     row->name);
	cr_expect_eq(totals[0].count.bytes, wanted.bytes, "%s: %s: bytes", hook_name(), row->name);
}

static void check_row(void *context, const struct packet_row *row)
{
	char why[PACKET_WHY_MAX] = "";

	(void)context;
	if (!run_row(row))
		return;
	cr_expect(packet_check(&frame, &bench.fixture.result, bench.snaplen, bench.hook, why),
		  "%s: %s: %s", hook_name(), row->name, why);
	if (!row->any_server)
		check_server(row);
	fixture_forget_servers(&bench.fixture);
}

static void check_tables(enum odd_hook hook, unsigned snaplen)
{
	open_bench(hook, snaplen, ODD_TUNNELS_MAX);
	packet_table_each(check_row, NULL);
	close_bench();
}

Test(programs, xdp_makes_of_each_packet_what_its_headers_say)
{
	check_tables(ODD_HOOK_XDP, 512);
}

Test(programs, ingress_makes_of_each_packet_what_its_headers_say)
{
	check_tables(ODD_HOOK_TC_INGRESS, 512);
}

Test(programs, egress_makes_of_each_packet_what_its_headers_say)
{
	check_tables(ODD_HOOK_TC_EGRESS, 512);
}

Test(programs, snaplen_bounds_what_travels_of_datagrams_and_nothing_else)
{
	static const unsigned snaplens[] = {12, 64, 4096};

	for (size_t i = 0; i < sizeof(snaplens) / sizeof(snaplens[0]); i++) {
		check_tables(ODD_HOOK_XDP, snaplens[i]);
		check_tables(ODD_HOOK_TC_EGRESS, snaplens[i]);
	}
}

static void check_tagged(void *context, const struct packet_row *row)
{
	struct packet_row tagged;

	if (packet_derive_tagged(row, &tagged))
		check_row(context, &tagged);
}

Test(programs, four_tags_change_nothing_else)
{
	for (int hook = 0; hook < ODD_HOOK_COUNT; hook++) {
		open_bench((enum odd_hook)hook, 512, ODD_TUNNELS_MAX);
		packet_table_each(check_tagged, NULL);
		close_bench();
	}
}

static void check_tunnels(void *context, const struct packet_row *row)
{
	struct packet_row derived;

	packet_frame_build(&frame, row);
	if (packet_derive_tunnels(row, &frame.layout, bench.tunnels, &derived))
		check_row(context, &derived);
}

Test(programs, tunnels_are_entered_as_deep_as_is_set)
{
	for (unsigned tunnels = 0; tunnels < ODD_TUNNELS_MAX; tunnels++) {
		open_bench(tunnels % 2 ? ODD_HOOK_TC_INGRESS : ODD_HOOK_XDP, 512, tunnels);
		packet_table_each(check_tunnels, NULL);
		close_bench();
	}
}

/* The kernel's and the native parser's result of one frame must agree. Return: whether they do */
static bool agree(const struct packet_row *row, const char *as)
{
	char why[PACKET_WHY_MAX] = "";
	bool same;

	if (!run_row(row))
		return true;
	same = packet_same(&bench.fixture.result, &bench.natively, why);
	cr_expect(same, "%s: %s, %s: %s", hook_name(), row->name, as, why);
	return same;
}

static void agree_cut(void *context, const struct packet_row *row)
{
	struct packet_row cut = *row;
	unsigned length;

	(void)context;
	packet_frame_build(&frame, row);
	length = frame.length;
	for (unsigned n = 14; n < length && n < CUTS_MAX; n++) {
		char as[32];

		cut.packet.frame_bytes = n;
		snprintf(as, sizeof(as), "cut to %u bytes", n);
		if (!agree(&cut, as))
			return;
	}
}

/* Each header's length wrong, by one and by more; also what is wrong already. */
static void agree_wrong(void *context, const struct packet_row *row)
{
	static const int wrong_by[] = {-17, -1, 1, 30000, -100};
	struct packet_row wrong = *row;
	unsigned pieces;

	(void)context;
	packet_frame_build(&frame, row);
	pieces = frame.layout.count;
	for (unsigned piece = 1; piece < pieces; piece++)
		for (size_t i = 0; i < sizeof(wrong_by) / sizeof(wrong_by[0]); i++) {
			char as[48];

			wrong.packet.wrong = piece;
			wrong.packet.wrong_by = wrong_by[i];
			snprintf(as, sizeof(as), "length of header %u wrong by %d", piece,
				 wrong_by[i]);
			if (!agree(&wrong, as))
				return;
		}
}

static void check_agreement(enum odd_hook hook,
			    void (*call)(void *context, const struct packet_row *row))
{
	open_bench(hook, 512, ODD_TUNNELS_MAX);
	packet_table_each(call, NULL);
	close_bench();
}

Test(programs, xdp_agrees_with_the_native_parser_wherever_a_frame_is_cut)
{
	check_agreement(ODD_HOOK_XDP, agree_cut);
}

Test(programs, ingress_agrees_with_the_native_parser_wherever_a_frame_is_cut)
{
	check_agreement(ODD_HOOK_TC_INGRESS, agree_cut);
}

Test(programs, egress_agrees_with_the_native_parser_wherever_a_frame_is_cut)
{
	check_agreement(ODD_HOOK_TC_EGRESS, agree_cut);
}

Test(programs, all_agree_with_the_native_parser_whatever_length_is_wrong)
{
	for (int hook = 0; hook < ODD_HOOK_COUNT; hook++)
		check_agreement((enum odd_hook)hook, agree_wrong);
}
