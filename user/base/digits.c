// SPDX-License-Identifier: GPL-2.0-or-later
/* Numbers and bytes as digits. */
#include "digits.h"

#include <string.h>

#define BLOCK 8
#define ONES  0x0101010101010101ULL

static const char upper_hex[] = "0123456789ABCDEF";
static const char lower_hex[] = "0123456789abcdef";

static int count_digits(uint64_t number)
{
	int count = 1;

	while (number >= 1000) {
		number /= 1000;
		count += 3;
	}
	return count + (number >= 10) + (number >= 100);
}

char *digits_number(char *to, uint64_t number)
{
	return digits_padded(to, number, count_digits(number));
}

char *digits_padded(char *to, uint64_t number, int width)
{
	for (int i = width - 1; i >= 0; i--) {
		to[i] = (char)('0' + number % 10);
		number /= 10;
	}
	return to + width;
}

char *digits_hex(char *to, const uint8_t *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		*to++ = upper_hex[bytes[i] >> 4];
		*to++ = upper_hex[bytes[i] & 0xf];
	}
	return to;
}

char *digits_hex_groups(char *to, const uint8_t *bytes, size_t length, size_t group, char mark)
{
	for (size_t i = 0; i < length; i++) {
		if (i > 0 && i % group == 0)
			*to++ = mark;
		*to++ = lower_hex[bytes[i] >> 4];
		*to++ = lower_hex[bytes[i] & 0xf];
	}
	return to;
}

static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static inline char *write_three(char *to, uint32_t three)
{
	to[0] = base64[three >> 18];
	to[1] = base64[three >> 12 & 0x3f];
	to[2] = base64[three >> 6 & 0x3f];
	to[3] = base64[three & 0x3f];
	return to + 4;
}

char *digits_base64(char *to, const uint8_t *bytes, size_t length)
{
	for (; length >= 3; length -= 3, bytes += 3)
		to = write_three(to, (uint32_t)bytes[0] << 16 | bytes[1] << 8 | bytes[2]);
	if (length == 0)
		return to;
	to = write_three(to, (uint32_t)bytes[0] << 16 | (length == 2 ? bytes[1] << 8 : 0));
	to[-1] = '=';
	if (length == 1)
		to[-2] = '=';
	return to;
}

char *digits_base32hex(char *to, const uint8_t *bytes, size_t length)
{
	static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUV";
	uint32_t bits = 0;
	int count = 0;

	for (size_t i = 0; i < length; i++) {
		bits = bits << 8 | bytes[i];
		for (count += 8; count >= 5; count -= 5)
			*to++ = alphabet[bits >> (count - 5) & 0x1f];
	}
	if (count > 0)
		*to++ = alphabet[bits << (5 - count) & 0x1f];
	return to;
}

/* A byte in decimal. */
static inline char *write_byte(char *to, uint8_t byte)
{
	if (byte >= 100)
		*to++ = (char)('0' + byte / 100);
	if (byte >= 10)
		*to++ = (char)('0' + byte / 10 % 10);
	*to++ = (char)('0' + byte % 10);
	return to;
}

char *digits_ipv4(char *to, const uint8_t bytes[4])
{
	to = write_byte(to, bytes[0]);
	for (int i = 1; i < 4; i++) {
		*to++ = '.';
		to = write_byte(to, bytes[i]);
	}
	return to;
}

/* Groups of an IPv6 address. */
#define GROUPS 8

struct zeros {
	int first;
	int count;
};

/* The longest run of groups that are zero, the first of equals; one alone is none (RFC 5952 4.2) */
static struct zeros longest_zeros(const uint16_t groups[GROUPS])
{
	struct zeros best = {.first = GROUPS, .count = 1};
	int run = 0;

	for (int i = 0; i < GROUPS; i++) {
		run = groups[i] ? 0 : run + 1;
		if (run > best.count)
			best = (struct zeros){.first = i + 1 - run, .count = run};
	}
	return best;
}

static inline char *write_group(char *to, uint16_t group)
{
	if (group >= 0x1000)
		*to++ = lower_hex[group >> 12];
	if (group >= 0x100)
		*to++ = lower_hex[group >> 8 & 0xf];
	if (group >= 0x10)
		*to++ = lower_hex[group >> 4 & 0xf];
	*to++ = lower_hex[group & 0xf];
	return to;
}

char *digits_ipv6(char *to, const uint8_t bytes[16])
{
	uint16_t groups[GROUPS];
	struct zeros zeros;
	int words = GROUPS;

	for (int i = 0; i < GROUPS; i++)
		groups[i] = (uint16_t)(bytes[2 * i] << 8 | bytes[2 * i + 1]);
	zeros = longest_zeros(groups);
	/* ::a.b.c.d and ::ffff:a.b.c.d (RFC 4291 section 2.5.5) */
	if (zeros.first == 0 && (zeros.count == 6 || (zeros.count == 5 && groups[5] == 0xffff)))
		words = 6;
	for (int i = 0; i < words; i++) {
		if (i == zeros.first) {
			*to++ = ':';
			*to++ = ':';
			i += zeros.count - 1;
			continue;
		}
		if (i > 0 && to[-1] != ':')
			*to++ = ':';
		to = write_group(to, groups[i]);
	}
	if (words == GROUPS)
		return to;
	if (to[-1] != ':')
		*to++ = ':';
	return digits_ipv4(to, bytes + 12);
}

#define DAY_S 86400U

/*
 * Days since 1970 to a date, by counting from 1 March 0000: then the leap day is the last of its
 * year, and 153 days are five months from March or August on.
 */
char *digits_moment(char *to, uint32_t seconds)
{
	uint32_t days = seconds / DAY_S + 719468;
	uint32_t era = days / 146097; /* 400 years */
	uint32_t of_era = days % 146097;
	uint32_t years = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	uint32_t of_year = of_era - (365 * years + years / 4 - years / 100);
	uint32_t months = (5 * of_year + 2) / 153; /* 0 = March */
	uint32_t of_day = seconds % DAY_S;

	to = digits_padded(to, era * 400 + years + (months >= 10), 4);
	to = digits_padded(to, months < 10 ? months + 3 : months - 9, 2);
	to = digits_padded(to, of_year - (153 * months + 2) / 5 + 1, 2);
	to = digits_padded(to, of_day / 3600, 2);
	to = digits_padded(to, of_day / 60 % 60, 2);
	return digits_padded(to, of_day % 60, 2);
}

/*
 * Has none of eight bytes to be escaped? A subtraction sets the top bit of a byte that was below,
 * and may borrow from the next: so it can call a plain byte special, never a special one plain.
 */
static inline int all_plain(uint64_t x)
{
	uint64_t control = x - ONES * ' ';
	uint64_t quote = (x ^ ONES * '"') - ONES;
	uint64_t backslash = (x ^ ONES * '\\') - ONES;
	uint64_t delete = (x ^ ONES * 0x7f) - ONES;

	return !((x | control | quote | backslash | delete) & ONES * 0x80);
}

char *digits_quoted(char *to, const uint8_t *bytes, size_t length)
{
	size_t i = 0;

	*to++ = '"';
	while (i < length) {
		size_t end = i + BLOCK;
		uint64_t x;

		if (end <= length) {
			memcpy(&x, bytes + i, BLOCK);
			if (all_plain(x)) {
				memcpy(to, &x, BLOCK);
				to += BLOCK;
				i = end;
				continue;
			}
		}
		for (; i < end && i < length; i++)
			to = digits_escaped(to, bytes[i]);
	}
	*to++ = '"';
	return to;
}
