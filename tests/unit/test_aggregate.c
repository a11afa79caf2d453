// SPDX-License-Identifier: GPL-2.0-or-later
/* Statistics by fields against an oracle that counts the slow way, and the bounds of sums. */
#include "aggregate_oracle.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXCHANGES 4999

static const char *const questions[][AGGREGATE_BY_MAX] = {
	{"dns-qname"},
	{"client"},
	{"src-ip"},
	{"dst-ip", "dns-rcode"},
	{"client", "server", "dns-qtype", "proto"},
	{"dns-latency"},
	{"src-ctry"},
	{"dns-flags", "comm"},
	{"direction"},
	{"uid", "dns-state"},
};

#define QUESTIONS (sizeof(questions) / sizeof(questions[0]))

static const struct exchange_names no_names;

static struct aggregate_options ask(const char *const *words)
{
	struct aggregate_options options = {.groups_max = AGGREGATE_GROUPS_MAX, .seed = 7};

	for (; options.by_count < AGGREGATE_BY_MAX && words[options.by_count]; options.by_count++) {
		const char *word = words[options.by_count];

		options.by[options.by_count] = operand_find(word, NULL);
		cr_assert_not_null(options.by[options.by_count], "%s", word);
	}
	return options;
}

static struct aggregate *make(const struct aggregate_options *options)
{
	struct aggregate *a;

	cr_assert_eq(aggregate__new(options, &a), 0);
	return a;
}

static void expect_totals(struct aggregate *a, const struct oracle *oracle)
{
	struct aggregate_totals totals;

	aggregate__totals(a, &totals);
	cr_expect_eq(totals.all.exchanges, oracle->all.sums.exchanges);
	cr_expect_eq(totals.all.flows, oracle->all.sums.flows);
	cr_expect_eq(totals.all.packets, oracle->all.sums.packets);
	cr_expect_eq(totals.all.bytes, oracle->all.sums.bytes);
	cr_expect_eq(totals.all.unanswered, oracle->all.sums.unanswered);
	cr_expect_eq(totals.groups, oracle->used);
	cr_expect_eq(totals.crowded, 0);
	cr_expect_eq(totals.floor, 0);
	oracle_expect_latency(&oracle->all, 0.5, totals.latency_p50_ns);
	oracle_expect_latency(&oracle->all, 0.95, totals.latency_p95_ns);
}

static void expect_all(struct aggregate *a, const struct oracle *oracle)
{
	struct aggregate_row *rows;
	int64_t n = aggregate__top(a, ORDER_PACKETS, 0, &rows);

	cr_assert_eq(n, oracle->used);
	for (int64_t i = 0; i < n; i++) {
		const struct oracle_group *group = oracle_find(oracle, &rows[i]);

		cr_assert_not_null(group, "row %" PRId64, i);
		oracle_expect_row(group, &rows[i]);
	}
	free(rows);
	expect_totals(a, oracle);
}

Test(aggregate, groups_are_those_of_the_oracle)
{
	for (unsigned q = 0; q < QUESTIONS; q++) {
		struct aggregate_options options = ask(questions[q]);
		struct oracle oracle = {.by = options.by, .by_count = options.by_count};
		struct aggregate *a = make(&options);
		uint64_t state = 20261122 + q;

		for (unsigned i = 0; i < EXCHANGES; i++) {
			struct exchange e;
			unsigned directions;

			oracle_exchange(&state, &e);
			directions = oracle_directions(&state, &e);
			oracle_add(&oracle, &e, directions);
			cr_assert_eq(aggregate__add(a, &e, &no_names, directions), 0);
		}
		expect_all(a, &oracle);
		oracle_done(&oracle);
		aggregate__free(a);
	}
}

Test(aggregate, merged_parts_are_as_one_of_all)
{
	for (unsigned q = 0; q < QUESTIONS; q++) {
		struct aggregate_options options = ask(questions[q]);
		struct oracle oracle = {.by = options.by, .by_count = options.by_count};
		struct aggregate *parts[3];
		uint64_t state = 97 + q;

		for (unsigned i = 0; i < 3; i++)
			parts[i] = make(&options);
		for (unsigned i = 0; i < EXCHANGES; i++) {
			struct exchange e;

			oracle_exchange(&state, &e);
			oracle_add(&oracle, &e, flow_directions(&e));
			cr_assert_eq(
				aggregate__add(parts[i % 3], &e, &no_names, flow_directions(&e)),
				0);
		}
		cr_assert_eq(aggregate__merge(parts[0], parts[1]), 0);
		cr_assert_eq(aggregate__merge(parts[0], parts[2]), 0);
		expect_all(parts[0], &oracle);
		oracle_done(&oracle);
		for (unsigned i = 0; i < 3; i++)
			aggregate__free(parts[i]);
	}
}

