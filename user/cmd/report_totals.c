// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Sums over all exchanges. Bins begin at multiples of their length since 1970 and their length
 * divides an hour, so hours are made of whole bins.
 */
#include "report_totals.h"

#include <errno.h>
#include <stdlib.h>

#define NS_PER_S 1000000000LL
#define HOUR_NS	 (3600 * NS_PER_S)

#define BIT(id) ((field_set)1 << FIELD_##id)

/* Division towards the past, also before 1970. */
static int64_t floor_to(int64_t ns, int64_t unit)
{
	int64_t rest = ns % unit;

	return ns - rest - (rest < 0 ? unit : 0);
}

static int64_t bin_of(int64_t span_ns)
{
	static const int64_t seconds[] = {1, 5, 10, 30, 60, 120, 300, 600, 900, 1800};

	for (size_t i = 0; i < sizeof(seconds) / sizeof(seconds[0]); i++)
		if (span_ns / (seconds[i] * NS_PER_S) < REPORT_BINS)
			return seconds[i] * NS_PER_S;
	return HOUR_NS;
}

int report_totals__init(struct report_totals *totals, int64_t since_ns, int64_t until_ns)
{
	struct report_totals shape = {.bin_ns = bin_of(until_ns - since_ns)};
	int64_t count;

	shape.first_ns = floor_to(since_ns, shape.bin_ns);
	count = (until_ns - shape.first_ns) / shape.bin_ns + 1;
	shape.bin_count = count < REPORT_BINS_MAX ? (unsigned)count : REPORT_BINS_MAX;
	return report_totals__init_like(totals, &shape);
}

int report_totals__init_like(struct report_totals *totals, const struct report_totals *other)
{
	*totals = (struct report_totals){
		.first_ns = other->first_ns,
		.bin_ns = other->bin_ns,
		.bins = calloc(other->bin_count, sizeof(*totals->bins)),
		.bin_count = other->bin_count,
	};
	return totals->bins ? 0 : -ENOMEM;
}

void report_totals__done(struct report_totals *totals)
{
	free(totals->bins);
	totals->bins = NULL;
}

field_set report_totals_fields(void)
{
	return BIT(TIME) | BIT(STATE) | BIT(TRIES) | BIT(MESSAGES) | BIT(QUERY_BYTES) |
	       BIT(RESPONSE_BYTES);
}

static struct report_bin *bin_at(struct report_totals *totals, int64_t time_ns)
{
	int64_t i = (time_ns - totals->first_ns) / totals->bin_ns;

	if (i < 0)
		i = 0;
	return &totals->bins[i < totals->bin_count ? i : totals->bin_count - 1];
}

void report_totals__add(struct report_totals *totals, const struct exchange *exchange)
{
	struct flow flow = {.exchange = exchange};
	unsigned directions = flow_directions(exchange);
	struct report_bin *bin;

	totals->states[exchange->state]++;
	for (unsigned i = 0; i < FLOW_DIRECTIONS; i++) {
		flow.direction = (enum flow_direction)i;
		if (!(directions & FLOW_BIT(i)))
			continue;
		totals->packets += flow_packets(&flow);
		totals->bytes += flow_bytes(&flow);
	}
	bin = bin_at(totals, exchange->time_ns);
	bin->exchanges += exchange->state != EXCHANGE_LATE;
	bin->unanswered += exchange->state == EXCHANGE_UNANSWERED;
}

void report_totals__merge(struct report_totals *totals, const struct report_totals *more)
{
	for (unsigned i = 0; i < EXCHANGE_STATES; i++)
		totals->states[i] += more->states[i];
	totals->packets += more->packets;
	totals->bytes += more->bytes;
	for (unsigned i = 0; i < totals->bin_count; i++) {
		totals->bins[i].exchanges += more->bins[i].exchanges;
		totals->bins[i].unanswered += more->bins[i].unanswered;
	}
}

uint64_t report_totals__queries(const struct report_totals *totals)
{
	return totals->states[EXCHANGE_ANSWERED] + totals->states[EXCHANGE_UNANSWERED] +
	       totals->states[EXCHANGE_PENDING];
}

uint64_t report_totals__busiest(const struct report_totals *totals, int64_t *ret_hour_ns)
{
	uint64_t most = 0, sum = 0;
	int64_t hour_ns = 0;

	for (unsigned i = 0; i < totals->bin_count; i++) {
		int64_t hour = floor_to(totals->first_ns + (int64_t)i * totals->bin_ns, HOUR_NS);

		sum = hour == hour_ns ? sum : 0;
		hour_ns = hour;
		sum += totals->bins[i].exchanges;
		if (sum > most) {
			most = sum;
			*ret_hour_ns = hour;
		}
	}
	return most;
}
