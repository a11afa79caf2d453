// SPDX-License-Identifier: GPL-2.0-or-later
/* Ticks where people would put them, for any range. Moments are from date(1). */
#include "ui/axis.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define S INT64_C(1000000000)

static const char *labels(const struct axis *axis, char *buf, size_t size)
{
	size_t n = 0;

	*buf = '\0';
	for (unsigned i = 0; i < axis->count; i++)
		n += (size_t)snprintf(buf + n, size - n, "%s%s", i ? "|" : "",
				      axis->ticks[i].label);
	return buf;
}

Test(axis, values_have_ticks_of_1_2_or_5_and_the_decimals_of_the_step)
{
	static const struct {
		double min, max;
		unsigned ticks;
		const char *labels;
		double low, high;
	} rows[] = {
		{3.1, 47, 6, "0|10|20|30|40|50", 0, 50},
		{0, 58, 6, "0|20|40|60", 0, 60},
		{0, 1, 6, "0|0.2|0.4|0.6|0.8|1.0", 0, 1},
		{0, 0.3, 4, "0|0.1|0.2|0.3", 0, 0.3},
		{0.6, 1.4, 5, "0.6|0.8|1.0|1.2|1.4", 0.6, 1.4}, /* 0.6 / 0.2 is a little below 3 */
		{0, 0.07, 8, "0|0.01|0.02|0.03|0.04|0.05|0.06|0.07", 0, 0.07}, /* above 7 */
		{-3, 7, 6, "-5|0|5|10", -5, 10},
		{-1, 1, 3, "-1|0|1", -1, 1},
		{0, 9900, 5, "0|5k|10k", 0, 10000},
		{0, 7900, 5, "0|2000|4000|6000|8000", 0, 8000},
		{0, 12345, 6, "0|5k|10k|15k", 0, 15000},
		{0, 2500000, 6, "0|0.5M|1.0M|1.5M|2.0M|2.5M", 0, 2.5e6},
		{0, 3e9, 4, "0|1G|2G|3G", 0, 3e9},
		{0, 1e300, 6, "0|2e+299|4e+299|6e+299|8e+299|1e+300", 0, 1e300},
		{0, 3e-9, 6, "0|1e-09|2e-09|3e-09", 0, 3e-9},
		{23, 23, 6, "10|15|20|25|30|35", 10, 35},
		{0, 0, 6, "0|0.2|0.4|0.6|0.8|1.0", 0, 1},
		{NAN, INFINITY, 6, "0|0.2|0.4|0.6|0.8|1.0", 0, 1},
		{47, 3.1, 6, "0|10|20|30|40|50", 0, 50},
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct axis axis;
		char got[512];

		axis__values(&axis, rows[i].min, rows[i].max, rows[i].ticks);
		cr_expect_str_eq(labels(&axis, got, sizeof(got)), rows[i].labels, "row %u: %s", i,
				 got);
		cr_expect_eq(axis.low, rows[i].low, "row %u: %g", i, axis.low);
		cr_expect_eq(axis.high, rows[i].high, "row %u: %g", i, axis.high);
		cr_expect_str_eq(axis.caption, "");
	}
}

/* An exponent of any size, a sign, and now and then two values that are nearly the same. */
static double any_value(double near)
{
	if (rand() % 5 == 0)
		return near * (1 + (rand() % 3 - 1) * 1e-11);
	return (rand() % 2 ? 1 : -1) * (1 + rand() / (double)RAND_MAX) *
	       pow(10, rand() % 587 - 289);
}

Test(axis, holds_any_values_with_labels_that_differ)
{
	srand(23);
	for (unsigned round = 0; round < 4999; round++) {
		double one = any_value(0), other = any_value(one);
		unsigned ticks = 3 + (unsigned)rand() % (AXIS_TICKS_MAX - 2);
		double slack = 1e-8 * fabs(one - other);
		struct axis axis;

		axis__values(&axis, one, other, ticks);
		cr_assert_geq(axis.count, 2, "%g to %g", one, other);
		cr_assert_leq(axis.count, ticks, "%g to %g", one, other);
		cr_assert_leq(axis.low, fmin(one, other) + slack, "%g to %g", one, other);
		cr_assert_geq(axis.high, fmax(one, other) - slack, "%g to %g", one, other);
		cr_assert_lt(axis.low, axis.high);
		cr_assert_eq(axis.ticks[0].at, 0);
		cr_assert_eq(axis.ticks[axis.count - 1].at, 1);
		for (unsigned i = 1; i < axis.count; i++) {
			cr_assert_gt(axis.ticks[i].at, axis.ticks[i - 1].at);
			cr_assert_str_neq(axis.ticks[i].label, axis.ticks[i - 1].label,
					  "%.17g to %.17g", one, other);
		}
	}
}

