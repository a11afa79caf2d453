// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The odd one out: which of those that should behave alike does not?
 *
 * "Slow" has no number. 12 ms is slow for a resolver in the same room and fast
 * for one across an ocean. But servers that do the same work for the same
 * clients say themselves what is normal: what most of them do. So the baseline
 * is taken from the group, and the question is only who stands apart from it.
 *
 *	m  = median of one server's series (one value for each interval)
 *	B  = median of all values of all series together
 *	odd when  m > B + X  and  m > B * (1 + Y)
 *
 * Medians, because a few spikes do not move them. Interval values, not
 * samples, because a server that gets 90 % of the traffic would else be the
 * baseline itself. Both limits, because X alone cries over 5 % at 400 ms (20 ms
 * that nobody notices) and Y alone over 8 ms against 3 ms (167 % that nobody
 * notices either).
 *
 * Worked example, in the manner of the article named in odd.h and with its
 * three servers; the figures are ours, in ms, seven intervals:
 *
 *	1.1.1.1    14  12  15  13  14  90  13     sorted 12 13 13 14 14 15 90   m = 14
 *	2.2.2.2    61  58  64  60  59  62  63     sorted 58 59 60 61 62 63 64   m = 61
 *	8.8.8.8    17  19  16  18  17  20  18     sorted 16 17 17 18 18 19 20   m = 18
 *
 *	all 21 sorted: 12 13 13 14 14 15 16 17 17 18 [18] 19 20 58 59 60 61 62 63 64 90
 *	B = 18.  With X = 20, Y = 0.3: limits 18 + 20 = 38 and 18 * 1.3 = 23.4.
 *
 *	1.1.1.1    14   neither: not odd, in spite of its spike of 90
 *	2.2.2.2    61   above both: the odd one
 *	8.8.8.8    18   neither
 *
 * With two members the baseline lies between them: of 5 ms and 60 ms, with as
 * many values each, B = 32.5 and the limits are 52.5 and 42.25, so 60 is odd.
 * In general the slower must be 2 X above the faster then, and the faster must
 * have at least as many values: when the slow one has more, it is the baseline,
 * and the rule is silent. A third member takes both weaknesses away. And when
 * more than half of a group is slow, it is not one that is odd: silent too.
 *
 * Selection. The median of n values needs no sorting. select_rank() halves the
 * range of values, not their number: it splits the candidates at the middle
 * between their least and greatest and goes on in the part that holds the
 * rank. The middle is taken of the bit patterns, which for floating point
 * numbers (IEEE 754) are in the order of the numbers once the sign is dealt
 * with; so it is the middle of the exponents when those differ, and there are
 * at most 64 halvings. No choice of values can make it quadratic, as
 * quickselect can be made, and equal values, which a histogram yields in
 * masses, end it early. In practice about 10 halvings of a shrinking part:
 * 15 ns a value.
 */
#include "odd.h"

#include <string.h>

/* Fewer candidates than this are sorted by insertion: a window of 30 intervals is. */
#define FEW 32

/* A number that is ordered as the double is, NaNs at the ends: IEEE 754-2019 section 5.10. */
static uint64_t key_of(double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	return bits >> 63 ? ~bits : bits | 1ULL << 63;
}

static void swap(double *a, double *b)
{
	double kept = *a;

	*a = *b;
	*b = kept;
}

static void insertion_sort(double *values, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		double value = values[i];
		uint64_t key = key_of(value);
		size_t place = i;

		for (; place > 0 && key_of(values[place - 1]) > key; place--)
			values[place] = values[place - 1];
		values[place] = value;
	}
}

static void find_range(const double *values, size_t n, uint64_t *ret_least, uint64_t *ret_greatest)
{
	uint64_t least = UINT64_MAX, greatest = 0;

	for (size_t i = 0; i < n; i++) {
		uint64_t key = key_of(values[i]);

		least = key < least ? key : least;
		greatest = key > greatest ? key : greatest;
	}
	*ret_least = least;
	*ret_greatest = greatest;
}

/* Move the values up to @key to the front. Return: how many those are */
static size_t split(double *values, size_t n, uint64_t key)
{
	size_t low = 0;

	for (size_t i = 0; i < n; i++)
		if (key_of(values[i]) <= key)
			swap(&values[i], &values[low++]);
	return low;
}

/* Reorder so that @values[@rank] is what sorting would put there, no greater one before it. */
static void select_rank(double *values, size_t n, size_t rank)
{
	while (n > FEW) {
		uint64_t least, greatest;
		size_t low;

		find_range(values, n, &least, &greatest);
		if (least == greatest)
			return;
		/* the least is in the lower part, the greatest is not: both get smaller */
		low = split(values, n, least + (greatest - least) / 2);
		if (rank < low) {
			n = low;
		} else {
			values += low;
			n -= low;
			rank -= low;
		}
	}
	insertion_sort(values, n);
}

double median(double *values, size_t n)
{
	size_t lower = (n - 1) / 2;
	double next;

	if (n == 0)
		return 0;
	select_rank(values, n, lower);
	if (n % 2)
		return values[lower];
	next = values[lower + 1];
	for (size_t i = lower + 2; i < n; i++)
		if (values[i] < next)
			next = values[i];
	return values[lower] + (next - values[lower]) / 2;
}

struct odd_verdict odd_one_out(const struct odd_series *series, size_t n,
			       const struct odd_limits *limits, double *scratch,
			       struct odd_member *ret_members)
{
	struct odd_verdict verdict = {.eligible = 0};
	size_t used = 0;

	for (size_t i = 0; i < n; i++) {
		struct odd_member *member = &ret_members[i];

		*member = (struct odd_member){
			.eligible = series[i].count > 0 && series[i].count >= limits->min_intervals,
		};
		if (!member->eligible)
			continue;
		memcpy(scratch + used, series[i].values, series[i].count * sizeof(*scratch));
		member->median = median(scratch + used, series[i].count);
		used += series[i].count;
		verdict.eligible++;
	}
	verdict.sufficient = verdict.eligible >= 2 && verdict.eligible >= limits->min_members;
	if (verdict.sufficient)
		verdict.baseline = median(scratch, used);
	for (size_t i = 0; i < n && verdict.sufficient; i++) {
		double m = ret_members[i].median;

		ret_members[i].odd = ret_members[i].eligible &&
				     m > verdict.baseline + limits->absolute &&
				     m > verdict.baseline * (1 + limits->relative);
	}
	return verdict;
}
