/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Axes of charts: where the ticks are and what stands at them, whoever draws them. */
#ifndef UI_AXIS_H
#define UI_AXIS_H

#include <stdint.h>

/* No axis is so long that more labels fit beside each other. */
#define AXIS_TICKS_MAX 16
/* "12:00:00.123456789" and "-1.7976931e+308" with their NUL, and some room */
#define AXIS_LABEL_MAX 32
/* "2026-11-21 to 2026-11-22, UTC" and its NUL, with room for what is longer than it should be */
#define AXIS_CAPTION_MAX 48

struct axis_tick {
	double at;		    /* 0..1, from the axis' begin to its end */
	char label[AXIS_LABEL_MAX]; /* ASCII */
};

struct axis {
	double low, high;  /* low < high; of times in ns since origin_ns */
	int64_t origin_ns; /* of times: since 1970 in UTC */
	unsigned count;	   /* of ticks, in order */
	struct axis_tick ticks[AXIS_TICKS_MAX];
	char caption[AXIS_CAPTION_MAX]; /* of times: the days that labels leave out, and UTC */
};

/**
 * axis__values() - An axis of values, longer than asked so that it begins and ends at a tick.
 * @min, @max: what it must hold; equal ones get room around them, others than finite ones count
 *             as 0, what is beyond 1e300 as 1e300 and below 1e-290 as 0
 * @ticks: wanted, 3..AXIS_TICKS_MAX; as many or fewer come out, at least 2
 *
 * Ticks are multiples of 1, 2 or 5 times a power of ten. Labels have as many decimals as the step
 * needs; from 10000 on k, M, G, T, and powers of ten beyond 1e15 and below 1e-6.
 */
void axis__values(struct axis *axis, double min, double max, unsigned ticks);

/**
 * axis__times() - An axis of time in UTC, from @since_ns to @until_ns exactly.
 * @since_ns, @until_ns: since 1970; what is before 1828 and after 2111 is cut, and an end that is
 *                       not behind the begin counts as 1 s behind it
 * @ticks: wanted, 3..AXIS_TICKS_MAX; as many or fewer come out, at least 1
 *
 * Ticks are whole fractions of seconds, seconds, minutes, hours, days, weeks (Mondays), months or
 * years, as people count them.
 */
void axis__times(struct axis *axis, int64_t since_ns, int64_t until_ns, unsigned ticks);

/** axis__at() - Where a value is: 0..1 within the axis, less or more outside of it. */
double axis__at(const struct axis *axis, double value);

/** axis__at_time() - Where a moment is on an axis of time. */
double axis__at_time(const struct axis *axis, int64_t time_ns);

#endif
