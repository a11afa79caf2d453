// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What an exchange costs to be joined to its episode, delivery and expiry with it.
 *
 * Clients ask A and AAAA for a name that is new to them, one in 13 after the first server was
 * silent for the timeout. An episode is open for about 6 s, so what matters is how many are at
 * once: at 1 000 exchanges a second they stay in a processor's second cache, at 20 000 they are 50
 * MB.
 */
#include "bench.h"
#include "traffic.h"

#include "flow/episodes.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXCHANGES  16384
#define TIMEOUT_NS 5000000000LL
#define WINDOW_NS  5000000000ULL
#define ROUNDS	   11
#define SILENT	   13
#define START_NS   1800000000000000000LL /* 2027 */

struct talk {
	struct exchange exchanges[EXCHANGES];
	struct traffic_exchange names[EXCHANGES / 2];
	uint64_t delivered;
};

static void count_episode(void *context, const struct episode *episode)
{
	*(uint64_t *)context += episode->exchanges;
}

/* A is told with AAAA behind it. */
static void make_talk(struct talk *talk)
{
	for (uint32_t i = 0; i < EXCHANGES; i++) {
		struct traffic_exchange *name = &talk->names[i / 2];
		struct exchange *exchange = &talk->exchanges[i];
		uint32_t client;

		if (i % 2 == 0)
			traffic_exchange(i, (struct traffic_names){10, TRAFFIC_NAME_MAX}, name);
		client = __builtin_bswap32(name->client);
		*exchange = (struct exchange){
			.latency_ns = (int64_t)name->latency_ns,
			.protocol = IPPROTO_UDP,
			.flags = DNS_FLAG_QR,
			.has_response = true,
			.messages = 1,
			.tries = 1,
			.qtype = i % 2 ? 28 : 1,
			.qname = name->name,
			.qname_length = name->name_length,
		};
		memcpy(exchange->client + 12, &client, sizeof(client));
		if (i / 2 % SILENT == 0) {
			exchange->state = EXCHANGE_UNANSWERED;
			exchange->latency_ns = TIMEOUT_NS;
		}
	}
}

/* Each exchange told @gap_ns after the one before, by new clients. Return: ns for each */
static double tell(struct talk *talk, struct episodes *episodes, int64_t gap_ns, int64_t *now_ns)
{
	uint64_t start = bench_now_ns();

	for (uint32_t i = 0; i < EXCHANGES; i++) {
		struct exchange *exchange = &talk->exchanges[i];

		exchange->client[0]++;
		*now_ns += gap_ns;
		exchange->end_ns = *now_ns;
		exchange->time_ns = *now_ns - exchange->latency_ns;
		episodes__exchange(episodes, exchange);
	}
	return (double)(bench_now_ns() - start) / EXCHANGES;
}

static int measure(struct bench *bench, const char *name, struct talk *talk, int64_t gap_ns)
{
	const struct episodes_limits limits = {
		.window_ns = WINDOW_NS, .timeout_ns = TIMEOUT_NS, .open = 1 << 18};
	const struct episodes_counters *counters;
	struct episodes *episodes;
	double rounds[ROUNDS];
	int64_t now_ns = START_NS, warm_ns = START_NS + 30 * TIMEOUT_NS / 5;
	int r = episodes__new(&limits, 1, count_episode, &talk->delivered, &episodes);

	if (r < 0)
		return r;
	talk->delivered = 0;
	while (now_ns < warm_ns)
		tell(talk, episodes, gap_ns, &now_ns);
	for (unsigned i = 0; i < ROUNDS; i++)
		rounds[i] = tell(talk, episodes, gap_ns, &now_ns);
	counters = episodes__counters(episodes);
	if (counters->hurried || counters->crowded || !talk->delivered ||
	    talk->delivered + counters->held != counters->exchanges)
		r = -EIO;
	else
		bench__row(bench, name, bench_median(rounds, ROUNDS));
	episodes__free(episodes);
	return r;
}

int bench_episode(struct bench *bench)
{
	static const struct {
		const char *name;
		int64_t gap_ns;
	} rows[] = {{"user.episode", 1000000}, {"user.episode_many", 50000}};
	struct talk *talk = malloc(sizeof(*talk));
	int r = talk ? 0 : -ENOMEM;

	if (talk)
		make_talk(talk);
	for (unsigned i = 0; r == 0 && i < 2; i++) {
		if (!bench__wants(bench, rows[i].name))
			continue;
		r = measure(bench, rows[i].name, talk, rows[i].gap_ns);
		if (r < 0)
			fprintf(stderr, "bench: %s: %s\n", rows[i].name, strerror(-r));
	}
	free(talk);
	return r;
}
