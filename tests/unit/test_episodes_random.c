// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Episodes of random traffic against an oracle that has all of it before it: sorts a client's
 * exchanges about a name by the time of the query and cuts them where the rules say so, looking at
 * every attempt of the run each time. Gaps and latencies are round, so that many lie on the edge of
 * a window.
 */
#include "episodes_fixture.h"

#include <criterion/criterion.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define KEYS   31
#define ASKED  1511 /* queries of a trial */
#define ITEMS  (2 * ASKED)
#define SEEDS  199
#define WINDOW (4 * S)
#define WAIT   (5 * S) /* timeout */

/* An exchange as the oracle sees it. */
struct item {
	int64_t time, end;
	unsigned key, number; /* in the order in which they are told, among the same time */
	uint16_t type, rcode;
	enum episode_outcome outcome;
	bool late, tcp;
	uint8_t server;
	unsigned tries;
};

/* What is compared of an episode. */
struct sum {
	int64_t key, time, end, attempts, outcome, rcode, servers, types, ways;
	int64_t exchanges;
	int64_t spare; /* of exchanges: late answers that came when their type was settled */
};

struct sums {
	struct sum rows[ITEMS];
	unsigned count;
};

struct traffic {
	struct item items[ITEMS];
	unsigned count;
	uint32_t random;
	bool with_late; /* and then no run long enough to be cut by its length */
};

static uint32_t dice(struct traffic *traffic, uint32_t sides)
{
	uint32_t *x = &traffic->random;

	*x ^= *x << 13;
	*x ^= *x >> 17;
	*x ^= *x << 5;
	return *x % sides;
}

/* --- traffic ---------------------------------------------------------------------------------- */

static int64_t gap(struct traffic *traffic)
{
	static const int ms[] = {0, 0, 1, 1, 10, 20, 500, 990, 999, 1000, 1001, 2000, 3999, 4000};
	int64_t ns = ms[dice(traffic, LENGTH(ms))] * MS;

	if (dice(traffic, traffic->with_late ? 4 : 23) == 0)
		ns += (traffic->with_late ? 100 : 4) * S;
	return ns;
}

static void end_item(struct traffic *traffic, struct item *item)
{
	static const int ms[] = {0, 1, 10, 10, 10, 20, 20, 500, 999, 1000, 3000, 4999, 5000};
	static const uint16_t rcodes[] = {0, 0, 0, 0, 3, 2, 2, 5};

	item->end = item->time + ms[dice(traffic, LENGTH(ms))] * MS;
	item->rcode = rcodes[dice(traffic, LENGTH(rcodes))];
	item->outcome = item->rcode == 0 || item->rcode == 3 ? EPISODE_ANSWERED : EPISODE_FAILED;
	if (!item->tcp && dice(traffic, 11) == 0)
		item->outcome = EPISODE_TRUNCATED;
	if (dice(traffic, 3) == 0) {
		item->outcome = EPISODE_UNANSWERED;
		item->end = item->time + WAIT;
	}
}

/* The response of one that was told as unanswered. */
static struct item late_of(struct traffic *traffic, const struct item *item)
{
	static const int ms[] = {5001, 5002, 6000, 8000, 8999, 9000, 9001, 20000};
	struct item late = *item;

	late.late = true;
	late.tries = 0;
	late.end = late.time + ms[dice(traffic, LENGTH(ms))] * MS;
	late.rcode = dice(traffic, 3) ? 0 : 2;
	late.outcome = late.rcode ? EPISODE_FAILED : EPISODE_ANSWERED;
	return late;
}

static int by_end(const void *left, const void *right)
{
	const struct item *a = left, *b = right;

	if (a->end != b->end)
		return a->end < b->end ? -1 : 1;
	return a->number < b->number ? -1 : 1;
}

static int by_query(const void *left, const void *right)
{
	const struct item *a = left, *b = right;

	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	if (a->time != b->time)
		return a->time < b->time ? -1 : 1;
	return a->number < b->number ? -1 : 1;
}

