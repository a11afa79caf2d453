// SPDX-License-Identifier: GPL-2.0-or-later
/* The rule on series made by hand, and its median against sorting. */
#include "rule/odd.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <time.h>

#define MEMBERS_MAX   7
#define INTERVALS_MAX 31

/* X = 20 ms and Y = 30 % over values in ms. */
static const struct odd_limits defaults = {
	.absolute = 20,
	.relative = 0.3,
	.min_members = 2,
	.min_intervals = 5,
};

/* A member with @count times the same value. */
struct flat {
	double value;
	unsigned count;
	uint64_t samples;
};

struct result {
	struct odd_member members[MEMBERS_MAX];
	struct odd_verdict verdict;
};

static struct result compare_flat(const struct flat *flats, size_t n)
{
	static double values[MEMBERS_MAX][INTERVALS_MAX], scratch[MEMBERS_MAX * INTERVALS_MAX];
	struct odd_series series[MEMBERS_MAX];
	struct result result;

	for (size_t i = 0; i < n; i++) {
		for (unsigned j = 0; j < flats[i].count; j++)
			values[i][j] = flats[i].value;
		series[i] = (struct odd_series){values[i], flats[i].count, flats[i].samples};
	}
	memset(&result, 0xff, sizeof(result));
	result.verdict = odd_one_out(series, n, &defaults, scratch, result.members);
	return result;
}

Test(odd, worked_example_with_a_spike)
{
	static const double values[3][7] = {
		{14, 12, 15, 13, 14, 90, 13}, /* 1.1.1.1 */
		{61, 58, 64, 60, 59, 62, 63}, /* 2.2.2.2 */
		{17, 19, 16, 18, 17, 20, 18}, /* 8.8.8.8 */
	};
	const struct odd_series series[3] = {
		{values[0], 7, 101}, {values[1], 7, 97}, {values[2], 7, 89}};
	double scratch[21];
	struct odd_member members[3];
	struct odd_verdict verdict;

	verdict = odd_one_out(series, 3, &defaults, scratch, members);
	cr_expect(verdict.sufficient);
	cr_expect_eq(verdict.eligible, 3);
	cr_expect_eq(verdict.baseline, 18);
	cr_expect_eq(members[0].median, 14);
	cr_expect_eq(members[1].median, 61);
	cr_expect_eq(members[2].median, 18);
	cr_expect_not(members[0].odd);
	cr_expect(members[1].odd);
	cr_expect_not(members[2].odd);
	cr_expect_eq(values[0][0], 14, "the series are left alone");
}

/* Five members: four at the baseline, the last at @value. */
static const struct {
	const char *what;
	double baseline, value;
	bool odd;
} limits[] = {
	{"both exceeded", 10, 62, true},
	{"8 ms against 3 ms: only Y", 3, 8, false},
	{"5 % at 400 ms: only X", 400, 421, false},
	{"30 % more at 400 ms: exactly at Y", 400, 520, false},
	{"just above Y", 400, 520.001, true},
	{"exactly at X", 10, 30, false},
	{"just above X", 10, 30.001, true},
	{"faster than the others", 100, 1, false},
	{"all alike", 100, 100, false},
	{"all alike and slow", 4000, 4000, false},
	{"baseline of nothing, at X", 0, 20, false},
	{"baseline of nothing, above X", 0, 20.001, true},
};

Test(odd, both_limits_must_be_exceeded)
{
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		struct flat flats[5];
		struct result result;

		for (size_t m = 0; m < 5; m++)
			flats[m] =
				(struct flat){m < 4 ? limits[i].baseline : limits[i].value, 7, 101};
		result = compare_flat(flats, 5);
		cr_expect(result.verdict.sufficient);
		cr_expect_eq(result.verdict.baseline, limits[i].baseline, "%s", limits[i].what);
		cr_expect_eq(result.members[4].odd, limits[i].odd, "%s", limits[i].what);
		for (size_t m = 0; m < 4; m++)
			cr_expect_not(result.members[m].odd, "%s", limits[i].what);
	}
}

Test(odd, of_two_members_the_baseline_lies_between)
{
	/* baseline 32.5: limits 52.5 and 42.25 */
	struct result result = compare_flat((struct flat[]){{5, 7, 101}, {60, 7, 101}}, 2);

	cr_expect_eq(result.verdict.baseline, 32.5);
	cr_expect(result.members[1].odd);
	cr_expect_not(result.members[0].odd);
	/* 2 X apart: at the limit */
	result = compare_flat((struct flat[]){{5, 7, 101}, {45, 7, 101}}, 2);
	cr_expect_eq(result.verdict.baseline, 25);
	cr_expect_not(result.members[1].odd);
	result = compare_flat((struct flat[]){{5, 7, 101}, {45.001, 7, 101}}, 2);
	cr_expect(result.members[1].odd);
}

Test(odd, a_server_with_most_of_the_samples_has_one_vote)
{
	/* the slow one answers 90 % of all; by samples it would be the baseline */
	struct result result =
		compare_flat((struct flat[]){{10, 7, 53}, {62, 7, 953}, {12, 7, 53}}, 3);

	cr_expect_eq(result.verdict.baseline, 12);
	cr_expect(result.members[1].odd);
}

