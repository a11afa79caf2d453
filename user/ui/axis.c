// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where the ticks of an axis are.
 *
 * People read a chart by numbers that they could have chosen themselves: 0, 20, 40 and not 17.3,
 * 34.6. So of all steps that are multiples of 1, 2 or 5 and a power of ten, the smallest is taken
 * that needs no more ticks than there is room for, and the axis grows to the next tick at both
 * ends:
 *
 *	values 3.1 to 47, room for 6 ticks
 *	step 5:  0 5 10 ... 50    11 ticks, too many
 *	step 10: 0 10 20 30 40 50  6 ticks, taken
 *
 * A step is kept as digit and exponent, and a tick's value is made of whole numbers, digit times
 * count, with one multiplication or division by a power of ten: 0.1 added up thirty times is not
 * 3, but 30 / 10 is. The exponent also says how many decimals labels need, so that no label hides
 * what differs and all have the same number of decimals.
 *
 * Time is not decimal, and its axis must not grow: it says what was looked at. Steps up to two
 * weeks are so many nanoseconds each, counted from 1970-01-01 or, for weeks, from the Monday after
 * it; UTC has no leap seconds in Unix time, so days are all alike. Months and years are counted by
 * the calendar. Neighbouring steps are at most 2.5 times apart, so that a tick is left when the
 * finer one had too many.
 *
 * Labels say only what changes from tick to tick: seconds, or hours and minutes with the date at
 * midnight, or days. The days that they leave out stand in the caption.
 */
#include "axis.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NS_PER_S  INT64_C(1000000000)
#define MINUTE_NS (60 * NS_PER_S)
#define HOUR_NS	  (60 * MINUTE_NS)
#define DAY_NS	  (24 * HOUR_NS)

/* An int64_t ends at 9.22e18: two of these and some steps are not beyond. May 1827 to August 2112.
 */
#define TIME_MAX_NS INT64_C(4500000000000000000)

/* Doubles end at 1.8e308 and lose digits below 2.2e-308: differences and steps stay inside. */
#define VALUE_MAX 1e300
#define VALUE_MIN 1e-290
/* Doubles have 15 to 17 digits; ticks need some of them below the values' first. */
#define SPAN_MIN 1e-12

/* A step is digit * 10^exponent. */
struct step {
	int digit;
	int exponent;
};

static double scaled(double count, int exponent)
{
	return exponent < 0 ? count / pow(10, -exponent) : count * pow(10, exponent);
}

static struct step next_step(struct step step)
{
	if (step.digit == 5)
		return (struct step){.digit = 1, .exponent = step.exponent + 1};
	return (struct step){.digit = step.digit == 1 ? 2 : 5, .exponent = step.exponent};
}

/* The axis' ends as counts of steps. Of 3.0000000000000004 steps, the rest is an error. */
static void ends(double min, double max, struct step step, double ret_counts[2])
{
	double size = scaled(step.digit, step.exponent);

	ret_counts[0] = floor(min / size + 1e-9);
	ret_counts[1] = ceil(max / size - 1e-9);
}

/* Values so far apart that there are ticks between them. */
static void make_span(double *min, double *max)
{
	double size, low, high;

	*min = isfinite(*min) ? fmax(-VALUE_MAX, fmin(*min, VALUE_MAX)) : 0;
	*max = isfinite(*max) ? fmax(-VALUE_MAX, fmin(*max, VALUE_MAX)) : 0;
	low = fmin(*min, *max);
	high = fmax(*min, *max);
	size = fmax(fabs(low), fabs(high));
	if (size < VALUE_MIN) {
		low = 0;
		high = 1;
	} else if (high - low < size * SPAN_MIN) {
		low -= size / 2;
		high += size / 2;
	}
	*min = low;
	*max = high;
}

