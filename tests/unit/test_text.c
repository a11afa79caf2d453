// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/text.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

/* RFC 5952 sections 4 and 5; RFC 4291 section 2.5.5.2 for the mapped form. */
Test(text, addresses_are_written_as_rfc_5952_says)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{"192.0.2.1", "192.0.2.1"},
		{"0.0.0.0", "0.0.0.0"},
		{"::ffff:192.0.2.1", "192.0.2.1"},
		{"2001:0db8:0000:0000:0001:0000:0000:0001", "2001:db8::1:0:0:1"},
		{"2001:DB8::ABCD", "2001:db8::abcd"},
		{"::", "::"},
		{"::1", "::1"},
		{"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
		 "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
	};
	char buf[TEXT_ADDRESS_MAX];
	uint8_t addr[16];

	for (size_t i = 0; i < ROWS(rows); i++) {
		cr_assert_eq(text_parse_address(rows[i].in, addr), 0, "%s", rows[i].in);
		cr_assert_str_eq(text_address(addr, buf), rows[i].out);
	}
}

Test(text, ipv4_is_mapped_into_ipv6)
{
	static const uint8_t mapped[16] = {[10] = 0xff, 0xff, 192, 0, 2, 1};
	uint8_t addr[16];

	cr_assert_eq(text_parse_address("192.0.2.1", addr), 0);
	cr_assert_arr_eq(addr, mapped, sizeof(mapped));
}

Test(text, what_is_no_address_is_refused_and_leaves_the_output)
{
	static const char *const rows[] = {
		"",	      " ",	  "192.0.2", "192.0.2.256", "192.0.2.1 ", "192.0.2.1/32",
		"1.2.3.4.5",  "2001:db8", "::1::",   "fe80::1%lo",  "localhost",  "[::1]",
		"0x7f.0.0.1",
	};
	uint8_t addr[16], before[16];

	memset(addr, 0x5a, sizeof(addr));
	memcpy(before, addr, sizeof(addr));
	for (size_t i = 0; i < ROWS(rows); i++) {
		cr_assert_eq(text_parse_address(rows[i], addr), -EINVAL, "%s", rows[i]);
		cr_assert_arr_eq(addr, before, sizeof(addr));
	}
}

Test(text, durations_have_three_digits_and_the_largest_unit_that_fits)
{
	static const struct {
		int64_t ns;
		const char *text;
	} rows[] = {
		{0, "0 ns"},
		{1, "1 ns"},
		{999, "999 ns"},
		{1000, "1 us"},
		{850000, "850 us"},
		{1000000, "1 ms"},
		{62060000, "62.1 ms"},
		{-62060000, "-62.1 ms"},
		{5000000000, "5 s"},
		{34359738368, "34.4 s"},
		{3600000000000, "3600 s"},
		{-1, "-1 ns"},
		{-5000000000, "-5 s"},
		/* rounding carries into the next unit, and no further than it must */
		{999499, "999 us"},
		{999500, "1 ms"},
		{-999500, "-1 ms"},
		{999499999, "999 ms"},
		{999500000, "1 s"},
		{999700000, "1 s"},
		{-999700000, "-1 s"},
		{999999999, "1 s"},
		{99950000, "100 ms"},
		{9994999, "9.99 ms"},
		{1004999, "1 ms"},
		/* there is no greater unit than seconds: whole ones, all digits */
		{999499999999, "999 s"},
		{999700000000, "1000 s"},
		{-999700000000, "-1000 s"},
		{1234000000000, "1234 s"},
	};
	char buf[TEXT_DURATION_MAX];

	for (size_t i = 0; i < ROWS(rows); i++)
		cr_expect_str_eq(text_duration(rows[i].ns, buf), rows[i].text, "%lld: %s, not %s",
				 (long long)rows[i].ns, buf, rows[i].text);
	cr_assert_lt(strlen(text_duration(INT64_MIN, buf)), sizeof(buf));
	cr_assert_lt(strlen(text_duration(INT64_MAX, buf)), sizeof(buf));
}

