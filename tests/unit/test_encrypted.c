// SPDX-License-Identifier: GPL-2.0-or-later
/* Connections of encrypted DNS, natively: which count, once each, and which are named. */
#include "packet/encrypted.h"
#include "source/engine.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static const uint16_t dns[] = {53};
static unsigned events;

static void count_event(void *context, const struct odd_event *event)
{
	(void)context;
	(void)event;
	events++;
}

static struct engine *open_engine(const uint16_t *ports, unsigned port_count, bool encrypted)
{
	struct engine_options options = {.ports = ports,
					 .port_count = port_count,
					 .snaplen = 512,
					 .tunnels = ODD_TUNNELS_MAX,
					 .encrypted = encrypted,
					 .resolvers = encrypted_resolvers,
					 .resolver_count = ENCRYPTED_RESOLVERS};
	struct engine *engine = NULL;

	events = 0;
	cr_assert_eq(engine__new_native(&options, count_event, NULL, &engine), 0);
	return engine;
}

static struct encrypted_totals totals_of(struct engine *engine)
{
	struct source_counters counters;

	engine__counters(engine, &counters);
	return counters.encrypted;
}

/* From a block of exactly that size, so that AddressSanitizer sees each byte read too far. */
static void run(struct engine *engine, const struct encrypted_case *c, unsigned wrap, unsigned cut)
{
	static uint8_t frame[PACKET_FRAME_MAX];
	unsigned length = encrypted_case_build(c, wrap, frame);
	uint8_t *exact = malloc(length);

	if (cut && cut < length)
		length = cut;
	cr_assert_not_null(exact);
	memcpy(exact, frame, length);
	cr_assert_eq(engine__frame(engine, 0, exact, length), 0);
	free(exact);
}

Test(encrypted, connection_counts_once_and_by_its_first_packet)
{
	struct engine *engine = open_engine(dns, 1, true);
	struct source_counters counters;

	for (unsigned wrap = 0; wrap < ENCRYPTED_WRAPS; wrap++) {
		for (const struct encrypted_case *c = encrypted_cases; c->name; c++) {
			struct encrypted_totals before = totals_of(engine), after;

			run(engine, c, wrap, 0);
			after = totals_of(engine);
			encrypted_expect(c, wrap, &before, &after);
		}
	}
	engine__counters(engine, &counters);
	cr_expect_eq(events, 0, "they are no messages");
	for (int i = ODD_DROP_FIRST; i < ODD_DROP_COUNT; i++)
		cr_expect_eq(counters.drops[i], 0, "nor losses: %s",
			     odd_drop_name((enum odd_drop)i));
	engine__free(engine);
}

/* Up to TCP's flags and QUIC's version it takes 14 + 20 + 16 bytes, over IPv6 20 more. */
Test(encrypted, frame_that_ends_before_it_tells_counts_nothing)
{
	for (const struct encrypted_case *c = encrypted_cases; c->name; c++) {
		unsigned whole = c->packet.version == 6 ? 70 : 50;

		if (c->kind == ENCRYPTED_NONE || c->packet.options || c->packet.ext_count)
			continue;
		for (unsigned cut = 14; cut <= whole; cut++) {
			struct engine *engine = open_engine(dns, 1, true);
			struct encrypted_totals totals;

			run(engine, c, 0, cut);
			totals = totals_of(engine);
			cr_expect_eq(encrypted_totals__sum(&totals), cut == whole, "%s, %u bytes",
				     c->name, cut);
			engine__free(engine);
		}
	}
}

Test(encrypted, ports_that_are_watched_are_read_as_dns)
{
	static const uint16_t all[] = {53, 853, 443};
	struct engine *engine = open_engine(all, 3, true);
	struct encrypted_totals totals;

	for (const struct encrypted_case *c = encrypted_cases; c->name; c++)
		run(engine, c, 0, 0);
	totals = totals_of(engine);
	cr_expect_eq(encrypted_totals__sum(&totals), 0);
	cr_expect_gt(events, 0);
	engine__free(engine);
}

Test(encrypted, without_the_setting_nothing_counts)
{
	struct engine *engine = open_engine(dns, 1, false);
	struct encrypted_totals totals;

	for (unsigned wrap = 0; wrap < ENCRYPTED_WRAPS; wrap++)
		for (const struct encrypted_case *c = encrypted_cases; c->name; c++)
			run(engine, c, wrap, 0);
	totals = totals_of(engine);
	cr_expect_eq(encrypted_totals__sum(&totals), 0);
	engine__free(engine);
}

