// SPDX-License-Identifier: GPL-2.0-or-later
/* The programs on the table of packets, by BPF_PROG_TEST_RUN, and against the native parser. */
#include "fixture.h"

#include "source/engine.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

/*
 * What a test run takes as an skb: one page with room for its head and tail, and
 * of IP at least the header. The others go over a device in test_devices.c.
 */
#define TEST_RUN_SKB_BYTES 3500

/* XDP programs read headers in the first buffer only, of a page with room for its head and tail;
 * so many bytes of it are cut at each place. */
#define CUTS_MAX 2600

static uint8_t frame[PACKET_FRAME_MAX];
static struct fixture fixture;

static bool fits(enum odd_hook hook, unsigned length)
{
	unsigned type = (unsigned)frame[12] << 8 | frame[13];

	if (hook == ODD_HOOK_XDP)
		return true;
	if (type == 0x0800 || type == 0x86dd)
		return length >= (type == 0x0800 ? 34 : 54) && length <= TEST_RUN_SKB_BYTES;
	return length > 14 && length <= TEST_RUN_SKB_BYTES;
}

/* One packet for server_rcode for each event, under the one key that the row names. */
static void check_server(const struct packet_row *row, const char *at)
{
	struct server_total totals[SERVER_TOTALS_MAX];
	unsigned n = fixture_servers(&fixture, totals);
	unsigned long bytes = 0, messages = 0;
	struct odd_server_key key = {.rcode = row->rcode};

	while (messages < ODD_TCP_MESSAGES_MAX && row->event.bytes[messages])
		bytes += row->event.bytes[messages++];
	cr_expect_eq(n, messages > 0, "%s: %s: %u keys", at, row->name, n);
	if (n != 1 || messages == 0)
		return;
	packet_address(row->server, key.server);
	cr_expect_arr_eq(&totals[0].key, &key, sizeof(key), "%s: %s: server or rcode", at,
			 row->name);
	cr_expect_eq(totals[0].count.packets, messages, "%s: %s: messages", at, row->name);
	cr_expect_eq(totals[0].count.bytes, bytes, "%s: %s: bytes", at, row->name);
}

static void check_row(const struct packet_row *row, enum odd_hook hook, unsigned snaplen)
{
	static const char *const names[ODD_HOOK_COUNT] = {"xdp", "ingress", "egress"};
	unsigned length = packet_build(&row->packet, frame);
	char why[PACKET_WHY_MAX] = "";
	int verdict = 0, r;

	if (!fits(hook, length))
		return;
	fixture_begin(&fixture);
	r = fixture_run(&fixture, hook, frame, length, &verdict);
	fixture_end(&fixture);
	cr_expect_eq(r, 0, "%s: %s: %s", names[hook], row->name, strerror(-r));
	cr_expect_eq(verdict, fixture_verdict(hook), "%s: %s: returned %d", names[hook], row->name,
		     verdict);
	cr_expect(packet_check(row, &fixture.result, snaplen, hook, why), "%s: %s: %s", names[hook],
		  row->name, why);
	check_server(row, names[hook]);
	fixture_forget_servers(&fixture);
}

static void check_tables(enum odd_hook hook, unsigned snaplen)
{
	struct programs_options options = fixture_options();

	options.snaplen = snaplen;
	fixture_load(&fixture, &options);
	for (size_t t = 0; t < PACKET_TABLES; t++)
		for (size_t i = 0; i < packet_table(t)->count; i++)
			check_row(&packet_table(t)->rows[i], hook, snaplen);
	fixture_free(&fixture);
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

Test(programs, snaplen_bounds_what_travels_and_nothing_else)
{
	static const unsigned snaplens[] = {12, 64, 4096};

	for (size_t i = 0; i < sizeof(snaplens) / sizeof(snaplens[0]); i++) {
		check_tables(ODD_HOOK_XDP, snaplens[i]);
		check_tables(ODD_HOOK_TC_EGRESS, snaplens[i]);
	}
}

/* The kernel's and the native parser's result of one frame; they must agree. */
static void check_cut(const char *name, struct engine *native, struct packet_result *natively,
		      enum odd_hook hook, unsigned length)
{
	struct source_counters now;
	char why[PACKET_WHY_MAX] = "";
	int verdict = 0, r;

	engine__counters(native, &now);
	packet_result_begin(natively, &now);
	engine__frame(native, 0, frame, length);
	engine__counters(native, &now);
	packet_result_end(natively, &now);
	fixture_begin(&fixture);
	r = fixture_run(&fixture, hook, frame, length, &verdict);
	fixture_end(&fixture);
	cr_expect(r == 0 && verdict == fixture_verdict(hook), "%s, %u bytes: %s, returned %d", name,
		  length, strerror(-r), verdict);
	cr_expect(packet_same(&fixture.result, natively, why), "%s, %u bytes: %s", name, length,
		  why);
}

static void check_row_cut(const struct packet_row *row, struct engine *native,
			  struct packet_result *natively, enum odd_hook hook)
{
	unsigned length = packet_build(&row->packet, frame);

	for (unsigned n = 14; n < length && n < CUTS_MAX; n++)
		if (fits(hook, n))
			check_cut(row->name, native, natively, hook, n);
}

static void check_cuts(enum odd_hook hook)
{
	struct programs_options options = fixture_options();
	struct engine_options engine_options = {options.ports, options.port_count, options.snaplen};
	static struct packet_result natively;
	struct engine *native = NULL;

	fixture_load(&fixture, &options);
	cr_assert_eq(engine__new_native(&engine_options, packet_result_take, &natively, &native),
		     0);
	for (size_t t = 0; t < PACKET_TABLES; t++)
		for (size_t i = 0; i < packet_table(t)->count; i++)
			check_row_cut(&packet_table(t)->rows[i], native, &natively, hook);
	engine__free(native);
	fixture_free(&fixture);
}

Test(programs, xdp_agrees_with_the_native_parser_wherever_a_frame_is_cut)
{
	check_cuts(ODD_HOOK_XDP);
}

Test(programs, ingress_agrees_with_the_native_parser_wherever_a_frame_is_cut)
{
	check_cuts(ODD_HOOK_TC_INGRESS);
}

Test(programs, egress_agrees_with_the_native_parser_wherever_a_frame_is_cut)
{
	check_cuts(ODD_HOOK_TC_EGRESS);
}