/* Expected with date(1): date -u -d @1795297651 --rfc-3339=seconds */
Test(text, times_are_rfc_3339_in_utc_with_nine_decimals)
{
	static const struct {
		int64_t ns;
		const char *text;
	} rows[] = {
		{0, "1970-01-01T00:00:00.000000000Z"},
		{1795297651123456789, "2026-11-21T21:47:31.123456789Z"},
		{951782399999999999, "2000-02-28T23:59:59.999999999Z"},
		{951782400000000000, "2000-02-29T00:00:00.000000000Z"},
		{-1, "1969-12-31T23:59:59.999999999Z"},
		{-1000000000, "1969-12-31T23:59:59.000000000Z"},
	};
	char buf[TEXT_TIME_MAX];

	for (size_t i = 0; i < ROWS(rows); i++)
		cr_assert_str_eq(text_time(rows[i].ns, buf), rows[i].text);
	cr_assert_lt(strlen(text_time(INT64_MIN, buf)), sizeof(buf));
	cr_assert_lt(strlen(text_time(INT64_MAX, buf)), sizeof(buf));
}

Test(text, foreign_bytes_become_printable_and_never_overrun)
{
	static const char bytes[] = {'a', '\n', '\0', '\\', (char)0xff, ' ', '~', 0x7f};
	static const char whole[] = "a\\010\\000\\092\\255 ~\\127";
	char buf[64], small[64];

	cr_assert_str_eq(text_printable(bytes, sizeof(bytes), buf, sizeof(buf)), whole);
	cr_assert_str_eq(text_printable(bytes, 0, buf, sizeof(buf)), "");
	for (size_t size = 1; size <= sizeof(whole); size++) {
		memset(small, 'X', sizeof(small));
		text_printable(bytes, sizeof(bytes), small, size);
		cr_assert_lt(strnlen(small, size), size, "no NUL within %zu", size);
		cr_assert_eq(small[size], 'X', "wrote past %zu", size);
		cr_assert_eq(strncmp(whole, small, strlen(small)), 0);
	}
}

struct number {
	const char *text;
	int r;
	uint64_t value;
};

Test(text, durations_are_read_with_their_unit)
{
	static const struct number rows[] = {
		{"5s", 0, 5000000000},
		{"5", 0, 5000000000},
		{"0", 0, 0},
		{"20ms", 0, 20000000},
		{"20 ms", 0, 20000000},
		{"1.5S", 0, 1500000000},
		{".25s", 0, 250000000},
		{"250us", 0, 250000},
		{"7ns", 0, 7},
		{"10m", 0, 600000000000},
		{"10min", 0, 600000000000},
		{"1h", 0, 3600000000000},
		{"2d", 0, 172800000000000},
		{"", -EINVAL, 0},
		{"s", -EINVAL, 0},
		{"-5s", -EINVAL, 0},
		{"+5s", -EINVAL, 0},
		{" 5s", -EINVAL, 0},
		{"5s ", -EINVAL, 0},
		{"5 s s", -EINVAL, 0},
		{"5x", -EINVAL, 0},
		{"0x10s", -EINVAL, 0},
		{"nan", -EINVAL, 0},
		{"inf", -EINVAL, 0},
		{".", -EINVAL, 0},
		{"1e999s", -ERANGE, 0},
		{"300000000000", -ERANGE, 0},
	};
	uint64_t value;

	for (size_t i = 0; i < ROWS(rows); i++) {
		value = 77;
		cr_assert_eq(text_parse_duration(rows[i].text, &value), rows[i].r, "'%s'",
			     rows[i].text);
		cr_assert_eq(value, rows[i].r ? 77 : rows[i].value, "'%s': %" PRIu64, rows[i].text,
			     value);
	}
}

