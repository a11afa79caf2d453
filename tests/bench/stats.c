// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What statistics cost. stats.aggregate: exchanges by name, among 100 000 names, of which the first
 * are by far the commonest, as in traffic: the rank of each is the product of two random shares.
 * stats.aggregate_client: by address, among 1009. stats.aggregate_flat: by name, each name as
 * likely as any, so that nearly none is in a cache.
 */
#include "bench.h"
#include "traffic.h"

#include "query/aggregate.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAMES	  100000
#define EXCHANGES (1U << 20) /* in a round */
#define ROUNDS	  7

static const struct row {
	const char *name;
	const char *word;
	bool flat;
} rows[] = {
	{"stats.aggregate", "dns-qname", false},
	{"stats.aggregate_flat", "dns-qname", true},
	{"stats.aggregate_client", "client", false},
};

struct talks {
	struct traffic_exchange *all; /* NAMES */
	uint32_t *order;	      /* EXCHANGES */
};

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state >> 11;
}

static void choose_order(struct talks *talks, bool flat)
{
	uint64_t state = 20261122;

	for (unsigned i = 0; i < EXCHANGES; i++) {
		uint64_t rank = next_random(&state) % NAMES;

		if (!flat)
			rank = rank * (next_random(&state) % NAMES) / NAMES;
		talks->order[i] = (uint32_t)rank;
	}
}

static int make(struct talks *ret)
{
	ret->all = calloc(NAMES, sizeof(*ret->all));
	ret->order = calloc(EXCHANGES, sizeof(*ret->order));
	if (!ret->all || !ret->order)
		return -ENOMEM;
	for (uint32_t i = 0; i < NAMES; i++)
		traffic_exchange(i, (struct traffic_names){10, TRAFFIC_NAME_MAX}, &ret->all[i]);
	return 0;
}

static void put_address(uint8_t *to, uint32_t ipv4)
{
	ipv4 = __builtin_bswap32(ipv4);
	memset(to + 10, 0xff, 2);
	memcpy(to + 12, &ipv4, 4);
}

/* Return: ns an exchange; below 0 when there is no memory */
static double measure(const struct talks *talks, const struct aggregate_options *options)
{
	static const struct exchange_names no_names;
	struct exchange e = {.state = EXCHANGE_ANSWERED,
			     .has_query = true,
			     .has_response = true,
			     .has_latency = true,
			     .protocol = IPPROTO_UDP,
			     .tries = 1,
			     .messages = 1,
			     .query_bytes = 45,
			     .response_bytes = 90,
			     .qtype = 1,
			     .qclass = 1};
	struct aggregate *aggregate;
	uint64_t begin = bench_now_ns();
	int r = aggregate__new(options, &aggregate);

	if (r < 0)
		return -1;
	for (unsigned i = 0; r == 0 && i < EXCHANGES; i++) {
		const struct traffic_exchange *talk = &talks->all[talks->order[i]];

		put_address(e.client, talk->client);
		put_address(e.server, talk->server);
		e.qname = talk->name;
		e.qname_length = talk->name_length;
		e.latency_ns = e.wait_ns = (int64_t)talk->latency_ns + i % 4099 * 1000;
		r = aggregate__add(aggregate, &e, &no_names, FLOW_BOTH);
	}
	begin = bench_now_ns() - begin;
	aggregate__free(aggregate);
	return r < 0 ? -1 : (double)begin / EXCHANGES;
}

static int measure_row(struct bench *bench, struct talks *talks, const struct row *row)
{
	struct aggregate_options options = {
		.by_count = 1, .groups_max = AGGREGATE_GROUPS_MAX, .seed = 7};
	double values[ROUNDS];

	options.by[0] = operand_find(row->word, NULL);
	choose_order(talks, row->flat);
	for (unsigned i = 0; i < ROUNDS; i++) {
		values[i] = measure(talks, &options);
		if (values[i] < 0)
			return -ENOMEM;
	}
	bench__rounds(bench, row->name, values, ROUNDS);
	return 0;
}

int bench_stats(struct bench *bench)
{
	struct talks talks;
	int r = make(&talks);

	for (unsigned i = 0; r == 0 && i < sizeof(rows) / sizeof(rows[0]); i++)
		if (bench__wants(bench, rows[i].name))
			r = measure_row(bench, &talks, &rows[i]);
	free(talks.all);
	free(talks.order);
	if (r < 0)
		fprintf(stderr, "bench: stats: no memory\n");
	return r;
}