static void make(struct traffic *traffic, uint32_t seed)
{
	int64_t times[KEYS];

	traffic->random = seed * 2654435761U + 1;
	traffic->with_late = seed % 2;
	traffic->count = 0;
	for (unsigned i = 0; i < KEYS; i++)
		times[i] = EPOCH + dice(traffic, 5000) * MS;
	for (unsigned i = 0; i < ASKED; i++) {
		struct item *item = &traffic->items[traffic->count++];

		memset(item, 0, sizeof(*item));
		item->key = dice(traffic, KEYS);
		times[item->key] += gap(traffic);
		item->time = times[item->key];
		item->type = (uint16_t)(1 + dice(traffic, traffic->with_late ? 3 : 8));
		item->tcp = dice(traffic, 7) == 0;
		item->server = (uint8_t)dice(traffic, 9);
		item->tries = 1 + dice(traffic, 2);
		end_item(traffic, item);
		if (item->outcome == EPISODE_UNANSWERED && traffic->with_late && dice(traffic, 2))
			traffic->items[traffic->count++] = late_of(traffic, item);
	}
	for (unsigned i = 0; i < traffic->count; i++)
		traffic->items[i].number = i;
	qsort(traffic->items, traffic->count, sizeof(struct item), by_end);
	for (unsigned i = 0; i < traffic->count; i++)
		traffic->items[i].number = i;
}

/* --- oracle ----------------------------------------------------------------------------------- */

/* One type in a run, as far as it goes. */
struct fate {
	bool asked, final;
	int64_t end;
	enum episode_outcome outcome;
	uint16_t rcode;
};

/* From what a client has more to what it has less. */
static int worth(enum episode_outcome outcome)
{
	return outcome == EPISODE_FAILED ? 3 : outcome == EPISODE_TRUNCATED ? 2 : 1;
}

static struct fate fate_of(const struct item *run, unsigned count, uint16_t type)
{
	struct fate fate = {0};

	for (unsigned i = 0; i < count; i++) {
		const struct item *item = &run[i];

		if (item->type != type || item->outcome != EPISODE_ANSWERED)
			continue;
		if (!fate.asked || item->end < fate.end)
			fate = (struct fate){true, true, item->end, EPISODE_ANSWERED, item->rcode};
	}
	for (unsigned i = 0; !fate.final && i < 2 * count; i++) {
		const struct item *item = &run[i % count];
		int64_t end = item->end > fate.end ? item->end : fate.end;

		if (item->type != type || item->late != (i >= count))
			continue;
		if (!fate.asked || worth(item->outcome) >= worth(fate.outcome) + item->late)
			fate = (struct fate){true, false, end, item->outcome, item->rcode};
		fate.end = end;
	}
	return fate;
}

static bool goes_on(const struct item *run, unsigned count, const struct item *next)
{
	bool is_new = !fate_of(run, count, next->type).asked;
	unsigned types = 0;
	bool goes = false;

	if (next->late)
		return true;
	for (uint16_t type = 1; type <= 8; type++) {
		struct fate fate = fate_of(run, count, type);

		if (!fate.asked)
			continue;
		types++;
		goes |= fate.final && next->time < fate.end;
		goes |= !fate.final && next->time < fate.end + WINDOW;
		goes |= is_new && next->time < fate.end + 1 * S;
	}
	return goes && !(is_new && types == 6) && next->time < run[0].time + 60 * S;
}

static void sum_up(const struct item *run, unsigned count, struct sum *ret)
{
	unsigned servers = 0;
	bool known[9] = {0}, told[9] = {0};

	*ret = (struct sum){.key = run[0].key, .time = run[0].time, .outcome = -1};
	for (unsigned i = 0; i < count; i++) {
		struct fate fate = fate_of(run, count, run[i].type);

		ret->exchanges++;
		ret->spare += run[i].late && fate.final && fate.end < run[i].end;
		ret->attempts += run[i].tries;
		ret->ways |= run[i].tcp ? 1 : 2;
		ret->ways |= run[i].outcome == EPISODE_TRUNCATED ? 4 : 0;
		servers += !known[run[i].server];
		known[run[i].server] = true;
		if (told[run[i].type])
			continue;
		told[run[i].type] = true;
		ret->types++;
		ret->end = fate.end > ret->end ? fate.end : ret->end;
		if ((int64_t)fate.outcome > ret->outcome) {
			ret->outcome = fate.outcome;
			ret->rcode = fate.outcome == EPISODE_UNANSWERED ? -1 : fate.rcode;
		}
	}
	ret->servers = servers < EPISODE_SERVERS_MAX ? servers : EPISODE_SERVERS_MAX;
}

static void predict(const struct traffic *traffic, struct sums *ret)
{
	static struct item items[ITEMS];
	unsigned count = 0, from = 0;

	for (unsigned i = 0; i < traffic->count; i++)
		if (!traffic->items[i].late ||
		    traffic->items[i].end - traffic->items[i].time < WAIT + WINDOW)
			items[count++] = traffic->items[i];
	qsort(items, count, sizeof(items[0]), by_query);
	ret->count = 0;
	for (unsigned i = 1; i <= count; i++) {
		if (i < count && items[i].key == items[from].key &&
		    goes_on(items + from, i - from, &items[i]))
			continue;
		sum_up(items + from, i - from, &ret->rows[ret->count++]);
		from = i;
	}
}