Test(axis, times_have_ticks_as_people_count_them)
{
	static const struct {
		int64_t since_s, until_s;
		unsigned ticks;
		const char *labels, *caption;
	} rows[] = {
		{1795331888, 1795331948, 7, "07:18:10|07:18:20|07:18:30|07:18:40|07:18:50|07:19:00",
		 "2026-11-22, UTC"},
		{1795244400, 1795330800, 9, "09:00|12:00|15:00|18:00|21:00|22 Nov|03:00|06:00",
		 "2026-11-21 to 2026-11-22, UTC"},
		{1795305600, 1795392000, 5, "22 Nov|06:00|12:00|18:00|23 Nov", "2026-11-22, UTC"},
		{1795303800, 1795307400, 7, "23:30|23:40|23:50|22 Nov|00:10|00:20|00:30",
		 "2026-11-21 to 2026-11-22, UTC"},
		{1772107200, 1772539200, 7, "27 Feb|28 Feb|1 Mar|2 Mar|3 Mar",
		 "2026-02-26 to 2026-03-03, UTC"},
		{1790812800, 1794441600, 7, "5 Oct|12 Oct|19 Oct|26 Oct|2 Nov|9 Nov",
		 "2026-10-01 to 2026-11-11, UTC"},
		{1768435200, 1784073600, 7, "2026-02|2026-03|2026-04|2026-05|2026-06|2026-07",
		 "UTC"},
		{946684800, 1780272000, 7, "2000|2005|2010|2015|2020|2025", "UTC"},
		{-86400, 0, 3, "31 Dec|12:00|1 Jan", "1969-12-31, UTC"},
		{1795331888, 1795331888, 3, "07:18:08.0|07:18:08.5|07:18:09.0", "2026-11-22, UTC"},
		{1795331888, 1, 3, "07:18:08.0|07:18:08.5|07:18:09.0", "2026-11-22, UTC"},
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct axis axis;
		char got[512];

		axis__times(&axis, rows[i].since_s * S, rows[i].until_s * S, rows[i].ticks);
		cr_expect_str_eq(labels(&axis, got, sizeof(got)), rows[i].labels, "row %u: %s", i,
				 got);
		cr_expect_str_eq(axis.caption, rows[i].caption, "row %u: %s", i, axis.caption);
	}
}

Test(axis, fractions_of_seconds_have_the_decimals_of_the_step)
{
	struct axis axis;
	char got[512];

	axis__times(&axis, 1795331888 * S, 1795331888 * S + 250000000, 7);
	cr_expect_str_eq(labels(&axis, got, sizeof(got)),
			 "07:18:08.00|07:18:08.05|07:18:08.10|07:18:08.15|07:18:08.20|07:18:08.25");
	axis__times(&axis, 1795331888 * S, 1795331888 * S + 2, 3);
	cr_expect_str_eq(labels(&axis, got, sizeof(got)),
			 "07:18:08.000000000|07:18:08.000000001|07:18:08.000000002");
}

Test(axis, any_span_of_time_has_a_tick_and_no_more_than_wanted)
{
	srand(29);
	for (unsigned round = 0; round < 4999; round++) {
		int64_t since_ns =
			((int64_t)rand() << 32 ^ (int64_t)rand() << 8) - (INT64_C(1) << 61);
		int64_t span_ns = (int64_t)pow(10, rand() / (double)RAND_MAX * 18.8);
		unsigned ticks = 3 + (unsigned)rand() % (AXIS_TICKS_MAX - 2);
		struct axis axis;

		if (__builtin_add_overflow(since_ns, span_ns, &span_ns))
			continue;
		axis__times(&axis, since_ns, span_ns, ticks);
		cr_assert_geq(axis.count, 1);
		cr_assert_leq(axis.count, ticks);
		for (unsigned i = 0; i < axis.count; i++) {
			cr_assert(axis.ticks[i].at >= 0 && axis.ticks[i].at <= 1);
			cr_assert(!i || axis.ticks[i].at > axis.ticks[i - 1].at);
		}
	}
}

Test(axis, ends_of_time_are_cut_to_years_that_can_be_told)
{
	struct axis axis;
	char got[512];

	axis__times(&axis, INT64_MIN, INT64_MAX, 13);
	cr_expect_str_eq(labels(&axis, got, sizeof(got)), "1850|1900|1950|2000|2050|2100");
	axis__times(&axis, INT64_MAX, INT64_MIN, 13);
	cr_expect_geq(axis.count, 1);
}

Test(axis, places_are_shares_of_the_axis)
{
	struct axis axis;

	axis__values(&axis, 0, 40, 5);
	cr_expect_eq(axis__at(&axis, 10), 0.25);
	cr_expect_eq(axis__at(&axis, -40), -1);
	axis__times(&axis, 100 * S, 200 * S, 5);
	cr_expect_eq(axis__at_time(&axis, 125 * S), 0.25);
	cr_expect_eq(axis__at_time(&axis, 0), -1);
}
