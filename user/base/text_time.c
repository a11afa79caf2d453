// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Moments as people write them, read to nanoseconds since 1970 in UTC.
 *
 * What names no offset is local time, and local time has holes and repeats:
 * where summer time begins an hour does not exist, where it ends one is there
 * twice. mktime() then answers one thing or another depending on what it was
 * asked before. Here the rule is fixed: of two moments with the same name the
 * earlier is meant, so that a span which begins there leaves nothing out; and
 * a name in a hole is read with the offset that was valid before it, so that
 * 02:30 of that morning is half an hour behind the change.
 */
#include "text.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define NS_PER_S 1000000000LL
#define DAY_S	 86400
/* Seconds that fit in a signed 64-bit count of nanoseconds: to the year 2262. */
#define SECONDS_END (INT64_MAX / NS_PER_S)

/* What was written, as far as it was: the fields of @tm, decimals, an offset. */
struct moment {
	struct tm tm;
	int64_t fraction_ns;
	bool has_offset;
	int offset_s; /* east of UTC */
};

/* Exactly @count digits, a number of at most @max. */
static bool take_digits(const char **text, unsigned count, int max, int *ret)
{
	int number = 0;

	for (unsigned i = 0; i < count; i++) {
		if (!isdigit((unsigned char)(*text)[i]))
			return false;
		number = number * 10 + (*text)[i] - '0';
	}
	if (number > max)
		return false;
	*text += count;
	*ret = number;
	return true;
}

static bool take_char(const char **text, char c)
{
	if (tolower((unsigned char)**text) != c)
		return false;
	++*text;
	return true;
}

/* "." and 1 to 9 decimals, or nothing. */
static bool take_fraction(const char **text, int64_t *ret_ns)
{
	int64_t scale = NS_PER_S;

	*ret_ns = 0;
	if (!take_char(text, '.'))
		return true;
	if (!isdigit((unsigned char)**text))
		return false;
	for (; isdigit((unsigned char)**text) && scale > 1; ++*text) {
		scale /= 10;
		*ret_ns += (**text - '0') * scale;
	}
	return true;
}

/* "2026-11-22" */
static bool take_date(const char **text, struct tm *tm)
{
	bool ok = take_digits(text, 4, 9999, &tm->tm_year) && take_char(text, '-') &&
		  take_digits(text, 2, 12, &tm->tm_mon) && take_char(text, '-') &&
		  take_digits(text, 2, 31, &tm->tm_mday);
	struct tm same;

	tm->tm_year -= 1900;
	tm->tm_mon -= 1;
	same = *tm;
	/* a day that its month does not have becomes another one there */
	return ok && tm->tm_mon >= 0 && timegm(&same) != -1 && same.tm_mday == tm->tm_mday;
}

/* "07:00", "07:00:30", "07:00:30.5"; second 60 is a leap second (RFC 3339 section 5.7) */
static bool take_clock(const char **text, struct moment *moment)
{
	struct tm *tm = &moment->tm;

	if (!take_digits(text, 2, 23, &tm->tm_hour) || !take_char(text, ':') ||
	    !take_digits(text, 2, 59, &tm->tm_min))
		return false;
	if (!take_char(text, ':'))
		return true;
	return take_digits(text, 2, 60, &tm->tm_sec) && take_fraction(text, &moment->fraction_ns);
}

/* "Z", "+01:00", "-05:30", or nothing. */
static bool take_offset(const char **text, struct moment *moment)
{
	bool west = **text == '-';
	int hours, minutes;

	moment->offset_s = 0;
	moment->has_offset = take_char(text, 'z');
	if (moment->has_offset || (!take_char(text, '+') && !take_char(text, '-')))
		return true;
	if (!take_digits(text, 2, 23, &hours) || !take_char(text, ':') ||
	    !take_digits(text, 2, 59, &minutes))
		return false;
	moment->offset_s = (hours * 60 + minutes) * (west ? -60 : 60);
	moment->has_offset = true;
	return true;
}