static struct odd_encrypted_key key_of(unsigned host, enum odd_encrypted kind)
{
	struct odd_encrypted_key key = {.server = {[10] = 0xff, 0xff, 10, 0, host >> 8, host & 255},
					.kind = kind};

	return key;
}

/* Host n has n connections, so the order is known; n % 23 makes them come unordered. */
Test(encrypted, ten_servers_with_most_connections_are_named)
{
	struct encrypted_totals totals = {0};

	for (unsigned i = 1; i <= 23; i++) {
		unsigned host = i * 7 % 23 + 1;
		struct odd_encrypted_key key = key_of(host, DOQ);

		encrypted_totals__add(&totals, &key, host);
	}
	cr_expect_eq(totals.connections[DOQ], 23 * 24 / 2);
	cr_assert_eq(totals.top_count, ENCRYPTED_TOP);
	for (unsigned i = 0; i < ENCRYPTED_TOP; i++) {
		struct odd_encrypted_key key = key_of(23 - i, DOQ);

		cr_expect_eq(totals.top[i].connections, 23 - i);
		cr_expect_arr_eq(totals.top[i].server, key.server, 16);
	}
}

Test(encrypted, equal_servers_are_named_by_address_and_nobody_is_not)
{
	struct encrypted_totals totals = {0};
	struct odd_encrypted_key keys[] = {
		key_of(3, DOH), key_of(2, DOT), key_of(2, DOQ), {{0}, DOT}};
	char text[ENCRYPTED_TEXT_MAX];

	for (unsigned i = 0; i < 4; i++)
		encrypted_totals__add(&totals, &keys[i], 5);
	cr_expect_str_eq(encrypted_text(&totals, text),
			 "dot 10, doq 5, doh 5; to 10.0.0.2 (dot 5), 10.0.0.2 (doq 5), 10.0.0.3 "
			 "(doh 5)");
	cr_expect_eq(encrypted_totals__sum(&totals), 20);
}

/* The longest that there is: no address is longer, no number either. */
Test(encrypted, text_of_the_longest_names_fits)
{
	struct encrypted_totals totals = {0};
	struct odd_encrypted_key key = {.kind = DOH3};
	char text[ENCRYPTED_TEXT_MAX];

	memset(key.server, 0xff, sizeof(key.server));
	for (unsigned i = 0; i < ENCRYPTED_TOP; i++) {
		key.server[0] = (uint8_t)(0xff - i);
		encrypted_totals__add(&totals, &key, UINT64_MAX);
	}
	for (unsigned i = 0; i < ODD_ENCRYPTED_COUNT; i++)
		totals.connections[i] = UINT64_MAX;
	encrypted_text(&totals, text);
	cr_expect_lt(strlen(text), ENCRYPTED_TEXT_MAX);
	cr_expect_str_eq(text + strlen(text) - 5, ", ...");
}

static void add(struct encrypted_table *table, unsigned host, uint16_t port)
{
	struct odd_encrypted_key key = key_of(host, DOT);
	struct odd_connection connection = {
		.sequence = host, .src_port = port, .dst_port = 853, .protocol = 6};

	memcpy(connection.dst, key.server, 16);
	encrypted_table__add(table, &connection);
}

/* 4 * 256 servers have keys; 23 more count, but are not told apart. */
Test(encrypted, servers_without_room_count_together)
{
	struct encrypted_table *table = calloc(1, sizeof(*table));
	struct encrypted_totals totals;

	cr_assert_not_null(table);
	for (unsigned host = 1; host <= 1024 + 23; host++)
		for (uint16_t port = 1; port <= 3; port++)
			add(table, host, port);
	encrypted_table__totals(table, &totals);
	cr_expect_eq(totals.connections[DOT], 3 * (1024 + 23));
	cr_expect_eq(table->keys, 1024);
	cr_expect_eq(table->others[DOT], 3 * 23);
	free(table);
}

/* All SYNs, then all of them again, as when a server is away: the programs remember as many. */
Test(encrypted, thousands_of_connections_that_open_again_count_once)
{
	struct encrypted_table *table = calloc(1, sizeof(*table));
	struct odd_connection connection = {.dst_port = ODD_PORT_TLS, .protocol = ODD_IPPROTO_TCP};
	struct encrypted_totals totals;

	cr_assert_not_null(table);
	for (unsigned i = 0; i < 2 * 7919; i++) {
		connection.sequence = i % 7919;
		encrypted_table__add(table, &connection);
	}
	encrypted_table__totals(table, &totals);
	cr_assert_eq(totals.connections[DOT], 7919);
	free(table);
}