static void label_value(struct axis_tick *tick, double value, struct step step, double size)
{
	static const struct {
		double from, unit;
		int exponent;
		const char *suffix;
	} units[] = {{1e12, 1e12, 12, "T"},
		     {1e9, 1e9, 9, "G"},
		     {1e6, 1e6, 6, "M"},
		     {1e4, 1e3, 3, "k"},
		     {0, 1, 0, ""}};
	int digits = (int)floor(log10(size)) - step.exponent + 1, decimals;
	unsigned i = 0;

	if (value == 0) {
		snprintf(tick->label, sizeof(tick->label), "0");
		return;
	}
	if (size >= 1e15 || size < 1e-6) {
		snprintf(tick->label, sizeof(tick->label), "%.*g", digits, value);
		return;
	}
	while (size < units[i].from)
		i++;
	decimals = units[i].exponent - step.exponent;
	snprintf(tick->label, sizeof(tick->label), "%.*f%s", decimals > 0 ? decimals : 0,
		 value / units[i].unit, units[i].suffix);
}

void axis__values(struct axis *axis, double min, double max, unsigned ticks)
{
	struct step step;
	double counts[2];

	memset(axis, 0, sizeof(*axis));
	make_span(&min, &max);
	step = (struct step){.digit = 1, .exponent = (int)floor(log10((max - min) / ticks))};
	for (;; step = next_step(step)) {
		ends(min, max, step, counts);
		if (counts[1] - counts[0] < ticks)
			break;
	}
	axis->low = scaled(step.digit * counts[0], step.exponent);
	axis->high = scaled(step.digit * counts[1], step.exponent);
	for (double count = counts[0]; count <= counts[1]; count++) {
		struct axis_tick *tick = &axis->ticks[axis->count++];

		tick->at = (count - counts[0]) / (counts[1] - counts[0]);
		label_value(tick, scaled(step.digit * count, step.exponent), step,
			    fmax(fabs(axis->low), fabs(axis->high)));
	}
}

double axis__at(const struct axis *axis, double value)
{
	return (value - axis->low) / (axis->high - axis->low);
}

/* Between any two moments, which may be farther apart than an int64_t can tell. */
static double ns_between(int64_t from_ns, int64_t to_ns)
{
	return to_ns < from_ns ? -(double)((uint64_t)from_ns - (uint64_t)to_ns)
			       : (double)((uint64_t)to_ns - (uint64_t)from_ns);
}

double axis__at_time(const struct axis *axis, int64_t time_ns)
{
	return ns_between(axis->origin_ns, time_ns) / axis->high;
}

static int64_t floor_div(int64_t value, int64_t by)
{
	return value / by - (value % by < 0);
}

static struct tm civil(int64_t ns)
{
	time_t seconds = floor_div(ns, NS_PER_S);
	struct tm tm;

	gmtime_r(&seconds, &tm);
	return tm;
}

