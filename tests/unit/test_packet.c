// SPDX-License-Identifier: GPL-2.0-or-later
/* The packet walk, natively, on the table that the kernel programs are held to as well. */
#include "packet/check.h"
#include "source/engine.h"

#include <oddns/packet.h>

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static struct packet_result result;
static uint8_t frame[PACKET_FRAME_MAX];

static struct engine *new_engine(unsigned snaplen)
{
	struct engine_options options = {.ports = packet_ports()->port,
					 .port_count = packet_ports()->count,
					 .snaplen = snaplen};
	struct engine *engine = NULL;

	cr_assert_eq(engine__new_native(&options, packet_result_take, &result, &engine), 0);
	return engine;
}

/* From a heap block of exactly that size, so that AddressSanitizer sees each byte read too far. */
static void run(struct engine *engine, unsigned length)
{
	uint8_t *exact = malloc(length);
	struct source_counters now;

	cr_assert_not_null(exact);
	memcpy(exact, frame, length);
	engine__counters(engine, &now);
	packet_result_begin(&result, &now);
	cr_assert_eq(engine__frame(engine, 0, exact, length), 0);
	engine__counters(engine, &now);
	packet_result_end(&result, &now);
	free(exact);
}

static void check_tables(unsigned snaplen)
{
	struct engine *engine = new_engine(snaplen);
	char why[PACKET_WHY_MAX];

	for (size_t t = 0; t < PACKET_TABLES; t++)
		for (size_t i = 0; i < packet_table(t)->count; i++) {
			const struct packet_row *row = &packet_table(t)->rows[i];

			run(engine, packet_build(&row->packet, frame));
			cr_expect(packet_check(row, &result, snaplen, ODD_HOOK_XDP, why), "%s: %s",
				  row->name, why);
		}
	engine__free(engine);
}

Test(packet, each_becomes_what_its_headers_say)
{
	check_tables(512);
}

Test(packet, snaplen_bounds_what_travels_and_nothing_else)
{
	static const unsigned snaplens[] = {ODD_DNS_HEADER_BYTES, 64, ODD_SNAPLEN_MAX};

	for (size_t i = 0; i < 3; i++)
		check_tables(snaplens[i]);
}

/* A frame on a DNS port is one datagram or segment; its messages but the first follow. */
static void check_conservation(const char *name, unsigned length)
{
	unsigned long bad = 0, first = 0;

	for (unsigned i = 0; i < result.count; i++)
		first += !(result.events[i].event.flags & ODD_EVENT_FOLLOWS);
	for (unsigned i = ODD_DROP_FIRST_UNPARSABLE; i < ODD_DROP_FIRST_LOST; i++)
		bad += result.counters.drops[i];
	cr_expect_eq(result.counters.packets[ODD_HOOK_XDP], first + bad, "%s, %u bytes", name,
		     length);
}

Test(packet, cut_anywhere_is_counted_once)
{
	struct engine *engine = new_engine(512);

	for (size_t t = 0; t < PACKET_TABLES; t++)
		for (size_t i = 0; i < packet_table(t)->count; i++) {
			const struct packet_row *row = &packet_table(t)->rows[i];
			unsigned length = packet_build(&row->packet, frame);

			for (unsigned n = 0; n < length && n < 2048; n++) {
				run(engine, n);
				check_conservation(row->name, n);
			}
		}
	engine__free(engine);
}
