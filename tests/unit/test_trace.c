// SPDX-License-Identifier: GPL-2.0-or-later
/* Lines of charts: what is drawn, where it breaks, and that fewer points look the same. */
#include "document_fixture.h"
#include "ui/trace.h"

#include <criterion/criterion.h>

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#define POINTS 997

static struct chart chart_of(const struct chart_series *series)
{
	return (struct chart){.title = "Latency",
			      .unit = "ms",
			      .since_ns = 0,
			      .until_ns = 1000,
			      .gap_ns = 100,
			      .series = series,
			      .count = 1};
}

static int trace(const struct chart *chart, unsigned columns, struct chart_step **ret_steps)
{
	struct chart_frame frame;

	chart_frame__fit(&frame, chart, 5, 5);
	return chart_trace(chart, &frame, &chart->series[0], columns, ret_steps);
}

Test(trace, points_become_places_between_0_and_1)
{
	static const struct chart_point points[] = {{0, 0}, {50, 40}, {100, 10}};
	struct chart_series series = {"a", points, 3, false};
	struct chart chart = chart_of(&series);
	struct chart_step *steps;

	cr_assert_eq(trace(&chart, 1000, &steps), 3);
	cr_expect(steps[0].begins && !steps[1].begins && !steps[2].begins);
	cr_expect_eq(steps[0].x, 0);
	cr_expect_eq(steps[0].y, 0);
	cr_expect_eq(steps[1].x, 0.05);
	cr_expect_eq(steps[1].y, 1);
	cr_expect_eq(steps[2].y, 0.25);
	free(steps);
}

Test(trace, line_breaks_only_where_points_are_farther_apart_than_the_gap)
{
	static const struct chart_point points[] = {{0, 1}, {100, 2}, {201, 3}, {302, 4}, {402, 5}};
	struct chart_series series = {"a", points, 5, false};
	struct chart chart = chart_of(&series);
	struct chart_step *steps;

	cr_assert_eq(trace(&chart, 1000, &steps), 5);
	for (unsigned i = 0; i < 5; i++)
		cr_expect_eq(steps[i].begins, i == 0 || i == 2 || i == 3, "%u", i);
	for (unsigned i = 0; i < 5; i++)
		cr_expect_eq(steps[i].alone, i == 2, "%u", i);
	free(steps);
	chart.gap_ns = 0;
	cr_assert_eq(trace(&chart, 1000, &steps), 5);
	cr_expect(!steps[2].begins && !steps[3].begins);
	free(steps);
}

Test(trace, only_finite_values_within_the_time_are_drawn)
{
	static const struct chart_point points[] = {{-1, 700}, {0, 1},	       {10, NAN},
						    {20, 2},   {30, INFINITY}, {40, -INFINITY},
						    {1000, 4}, {1001, 900}};
	struct chart_series series = {"a", points, 8, false};
	struct chart chart = chart_of(&series);
	struct chart_step *steps;

	cr_assert_eq(trace(&chart, 1000, &steps), 3);
	cr_expect_eq(steps[0].y, 0.25);
	cr_expect_eq(steps[2].x, 1);
	cr_expect_eq(steps[2].y, 1);
	cr_expect(steps[2].alone);
	free(steps);
}

Test(trace, no_points_are_no_line_and_one_is_a_dot)
{
	static const struct chart_point point = {500, 7};
	struct chart_series series = {"a", &point, 0, false};
	struct chart chart = chart_of(&series);
	struct chart_step *steps;

	cr_expect_eq(trace(&chart, 10, &steps), 0);
	cr_expect_null(steps);
	series.count = 1;
	cr_assert_eq(trace(&chart, 10, &steps), 1);
	cr_expect(steps[0].alone && steps[0].begins);
	cr_expect_eq(steps[0].x, 0.5);
	free(steps);
}

/* Lowest and highest value of all points, and of all steps, in each column. */
static void extremes(const double *x, const double *y, int count, double (*ret)[2])
{
	for (unsigned i = 0; i < 13; i++) {
		ret[i][0] = INFINITY;
		ret[i][1] = -INFINITY;
	}
	for (int i = 0; i < count; i++) {
		unsigned column = x[i] * 13 < 12 ? (unsigned)(x[i] * 13) : 12;

		ret[column][0] = fmin(ret[column][0], y[i]);
		ret[column][1] = fmax(ret[column][1], y[i]);
	}
}

Test(trace, each_column_keeps_its_lowest_and_highest_point_and_at_most_four)
{
	static struct chart_point points[POINTS];
	struct chart_series series = {"a", points, POINTS, false};
	struct chart chart = chart_of(&series);
	double x[POINTS], y[POINTS], want[13][2], got[13][2];
	struct chart_step *steps;
	int count;

	srand(31);
	for (unsigned i = 0; i < POINTS; i++) {
		points[i] = (struct chart_point){i, rand() % 1000 + (i == 499) * 9000};
		x[i] = i / 1000.0;
		y[i] = points[i].value / 10000; /* the axis ends at 10k: the spike is above 9000 */
	}
	extremes(x, y, POINTS, want);
	count = trace(&chart, 13, &steps);
	cr_assert_gt(count, 13);
	cr_assert_leq(count, 4 * 13);
	cr_expect_eq(steps[0].x, 0);
	cr_expect_float_eq(steps[count - 1].x, 0.996, 1e-12);
	for (int i = 0; i < count; i++) {
		cr_assert(!i || steps[i].x > steps[i - 1].x, "in order, each once");
		cr_expect_eq(steps[i].begins, i == 0);
		x[i] = steps[i].x;
		y[i] = steps[i].y;
	}
	extremes(x, y, count, got);
	for (unsigned i = 0; i < 13; i++) {
		cr_expect_float_eq(got[i][0], want[i][0], 1e-12);
		cr_expect_float_eq(got[i][1], want[i][1], 1e-12);
	}
	free(steps);
}

Test(trace, huge_and_tiny_values_and_times_stay_on_the_picture)
{
	static const struct chart_point points[] = {
		{INT64_MIN, -DBL_MAX / 1e10}, {-5, 5e-324}, {0, 0}, {INT64_MAX, DBL_MAX / 1e10}};
	struct chart_series series = {"a", points, 4, false};
	struct chart chart = chart_of(&series);
	struct chart_step *steps;

	chart.since_ns = INT64_MIN;
	chart.until_ns = INT64_MAX;
	cr_assert_eq(trace(&chart, 100, &steps), 4);
	for (unsigned i = 0; i < 4; i++)
		cr_expect(steps[i].x >= 0 && steps[i].x <= 1 && steps[i].y >= 0 && steps[i].y <= 1,
			  "%u: %g %g", i, steps[i].x, steps[i].y);
	free(steps);
}