/* --- order ------------------------------------------------------------------------------------ */

static int64_t measured(const struct aggregate_row *row, enum aggregate_order order)
{
	switch (order) {
	case ORDER_BYTES:
		return (int64_t)row->measures.bytes;
	case ORDER_EXCHANGES:
		return (int64_t)row->measures.exchanges;
	case ORDER_LATENCY:
		return row->latency_p50_ns;
	case ORDER_UNANSWERED:
		return (int64_t)row->measures.unanswered;
	default:
		return (int64_t)row->measures.packets;
	}
}

/* Falling, then by port, which is a number: 97 comes before 101. */
static void expect_order(struct aggregate *a, enum aggregate_order order, size_t n)
{
	struct aggregate_row *all, *rows;
	int64_t of_all = aggregate__top(a, order, 0, &all);
	int64_t found = aggregate__top(a, order, n, &rows);

	cr_assert_eq(found, (int64_t)n < of_all ? (int64_t)n : of_all);
	for (int64_t i = 0; i < of_all - 1; i++) {
		int64_t this = measured(&all[i], order), next = measured(&all[i + 1], order);

		cr_expect(this > next || (this == next &&
					  atoi(all[i].values[0]) < atoi(all[i + 1].values[0])),
			  "order %u, row %" PRId64, order, i);
	}
	for (int64_t i = 0; i < found; i++)
		cr_expect_str_eq(rows[i].values[0], all[i].values[0]);
	free(all);
	free(rows);
}

