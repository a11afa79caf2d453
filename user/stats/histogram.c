// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Log-linear histogram of latencies.
 *
 * The idea. A latency of 62 ms need not be known to the nanosecond: to the
 * hundredth part is enough, and so it is for 400 us and for 4 s. What must
 * stay constant is the relative error, so the width of the buckets has to
 * grow with the value: twice the value, twice the width.
 *
 *	octave   values in ns               width of each of its 64 buckets
 *	(10)     1 024 ..      2 047              16
 *	(11)     2 048 ..      4 095              32
 *	 ...
 *	(25)     33.6 ms ..     67.1 ms          524 288
 *	 ...
 *	(34)     17.2 s ..      34.4 s       268 435 456
 *
 * The position of a value's highest bit names the octave, the next 6 bits the
 * bucket in it: no logarithm, no search, no floating point.
 *
 * Worked example: 62 ms = 62 000 000 ns = 0x3b20b80. Its highest bit is bit
 * 25, so its octave is the 16th of ours (25 - 10 = 15, from 0), one bucket is
 * 2^25 / 64 = 524 288 ns wide, and the bits below the highest say that 54
 * whole buckets fit: 33 554 432 + 54 * 524 288 = 61 865 984. The bucket is
 * 1 + 15 * 64 + 54, and what it answers is its middle, 62 128 128 ns: 0.2 %
 * beside the truth. The error is greatest for a value at the lower end of an
 * octave: half a width in 64 widths, 1/128.
 *
 * A quantile walks the buckets and adds up until the share is reached. The
 * answer is the middle of the bucket that holds the sample of that rank, not
 * an interpolation: so it never lies where no sample was.
 *
 * What it does not do: it keeps no sum and no extreme values, and it cannot be
 * asked below 1 us, where a DNS answer over any network cannot be (that
 * bucket answers 512 ns), nor above 34 s, where no exchange lives (the grace
 * ends before).
 */
#include "histogram.h"

#include <math.h>
#include <string.h>

#define STEP_BITS 6 /* log2(HISTOGRAM_STEPS) */

_Static_assert(1 << STEP_BITS == HISTOGRAM_STEPS, "buckets of an octave: the bits below the first");

unsigned histogram_bucket(uint64_t ns)
{
	unsigned octave;

	if (ns < 1ULL << HISTOGRAM_FIRST_OCTAVE)
		return 0;
	octave = 63 - (unsigned)__builtin_clzll(ns);
	if (octave > HISTOGRAM_LAST_OCTAVE)
		return HISTOGRAM_BUCKETS - 1;
	return 1 + (octave - HISTOGRAM_FIRST_OCTAVE) * HISTOGRAM_STEPS +
	       (unsigned)(ns >> (octave - STEP_BITS)) % HISTOGRAM_STEPS;
}

uint64_t histogram_middle(unsigned bucket)
{
	unsigned width_bits, step;

	if (bucket == 0)
		return 1ULL << (HISTOGRAM_FIRST_OCTAVE - 1);
	width_bits = HISTOGRAM_FIRST_OCTAVE + (bucket - 1) / HISTOGRAM_STEPS - STEP_BITS;
	step = (bucket - 1) % HISTOGRAM_STEPS;
	return ((uint64_t)(HISTOGRAM_STEPS + step) << width_bits) + (1ULL << (width_bits - 1));
}

/*
 * The product can come out a
 * rounding error above a whole number; taking off less than one part in 10^12
 * keeps it from counting as the next one, for up to 10^11 samples.
 */
uint64_t histogram_rank(double share, uint64_t samples)
{
	double rank = ceil(share * (double)samples * (1 - 1e-12));

	return rank < 1 ? 1 : (uint64_t)rank;
}

void histogram__add(struct histogram *h, int64_t ns)
{
	h->count[histogram_bucket(ns < 0 ? 0 : (uint64_t)ns)]++;
}

void histogram__quantiles(const struct histogram *h, uint64_t samples, const double *shares,
			  unsigned n, uint64_t *ret_ns)
{
	uint64_t sum = 0;
	unsigned bucket = 0;

	if (samples == 0) {
		memset(ret_ns, 0, n * sizeof(*ret_ns));
		return;
	}
	sum = h->count[0];
	for (unsigned i = 0; i < n; i++) {
		uint64_t rank = histogram_rank(shares[i], samples);

		while (sum < rank && bucket < HISTOGRAM_BUCKETS - 1)
			sum += h->count[++bucket];
		ret_ns[i] = histogram_middle(bucket);
	}
}

void histogram__clear(struct histogram *h)
{
	memset(h->count, 0, sizeof(h->count));
}