Test(odd, without_two_members_with_enough_intervals_there_is_no_verdict)
{
	static const struct {
		unsigned counts[3];
		unsigned eligible;
		bool odd[3];
	} rows[] = {
		{{4, 4, 4}, 0, {false, false, false}}, {{7, 4, 4}, 1, {false, false, false}},
		{{7, 0, 0}, 1, {false, false, false}}, {{5, 5, 4}, 2, {false, true, false}},
		{{7, 7, 7}, 3, {false, true, false}},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct flat flats[3] = {{5, rows[i].counts[0], 101},
					{900, rows[i].counts[1], 101},
					{5, rows[i].counts[2], 101}};
		struct result result = compare_flat(flats, 3);

		cr_expect_eq(result.verdict.eligible, rows[i].eligible, "row %zu", i);
		cr_expect_eq(result.verdict.sufficient, rows[i].eligible >= 2, "row %zu", i);
		for (size_t m = 0; m < 3; m++) {
			cr_expect_eq(result.members[m].eligible, rows[i].counts[m] >= 5);
			cr_expect_eq(result.members[m].odd, rows[i].odd[m], "row %zu", i);
			cr_expect_not(isnan(result.members[m].median));
		}
		cr_expect_not(isnan(result.verdict.baseline));
	}
}

Test(odd, values_of_who_is_not_eligible_do_not_enter_the_baseline)
{
	struct result result =
		compare_flat((struct flat[]){{5, 5, 101}, {900, 4, 101}, {6, 5, 101}}, 3);

	cr_expect_eq(result.verdict.baseline, 5.5);
	cr_expect_eq(result.members[1].median, 0);
}

Test(odd, no_members_and_no_minimum_are_no_verdict)
{
	static const struct odd_limits none = {.absolute = 0};
	struct odd_series empty[2] = {{NULL, 0, 0}, {NULL, 0, 0}};
	struct odd_member members[2];
	struct odd_verdict verdict;

	verdict = odd_one_out(NULL, 0, &none, NULL, NULL);
	cr_expect_not(verdict.sufficient);
	verdict = odd_one_out(empty, 2, &none, NULL, members);
	cr_expect_not(verdict.sufficient);
	cr_expect_eq(verdict.baseline, 0);
}

Test(odd, when_most_of_a_group_is_slow_nobody_is_odd)
{
	struct result result =
		compare_flat((struct flat[]){{5, 7, 1}, {90, 7, 1}, {91, 7, 1}, {92, 7, 1}}, 4);

	for (size_t m = 0; m < 4; m++)
		cr_expect_not(result.members[m].odd);
}

/* --- median ----------------------------------------------------------------------------------- */

#define VALUES 30011

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* xorshift64* */
static double next_share(void)
{
	static uint64_t state = 88172645463325252ULL;

	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (double)(state * 2685821657736338717ULL >> 11) / 0x1p53;
}

/* Kinds of values, some made to hurt a selection: i-th of n. */
static double make_value(unsigned kind, size_t i, size_t n)
{
	switch (kind) {
	case 0:
		return next_share() * 1e9;
	case 1:
		return 1e6; /* all equal */
	case 2:
		return (double)i; /* sorted */
	case 3:
		return (double)(n - i);
	case 4:
		return i % 2 ? (double)i : (double)(n + i); /* organ pipes for a median of three */
	case 5:
		return ldexp(1, -(int)(i % 1022)); /* each halving of the numbers takes off one */
	case 6:
		return (double)(i % 3);
	case 7:
		return i % 2 ? -next_share() : next_share();
	default:
		return i % 7 ? 0 : 1e300 * next_share();
	}
}

static double sorted_median(const double *values, size_t n)
{
	static double sorted[VALUES];

	memcpy(sorted, values, n * sizeof(*values));
	qsort(sorted, n, sizeof(*sorted), compare_doubles);
	return n % 2 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
}

Test(odd, median_is_what_sorting_finds)
{
	static const size_t sizes[] = {1, 2, 3, 4, 5, 31, 32, 33, 34, 35, 101, 102, 5003, 5004};
	static double values[VALUES];

	for (unsigned kind = 0; kind < 9; kind++) {
		for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
			double exact, found;

			for (size_t i = 0; i < sizes[s]; i++)
				values[i] = make_value(kind, i, sizes[s]);
			exact = sorted_median(values, sizes[s]);
			found = median(values, sizes[s]);
			cr_expect(fabs(found - exact) <= fabs(exact) * 1e-15,
				  "kind %u, %zu values: %g for %g", kind, sizes[s], found, exact);
		}
	}
	cr_expect_eq(median(NULL, 0), 0);
}

Test(odd, no_kind_of_values_makes_the_median_slow)
{
	static double values[VALUES];

	for (unsigned kind = 0; kind < 9; kind++) {
		clock_t start;

		for (size_t i = 0; i < VALUES; i++)
			values[i] = make_value(kind, i, VALUES);
		start = clock();
		median(values, VALUES);
		/* 64 passes of 30 011 values take 10 ms; a quadratic selection half a second */
		cr_expect_lt(clock() - start, CLOCKS_PER_SEC / 5, "kind %u", kind);
	}
}