Test(aggregate, first_rows_are_the_first_of_all_in_each_order)
{
	static const size_t counts[] = {1, 2, 3, 10, 11, 101, 1009, 100003};
	struct aggregate_options options = ask((const char *[AGGREGATE_BY_MAX]){"client-port"});
	struct aggregate *a = make(&options);
	uint64_t state = 5;

	for (unsigned i = 0; i < EXCHANGES; i++) {
		struct exchange e;

		oracle_exchange(&state, &e);
		e.client_port = (uint16_t)(90 + i % 1013 * (i % 7) % 1013);
		cr_assert_eq(aggregate__add(a, &e, &no_names, flow_directions(&e)), 0);
	}
	for (unsigned order = ORDER_PACKETS; order <= ORDER_UNANSWERED; order++)
		for (unsigned i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
			expect_order(a, (enum aggregate_order)order, counts[i]);
	aggregate__free(a);
}

Test(aggregate, nothing_counted_is_no_rows)
{
	struct aggregate_options options = ask(questions[0]);
	struct aggregate *a = make(&options);
	struct aggregate_totals totals;
	struct aggregate_row *rows;

	cr_expect_eq(aggregate__top(a, ORDER_PACKETS, 10, &rows), 0);
	free(rows);
	aggregate__totals(a, &totals);
	cr_expect_eq(totals.groups, 0);
	cr_expect_eq(totals.latency_p50_ns, -1);
	cr_expect_eq(totals.latency_p95_ns, -1);
	aggregate__free(a);
	aggregate__free(NULL);
	options.by_count = 0;
	cr_expect_eq(aggregate__new(&options, &a), -EINVAL);
	options.by_count = AGGREGATE_BY_MAX + 1;
	cr_expect_eq(aggregate__new(&options, &a), -EINVAL);
}

/* --- directions ------------------------------------------------------------------------------- */

/* The example of aggregate.c. */
Test(aggregate, each_flow_counts_for_who_sent_it)
{
	struct exchange e = {.state = EXCHANGE_ANSWERED,
			     .has_query = true,
			     .has_response = true,
			     .has_latency = true,
			     .latency_ns = 62000000,
			     .wait_ns = 62000000,
			     .client = {[10] = 0xff, 0xff, 10, 0, 0, 7},
			     .server = {[10] = 0xff, 0xff, 9, 9, 9, 9},
			     .tries = 2,
			     .query_bytes = 40,
			     .messages = 1,
			     .response_bytes = 100};
	struct aggregate_options options = ask((const char *[AGGREGATE_BY_MAX]){"src-ip"});
	struct aggregate *a = make(&options);
	struct aggregate_totals totals;
	struct aggregate_row *rows;

	cr_assert_eq(aggregate__add(a, &e, &no_names, FLOW_BOTH), 0);
	cr_assert_eq(aggregate__top(a, ORDER_PACKETS, 10, &rows), 2);
	cr_expect_str_eq(rows[0].values[0], "10.0.0.7");
	cr_expect_eq(rows[0].measures.exchanges, 1);
	cr_expect_eq(rows[0].measures.packets, 2);
	cr_expect_eq(rows[0].measures.bytes, 80);
	cr_expect_eq(rows[0].latency_p50_ns, -1);
	cr_expect_str_eq(rows[1].values[0], "9.9.9.9");
	cr_expect_eq(rows[1].measures.exchanges, 1);
	cr_expect_eq(rows[1].measures.bytes, 100);
	cr_expect_eq(rows[1].latency_p95_ns, 62128128, "the bucket's middle");
	free(rows);
	aggregate__totals(a, &totals);
	cr_expect_eq(totals.all.exchanges, 1);
	cr_expect_eq(totals.all.packets, 3);
	cr_expect_eq(totals.all.bytes, 180);
	cr_expect_eq(totals.groups, 2);
	aggregate__free(a);
}

/* --- bounds ----------------------------------------------------------------------------------- */

static void set_name(struct exchange *e, unsigned number, uint8_t *wire, unsigned length)
{
	memset(wire, 'a', length);
	wire[0] = (uint8_t)(length - 2);
	wire[length - 1] = 0;
	for (unsigned i = 1; number; i++, number /= 10)
		wire[i] = (uint8_t)('0' + number % 10);
	*e = (struct exchange){.state = EXCHANGE_UNANSWERED,
			       .has_query = true,
			       .tries = 1,
			       .query_bytes = 31,
			       .qname = wire,
			       .qname_length = (uint8_t)length};
}

Test(aggregate, groups_beyond_the_bound_count_in_the_totals)
{
	struct aggregate_options options = ask(questions[0]);
	struct aggregate_totals totals;
	struct aggregate *a, *more;

	options.groups_max = 23;
	a = make(&options);
	more = make(&options);
	for (unsigned i = 0; i < 3 * 37; i++) {
		uint8_t wire[16];
		struct exchange e;

		set_name(&e, 1000 + i % 37, wire, sizeof(wire));
		cr_assert_eq(aggregate__add(a, &e, &no_names, FLOW_BIT(FLOW_QUERY)), 0);
		set_name(&e, 2000 + i % 7, wire, sizeof(wire));
		cr_assert_eq(aggregate__add(more, &e, &no_names, FLOW_BIT(FLOW_QUERY)), 0);
	}
	aggregate__totals(a, &totals);
	cr_expect_eq(totals.groups, 23);
	cr_expect_eq(totals.crowded, 3 * (37 - 23));
	cr_expect_eq(totals.all.exchanges, 3 * 37);
	cr_assert_eq(aggregate__merge(a, more), 0);
	aggregate__totals(a, &totals);
	cr_expect_eq(totals.groups, 23);
	cr_expect_eq(totals.crowded, 3 * (37 - 23) + 3 * 37);
	cr_expect_eq(totals.all.packets, 2 * 3 * 37);
	aggregate__free(a);
	aggregate__free(more);
}

/* A flood of the longest names: 9973 groups of 168 bytes and a chunk are 2.7 MB, not 7. */
Test(aggregate, long_keys_do_not_fill_the_memory)
{
	struct aggregate_options options = ask(questions[0]);
	struct aggregate_totals totals;
	struct aggregate *a;

	options.groups_max = 9973;
	a = make(&options);
	for (unsigned i = 0; i < 9973; i++) {
		uint8_t wire[255];
		struct exchange e;

		set_name(&e, 1000000 + i, wire, 64);
		for (unsigned j = 63; j < 254; j++)
			wire[j] = j == 63 || j == 127 || j == 191 ? 62 : 0xff;
		wire[63] = wire[127] = 63;
		wire[254] = 0;
		e.qname_length = 255;
		cr_assert_eq(aggregate__add(a, &e, &no_names, FLOW_BIT(FLOW_QUERY)), 0);
	}
	aggregate__totals(a, &totals);
	cr_expect_gt(totals.crowded, 0);
	cr_expect_leq(totals.groups, (9973 * 168 + (1 << 20)) / (255 + 96));
	cr_expect_gt(totals.groups, 1009);
	cr_expect_eq(totals.groups + totals.crowded, 9973);
	aggregate__free(a);
}

/* --- sums ------------------------------------------------------------------------------------- */

static void add_sums(struct aggregate *a, const char *key, uint64_t packets, uint64_t error,
		     uint64_t floor)
{
	struct aggregate_sums sums = {.key = key,
				      .length = key ? strlen(key) : 0,
				      .measures = {1, 2, packets, 100, 1},
				      .error = error,
				      .floor = floor};

	cr_assert_eq(aggregate__add_sums(a, &sums), 0);
}

static void expect_bounds(const struct aggregate_row *row, const char *key, uint64_t low,
			  uint64_t high)
{
	if (key)
		cr_expect_str_eq(row->values[0], key);
	else
		cr_expect_null(row->values[0]);
	cr_expect_eq(row->packets_low, low, "%s: %" PRIu64, key ? key : "-", row->packets_low);
	cr_expect_eq(row->measures.packets, high, "%s: %" PRIu64, key ? key : "-",
		     row->measures.packets);
}

/* Two lists with floors 3 and 5; one names "once" alone, the other "none". */
Test(aggregate, packets_lie_between_what_is_sure_and_what_may_be)
{
	struct aggregate_options options = ask(questions[0]);
	struct aggregate *a = make(&options), *second = make(&options);
	struct aggregate_totals totals;
	struct aggregate_row *rows;

	add_sums(a, "once.cz", 20, 2, 3);
	add_sums(a, "both.cz", 31, 0, 3);
	aggregate__add_floor(a, 3);
	add_sums(second, "both.cz", 11, 4, 5);
	add_sums(second, NULL, 7, 0, 5);
	aggregate__add_floor(second, 5);
	cr_assert_eq(aggregate__merge(a, second), 0);
	cr_assert_eq(aggregate__top(a, ORDER_PACKETS, 0, &rows), 3);
	expect_bounds(&rows[0], "both.cz", 38, 42);
	expect_bounds(&rows[1], "once.cz", 18, 25);
	expect_bounds(&rows[2], NULL, 7, 10);
	cr_expect_eq(rows[0].measures.exchanges, 2);
	cr_expect_eq(rows[0].measures.bytes, 200);
	free(rows);
	aggregate__totals(a, &totals);
	cr_expect_eq(totals.floor, 8);
	cr_expect_eq(totals.all.packets, 69);
	aggregate__free(a);
	aggregate__free(second);
}

/* Rollups cover most of a span, rows the rest: the same value is one group. */
Test(aggregate, sums_and_exchanges_of_a_value_are_one_group)
{
	static const char *const words[] = {"server", "client", "dns-rcode", "dns-qtype",
					    "dns-qname"};

	for (unsigned w = 0; w < sizeof(words) / sizeof(words[0]); w++) {
		struct aggregate_options options = ask((const char *[AGGREGATE_BY_MAX]){words[w]});
		struct aggregate *a = make(&options);
		struct aggregate_row *rows;
		uint64_t state = 1;
		struct exchange e;
		char buf[FIELD_TEXT_MAX];
		const char *text;

		do
			oracle_exchange(&state, &e);
		while (e.state != EXCHANGE_ANSWERED || !e.qname_length);
		text = operand_text(options.by[0], &(struct flow){&e, &no_names, FLOW_RESPONSE},
				    true, buf);
		cr_assert_eq(aggregate__add(a, &e, &no_names, FLOW_BIT(FLOW_RESPONSE)), 0);
		add_sums(a, text, 1000, 0, 0);
		cr_assert_eq(aggregate__top(a, ORDER_PACKETS, 0, &rows), 1, "%s", words[w]);
		expect_bounds(&rows[0], text, 1000 + e.messages, 1000 + e.messages);
		free(rows);
		aggregate__free(a);
	}
}

Test(aggregate, latencies_of_sums_are_merged)
{
	struct aggregate_options options = ask(questions[0]);
	struct aggregate *a = make(&options);
	struct latencies latencies = {0};
	struct aggregate_sums sums = {.key = "x.cz", .length = 4, .latencies = &latencies};
	struct aggregate_totals totals;
	struct aggregate_row *rows;

	for (unsigned i = 0; i < 13; i++)
		cr_assert_eq(latencies__add(&latencies, i < 7 ? 0 : 62000000), 0);
	cr_assert_eq(aggregate__add_sums(a, &sums), 0);
	cr_assert_eq(aggregate__add_sums(a, &sums), 0);
	latencies__done(&latencies);
	cr_assert_eq(aggregate__top(a, ORDER_LATENCY, 0, &rows), 1);
	cr_expect_eq(rows[0].samples, 26);
	cr_expect_eq(rows[0].latency_p50_ns, 512);
	cr_expect_eq(rows[0].latency_p95_ns, 62128128);
	free(rows);
	aggregate__totals(a, &totals);
	cr_expect_eq(totals.latency_p50_ns, 512);
	cr_expect_eq(totals.latency_p95_ns, 62128128);
	aggregate__free(a);
}

Test(aggregate, fields_are_those_of_the_sums_and_of_the_operands)
{
	struct aggregate_options options = ask(questions[3]);
	field_set needed = aggregate_fields(&options);

	cr_expect(needed & (field_set)1 << FIELD_CLIENT);
	cr_expect(needed & (field_set)1 << FIELD_RCODE);
	cr_expect(needed & (field_set)1 << FIELD_TRIES);
	cr_expect(needed & (field_set)1 << FIELD_LATENCY);
	cr_expect_not(needed & (field_set)1 << FIELD_QNAME);
	cr_expect_not(needed & (field_set)1 << FIELD_COMM);
}