/* --- ours ------------------------------------------------------------------------------------- */

static void take(void *context, const struct episode *e)
{
	struct sums *sums = context;

	cr_assert_lt(sums->count, ITEMS);
	sums->rows[sums->count++] = (struct sum){
		.key = e->client[15] * 4 + e->qname[1],
		.time = e->time_ns,
		.end = e->end_ns,
		.exchanges = e->exchanges,
		.attempts = e->attempts,
		.outcome = e->outcome,
		.rcode = e->has_rcode ? (int64_t)e->rcode : -1,
		.servers = e->server_count,
		.types = e->type_count,
		.ways = e->over_tcp | e->over_udp << 1 | e->was_truncated << 2,
	};
}

static void give(struct episodes *episodes, const struct item *item)
{
	const uint8_t qname[3] = {1, item->key % 4, 0};
	struct exchange exchange = {
		.time_ns = item->time,
		.end_ns = item->end,
		.latency_ns = item->end - item->time,
		.protocol = item->tcp ? IPPROTO_TCP : IPPROTO_UDP,
		.flags = item->outcome == EPISODE_TRUNCATED ? 0x8300 : 0x8100,
		.rcode = item->rcode,
		.tries = item->late ? 1 : item->tries,
		.messages = 1,
		.qtype = item->type,
		.qname = qname,
		.qname_length = sizeof(qname),
	};

	exchange.state = item->late			       ? EXCHANGE_LATE
			 : item->outcome == EPISODE_UNANSWERED ? EXCHANGE_UNANSWERED
							       : EXCHANGE_ANSWERED;
	exchange.client[15] = (uint8_t)(item->key / 4);
	exchange.server[3] = item->server;
	episodes__exchange(episodes, &exchange);
}

static void hold_identity(const struct episodes_counters *c, const struct sums *sums)
{
	uint64_t delivered = 0;

	for (unsigned i = 0; i < sums->count; i++)
		delivered += (uint64_t)sums->rows[i].exchanges;
	cr_assert_eq(c->exchanges, delivered + c->held);
	cr_assert_eq(c->hurried + c->crowded, 0);
}

static void observe(struct traffic *traffic, struct sums *ret)
{
	const struct episodes_limits wide = {.window_ns = WINDOW, .timeout_ns = WAIT, .open = 997};
	const struct episodes_counters *counters;
	struct episodes *episodes;

	ret->count = 0;
	cr_assert_eq(episodes__new(&wide, traffic->random, take, ret, &episodes), 0);
	counters = episodes__counters(episodes);
	for (unsigned i = 0; i < traffic->count; i++) {
		if (dice(traffic, 3) == 0)
			episodes__tick(episodes, (uint64_t)traffic->items[i].end);
		give(episodes, &traffic->items[i]);
		hold_identity(counters, ret);
	}
	episodes__finish(episodes);
	hold_identity(counters, ret);
	cr_assert_eq(counters->exchanges + counters->outlived, traffic->count);
	episodes__free(episodes);
}

static int by_bytes(const void *left, const void *right)
{
	return memcmp(left, right, offsetof(struct sum, exchanges));
}

static void sort(struct sums *sums)
{
	qsort(sums->rows, sums->count, sizeof(sums->rows[0]), by_bytes);
}

/* A spare late answer is outlived when the next episode began before it. */
static void expect(const struct sum *ours, const struct sum *wanted, uint32_t seed)
{
	cr_assert_eq(by_bytes(ours, wanted), 0, "seed %u", seed);
	cr_assert_leq(ours->exchanges, wanted->exchanges, "seed %u", seed);
	cr_assert_geq(ours->exchanges, wanted->exchanges - wanted->spare, "seed %u", seed);
}

Test(episodes, random_traffic_makes_the_episodes_of_an_oracle)
{
	static struct traffic traffic;
	static struct sums ours, wanted;
	unsigned total = 0, joined = 0;

	for (uint32_t seed = 1; seed <= SEEDS; seed++) {
		make(&traffic, seed);
		predict(&traffic, &wanted);
		observe(&traffic, &ours);
		sort(&ours);
		sort(&wanted);
		cr_assert_eq(ours.count, wanted.count, "seed %u: %u, not %u", seed, ours.count,
			     wanted.count);
		for (unsigned i = 0; i < ours.count; i++)
			expect(&ours.rows[i], &wanted.rows[i], seed);
		total += ours.count;
		joined += traffic.count;
	}
	/* long runs and short ones: else it would prove little */
	cr_expect_gt(total, SEEDS * 100);
	cr_expect_gt(joined, 2 * total);
}
