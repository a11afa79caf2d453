// SPDX-License-Identifier: GPL-2.0-or-later
/* Digits, against printf, inet_ntop, timegm and RFC 4648's own examples. */
#include <criterion/criterion.h>
#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/digits.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The text between @buf and @end, with a NUL. */
static const char *ended(char *buf, char *end)
{
	*end = '\0';
	return buf;
}

Test(digits, numbers_are_written_as_printf_does)
{
	char buf[DIGITS_NUMBER_MAX + 1], expected[32];

	for (int shift = 0; shift < 64; shift++) {
		for (int add = -1; add <= 1; add++) {
			uint64_t number = (1ULL << shift) + (uint64_t)add;

			sprintf(expected, "%" PRIu64, number);
			cr_assert_str_eq(ended(buf, digits_number(buf, number)), expected);
		}
	}
	for (uint64_t power = 1, i = 0; i < 20; power *= 10, i++) {
		for (int add = -1; add <= 1; add++) {
			sprintf(expected, "%" PRIu64, power + (uint64_t)add);
			cr_assert_str_eq(ended(buf, digits_number(buf, power + (uint64_t)add)),
					 expected);
		}
	}
	cr_assert_str_eq(ended(buf, digits_padded(buf, 7, 3)), "007");
}

Test(digits, addresses_are_written_as_inet_ntop_does)
{
	unsigned int seed = 17;
	char buf[DIGITS_IPV6_MAX + 1], expected[INET6_ADDRSTRLEN];

	for (int i = 0; i < 200003; i++) {
		uint8_t address[16];
		int zeros = rand_r(&seed), ones = i % 3 ? 0 : rand_r(&seed);

		for (int k = 0; k < 16; k++) {
			address[k] = (uint8_t)rand_r(&seed);
			if (zeros >> k / 2 & 1 || rand_r(&seed) % 7 == 0)
				address[k] = 0;
			if (ones >> k / 2 & 1)
				address[k] = 0xff;
		}
		inet_ntop(AF_INET6, address, expected, sizeof(expected));
		cr_assert_str_eq(ended(buf, digits_ipv6(buf, address)), expected);
		inet_ntop(AF_INET, address, expected, sizeof(expected));
		cr_assert_str_eq(ended(buf, digits_ipv4(buf, address)), expected);
	}
}

Test(digits, addresses_of_rfc5952)
{
	static const char *const rows[] = {
		"::",
		"::1",
		"2001:db8::1",
		"2001:db8::1:0:0:1",	/* the first of equal runs */
		"2001:0:0:1::1",	/* the longest */
		"2001:db8:0:1:1:1:1:1", /* one group alone is not shortened */
		"1::",
		"::ffff:192.0.2.1",
		"::13.1.68.3",
		"64:ff9b::c000:221",
		"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
	};
	char buf[DIGITS_IPV6_MAX + 1];
	uint8_t address[16];

	for (size_t i = 0; i < COUNT(rows); i++) {
		cr_assert_eq(inet_pton(AF_INET6, rows[i], address), 1);
		cr_assert_str_eq(ended(buf, digits_ipv6(buf, address)), rows[i]);
	}
}

Test(digits, examples_of_rfc4648)
{
	static const struct {
		const char *bytes, *base64, *base32hex, *base16;
	} rows[] = {
		{"", "", "", ""},
		{"f", "Zg==", "CO", "66"},
		{"fo", "Zm8=", "CPNG", "666F"},
		{"foo", "Zm9v", "CPNMU", "666F6F"},
		{"foob", "Zm9vYg==", "CPNMUOG", "666F6F62"},
		{"fooba", "Zm9vYmE=", "CPNMUOJ1", "666F6F6261"},
		{"foobar", "Zm9vYmFy", "CPNMUOJ1E8", "666F6F626172"},
		{"\xfb\xff\xfe", "+//+", "VFVVS", "FBFFFE"},
	};
	char buf[64];

	for (size_t i = 0; i < COUNT(rows); i++) {
		const uint8_t *bytes = (const uint8_t *)rows[i].bytes;
		size_t length = strlen(rows[i].bytes);

		cr_assert_str_eq(ended(buf, digits_base64(buf, bytes, length)), rows[i].base64);
		cr_assert_eq(strlen(buf), DIGITS_BASE64(length));
		cr_assert_str_eq(ended(buf, digits_base32hex(buf, bytes, length)),
				 rows[i].base32hex);
		cr_assert_eq(strlen(buf), DIGITS_BASE32(length));
		cr_assert_str_eq(ended(buf, digits_hex(buf, bytes, length)), rows[i].base16);
		cr_assert_eq(strlen(buf), DIGITS_HEX(length));
	}
}

Test(digits, moments_are_those_of_the_calendar)
{
	char buf[DIGITS_MOMENT_MAX + 1], expected[32];

	/* a prime step below a day, over all 136 years */
	for (uint64_t seconds = 0; seconds <= UINT32_MAX; seconds += 50021) {
		time_t time = (time_t)seconds;
		struct tm tm;

		strftime(expected, sizeof(expected), "%Y%m%d%H%M%S", gmtime_r(&time, &tm));
		cr_assert_str_eq(ended(buf, digits_moment(buf, (uint32_t)seconds)), expected);
	}
	cr_assert_str_eq(ended(buf, digits_moment(buf, UINT32_MAX)), "21060207062815");
}

/* Each byte value at each place of a block of eight, between plain ones. */
Test(digits, each_byte_is_quoted_at_each_place)
{
	char buf[DIGITS_QUOTED(19) + 1], expected[64], one[8];

	for (int byte = 0; byte < 256; byte++) {
		sprintf(one,
			byte == '"' || byte == '\\' ? "\\%c"
			: byte < ' ' || byte > '~'  ? "\\%03d"
						    : "%c",
			byte);
		for (int at = 0; at < 19; at++) {
			char bytes[20] = "abcdefghijklmnopqrs";

			bytes[at] = (char)byte;
			sprintf(expected, "\"%.*s%s%s\"", at, "abcdefghijklmnopqrs", one,
				&"abcdefghijklmnopqrs"[at + 1]);
			cr_assert_str_eq(ended(buf, digits_quoted(buf, (uint8_t *)bytes, 19)),
					 expected);
		}
	}
}

/* Pairs, since one byte's borrow may reach the next. */
Test(digits, each_pair_of_bytes_is_quoted)
{
	char alone[2][8];
	char buf[DIGITS_QUOTED(8) + 1];
	char expected[64];

	for (int i = 0; i < 65536; i++) {
		uint8_t bytes[8] = {'a', 'a', 'a', (uint8_t)(i >> 8), (uint8_t)i, 'a', 'a', 'a'};

		for (int k = 0; k < 2; k++)
			*digits_escaped(alone[k], bytes[3 + k]) = '\0';
		sprintf(expected, "\"aaa%s%saaa\"", alone[0], alone[1]);
		cr_assert_str_eq(ended(buf, digits_quoted(buf, bytes, 8)), expected);
	}
}
