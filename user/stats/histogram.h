/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Log-linear histogram of latencies: constant size, constant relative error.
 *
 * Range: 0 .. 2^35 ns (34 s, above timeout and grace together); below 1024 ns
 * all values share one bucket (its answer is 512 ns), above the range they
 * share the last. Each octave has 64 equal buckets, so a quantile is wrong by
 * at most 1/128 (0.8 %) of its value: the middle of a bucket stands for all in
 * it. Against the rule's 20 ms and 30 % that error is nothing. 25 octaves of
 * 64 buckets of 4 bytes and the first one: 6 404 bytes.
 *
 * Source: the idea of HdrHistogram; ISC BIND's isc_histo for the arithmetic.
 */
#ifndef STATS_HISTOGRAM_H
#define STATS_HISTOGRAM_H

#include <stdint.h>

#define HISTOGRAM_FIRST_OCTAVE 10
#define HISTOGRAM_LAST_OCTAVE  34
#define HISTOGRAM_STEPS	       64
#define HISTOGRAM_BUCKETS                                                                          \
	(1 + (HISTOGRAM_LAST_OCTAVE - HISTOGRAM_FIRST_OCTAVE + 1) * HISTOGRAM_STEPS)

/** histogram_bucket() - The bucket that counts a latency: 0..HISTOGRAM_BUCKETS - 1. */
unsigned histogram_bucket(uint64_t ns);

/** histogram_middle() - What a bucket answers, ns. @bucket: 0..HISTOGRAM_BUCKETS - 1 */
uint64_t histogram_middle(unsigned bucket);

/**
 * histogram_rank() - Which sample a share asks for, counted from 1 in rising order.
 * @share: 0..1; 0.5 is the median (the lower one of an even count)
 * @samples: 1..10^11
 */
uint64_t histogram_rank(double share, uint64_t samples);

struct histogram {
	uint32_t count[HISTOGRAM_BUCKETS];
};

/**
 * histogram__add() - Count a latency.
 * @ns: negative counts as 0
 *
 * A bucket holds 2^32 - 1: an hour of a million equal answers a second.
 * Cost: a few ns.
 */
void histogram__add(struct histogram *h, int64_t ns);

/**
 * histogram__quantiles() - Values below which given shares of the samples lie.
 * @samples: how many were added since the last clear, up to 10^11
 * @shares: @n shares in rising order, see histogram_rank()
 * @ret_ns: @n values, all 0 when @samples is 0
 *
 * Cost: one pass over the buckets, about 1 us.
 */
void histogram__quantiles(const struct histogram *h, uint64_t samples, const double *shares,
			  unsigned n, uint64_t *ret_ns);

/** histogram__clear() - Forget all samples. */
void histogram__clear(struct histogram *h);

#endif