Test(text, sizes_are_powers_of_1024)
{
	static const struct number rows[] = {
		{"0", 0, 0},
		{"4096", 0, 4096},
		{"4k", 0, 4096},
		{"4K", 0, 4096},
		{"16M", 0, 16777216},
		{"1.5k", 0, 1536},
		{"1G", 0, 1073741824},
		{"1T", -EINVAL, 0},
		{"4kB", -EINVAL, 0},
		{"-1", -EINVAL, 0},
		{"", -EINVAL, 0},
		{"8589934591G", 0, 9223372035781033984},
		{"8589934592G", -ERANGE, 0},
	};
	uint64_t value;

	for (size_t i = 0; i < ROWS(rows); i++) {
		value = 77;
		cr_assert_eq(text_parse_size(rows[i].text, &value), rows[i].r, "'%s'",
			     rows[i].text);
		cr_assert_eq(value, rows[i].r ? 77 : rows[i].value, "'%s': %" PRIu64, rows[i].text,
			     value);
	}
}

Test(text, shares_are_percent_or_fractions)
{
	static const struct {
		const char *text;
		int r;
		double value;
	} rows[] = {
		{"30%", 0, 0.3},       {"30 %", 0, 0.3},    {"0.3", 0, 0.3},	  {"0", 0, 0},
		{"250%", 0, 2.5},      {"2.5", 0, 2.5},	    {"0.5%", 0, 0.005},	  {"", -EINVAL, 0},
		{"%", -EINVAL, 0},     {"-1%", -EINVAL, 0}, {"30%%", -EINVAL, 0}, {"x", -EINVAL, 0},
		{"1e999", -ERANGE, 0},
	};
	double value;

	for (size_t i = 0; i < ROWS(rows); i++) {
		value = 77;
		cr_assert_eq(text_parse_share(rows[i].text, &value), rows[i].r, "'%s'",
			     rows[i].text);
		cr_assert_float_eq(value, rows[i].r ? 77 : rows[i].value, 1e-12, "'%s'",
				   rows[i].text);
	}
}

/* Zones as POSIX writes them, so that no database of zones is needed. */
#define PRAGUE	  "CET-1CEST,M3.5.0,M10.5.0/3"
#define SAO_PAULO "<-03>3<-02>,M11.1.0/0,M2.3.0/0" /* as of 2018: midnight is left out */
#define S	  1000000000LL

struct moment {
	const char *zone, *text;
	int64_t now_s;
	int r;
	int64_t ns;
};

static void check_moments(const struct moment *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int64_t ns = 77;

		setenv("TZ", rows[i].zone, 1);
		cr_assert_eq(text_parse_time(rows[i].text, rows[i].now_s * S + 250, &ns), rows[i].r,
			     "'%s'", rows[i].text);
		cr_assert_eq(ns, rows[i].r ? 77 : rows[i].ns, "'%s' %s: %" PRId64, rows[i].text,
			     rows[i].zone, ns);
	}
}

/* Expected by Python's datetime. */
Test(text, moments_with_an_offset_are_the_same_everywhere)
{
	static const struct moment rows[] = {
		{"UTC", "2026-11-22T07:00:30Z", 0, 0, 1795330830 * S},
		{PRAGUE, "2026-11-22T07:00:30Z", 0, 0, 1795330830 * S},
		{PRAGUE, "2026-11-22t07:00:30z", 0, 0, 1795330830 * S},
		{PRAGUE, "2026-11-22 07:00:30Z", 0, 0, 1795330830 * S},
		{PRAGUE, "2026-11-22T07:00Z", 0, 0, 1795330800 * S},
		{PRAGUE, "2026-11-22T08:00:30+01:00", 0, 0, 1795330830 * S},
		{SAO_PAULO, "2026-11-22T01:30:30-05:30", 0, 0, 1795330830 * S},
		{"UTC", "2026-11-22T07:00:30.123456789Z", 0, 0, 1795330830123456789},
		{"UTC", "2026-11-22T07:00:30.5+00:00", 0, 0, 1795330830500000000},
		{"UTC", "2026-11-22T06:59:60Z", 0, 0, 1795330800 * S},
		{"UTC", "2024-02-29T00:00:00Z", 0, 0, 1709164800 * S},
		{"UTC", "1969-12-31T23:59:59.5Z", 0, 0, -500000000},
		{PRAGUE, "@1795331359", 0, 0, 1795331359 * S},
		{PRAGUE, "@1795331359.25", 0, 0, 1795331359250000000},
		{"UTC", "2262-04-11T23:47:15Z", 0, 0, 9223372035 * S},
	};

	check_moments(rows, ROWS(rows));
}

