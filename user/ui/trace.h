/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a chart draws: its two axes and the steps of each line, between 0 and 1, for a pen that
 * knows paper, pixels or characters.
 */
#ifndef UI_TRACE_H
#define UI_TRACE_H

#include "ui/axis.h"
#include "ui/document.h"

struct chart_frame {
	struct axis times;
	struct axis values; /* from 0 on, or to 0 */
};

/**
 * chart_frame__fit() - Axes that hold all of a chart.
 * @time_ticks, @value_ticks: wanted, 3..AXIS_TICKS_MAX
 *
 * Cost: looks at each point once.
 */
void chart_frame__fit(struct chart_frame *frame, const struct chart *chart, unsigned time_ticks,
		      unsigned value_ticks);

struct chart_step {
	double x, y; /* 0..1, from the left and from the bottom */
	bool begins; /* nothing leads here: move the pen, draw no line */
	bool alone;  /* nothing leads here or away: draw a dot */
};

/** chart_shows() - Is a point drawn: a finite value, in the chart's time, its ends included? */
bool chart_shows(const struct chart *chart, const struct chart_point *point);

/**
 * chart_trace() - The steps of one line.
 * @series: one of @chart's
 * @columns: that the drawer can tell apart, from left to right; at least 1. In each of them a
 *           line keeps its first, lowest, highest and last point, so that spikes stay.
 * @ret_steps: to be freed by the caller; NULL when there are none
 *
 * Points that chart_shows() not are left out. The line breaks between two others that are farther
 * apart than gap_ns, unless they are in one column; a gap_ns of 0 breaks no line.
 *
 * Cost: looks at each point once; at most 4 steps a column.
 * Return: the number of steps, -ENOMEM
 */
int chart_trace(const struct chart *chart, const struct chart_frame *frame,
		const struct chart_series *series, unsigned columns, struct chart_step **ret_steps);

#endif