/* How far local time was ahead of UTC at a moment, in seconds. */
static long offset_at(time_t moment)
{
	struct tm tm;

	return localtime_r(&moment, &tm) ? tm.tm_gmtoff : 0;
}

/* The moment at which clocks here showed @shown, which is seconds since 1970 as if in UTC. */
static time_t from_local(time_t shown)
{
	/* a change is at least a day from the next, so one of these is the offset */
	long before = offset_at(shown - DAY_S), after = offset_at(shown + DAY_S);
	time_t first = shown - before, second = shown - after, earlier = first;
	bool first_is = first + offset_at(first) == shown;
	bool second_is = second + offset_at(second) == shown;

	if (second_is && (!first_is || second < first))
		earlier = second;
	return earlier;
}

/* Midnight with which the day of @now_ns began here, or one @days before. */
static time_t midnight(int64_t now_ns, int days)
{
	time_t now = now_ns / NS_PER_S;
	struct tm tm;

	localtime_r(&now, &tm);
	tm.tm_mday -= days;
	tm.tm_hour = tm.tm_min = tm.tm_sec = 0;
	return from_local(timegm(&tm));
}

static int set_seconds(time_t seconds, int64_t fraction_ns, int64_t *ret_ns)
{
	if (seconds >= SECONDS_END || seconds <= -SECONDS_END)
		return -ERANGE;
	*ret_ns = seconds * NS_PER_S + fraction_ns;
	return 0;
}

/* "@1795331359.5" behind the "@". */
static int parse_epoch(const char *text, int64_t *ret_ns)
{
	int64_t seconds = 0, fraction_ns;

	if (!isdigit((unsigned char)*text))
		return -EINVAL;
	for (; isdigit((unsigned char)*text); text++)
		if (seconds < SECONDS_END)
			seconds = seconds * 10 + *text - '0';
	if (!take_fraction(&text, &fraction_ns) || *text)
		return -EINVAL;
	return set_seconds(seconds, fraction_ns, ret_ns);
}

/* "-1h" behind the "-". */
static int parse_ago(const char *text, int64_t now_ns, int64_t *ret_ns)
{
	uint64_t ago_ns;
	int64_t ns;
	int r = text_parse_duration(text, &ago_ns);

	if (r < 0)
		return r;
	if (__builtin_sub_overflow(now_ns, (int64_t)ago_ns, &ns))
		return -ERANGE;
	*ret_ns = ns;
	return 0;
}

/* A date, a date and a time of day, or a time of today. */
static int parse_written(const char *text, int64_t now_ns, int64_t *ret_ns)
{
	struct moment moment = {.tm = {.tm_mday = 1}};
	const char *rest = text;
	time_t now = now_ns / NS_PER_S, shown;

	if (take_date(&rest, &moment.tm)) {
		bool has_clock = take_char(&rest, 't') || take_char(&rest, ' ');

		if (has_clock && (!take_clock(&rest, &moment) || !take_offset(&rest, &moment)))
			return -EINVAL;
	} else {
		localtime_r(&now, &moment.tm);
		moment.tm.tm_sec = 0;
		rest = text;
		if (!take_clock(&rest, &moment))
			return -EINVAL;
	}
	if (*rest)
		return -EINVAL;
	shown = timegm(&moment.tm);
	return set_seconds(moment.has_offset ? shown - moment.offset_s : from_local(shown),
			   moment.fraction_ns, ret_ns);
}

int text_parse_time(const char *text, int64_t now_ns, int64_t *ret_ns)
{
	tzset(); /* localtime_r() need not look for a TZ that changed */
	if (*text == '@')
		return parse_epoch(text + 1, ret_ns);
	if (*text == '-')
		return parse_ago(text + 1, now_ns, ret_ns);
	if (strcasecmp(text, "now") == 0) {
		*ret_ns = now_ns;
		return 0;
	}
	if (strcasecmp(text, "today") == 0)
		return set_seconds(midnight(now_ns, 0), 0, ret_ns);
	if (strcasecmp(text, "yesterday") == 0)
		return set_seconds(midnight(now_ns, 1), 0, ret_ns);
	return parse_written(text, now_ns, ret_ns);
}