Test(text, moments_without_an_offset_are_local)
{
	static const struct moment rows[] = {
		{"UTC", "2026-11-22 07:00", 0, 0, 1795330800 * S},
		{PRAGUE, "2026-11-22 07:00", 0, 0, 1795327200 * S},
		{PRAGUE, "2026-11-22T07:00", 0, 0, 1795327200 * S},
		{"<+0545>-5:45", "2026-11-22 07:00", 0, 0, 1795310100 * S},
		{PRAGUE, "2026-11-22", 0, 0, 1795302000 * S},
		{PRAGUE, "2026-07-01 12:00:30", 0, 0, 1782900030 * S},
		{PRAGUE, "2026-03-29 01:59:59", 0, 0, 1774745999 * S},
		{PRAGUE, "2026-03-29 03:00", 0, 0, 1774746000 * S},
		{PRAGUE, "2026-10-25 01:59:59", 0, 0, 1792886399 * S},
		{PRAGUE, "2026-10-25 03:00", 0, 0, 1792893600 * S},
		{PRAGUE, "2026-10-26", 0, 0, 1792969200 * S},
	};

	check_moments(rows, ROWS(rows));
}

/* With PEP 495's fold=0, which means the same by it. */
Test(text, moments_that_are_there_twice_or_not_at_all_have_one_meaning)
{
	static const struct moment rows[] = {
		{PRAGUE, "2026-03-29 02:30", 0, 0, 1774747800 * S},
		{PRAGUE, "2026-10-25 02:30", 0, 0, 1792888200 * S},
		{SAO_PAULO, "2018-11-04", 0, 0, 1541300400 * S},
		{SAO_PAULO, "2018-11-04 01:00", 0, 0, 1541300400 * S},
		{SAO_PAULO, "2018-02-17 23:30", 0, 0, 1518917400 * S},
		{SAO_PAULO, "today", 1541300401, 0, 1541300400 * S},
	};

	check_moments(rows, ROWS(rows));
}

/* Now is 2026-10-25 12:00 in Prague, where that day had 25 hours; then 2026-11-22 00:30. */
Test(text, moments_may_be_told_from_now)
{
	static const struct moment rows[] = {
		{PRAGUE, "now", 1792926000, 0, 1792926000 * S + 250},
		{PRAGUE, "NOW", 1792926000, 0, 1792926000 * S + 250},
		{PRAGUE, "today", 1792926000, 0, 1792879200 * S},
		{PRAGUE, "today", 1795303800, 0, 1795302000 * S},
		{"UTC", "today", 1795303800, 0, 1795219200 * S},
		{PRAGUE, "yesterday", 1792926000, 0, 1792792800 * S},
		{PRAGUE, "yesterday", 1792969200, 0, 1792879200 * S},
		{PRAGUE, "03:00", 1792926000, 0, 1792893600 * S},
		{PRAGUE, "03:00:00.5", 1792926000, 0, 1792893600 * S + 500000000},
		{PRAGUE, "23:59", 1792926000, 0, 1792969140 * S},
		{PRAGUE, "-1h", 1792926000, 0, 1792922400 * S + 250},
		{PRAGUE, "-90", 1792926000, 0, 1792925910 * S + 250},
		{PRAGUE, "-2 d", 1792926000, 0, 1792753200 * S + 250},
	};

	check_moments(rows, ROWS(rows));
}

