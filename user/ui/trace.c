// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Lines of charts, made of no more points than can be seen.
 *
 * A day of intervals is 8640 points on a picture that is 700 pixels wide: drawn all, it is a heavy
 * file and a grey smear in print. Means of neighbours would be light, but lose the spike that
 * somebody looks for. So of the points in one column of the picture four stay, in their order:
 * the first and the last, which lead to the neighbours, and the lowest and the highest, which are
 * what the eye sees of all that was between. The picture is the same (Jugel et al., "M4: A
 * Visualization-Oriented Time Series Data Aggregation", VLDB 2014).
 */
#include "trace.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

bool chart_shows(const struct chart *chart, const struct chart_point *point)
{
	return isfinite(point->value) && point->time_ns >= chart->since_ns &&
	       point->time_ns <= chart->until_ns;
}

void chart_frame__fit(struct chart_frame *frame, const struct chart *chart, unsigned time_ticks,
		      unsigned value_ticks)
{
	double low = 0, high = 0;

	for (unsigned s = 0; s < chart->count; s++)
		for (unsigned i = 0; i < chart->series[s].count; i++) {
			const struct chart_point *point = &chart->series[s].points[i];

			if (!chart_shows(chart, point))
				continue;
			low = fmin(low, point->value);
			high = fmax(high, point->value);
		}
	axis__values(&frame->values, low, high, value_ticks);
	axis__times(&frame->times, chart->since_ns, chart->until_ns, time_ticks);
}

/* What stays of a column's points, in the order they came; some may be the same. */
struct column {
	bool used, begins;
	unsigned number;
	unsigned first, low, high, last; /* points of the series */
};

struct pen {
	const struct chart_frame *frame;
	const struct chart_point *points;
	struct chart_step *steps;
	int count;
};

/* Axes end at values and years that can be told; what is beyond is drawn at their ends. */
static double on_picture(double at)
{
	return fmax(0, fmin(at, 1));
}

static void put(struct pen *pen, unsigned point, bool begins)
{
	const struct chart_point *at = &pen->points[point];

	pen->steps[pen->count++] = (struct chart_step){
		.x = on_picture(axis__at_time(&pen->frame->times, at->time_ns)),
		.y = on_picture(axis__at(&pen->frame->values, at->value)),
		.begins = begins,
	};
}

static void put_column(struct pen *pen, const struct column *column)
{
	unsigned early = column->low < column->high ? column->low : column->high;
	unsigned late = column->low < column->high ? column->high : column->low;

	if (!column->used)
		return;
	put(pen, column->first, column->begins);
	if (early != column->first)
		put(pen, early, false);
	if (late != early)
		put(pen, late, false);
	if (column->last != late)
		put(pen, column->last, false);
}

static void widen(struct column *column, const struct chart_point *points, unsigned point)
{
	if (points[point].value < points[column->low].value)
		column->low = point;
	if (points[point].value > points[column->high].value)
		column->high = point;
	column->last = point;
}

static bool breaks(const struct chart *chart, int64_t before_ns, int64_t time_ns)
{
	return time_ns < before_ns ||
	       (chart->gap_ns > 0 &&
		(uint64_t)time_ns - (uint64_t)before_ns > (uint64_t)chart->gap_ns);
}

static void put_all(struct pen *pen, const struct chart *chart, unsigned count, unsigned columns)
{
	struct column column = {0};

	for (unsigned i = 0; i < count; i++) {
		const struct chart_point *point = &pen->points[i];
		unsigned number;

		if (!chart_shows(chart, point))
			continue;
		number = (unsigned)(on_picture(axis__at_time(&pen->frame->times, point->time_ns)) *
				    columns);
		number = number < columns ? number : columns - 1;
		if (column.used && column.number == number) {
			widen(&column, pen->points, i);
			continue;
		}
		put_column(pen, &column);
		column = (struct column){
			.used = true,
			.begins = !column.used ||
				  breaks(chart, pen->points[column.last].time_ns, point->time_ns),
			.number = number,
			.first = i,
			.low = i,
			.high = i,
			.last = i,
		};
	}
	put_column(pen, &column);
}

int chart_trace(const struct chart *chart, const struct chart_frame *frame,
		const struct chart_series *series, unsigned columns, struct chart_step **ret_steps)
{
	struct pen pen = {.frame = frame, .points = series->points};

	if (!series->count) {
		*ret_steps = NULL;
		return 0;
	}
	pen.steps = calloc(series->count, sizeof(*pen.steps));
	if (!pen.steps)
		return -ENOMEM;
	put_all(&pen, chart, series->count, columns);
	for (int i = 0; i < pen.count; i++)
		pen.steps[i].alone =
			pen.steps[i].begins && (i + 1 == pen.count || pen.steps[i + 1].begins);
	*ret_steps = pen.steps;
	return pen.count;
}
