// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a filter costs. filter.eval: five terms of five types on an exchange, both of its flows;
 * the addresses, codes and latencies of 256 exchanges are such that each term is false of some,
 * and the last one, a substring of the name, is reached by most response flows.
 */
#include "bench.h"
#include "traffic.h"

#include "query/filter.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#define EXCHANGES 256
#define CYCLES	  8 /* of all exchanges, in a round */
#define ROUNDS	  301

static const char text[] = "ip 10.0.0.0/8 and dns-qtype [A, AAAA] and dns-rcode NXDomain and "
			   "dns-latency > 1ms and dns-qname \"zzz\"";

struct exchanges {
	struct traffic_exchange traffic[EXCHANGES]; /* has the names */
	struct exchange exchange[EXCHANGES];
};

static void make_exchange(uint32_t i, struct exchanges *ret)
{
	struct traffic_exchange *traffic = &ret->traffic[i];

	traffic_exchange(i, (struct traffic_names){10, TRAFFIC_NAME_MAX}, traffic);
	ret->exchange[i] = (struct exchange){
		.state = EXCHANGE_ANSWERED,
		.has_latency = true,
		.latency_ns = i % 7 ? 20000000 : 700000,
		.client = {[10] = 0xff, [11] = 0xff, i % 13 ? 10 : 11, 0, 0, (uint8_t)i},
		.server = {[10] = 0xff, [11] = 0xff, 192, 0, 2, 53},
		.protocol = IPPROTO_UDP,
		.has_query = true,
		.has_response = true,
		.rcode = i % 5 ? 3 : 0,
		.qtype = i % 11 ? 28 : 12,
		.qclass = 1,
		.qname = traffic->name,
		.qname_length = (uint8_t)traffic->name_length,
		.uid = ODD_NO_UID,
	};
}

static int measure(struct bench *bench, const struct filter *filter,
		   const struct exchanges *exchanges)
{
	static const struct exchange_names no_names;
	double ours[ROUNDS];
	unsigned matched = 0;

	for (unsigned round = 0; round < ROUNDS; round++) {
		uint64_t start = bench_now_ns();

		for (unsigned i = 0; i < EXCHANGES * CYCLES; i++)
			matched += filter__match(filter, &exchanges->exchange[i % EXCHANGES],
						 &no_names);
		ours[round] = (double)(bench_now_ns() - start) / (EXCHANGES * CYCLES);
	}
	if (matched) {
		fprintf(stderr, "bench: filter.eval: a name has what none has\n");
		return -EIO;
	}
	bench__rounds(bench, "filter.eval", ours, ROUNDS);
	return 0;
}

int bench_filter(struct bench *bench)
{
	static struct exchanges exchanges;
	struct filter_error error;
	struct filter *filter;
	int r;

	for (uint32_t i = 0; i < EXCHANGES; i++)
		make_exchange(i, &exchanges);
	r = filter__compile(text, strlen(text), NULL, &filter, &error);
	if (r < 0) {
		fprintf(stderr, "bench: filter.eval: %s\n", strerror(-r));
		return r;
	}
	r = measure(bench, filter, &exchanges);
	filter__free(filter);
	return r;
}
