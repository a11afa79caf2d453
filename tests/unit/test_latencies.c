// SPDX-License-Identifier: GPL-2.0-or-later
/* Small histograms against sorted samples, and their bytes, good and hostile. */
#include "stats/latencies.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SAMPLES_MAX 7919
#define PACKED_MAX  LATENCIES_PACKED(1601)

/* Worked out by hand in stats/histogram.c: 62 ms is in bucket 1015 = 7 * 128 + 119. */
#define MS62	    62000000
#define BYTES_62_MS 0xf7, 0x07

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* Over all octaves. */
static int64_t next_latency(uint64_t *state)
{
	return 1024 + (int64_t)(next_random(state) % (1ULL << (11 + next_random(state) % 24)));
}

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void expect_sorted(const struct latencies *l, int64_t *samples, size_t n)
{
	static const double shares[] = {0, 0.01, 0.25, 0.5, 0.9, 0.95, 0.99, 1};

	qsort(samples, n, sizeof(*samples), compare);
	cr_expect_eq(l->samples, n);
	for (unsigned i = 0; i < sizeof(shares) / sizeof(shares[0]); i++) {
		size_t rank = (size_t)ceil(shares[i] * (double)n - 1e-6);
		double exact = (double)samples[rank ? rank - 1 : 0];
		int64_t found = latencies__quantile(l, shares[i]);

		cr_expect(fabs((double)found - exact) <= exact / 128,
			  "%zu samples, share %g: %" PRId64 " for %.0f", n, shares[i], found,
			  exact);
	}
}

Test(latencies, quantiles_are_those_of_the_sorted_samples)
{
	static const size_t counts[] = {1, 2, 3, 5, 13, 101, 997, SAMPLES_MAX};
	static int64_t samples[SAMPLES_MAX];
	uint64_t state = 20261121;

	for (unsigned i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		struct latencies l = {0};

		for (size_t j = 0; j < counts[i]; j++) {
			samples[j] = next_latency(&state);
			cr_assert_eq(latencies__add(&l, samples[j]), 0);
		}
		expect_sorted(&l, samples, counts[i]);
		latencies__done(&l);
		cr_expect_eq(l.samples, 0);
		cr_expect_eq(latencies__quantile(&l, 0.5), -1, "empty again");
	}
}

Test(latencies, merged_ones_are_as_one_of_all_samples)
{
	static int64_t samples[SAMPLES_MAX];
	struct latencies parts[7] = {0}, all = {0};
	uint64_t state = 3;

	for (size_t i = 0; i < SAMPLES_MAX; i++) {
		samples[i] = next_latency(&state);
		cr_assert_eq(latencies__add(&parts[i * i % 7], samples[i]), 0);
	}
	for (unsigned i = 0; i < 7; i++) {
		cr_assert_eq(latencies__merge(&all, &parts[i]), 0);
		latencies__done(&parts[i]);
	}
	expect_sorted(&all, samples, SAMPLES_MAX);
	latencies__done(&all);
}

Test(latencies, two_buckets_need_no_memory)
{
	struct latencies l = {0};

	for (unsigned i = 0; i < 37; i++)
		cr_assert_eq(latencies__add(&l, i % 2 ? MS62 : -1), 0);
	cr_expect_eq(l.room, 0);
	cr_expect_eq(l.used, 2);
	cr_expect_eq(latencies__quantile(&l, 0.5), 512, "negative ones count as 0");
	cr_expect_eq(latencies__quantile(&l, 0.52), 62128128);
	cr_assert_eq(latencies__add(&l, INT64_MAX), 0);
	cr_expect_neq(l.room, 0);
	cr_expect_eq(latencies__quantile(&l, 0.49), 512);
	cr_expect_eq(latencies__quantile(&l, 0.95), 62128128);
	cr_expect_geq(latencies__quantile(&l, 1), 1LL << 34, "above the range: the last bucket");
	latencies__done(&l);
}

Test(latencies, packed_bytes_are_distances_and_counts)
{
	/* 0 and 2000 ns: bucket 1 + (2000 - 1024) / 16 = 62; then 1015, 200 times = 0xc8 0x01 */
	static const uint8_t expected[] = {0, 1, 62, 2, 0xb9, 0x07, 0xc8, 0x01};
	struct latencies l = {0};
	uint8_t buf[PACKED_MAX];

	cr_expect_eq(latencies__pack(&l, buf), 0, "empty is no bytes");
	for (unsigned i = 0; i < 200; i++)
		cr_assert_eq(latencies__add(&l, MS62), 0);
	cr_assert_eq(latencies__add(&l, 0), 0);
	cr_assert_eq(latencies__add(&l, 2000), 0);
	cr_assert_eq(latencies__add(&l, 2001), 0);
	cr_expect_eq(latencies__pack(&l, buf), sizeof(expected));
	cr_expect_arr_eq(buf, expected, sizeof(expected));
	latencies__done(&l);
}