/* By hand: strftime() would write them in the language of the locale. */
static void label_day(struct axis_tick *tick, const struct tm *tm)
{
	static const char *const names[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
					    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

	snprintf(tick->label, sizeof(tick->label), "%d %s", tm->tm_mday, names[tm->tm_mon]);
}

static void label_moment(struct axis_tick *tick, int64_t ns, int64_t step_ns)
{
	struct tm tm = civil(ns);
	int decimals = 9;
	int64_t fraction = ns - floor_div(ns, NS_PER_S) * NS_PER_S;

	if (step_ns >= DAY_NS || (step_ns >= MINUTE_NS && !tm.tm_hour && !tm.tm_min)) {
		label_day(tick, &tm);
		return;
	}
	strftime(tick->label, sizeof(tick->label), step_ns >= MINUTE_NS ? "%H:%M" : "%H:%M:%S",
		 &tm);
	if (step_ns >= NS_PER_S)
		return;
	for (; step_ns % 10 == 0; step_ns /= 10, fraction /= 10)
		decimals--;
	snprintf(tick->label + 8, sizeof(tick->label) - 8, ".%0*lld", decimals,
		 (long long)fraction);
}

/* Ticks of a step of so many ns, unless they are too many. */
static bool try_duration(struct axis *axis, int64_t until_ns, int64_t step_ns, unsigned ticks)
{
	/* weeks begin on Mondays, and 1970-01-01 was a Thursday */
	int64_t offset = step_ns % (7 * DAY_NS) == 0 ? 4 * DAY_NS : 0;
	int64_t first = -floor_div(offset - axis->origin_ns, step_ns);
	int64_t last = floor_div(until_ns - offset, step_ns);

	if (last - first >= (int64_t)ticks)
		return false;
	for (int64_t i = first; i <= last; i++) {
		struct axis_tick *tick = &axis->ticks[axis->count++];

		tick->at = axis__at_time(axis, i * step_ns + offset);
		label_moment(tick, i * step_ns + offset, step_ns);
	}
	return true;
}

/* Where a month begins that is counted from January of the year 0. */
static int64_t month_begin(int month)
{
	struct tm tm = {.tm_year = month / 12 - 1900, .tm_mon = month % 12, .tm_mday = 1};

	return timegm(&tm) * NS_PER_S;
}

static int month_of(int64_t ns)
{
	struct tm tm = civil(ns);

	return (tm.tm_year + 1900) * 12 + tm.tm_mon;
}

/* Ticks of a step of so many months, unless they are too many. */
static bool try_months(struct axis *axis, int64_t until_ns, int step, unsigned ticks)
{
	int first = month_of(axis->origin_ns), last = month_of(until_ns) / step;

	first += month_begin(first) < axis->origin_ns;
	first = (first + step - 1) / step;
	if (last - first >= (int)ticks)
		return false;
	for (int i = first; i <= last; i++) {
		struct axis_tick *tick = &axis->ticks[axis->count++];
		int month = i * step;

		tick->at = axis__at_time(axis, month_begin(month));
		if (step % 12 == 0)
			snprintf(tick->label, sizeof(tick->label), "%d", month / 12);
		else
			snprintf(tick->label, sizeof(tick->label), "%d-%02d", month / 12,
				 month % 12 + 1);
	}
	return true;
}

static void write_days(struct axis *axis, int64_t until_ns)
{
	struct tm since = civil(axis->origin_ns), until = civil(until_ns - 1);
	char days[2][16];

	strftime(days[0], sizeof(days[0]), "%Y-%m-%d", &since);
	strftime(days[1], sizeof(days[1]), "%Y-%m-%d", &until);
	if (strcmp(days[0], days[1]) == 0)
		snprintf(axis->caption, sizeof(axis->caption), "%s, UTC", days[0]);
	else
		snprintf(axis->caption, sizeof(axis->caption), "%s to %s, UTC", days[0], days[1]);
}

void axis__times(struct axis *axis, int64_t since_ns, int64_t until_ns, unsigned ticks)
{
	static const int64_t durations[] = {
		NS_PER_S,	2 * NS_PER_S,	5 * NS_PER_S,  10 * NS_PER_S, 15 * NS_PER_S,
		30 * NS_PER_S,	MINUTE_NS,	2 * MINUTE_NS, 5 * MINUTE_NS, 10 * MINUTE_NS,
		15 * MINUTE_NS, 30 * MINUTE_NS, HOUR_NS,       2 * HOUR_NS,   3 * HOUR_NS,
		6 * HOUR_NS,	12 * HOUR_NS,	DAY_NS,	       2 * DAY_NS,    4 * DAY_NS,
		7 * DAY_NS,	14 * DAY_NS,
	};
	static const int months[] = {1,	  2,   3,   6,	  12,	24,   60,
				     120, 240, 600, 1200, 2400, 6000, 12000};
	const unsigned duration_count = sizeof(durations) / sizeof(durations[0]);

	memset(axis, 0, sizeof(*axis));
	since_ns = since_ns > TIME_MAX_NS ? TIME_MAX_NS : since_ns;
	since_ns = since_ns < -TIME_MAX_NS ? -TIME_MAX_NS : since_ns;
	until_ns = until_ns > TIME_MAX_NS ? TIME_MAX_NS : until_ns;
	if (until_ns <= since_ns)
		until_ns = since_ns + NS_PER_S;
	axis->origin_ns = since_ns;
	axis->high = ns_between(since_ns, until_ns);
	write_days(axis, until_ns);
	for (int64_t step_ns = 1; step_ns < NS_PER_S; step_ns *= 10)
		for (int64_t times = 1; times <= 5; times += times == 1 ? 1 : 3)
			if (try_duration(axis, until_ns, times * step_ns, ticks))
				return;
	for (unsigned i = 0; i < duration_count; i++)
		if (try_duration(axis, until_ns, durations[i], ticks))
			return;
	for (unsigned i = 0; !try_months(axis, until_ns, months[i], ticks); i++)
		;
	memcpy(axis->caption, "UTC", sizeof("UTC"));
}