Test(text, what_is_no_moment_is_refused)
{
	static const struct moment rows[] = {
		{"UTC", "", 0, -EINVAL, 0},
		{"UTC", " now", 0, -EINVAL, 0},
		{"UTC", "tomorrow", 0, -EINVAL, 0},
		{"UTC", "2026-11", 0, -EINVAL, 0},
		{"UTC", "2026-13-01", 0, -EINVAL, 0},
		{"UTC", "2026-00-01", 0, -EINVAL, 0},
		{"UTC", "2026-01-00", 0, -EINVAL, 0},
		{"UTC", "2026-02-29", 0, -EINVAL, 0},
		{"UTC", "2026-04-31", 0, -EINVAL, 0},
		{"UTC", "2026-11-22 ", 0, -EINVAL, 0},
		{"UTC", "2026-11-22 7:00", 0, -EINVAL, 0},
		{"UTC", "2026-11-22 24:00", 0, -EINVAL, 0},
		{"UTC", "2026-11-22 07:60", 0, -EINVAL, 0},
		{"UTC", "2026-11-22 07:00:61", 0, -EINVAL, 0},
		{"UTC", "2026-11-22 07:00:", 0, -EINVAL, 0},
		{"UTC", "2026-11-22 07:00:30.", 0, -EINVAL, 0},
		{"UTC", "2026-11-22 07:00:30.1234567890", 0, -EINVAL, 0},
		{"UTC", "2026-11-22T07:00:30Zx", 0, -EINVAL, 0},
		{"UTC", "2026-11-22T07:00:30+1:00", 0, -EINVAL, 0},
		{"UTC", "2026-11-22T07:00:30+24:00", 0, -EINVAL, 0},
		{"UTC", "2026-11-22T07:00:30+0100", 0, -EINVAL, 0},
		{"UTC", "2026-11-22Z", 0, -EINVAL, 0},
		{"UTC", "07", 0, -EINVAL, 0},
		{"UTC", "07:00Z", 0, -EINVAL, 0},
		{"UTC", "1795331359", 0, -EINVAL, 0},
		{"UTC", "@", 0, -EINVAL, 0},
		{"UTC", "@-1", 0, -EINVAL, 0},
		{"UTC", "@1x", 0, -EINVAL, 0},
		{"UTC", "-", 0, -EINVAL, 0},
		{"UTC", "--1h", 0, -EINVAL, 0},
		{"UTC", "-1y", 0, -EINVAL, 0},
		{"UTC", "@99999999999999999999999999", 0, -ERANGE, 0},
		{"UTC", "2262-04-11T23:47:16Z", 0, -ERANGE, 0},
		{"UTC", "9999-12-31", 0, -ERANGE, 0},
		{"UTC", "0000-01-01", 0, -ERANGE, 0},
		{"UTC", "-1e12h", 0, -ERANGE, 0},
	};

	check_moments(rows, ROWS(rows));
}

Test(text, sizes_have_one_decimal_and_the_largest_unit_that_fits)
{
	static const struct {
		uint64_t bytes;
		const char *text;
	} rows[] = {
		{0, "0.0 KiB"},
		{53, "0.1 KiB"}, /* 0.052 */
		{1024, "1.0 KiB"},
		{1023 * 1024, "1023.0 KiB"},
		{1048524, "1023.9 KiB"}, /* 1023.949 */
		{1048525, "1.0 MiB"},	 /* 1023.950 */
		{1572864, "1.5 MiB"},
		{2147483648, "2.0 GiB"},
		{1099511627776, "1.0 TiB"},
		{UINT64_MAX, "16777216.0 TiB"},
	};
	char buf[TEXT_SIZE_MAX];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		cr_expect_str_eq(text_size(rows[i].bytes, buf), rows[i].text, "%" PRIu64 ": %s",
				 rows[i].bytes, buf);
}