Test(latencies, what_was_packed_unpacks_to_the_same)
{
	struct latencies l = {0}, back = {0};
	uint64_t state = 17;
	uint8_t first[PACKED_MAX], second[PACKED_MAX];
	size_t length;

	for (unsigned i = 0; i < SAMPLES_MAX; i++)
		cr_assert_eq(latencies__add(&l, next_latency(&state)), 0);
	length = latencies__pack(&l, first);
	cr_assert_leq(length, LATENCIES_PACKED(l.used));
	cr_assert_eq(latencies__unpack(&back, first, length), 0);
	cr_expect_eq(back.samples, SAMPLES_MAX);
	cr_expect_eq(latencies__pack(&back, second), length);
	cr_expect_arr_eq(first, second, length);
	cr_assert_eq(latencies__unpack(&back, first, length), 0, "adds to what is there");
	cr_expect_eq(back.samples, 2 * SAMPLES_MAX);
	latencies__done(&l);
	latencies__done(&back);
}

#define ROW(...)                                                                                   \
	{                                                                                          \
		{__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__})                              \
	}

Test(latencies, bytes_that_nobody_packed_are_refused)
{
	static const struct {
		uint8_t bytes[12];
		size_t length;
	} rows[] = {
		ROW(0),					 /* no count */
		ROW(0x80),				 /* ends in a number */
		ROW(BYTES_62_MS, 0xc8),			 /* ends in a count */
		ROW(0xf7, 0x87, 0x00, 1),		 /* longer than need be */
		ROW(0x80, 0x80, 0x80, 0x80, 0x80, 0, 1), /* of six bytes */
		ROW(3, 0xff, 0xff, 0xff, 0xff, 0x10),	 /* a count of 2^32 and more */
		ROW(0xff, 0xff, 0xff, 0xff, 0x10, 1),	 /* a bucket of 2^32 and more */
		ROW(0xc1, 0x0c, 1),			 /* bucket 1601, the first too many */
		ROW(0xc0, 0x0c, 1, 1, 1),		 /* the last one, and another behind it */
		ROW(7, 1, 0xff, 0xff, 0xff, 0xff, 0x0f, 1), /* a distance that would wrap */
		ROW(3, 0),				    /* a count of nothing */
		ROW(3, 1, 0, 1),			    /* the same bucket again */
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct latencies l = {0};
		uint8_t *bytes = malloc(rows[i].length);

		memcpy(bytes, rows[i].bytes, rows[i].length);
		cr_expect_eq(latencies__unpack(&l, bytes, rows[i].length), -EINVAL, "row %u", i);
		free(bytes);
		latencies__done(&l);
	}
}

Test(latencies, last_bucket_and_largest_count_are_taken)
{
	static const uint8_t bytes[] = {0xc0, 0x0c, 0xff, 0xff, 0xff, 0xff, 0x0f};
	struct latencies l = {0};

	cr_assert_eq(latencies__unpack(&l, bytes, sizeof(bytes)), 0);
	cr_expect_eq(l.samples, UINT32_MAX);
	latencies__done(&l);
}

/* 2000 ns up to the brim and twice as often again, 62 ms up to the brim. */
Test(latencies, full_bucket_stops_and_quantiles_are_of_what_is_held)
{
	static const uint8_t full[] = {62, 0xff, 0xff, 0xff, 0xff, 0x0f};
	static const uint8_t slow[] = {BYTES_62_MS, 0xff, 0xff, 0xff, 0xff, 0x0f};
	struct latencies l = {0}, more = {0};

	cr_assert_eq(latencies__unpack(&l, full, sizeof(full)), 0);
	cr_assert_eq(latencies__add(&l, 2000), 0);
	cr_expect_eq(l.in[0].count, UINT32_MAX);
	cr_assert_eq(latencies__unpack(&more, full, sizeof(full)), 0);
	cr_assert_eq(latencies__merge(&l, &more), 0);
	cr_expect_eq(l.in[0].count, UINT32_MAX);
	cr_assert_eq(latencies__unpack(&l, slow, sizeof(slow)), 0);
	cr_expect_eq(l.samples, 3 * (uint64_t)UINT32_MAX + 1);
	cr_expect_eq(latencies__quantile(&l, 0.5), 2008, "middle of 2000..2015");
	cr_expect_eq(latencies__quantile(&l, 0.51), 62128128);
	latencies__done(&l);
	latencies__done(&more);
}

Test(latencies, random_bytes_never_break_it)
{
	uint64_t state = 11;

	for (unsigned i = 0; i < 10007; i++) {
		struct latencies l = {0};
		uint8_t bytes[23];
		int r;

		for (unsigned j = 0; j < sizeof(bytes); j++)
			bytes[j] = (uint8_t)(next_random(&state) %
					     (next_random(&state) % 3 ? 5 : 256));
		r = latencies__unpack(&l, bytes, next_random(&state) % (sizeof(bytes) + 1));
		cr_assert(r == 0 || r == -EINVAL);
		cr_assert(l.used == 0 || latencies__quantile(&l, 0.5) > 0);
		latencies__done(&l);
	}
}
