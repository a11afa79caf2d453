// SPDX-License-Identifier: GPL-2.0-or-later
/* Quantiles of the histogram against those of the sorted samples. */
#include "stats/histogram.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#define SAMPLES_MAX 9973

static const double shares[] = {0, 0.01, 0.25, 0.5, 0.9, 0.99, 0.999, 1};
#define SHARES (sizeof(shares) / sizeof(shares[0]))

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static double next_share(uint64_t *state)
{
	return (double)(next_random(state) >> 11) / 0x1p53;
}

static int64_t constant(uint64_t *state)
{
	(void)state;
	return 412345;
}

static int64_t uniform(uint64_t *state)
{
	return 1024 + (int64_t)(next_share(state) * 60e6);
}

static int64_t log_uniform(uint64_t *state)
{
	return (int64_t)(1024 * exp(next_share(state) * log(0x1p25)));
}

/* Cache hits and misses. */
static int64_t two_humps(uint64_t *state)
{
	double base = next_share(state) < 0.83 ? 300e3 : 48e6;

	return (int64_t)(base * (1 + 0.3 * next_share(state)));
}

/* Pareto: few, but very large. */
static int64_t heavy_tail(uint64_t *state)
{
	return (int64_t)fmin(2e4 / pow(1 - next_share(state), 1.1), 0x1p35 - 1);
}

static int64_t (*const distributions[])(uint64_t *) = {
	constant, uniform, log_uniform, two_humps, heavy_tail,
};

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void check(const int64_t *sorted, size_t n, const uint64_t *found, size_t distribution)
{
	for (size_t i = 0; i < SHARES; i++) {
		size_t rank = (size_t)ceil(shares[i] * (double)n - 1e-6);
		double exact = (double)sorted[rank ? rank - 1 : 0];

		cr_expect(fabs((double)found[i] - exact) <= exact / 128,
			  "distribution %zu, %zu samples, share %g: %" PRIu64 " for %.0f",
			  distribution, n, shares[i], found[i], exact);
	}
}

Test(histogram, quantiles_are_within_one_part_in_128)
{
	static const size_t sizes[] = {1, 2, 3, 7, 101, SAMPLES_MAX};
	static int64_t samples[SAMPLES_MAX];
	static struct histogram h;
	uint64_t state = 88172645463325252ULL, found[SHARES];

	for (size_t d = 0; d < sizeof(distributions) / sizeof(distributions[0]); d++) {
		for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
			histogram__clear(&h);
			for (size_t i = 0; i < sizes[s]; i++) {
				samples[i] = distributions[d](&state);
				histogram__add(&h, samples[i]);
			}
			qsort(samples, sizes[s], sizeof(*samples), compare);
			histogram__quantiles(&h, sizes[s], shares, SHARES, found);
			check(samples, sizes[s], found, d);
		}
	}
}

static uint64_t alone(int64_t ns)
{
	static struct histogram h;
	const double half = 0.5;
	uint64_t found;

	histogram__clear(&h);
	histogram__add(&h, ns);
	histogram__quantiles(&h, 1, &half, 1, &found);
	return found;
}

Test(histogram, values_beside_each_edge_of_a_bucket_keep_the_bound)
{
	for (uint64_t octave = 1 << 10; octave < 1ULL << 35; octave *= 2) {
		for (uint64_t edge = octave; edge < 2 * octave; edge += octave / 64) {
			uint64_t last = edge + octave / 64 - 1;

			cr_assert_eq(alone((int64_t)edge), alone((int64_t)last),
				     "one bucket from %" PRIu64, edge);
			cr_assert_neq(alone((int64_t)edge), alone((int64_t)edge - 1),
				      "two buckets at %" PRIu64, edge);
			cr_assert(fabs((double)alone((int64_t)edge) - (double)edge) <=
				  (double)edge / 128);
		}
	}
}

Test(histogram, worked_example_of_62_ms)
{
	/* by hand in histogram.c: 33 554 432 + 54.5 * 524 288 */
	cr_expect_eq(alone(62000000), 62128128);
}

Test(histogram, values_out_of_range_share_the_outer_buckets)
{
	/* the last bucket: 2^34 + 63 * 2^28, and half of 2^28 */
	const uint64_t last = (1ULL << 34) + 63 * (1ULL << 28) + (1ULL << 27);

	cr_expect_eq(alone(INT64_MIN), 512);
	cr_expect_eq(alone(-1), 512);
	cr_expect_eq(alone(0), 512);
	cr_expect_eq(alone(1023), 512);
	cr_expect_eq(alone(1024), 1032);
	cr_expect_eq(alone((1LL << 35) - 1), last);
	cr_expect_eq(alone(1LL << 35), last);
	cr_expect_eq(alone(INT64_MAX), last);
}

Test(histogram, without_samples_all_quantiles_are_0)
{
	static struct histogram h;
	uint64_t found[SHARES];

	memset(found, 0xff, sizeof(found));
	histogram__quantiles(&h, 0, shares, SHARES, found);
	for (size_t i = 0; i < SHARES; i++)
		cr_expect_eq(found[i], 0);
}

Test(histogram, median_of_an_even_count_is_the_lower_one)
{
	static struct histogram h;
	const double half = 0.5;
	uint64_t found;

	histogram__add(&h, 1000000);
	histogram__add(&h, 3000000);
	histogram__quantiles(&h, 2, &half, 1, &found);
	cr_expect(fabs((double)found - 1e6) <= 1e6 / 128);
}
